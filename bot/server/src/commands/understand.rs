use crate::settings::Models;
use anyhow::Context;
use chrono::{DateTime, FixedOffset};
use intents::import::{names_of_folder, sentences_of_folder};
use model::{Channel, CityId, Expecting, Recall, Understand, Utterance};
use serde::Deserialize;
use serde_json::json;
use std::{
    io::{BufRead, Write},
    path::Path,
};

#[derive(Deserialize)]
struct Line {
    text: String,
    now: Option<String>,
    channel: Option<Channel>,
    expecting: Option<Expecting>,
}

/// Reads JSON lines to the end; needs no database: a city's names and sentences come from its folder under
/// `fixtures/cities`. A line that is not understood gets an error line, not an end.
pub fn understand(models: &Models, now: Option<&str>, city: Option<&CityId>) -> anyhow::Result<()> {
    let nlu = crate::models::understanding(models)?;
    let default_now = match now {
        Some(now) => moment(now)?,
        None => model::Clock::now(&crate::clock::SystemClock).with_timezone(&chrono_tz::Asia::Tokyo).fixed_offset(),
    };
    let folder = city.map(|city| Path::new("fixtures/cities").join(city.as_str()));
    let names = folder.as_deref().map(names_of_folder).transpose().context("the names of the city")?;
    let own = folder.as_deref().map(sentences_of_folder).transpose().context("the city's own sentences")?.map(|own| nlu.remember(&own));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Line>(&line) {
            Ok(line) => match line.now.as_deref().map_or(Ok(default_now), moment) {
                Ok(now) => answer(nlu.as_ref(), names.as_ref(), own.as_deref(), &line, now, city),
                Err(error) => json!({ "error": format!("{error:#}") }),
            },
            Err(error) => json!({ "error": format!("not understood as input: {error}") }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(nlu: &impl Understand, names: Option<&intents::Names>, own: Option<&dyn Recall>, line: &Line, now: DateTime<FixedOffset>, city: Option<&CityId>) -> serde_json::Value {
    let utterance =
        Utterance { text: &line.text, now, channel: line.channel.unwrap_or(Channel::Web), city, expecting: line.expecting.as_ref(), own };
    let mut understood = nlu.understand(&utterance);
    if let Some(names) = names {
        names.complete(&mut understood, &dialogue::meant(&line.text));
    }
    json!({
        "intent": understood.intent(),
        "confidence": understood.confidence(),
        "slots": understood.slots.to_json(),
        "entities": understood.entities,
        "emergency": understood.emergency,
        "language": understood.language.unwrap_or_default(),
    })
}

pub(super) fn moment(text: &str) -> anyhow::Result<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).with_context(|| format!("`{text}` is no time; write 2026-11-03T10:00:00+09:00"))
}
