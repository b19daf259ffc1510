//! Acting for somebody else, as staff write it in one question (`kind: acting_for`): for whom, their name, in what relation, and
//! the consent that this relation needs. Later questions can ask on condition of it: `when: {who: [child]}`.

use super::file::{Procedure, Question};
use crate::{OwnText, Service, Speaker, Texts};
use dialogue::{Answer, Field, FieldKind, Form, OptionSpec, When};
use model::{Channel, Lang, Say};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

pub const KIND: &str = "acting_for";

/// For whom: what the answer is called in the file, and other ways to say it.
pub const WHOM: [(&str, &[&str]); 5] = [
    ("self", &["自分", "本人", "わたし", "私", "myself"]),
    ("child", &["子ども", "子供", "こども", "息子", "娘", "child"]),
    ("parent", &["親", "父", "母", "両親", "祖父", "祖母", "parent"]),
    ("care", &["ケアマネ", "ケアマネジャー", "介護支援専門員", "care manager"]),
    ("other", &["そのほか", "その他", "夫", "妻", "代理", "後見", "other"]),
];

/// Whose names, relations and offices have no more characters than this.
const LONGEST: usize = 80;

/// The fields that follow, and for whom they are asked.
fn parts() -> [(&'static str, FieldKind, &'static [&'static str], [&'static str; 3]); 6] {
    let usual = |ask, name| [ask, name, "not-understood"];
    let consent = |ask| [ask, "procedures-acting-consent-name", "procedures-invalid-consent"];
    [
        ("person", FieldKind::KanaName, &["child", "parent", "care", "other"], usual("procedures-acting-person-ask", "procedures-acting-person-name")),
        ("relation", FieldKind::Text { max: LONGEST }, &["other"], usual("procedures-acting-relation-ask", "procedures-acting-relation-name")),
        ("office", FieldKind::Text { max: LONGEST }, &["care"], usual("procedures-acting-office-ask", "procedures-acting-office-name")),
        ("guardian", FieldKind::Consent, &["child"], consent("procedures-acting-guardian-ask")),
        ("agreed", FieldKind::Consent, &["parent", "other"], consent("procedures-acting-agreed-ask")),
        ("entrusted", FieldKind::Consent, &["care"], consent("procedures-acting-entrusted-ask")),
    ]
}

/// The fields that one such question stands for, each with its words. The city's own words open the first.
pub fn fields(form: &Form, question: &Question) -> Vec<(Field, Vec<(String, OwnText)>)> {
    let name = question.name.value.as_str();
    let words = |field: &str, ask: OwnText, called: OwnText, invalid: &'static str| {
        let key = |what: &str| form.text(&format!("{what}-{field}"));
        vec![(key("ask"), ask.clone()), (key("which"), ask), (key("name"), called), (key("invalid"), OwnText::Usual(invalid))]
    };
    let options = WHOM.iter().map(|(value, said)| OptionSpec::new(value, said)).collect();
    let mut whom = Field::new(name.to_owned(), FieldKind::Choice { options });
    whom.when = super::form::conditions(&question.when);
    let label = question.label.as_ref().map_or(OwnText::Usual("procedures-acting-whom-name"), |label| OwnText::Words(label.by_language()));
    let mut texts = words(name, OwnText::Words(question.ask.by_language()), label, "procedures-invalid-choice");
    texts.extend(LABELS.iter().map(|(value, label)| (form.text(&format!("{name}-{value}")), OwnText::Usual(label))));
    let mut all = vec![(whom, texts)];
    for (part, kind, whom, [ask, called, invalid]) in parts() {
        let field = format!("{name}-{part}");
        let texts = words(&field, OwnText::Usual(ask), OwnText::Usual(called), invalid);
        let mut field = Field::new(field, kind);
        field.when = super::form::conditions(&question.when);
        field.when.push(When { field: name.to_owned().into(), is: whom.iter().map(|whom| Cow::from(*whom)).collect() });
        all.push((field, texts));
    }
    all
}

const LABELS: [(&str, &str); 5] = [
    ("self", "procedures-acting-self"),
    ("child", "procedures-acting-child"),
    ("parent", "procedures-acting-parent"),
    ("care", "procedures-acting-care"),
    ("other", "procedures-acting-other"),
];

/// The words of every consent that was given, by the name of its question, as the resident read them.
pub fn consents(procedure: &Procedure, answers: &BTreeMap<String, Answer>, lang: Lang, channel: Channel) -> Vec<(String, String)> {
    let given = |name: &str| answers.get(name).is_some_and(|answer| answer.value == "yes");
    let mut all = Vec::new();
    for question in &procedure.questions {
        let name = question.name.value.as_str();
        if question.kind.value == "consent" && given(name) {
            all.push((name.to_owned(), super::spoken(lang, question.ask_phone.as_ref().filter(|_| channel == Channel::Phone).unwrap_or(&question.ask))));
        }
        if question.kind.value == KIND {
            let named = parts().into_iter().map(|(part, _, _, [ask, ..])| (format!("{name}-{part}"), ask));
            all.extend(named.filter(|(name, _)| given(name)).map(|(name, ask)| (name, wording(lang, channel, ask))));
        }
    }
    all
}

/// A text of this service, outside of the dialogue.
fn wording(lang: Lang, channel: Channel, key: &'static str) -> String {
    static TEXTS: LazyLock<Option<Texts>> = LazyLock::new(|| {
        let own: [Box<dyn Service>; 1] = [Box::new(super::Procedures)];
        Texts::load(&own).inspect_err(|error| tracing::error!(%error, "the texts of procedures")).ok()
    });
    let own = HashMap::new();
    let speaker = Speaker { lang, channel, zone: chrono_tz::Asia::Tokyo, city: "", greeting: "", hotline: "", own: &own };
    TEXTS.as_ref().map_or_else(|| key.to_owned(), |texts| texts.say(&speaker, &Say::key(key)))
}
