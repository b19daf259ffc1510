use anyhow::Context;
use chrono::{DateTime, FixedOffset};
use model::{Channel, CityId, Expecting, Understand, Utterance};
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, Write};

#[derive(Deserialize)]
struct Line {
    text: String,
    now: Option<String>,
    channel: Option<Channel>,
    expecting: Option<Expecting>,
}

/// Reads JSON lines to the end; needs no database. A line that is not understood gets an error line, not an end.
pub fn understand(now: Option<&str>, city: Option<&CityId>) -> anyhow::Result<()> {
    let nlu = nlu_models::Nlu::embedded()?;
    let default_now = match now {
        Some(now) => moment(now)?,
        None => model::Clock::now(&crate::clock::SystemClock).with_timezone(&chrono_tz::Asia::Tokyo).fixed_offset(),
    };
    let names = city.map(names_of).transpose()?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Line>(&line) {
            Ok(line) => match line.now.as_deref().map_or(Ok(default_now), moment) {
                Ok(now) => answer(&nlu, names.as_ref(), &line, now, city),
                Err(error) => json!({ "error": format!("{error:#}") }),
            },
            Err(error) => json!({ "error": format!("not understood as input: {error}") }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(nlu: &impl Understand, names: Option<&intents::Names>, line: &Line, now: DateTime<FixedOffset>, city: Option<&CityId>) -> serde_json::Value {
    let utterance =
        Utterance { text: &line.text, now, channel: line.channel.unwrap_or(Channel::Web), city, expecting: line.expecting.as_ref() };
    let mut understood = nlu.understand(&utterance);
    if let Some(names) = names {
        understood.entities = names.entities(&line.text);
    }
    json!({
        "intent": understood.intent(),
        "confidence": understood.confidence(),
        "slots": understood.slots.to_json(),
        "entities": understood.entities,
        "emergency": understood.emergency,
        "language": understood.language,
    })
}

/// The names of a city from its folder beside the program's working directory.
fn names_of(city: &CityId) -> anyhow::Result<intents::Names> {
    intents::import::names_of_folder(&std::path::Path::new("fixtures/cities").join(city.as_str())).context("the names of the city")
}

pub(super) fn moment(text: &str) -> anyhow::Result<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).with_context(|| format!("`{text}` is no time; write 2026-11-03T10:00:00+09:00"))
}
