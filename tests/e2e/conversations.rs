//! Conversations as data: `fixtures/conversations/*.yaml` say what a resident says or taps and what must come back; they are
//! held in the terminal (as on the web, on LINE and on the phone), through LINE and in the web chat.

use anyhow::{Context, ensure};
use e2e::{Bot, Folder, Line, WebChat, json_lines, root, run, words};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    time::Duration,
};

/// One conversation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    /// What it shows, in a sentence.
    title: String,
    /// Which way of going on it shows: `correction`, `digression`, `cancel` …
    pattern: String,
    /// What kind of form it goes on in: `answer` (gives information), `task` (written in code), `procedure` (written by a city).
    #[serde(rename = "in")]
    within: String,
    /// When it begins (RFC 3339); without it, now.
    now: Option<String>,
    turns: Vec<Turn>,
    /// Whether it is held on the telephone only, with its keys.
    #[serde(default)]
    phone: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    say: Option<String>,
    /// A choice's value.
    tap: Option<String>,
    /// Keys of a telephone.
    keys: Option<String>,
    /// A picture is sent; in the terminal only.
    #[serde(default)]
    picture: bool,
    /// Latitude and longitude.
    location: Option<[f64; 2]>,
    /// The time at which this comes, where it matters (RFC 3339).
    at: Option<String>,
    /// Every one of these must be in the answer.
    #[serde(default)]
    expect: Vec<String>,
    /// None of these may be.
    #[serde(default)]
    not: Vec<String>,
    /// The form that the answer belongs to.
    form: Option<String>,
}

impl Conversation {
    /// Whether it can be held on channels where the clock is the wall's.
    fn any_time(&self) -> bool {
        self.now.is_none() && !self.phone && self.turns.iter().all(|turn| turn.at.is_none() && turn.keys.is_none() && !turn.picture)
    }

    fn terminal_channels(&self) -> &'static [&'static str] {
        if self.phone { &["phone"] } else { &["web", "line", "phone"] }
    }
}

impl Turn {
    /// What the resident does, in a word.
    fn what(&self) -> &str {
        let other = if self.picture { "picture" } else { "location" };
        self.say.as_deref().or(self.tap.as_deref()).or(self.keys.as_deref()).unwrap_or(other)
    }
}

/// All conversations, by the stem of their file.
fn conversations() -> anyhow::Result<BTreeMap<String, Conversation>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(root().join("fixtures/conversations"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "yaml") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let conversation = serde_saphyr::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())?;
            all.insert(name, conversation);
        }
    }
    Ok(all)
}

/// What is wrong with an answer, expected beside came; nothing if nothing is.
fn wrong(name: &str, channel: &str, n: usize, turn: &Turn, answer: &str, form: Option<&Value>) -> Option<String> {
    let missing: Vec<_> = turn.expect.iter().filter(|text| !answer.contains(text.as_str())).collect();
    let unwanted: Vec<_> = turn.not.iter().filter(|text| answer.contains(text.as_str())).collect();
    let other_form = match (&turn.form, form) {
        (Some(wanted), Some(got)) => got.as_str() != Some(wanted),
        _ => false,
    };
    if missing.is_empty() && unwanted.is_empty() && !other_form {
        return None;
    }
    let mut out = format!("{name} on {channel}, turn {} ", n + 1);
    let _ = writeln!(out, "({})", turn.what());
    let _ = writeln!(out, "  missing:  {missing:?}\n  unwanted: {unwanted:?}\n  form:     {:?} expected, {:?} came", turn.form, form);
    let _ = writeln!(out, "  came:     {answer}");
    Some(out)
}

fn input(turn: &Turn) -> Value {
    if let Some(keys) = &turn.keys {
        return json!({ "dtmf": keys });
    }
    if turn.picture {
        return json!({ "image": "photo.jpg" });
    }
    match (&turn.say, &turn.tap, turn.location) {
        (Some(text), ..) => json!({ "text": text }),
        (None, Some(value), _) => json!({ "postback": value }),
        (None, None, Some([lat, lng])) => json!({ "location": { "lat": lat, "lng": lng } }),
        (None, None, None) => json!({ "text": "" }),
    }
}

/// All conversations of a channel, one after the other in one terminal.
fn in_the_terminal(folder: &Folder, channel: &str, all: &BTreeMap<String, Conversation>) -> anyhow::Result<Vec<String>> {
    let talks: Vec<_> = all.iter().filter(|(_, talk)| talk.terminal_channels().contains(&channel)).collect();
    let turns = || talks.iter().flat_map(|(name, talk)| talk.turns.iter().enumerate().map(move |(n, turn)| (*name, *talk, n, turn)));
    let line = |(name, talk, n, turn): (&String, &Conversation, usize, &Turn)| {
        let mut line = input(turn);
        if n == 0 {
            line["user"] = json!(name);
        }
        if let Some(now) = turn.at.as_ref().or(talk.now.as_ref().filter(|_| n == 0)) {
            line["now"] = json!(now);
        }
        line
    };
    let lines: Vec<Value> = turns().map(line).collect();
    let answers = json_lines(&folder.0, &["chat", "--city", "aoba", "--jsonl", "--channel", channel], &lines)?;
    ensure!(answers.len() == lines.len(), "{} answers to {} turns: {:?}", answers.len(), lines.len(), answers.last());
    let checked = turns().zip(&answers);
    Ok(checked.filter_map(|((name, _, n, turn), answer)| wrong(name, channel, n, turn, &answer["replies"].to_string(), Some(&answer["form"]))).collect())
}

async fn on_line(line: &Line, name: &str, at: usize, talk: &Conversation) -> anyhow::Result<Vec<String>> {
    let user = format!("U{at:032x}");
    let mut bad = Vec::new();
    for (n, turn) in talk.turns.iter().enumerate() {
        match (&turn.say, &turn.tap, turn.location) {
            (Some(text), ..) => line.say(&user, text).await?,
            (None, Some(data), _) => line.control(&format!("users/{user}/postback"), &json!({ "data": data })).await?,
            (None, None, Some([lat, lng])) => {
                line.send(&user, &json!({ "type": "location", "title": "", "address": "", "latitude": lat, "longitude": lng })).await?
            }
            (None, None, None) => continue,
        };
        let got = line.received(&user, n + 1).await?;
        bad.extend(wrong(name, "LINE", n, turn, &words(&got[n]), None));
    }
    Ok(bad)
}

async fn on_the_web(bot: &Bot, name: &str, talk: &Conversation) -> anyhow::Result<Vec<String>> {
    let mut chat = WebChat::open(bot).await?;
    // The greeting comes first.
    chat.answer().await?;
    let mut bad = Vec::new();
    for (n, turn) in talk.turns.iter().enumerate() {
        let message = match (&turn.say, &turn.tap, turn.location) {
            (Some(text), ..) => json!({ "text": text }),
            (None, Some(value), _) => json!({ "postback": value, "label": "選択" }),
            (None, None, Some([lat, lng])) => json!({ "location": { "lat": lat, "lng": lng } }),
            (None, None, None) => continue,
        };
        chat.send(message).await?;
        bad.extend(wrong(name, "web", n, turn, &chat.answer().await?, None));
    }
    Ok(bad)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_conversation_goes_as_written_on_every_channel() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &line.url())]).await?;
    let more = root().join("fixtures/procedures");
    let (fine, out, errors) = tokio::task::block_in_place(|| run(&folder.0, &["import", "procedures", &more.to_string_lossy(), "--city", "aoba"], ""))?;
    ensure!(fine, "{out}{errors}");
    line.connect(&bot, Duration::from_secs(60))?;
    let mut bad = Vec::new();
    let all = conversations()?;
    for channel in ["web", "line", "phone"] {
        bad.extend(tokio::task::block_in_place(|| in_the_terminal(&folder, channel, &all))?);
    }
    for (at, (name, talk)) in all.iter().enumerate() {
        if talk.any_time() {
            bad.extend(on_line(&line, name, at, talk).await?);
            bad.extend(on_the_web(&bot, name, talk).await?);
        }
    }
    bot.stop().await?;
    assert!(bad.is_empty(), "{} answers are not as written:\n{}", bad.len(), bad.join("\n"));
    Ok(())
}

/// The ways of going on that must be shown, and that no two conversations are the same but for names.
#[test]
fn every_pattern_is_shown_and_nothing_twice() -> anyhow::Result<()> {
    let all = conversations()?;
    let shown: BTreeSet<&str> = all.values().map(|talk| talk.pattern.as_str()).collect();
    let missing: Vec<_> = PATTERNS.iter().filter(|pattern| !shown.contains(*pattern)).collect();
    assert!(missing.is_empty(), "no conversation shows {missing:?}");
    let unknown: Vec<_> = shown.iter().filter(|pattern| !PATTERNS.contains(pattern)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no known patterns");
    let missing: Vec<String> = WITHIN
        .iter()
        .flat_map(|(pattern, kinds)| kinds.iter().map(move |kind| (*pattern, *kind)))
        .filter(|(pattern, kind)| !all.values().any(|talk| talk.pattern == *pattern && talk.within == *kind))
        .map(|(pattern, kind)| format!("{pattern} in {kind}"))
        .collect();
    assert!(missing.is_empty(), "no conversation shows {}", missing.join(", "));
    for (name, talk) in &all {
        assert!(["answer", "task", "procedure"].contains(&talk.within.as_str()), "{name}: `in` is answer, task or procedure");
    }
    let mut shapes: BTreeMap<Vec<&str>, &str> = BTreeMap::new();
    for (name, talk) in &all {
        assert!(!talk.title.is_empty() && !talk.turns.is_empty(), "{name} is empty");
        let shape: Vec<&str> = talk.turns.iter().map(|turn| turn.what()).collect();
        if let Some(other) = shapes.insert(shape, name) {
            anyhow::bail!("{name} and {other} are the same conversation");
        }
    }
    Ok(())
}

/// The kinds of forms in which a pattern is shown: those in which it can come up.
const WITHIN: [(&str, &[&str]); 21] = [
    ("several_at_once", &["answer", "task", "procedure"]),
    ("before_asked", &["answer", "task", "procedure"]),
    ("correction", &["answer", "task", "procedure"]),
    ("correction_by_name", &["task", "procedure"]),
    ("correction_while_confirming", &["task", "procedure"]),
    ("negation_with_value", &["answer", "task", "procedure"]),
    ("digression", &["answer", "task", "procedure"]),
    ("interruption", &["task", "procedure"]),
    ("cancel", &["answer", "task", "procedure"]),
    ("back", &["answer", "task", "procedure"]),
    ("repeat", &["answer", "task", "procedure"]),
    ("wait", &["answer", "task", "procedure"]),
    ("clarification", &["answer", "task", "procedure"]),
    ("explanation", &["answer", "task", "procedure"]),
    ("invalid_value", &["answer", "task", "procedure"]),
    ("silence", &["answer", "task", "procedure"]),
    ("resume", &["answer", "task", "procedure"]),
    ("tapped_away", &["task", "procedure"]),
    ("after_completion", &["answer", "task", "procedure"]),
    ("person", &["answer", "task", "procedure"]),
    ("emergency", &["answer", "task", "procedure"]),
];

const PATTERNS: [&str; 26] = [
    "plain",
    "several_at_once",
    "before_asked",
    "correction",
    "correction_by_name",
    "correction_while_confirming",
    "negation_with_value",
    "digression",
    "interruption",
    "cancel",
    "back",
    "repeat",
    "slower",
    "wait",
    "disambiguation",
    "clarification",
    "explanation",
    "invalid_value",
    "silence",
    "resume",
    // Away by a tap on another menu item.
    "tapped_away",
    // A changed mind, or a follow-up, when it is done.
    "after_completion",
    "keys",
    "person",
    "emergency",
    "language",
];
