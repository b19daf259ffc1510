//! A procedure as a city's staff write it: one YAML file. What is wrong is said with file, line and field.

use model::Lang;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A procedure, read and checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    pub id: Spanned<String>,
    pub title: Words,
    /// What residents say who want it.
    #[serde(default)]
    pub says: Vec<String>,
    /// Kept as a version, and not shown to residents until it is published.
    #[serde(default)]
    pub draft: bool,
    /// The desk that gets what is handed in.
    pub desk: Option<String>,
    pub questions: Vec<Question>,
    /// Ends that need no form to be handed in; the first that fits is given.
    #[serde(default)]
    pub answers: Vec<Ending>,
    /// Above the answers when they are read back.
    pub confirm: Option<Words>,
    /// What is said when it has been handed in. Without it nothing is handed in.
    pub done: Option<Words>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub name: Spanned<String>,
    /// One of [`KINDS`]. `acting_for` stands for several questions: for whom it is (self, child, parent, care: as care manager,
    /// other), and the name, relation, office and consent that this needs; `ask` opens it.
    pub kind: Spanned<String>,
    /// What the answer is called when it is read back.
    pub label: Option<Words>,
    pub ask: Words,
    /// How it is asked on the telephone, where the written words read badly aloud.
    pub ask_phone: Option<Words>,
    /// What is said when an answer cannot be used.
    pub invalid: Option<Words>,
    #[serde(default)]
    pub options: Vec<Choice>,
    /// Asked only where another answer has one of these values.
    #[serde(default)]
    pub when: BTreeMap<String, Spanned<Vec<String>>>,
    /// May be left out.
    #[serde(default)]
    pub optional: bool,
    pub min: Option<u32>,
    pub max: Option<u32>,
    /// Which days a date may be.
    pub period: Option<Span>,
    /// The stretches of the day to choose from: `09:00-12:00`.
    #[serde(default)]
    pub slots: Vec<Spanned<String>>,
    /// What a `known` answer is one of: `shelter`, `place/library`.
    pub from: Option<Spanned<String>>,
    /// For those who ask what the question means.
    pub help: Option<Words>,
}

/// Which days a date may be; today is one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    Past,
    Future,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub value: Spanned<String>,
    pub label: Words,
    #[serde(default)]
    pub said: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    #[serde(default)]
    pub when: BTreeMap<String, Spanned<Vec<String>>>,
    pub text: Words,
    /// A form that goes on from here, such as `waste.sort`.
    pub go: Option<Spanned<String>>,
    /// The id of one of the city's questions and answers, to be read from here.
    pub faq: Option<Spanned<String>>,
}

/// Words: Japanese, or one text for each language.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Words {
    Japanese(String),
    Languages(BTreeMap<Lang, String>),
}

impl Words {
    pub fn by_language(&self) -> BTreeMap<Lang, String> {
        match self {
            Words::Japanese(text) => BTreeMap::from([(Lang::Ja, text.clone())]),
            Words::Languages(all) => all.clone(),
        }
    }

    fn japanese(&self) -> Option<&str> {
        match self {
            Words::Japanese(text) => Some(text),
            Words::Languages(all) => all.get(&Lang::Ja).map(String::as_str),
        }
    }
}

/// What is wrong with a procedure, and in which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u64,
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

/// The kinds of questions, by the names that staff use.
pub const KINDS: [&str; 21] = [
    "text", "kana_name", "date", "time", "time_slot", "choice", "multi_choice", "phone", "email", "number", "digits", "birthday", "address", "location", "photo", "file",
    "bank_account", "signature", "consent", "acting_for", "known",
];

/// LINE shows so many choices; one place is for leaving.
const MOST_OPTIONS: usize = 11;
/// LINE's longest text (characters).
const LONGEST: usize = 1_000;

/// Reads a procedure and checks it; all problems at once.
pub fn read(source: &str, known_form: impl Fn(&str) -> bool) -> Result<Procedure, Vec<Problem>> {
    let procedure: Procedure = serde_saphyr::from_str(source).map_err(|error| {
        let line = error.location().map_or(1, |at| at.line());
        let text = error.without_snippet().to_string();
        vec![Problem { line, text }]
    })?;
    let problems = check(&procedure, known_form);
    if problems.is_empty() { Ok(procedure) } else { Err(problems) }
}

fn check(procedure: &Procedure, known_form: impl Fn(&str) -> bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |line: u64, text: String| problems.push(Problem { line, text });
    let line_of = |spanned: &Spanned<String>| spanned.referenced.line();
    if !is_name(&procedure.id.value) {
        wrong(line_of(&procedure.id), format!("id: `{}` may hold small letters, digits and - only", procedure.id.value));
    }
    if procedure.questions.is_empty() {
        wrong(line_of(&procedure.id), "questions: there are none".to_owned());
    }
    if procedure.done.is_none() && procedure.answers.is_empty() {
        wrong(line_of(&procedure.id), "done: neither `done` nor `answers`: the procedure would lead nowhere".to_owned());
    }
    // Name to the values that its options have, of the questions before.
    let mut before: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for question in &procedure.questions {
        let line = line_of(&question.name);
        let name = question.name.value.as_str();
        if !is_name(name) {
            wrong(line, format!("name: `{name}` may hold small letters, digits and - only"));
        }
        if !KINDS.contains(&question.kind.value.as_str()) {
            wrong(line_of(&question.kind), format!("kind: `{}` is not known; there are {}", question.kind.value, KINDS.join(", ")));
        }
        let picks = matches!(question.kind.value.as_str(), "choice" | "multi_choice");
        if picks && !(2..=MOST_OPTIONS).contains(&question.options.len()) {
            wrong(line, format!("options: {name} has {}; 2 to {MOST_OPTIONS} fit", question.options.len()));
        }
        if !picks && !question.options.is_empty() {
            wrong(line, format!("options: only choice and multi_choice have some, {name} is {}", question.kind.value));
        }
        extras(question, &mut wrong);
        for option in question.options.iter().filter(|option| !is_name(&option.value.value)) {
            wrong(line_of(&option.value), format!("value: `{}` may hold small letters, digits and - only", option.value.value));
        }
        conditions(&question.when, &before, &mut wrong);
        let texts = [Some(&question.ask), question.label.as_ref(), question.invalid.as_ref(), question.help.as_ref(), question.ask_phone.as_ref()];
        texts.into_iter().flatten().for_each(|words| wording(words, line, name, &mut wrong));
        if question.kind.value == super::acting::KIND && question.optional {
            wrong(line, format!("optional: for whom it is must be said; {name} cannot be left out"));
        }
        let values = match question.kind.value.as_str() {
            super::acting::KIND => super::acting::WHOM.iter().map(|(value, _)| *value).collect(),
            _ => question.options.iter().map(|option| option.value.value.as_str()).collect(),
        };
        if before.insert(name, values).is_some() {
            wrong(line, format!("name: `{name}` is there twice"));
        }
    }
    for ending in &procedure.answers {
        conditions(&ending.when, &before, &mut wrong);
        wording(&ending.text, line_of(&procedure.id), "answers", &mut wrong);
        if let Some(go) = ending.go.as_ref().filter(|go| !known_form(&go.value)) {
            wrong(line_of(go), format!("go: there is no `{}` to go on with", go.value));
        }
    }
    for words in [Some(&procedure.title), procedure.confirm.as_ref(), procedure.done.as_ref()].into_iter().flatten() {
        wording(words, line_of(&procedure.id), "title, confirm or done", &mut wrong);
    }
    problems
}

/// What only some kinds of questions have.
fn extras(question: &Question, wrong: &mut impl FnMut(u64, String)) {
    let (name, kind, line) = (&question.name.value, question.kind.value.as_str(), question.name.referenced.line());
    if question.period.is_some() && kind != "date" {
        wrong(line, format!("period: only date has one, {name} is {kind}"));
    }
    if (kind == "time_slot") == question.slots.is_empty() {
        wrong(line, format!("slots: time_slot needs some, and nothing else has them; {name} is {kind}"));
    }
    for slot in question.slots.iter().filter(|slot| stretch(&slot.value).is_none()) {
        wrong(slot.referenced.line(), format!("slots: `{}` is no stretch of the day; write it as 09:00-12:00", slot.value));
    }
    if question.slots.len() > MOST_OPTIONS {
        wrong(line, format!("slots: {name} has {}; {MOST_OPTIONS} fit", question.slots.len()));
    }
    if let Some(problem) = super::known::problem(question) {
        wrong(question.from.as_ref().map_or(line, |from| from.referenced.line()), problem);
    }
    if kind == "digits" && !matches!((question.min, question.max), (Some(min), Some(max)) if (1..=20).contains(&min) && min <= max && max <= 20) {
        wrong(line, format!("min, max: digits needs both, from 1 to 20: how many digits {name} may have"));
    }
}

/// `09:00-12:00` in minutes from midnight.
pub fn stretch(text: &str) -> Option<(u16, u16)> {
    let clock = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours <= 24 && minutes < 60 && hours * 60 + minutes <= 1440).then_some(hours * 60 + minutes)
    };
    let (from, to) = text.split_once('-')?;
    let (from, to) = (clock(from)?, clock(to)?);
    (from < to).then_some((from, to))
}

fn conditions(when: &BTreeMap<String, Spanned<Vec<String>>>, before: &BTreeMap<&str, BTreeSet<&str>>, wrong: &mut impl FnMut(u64, String)) {
    for (name, values) in when {
        let line = values.referenced.line();
        match before.get(name.as_str()) {
            None => wrong(line, format!("when: no question before this one is called `{name}`")),
            Some(known) => {
                for value in values.value.iter().filter(|value| !known.is_empty() && !known.contains(value.as_str())) {
                    wrong(line, format!("when: `{value}` is no option of `{name}`"));
                }
            }
        }
    }
}

fn wording(words: &Words, line: u64, what: &str, wrong: &mut impl FnMut(u64, String)) {
    match words.japanese() {
        None | Some("") => wrong(line, format!("{what}: the Japanese words (ja) are missing")),
        Some(text) if text.chars().count() > LONGEST => wrong(line, format!("{what}: {} characters; LINE shows {LONGEST}", text.chars().count())),
        Some(_) => {}
    }
}

/// Names travel in the values of buttons.
fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id: dog\ntitle: 犬の登録\nsays: [犬を飼い始めた]\nquestions:\n  - name: what\n    kind: choice\n    ask: 何を飼いましたか\n    options:\n      - {value: dog, label: 犬}\n      - {value: cat, label: 猫}\n  - name: born\n    kind: birthday\n    ask: {ja: 生年月日は, en: Date of birth}\n    when: {what: [dog]}\ndone: 受け付けました\n";

    fn problems(source: &str) -> Vec<String> {
        read(source, |form| form == "waste.sort").err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_one_is_read() {
        assert!(problems(GOOD).is_empty(), "{:?}", problems(GOOD));
    }

    #[test]
    fn every_problem_names_its_line_and_field() {
        for (from, to, problem) in [
            ("kind: birthday", "kind: birthdy", "line 12: kind: `birthdy` is not known"),
            ("{what: [dog]}", "{what: [horse]}", "line 14: when: `horse` is no option of `what`"),
            ("{what: [dog]}", "{who: [dog]}", "line 14: when: no question before this one is called `who`"),
            ("name: born", "name: what", "line 11: name: `what` is there twice"),
            ("id: dog", "id: Dog!", "line 1: id: `Dog!`"),
            ("done: 受け付けました\n", "", "line 1: done: neither"),
            ("{ja: 生年月日は, en: Date of birth}", "{en: Date of birth}", "line 11: born: the Japanese words (ja) are missing"),
            ("    ask: 何を飼いましたか\n", "", "missing field `ask`"),
            ("kind: choice", "colour: red", "colour"),
            ("title: 犬の登録", "title: [", "line"),
            ("kind: birthday", "kind: time_slot", "line 11: slots: time_slot needs some"),
            ("kind: birthday", "kind: time_slot\n    slots: [9-12]", "line 13: slots: `9-12` is no stretch of the day"),
            ("kind: birthday", "kind: digits", "line 11: min, max: digits needs both"),
            ("kind: birthday", "kind: birthday\n    period: past", "line 11: period: only date has one"),
            ("kind: birthday", "kind: known", "line 11: from: born is known and must say of what"),
            ("kind: birthday", "kind: known\n    from: horse", "line 13: from: `horse` is not known"),
            ("kind: birthday", "kind: known\n    from: place/stable", "line 13: from: `place/stable` is not known"),
            ("kind: birthday", "kind: birthday\n    from: place", "line 13: from: only known has it"),
            ("kind: birthday", "kind: acting_for\n    optional: true", "line 11: optional: for whom it is must be said"),
        ] {
            let found = problems(&GOOD.replace(from, to));
            assert!(found.iter().any(|text| text.contains(problem)), "{from} -> {to}: {found:?}");
        }
    }
}
