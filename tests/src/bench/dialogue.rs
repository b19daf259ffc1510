//! The engine by itself: state in, decision out.

use crate::{Limit, line};
use chrono::{DateTime, FixedOffset};
use dialogue::{Candidate, Catalogue, Fact, Facts, Found, Input, Need, News, Offer, Outcome, State, Step, step};
use intents::{Texts, Tools, procedures};
use model::{Channel, Content, Part, Reach, Say, Understand, Utterance};
use nlu_models::{Nlu, measure::percentile};
use std::time::Instant;

/// A resident who fills in every kind of question, corrects, asks aside and goes on.
const TALK: [&str; 22] = [
    "引っ越しのため", "やまだ はなこ", "名前はヤマダ ハナエの間違いです", "昭和60年4月1日", "先月の3日", "来週の月曜", "10時", "午前中", "新規です", "つえと車いす", "090-0000-1234", "図書館は何時までですか", "3人です", "どういう意味ですか",
    "12345678", "さくら町3丁目2-5", "電話番号が違いました。06-0000-9999", "ちょっと待って", "お待たせしました", "もう一度", "やっぱりやめます", "こんにちは",
];

pub fn steps(nlu: &Nlu) -> anyhow::Result<()> {
    let source = std::fs::read_to_string(e2e::root().join("fixtures/procedures/every-kind.yaml"))?;
    let procedure = procedures::read(&source, |_| true).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let services = intents::services(Tools::default());
    let texts = Texts::load(&services)?;
    let mut catalogue = intents::catalogue(&services)?.with(vec![procedures::form(&procedure, 1).form])?;
    catalogue.learn_names(&|key| texts.wordings(key));
    let now = DateTime::parse_from_rfc3339("2026-11-03T10:00:00+09:00")?;
    let mut times = Vec::new();
    for _ in 0..40 {
        let begin = Content::Postback { value: "do:procedure.every-kind".to_owned(), label: None };
        let mut state = decide(&catalogue, nlu, &State::default(), &begin, now, &mut times);
        for text in TALK {
            state = decide(&catalogue, nlu, &state, &Content::Text { text: text.to_owned() }, now, &mut times);
        }
    }
    line("one step of the dialogue, median (µs)", percentile(&mut times, 0.5), Limit::AtMost(50.0));
    line("one step of the dialogue, 99th percentile (µs)", percentile(&mut times, 0.99), Limit::AtMost(500.0));
    Ok(())
}

fn decide(catalogue: &Catalogue, nlu: &Nlu, state: &State, content: &Content, now: DateTime<FixedOffset>, times: &mut Vec<f64>) -> State {
    let understanding = match content {
        Content::Text { text } => Some(nlu.understand(&Utterance { text, now, channel: Channel::Web, city: None, expecting: None, own: None })),
        _ => None,
    };
    let input = Input { content, understanding: understanding.as_ref(), now: now.to_utc(), today: now.date_naive(), clauses: &[], at_once: None, reach: Reach::Free, silent: false };
    let mut facts = Facts::default();
    loop {
        let began = Instant::now();
        let next = step(catalogue, state, &input, &facts);
        times.push(began.elapsed().as_secs_f64() * 1e6);
        let need = match next {
            Step::Done(decision) => return decision.state,
            Step::Need(need) => need,
        };
        let one = || Found::One(Candidate { value: "v".to_owned(), label: "候補".to_owned() });
        let fact = match &need {
            Need::Lookup { .. } | Need::PostalCode(_) => Fact::Found(one()),
            Need::Offer { .. } => Fact::Offer(Offer::worked_out("v", "候補")),
            Need::Tell(_) => Fact::News(News::default()),
            Need::Perform { .. } | Need::Undo { .. } => Fact::Outcome(Outcome::done(vec![Part::text(Say::plain("できました"))])),
        };
        facts.insert(need, fact);
    }
}
