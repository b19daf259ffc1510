use super::{ChatArgs, understand::moment};
use crate::{boot::Booted, clock::SystemClock, serve, settings::Settings};
use anyhow::Context;
use chrono::{DateTime, Utc};
use model::{Clock, Content, Inbound, ManualClock, Media, Part, Point, Private};
use serde::Deserialize;
use serde_json::json;
use std::{io::{BufRead, Write}, sync::Arc};
use store::Which;
use turn::{Engine, JobSettings, Ran};

/// A line of `--jsonl`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: Option<String>,
    postback: Option<String>,
    location: Option<Location>,
    image: Option<String>,
    dtmf: Option<String>,
    hangup: Option<bool>,
    now: Option<String>,
    /// From here on somebody else talks, at the time that the chat began with.
    user: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    lat: f64,
    lng: f64,
}

/// The clock of a chat: the wall's, until a time is given.
enum ChatClock {
    Wall,
    Given(ManualClock),
}

struct Chat<'a> {
    engine: Arc<Engine>,
    args: &'a ChatArgs,
    account: String,
    conversation: model::ConversationId,
    clock: ChatClock,
    jobs: JobSettings,
}

impl ChatClock {
    fn begin(args: &ChatArgs) -> anyhow::Result<Self> {
        Ok(match &args.now {
            Some(now) => ChatClock::Given(ManualClock::at(moment(now)?.with_timezone(&Utc))),
            None => ChatClock::Wall,
        })
    }
}

pub async fn chat(settings: &Settings, args: ChatArgs) -> anyhow::Result<()> {
    let clock = ChatClock::begin(&args)?;
    let booted = Booted::new(settings).await?;
    let talked = talk(booted.engine.clone(), &args, clock, serve::job_settings(settings)).await;
    booted.close().await;
    talked
}

async fn talk(engine: Arc<Engine>, args: &ChatArgs, clock: ChatClock, jobs: JobSettings) -> anyhow::Result<()> {
    engine.cities.find(&engine.db, &engine.house(), &args.city).await?;
    // Without a name, every chat is somebody new.
    let account = format!("terminal:{}", args.user.clone().unwrap_or_else(|| engine.db.uuid().to_string()));
    let conversation = store::open_live(&engine.db, &args.city, args.channel, &account).await?;
    let mut chat = Chat { engine, args, account, conversation, clock, jobs };
    let stdin = std::io::stdin();
    let mut lines = stdin.lock().lines();
    loop {
        if !args.jsonl {
            print!("> ");
            std::io::stdout().flush()?;
        }
        let Some(line) = lines.next().transpose()? else { return Ok(()) };
        if line.trim().is_empty() {
            continue;
        }
        if args.jsonl {
            let answer = match chat.json_line(&line).await {
                Ok(answer) => answer,
                Err(error) => json!({ "error": format!("{error:#}"), "replies": [] }),
            };
            println!("{answer}");
        } else {
            chat.catch_up().await?;
            let ran = chat.send(Content::Text { text: line }).await?;
            for part in ran.iter().flat_map(|ran| &ran.parts) {
                println!("{}\n", plain(part));
            }
        }
        std::io::stdout().flush()?;
    }
}

impl Chat<'_> {
    async fn json_line(&mut self, line: &str) -> anyhow::Result<serde_json::Value> {
        let line: Line = serde_json::from_str(line).context("not understood; write for example {\"text\":\"…\"}")?;
        if let Some(user) = &line.user {
            self.account = format!("terminal:{user}");
            self.conversation = store::open_live(&self.engine.db, &self.args.city, self.args.channel, &self.account).await?;
            self.clock = ChatClock::begin(self.args)?;
        }
        if let Some(now) = &line.now {
            let now = moment(now)?.with_timezone(&Utc);
            match &self.clock {
                ChatClock::Given(clock) => clock.set(now),
                ChatClock::Wall => self.clock = ChatClock::Given(ManualClock::at(now)),
            }
        }
        self.catch_up().await?;
        let Some(content) = content(line)? else { return Ok(json!({ "replies": [], "intent": null, "slots": {}, "form": null })) };
        let ran = self.send(content).await?;
        let understood = ran.as_ref().and_then(|ran| ran.understanding.as_ref());
        Ok(json!({
            "replies": ran.as_ref().map(|ran| &ran.parts),
            "intent": understood.map(|u| u.intent()),
            "slots": understood.map_or_else(|| json!({}), |u| u.slots.to_json()),
            "emergency": understood.and_then(|u| u.emergency),
            "form": ran.as_ref().and_then(|ran| ran.form.as_ref()),
        }))
    }

    fn now(&self) -> DateTime<Utc> {
        match &self.clock {
            ChatClock::Wall => SystemClock.now(),
            ChatClock::Given(clock) => clock.now(),
        }
    }

    /// Does what became due while nobody spoke. Each of these can set the next.
    async fn catch_up(&self) -> anyhow::Result<()> {
        let (city, key) = (&self.args.city, self.conversation.to_string());
        while turn::do_jobs(&self.engine, self.now(), &self.jobs, Which::Key { city, key: &key }).await? > 0 {
            turn::run_live(&self.engine, city, self.conversation).await?;
        }
        Ok(())
    }

    /// The same way as every message: stored, then a turn.
    async fn send(&self, content: Content) -> anyhow::Result<Option<Ran>> {
        let inbound = Inbound {
            city: self.args.city.clone(),
            channel: self.args.channel,
            account: Private(self.account.clone()),
            platform_id: format!("terminal:{}", self.engine.db.uuid()),
            at: self.now(),
            content,
            reply_token: None,
        };
        store::enqueue(&self.engine.db, &self.args.city, &[inbound]).await?;
        let ran = turn::run_live(&self.engine, &self.args.city, self.conversation).await?;
        // What the turn left to be done at once: a payment page, for instance.
        self.catch_up().await?;
        Ok(ran)
    }
}

fn content(line: Line) -> anyhow::Result<Option<Content>> {
    Ok(Some(match line {
        Line { text: Some(text), .. } => Content::Text { text },
        Line { postback: Some(value), .. } => Content::Postback { value, label: None },
        Line { location: Some(Location { lat, lng }), .. } => {
            let point = Point::new(lat, lng).context("the location is not on the globe")?;
            Content::Location { point, title: None, address: None }
        }
        Line { image: Some(path), .. } => Content::Media { media: Media::Image, id: path },
        Line { dtmf: Some(digits), .. } => Content::Dtmf { digits },
        Line { hangup: Some(true), .. } => Content::Hangup,
        _ => return Ok(None),
    }))
}

/// A part as lines of text.
fn plain(part: &Part<String>) -> String {
    let numbered = |labels: Vec<&str>| labels.iter().enumerate().map(|(n, l)| format!("  {}. {l}", n + 1)).collect::<Vec<_>>().join("\n");
    match part {
        Part::Text { text } => text.clone(),
        Part::Choices { text, choices } => format!("{text}\n{}", numbered(choices.iter().map(|c| c.label.as_str()).collect())),
        Part::Cards { text, cards } => {
            let cards: Vec<String> = cards.iter().map(|card| format!("■ {}\n  {}", card.title, card.lines.join("\n  "))).collect();
            format!("{text}\n{}", cards.join("\n"))
        }
        Part::Place { text, address, url, .. } => format!("{text}\n{address}\n{url}"),
        Part::Date { text, .. } => text.clone(),
        Part::Image { text, url } => format!("{text}\n{url}"),
        Part::Link { text, label, url } => format!("{text}\n{label}: {url}"),
        Part::Handoff { text, desk, phone, hours, .. } => {
            format!("{text}\n{desk} {} {}", phone.as_deref().unwrap_or_default(), hours.as_deref().unwrap_or_default())
        }
    }
}
