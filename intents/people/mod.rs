//! The way to a person: who, how, when; and a message for a call back.

mod call;
mod desks;
mod receipt;

pub(crate) use receipt::receipt;

pub use desks::import_desks;

use crate::{Context, Service, ServiceError, withdraw::withdraw};
use dialogue::{Answer, Field, FieldKind, Form, News, OptionSpec, Outcome, SlotKind};
use futures_util::future::BoxFuture;
use model::{Channel, Choice, Hours, Lang, OpenState, Part, Postback, Say, Arg};
use std::collections::BTreeMap;
use store::{MigrationFile, Wanted, Wish};

const ID: &str = "people";
/// The form that the dialogue begins when a resident wants a person.
pub const HUMAN: &str = "people.human";
const CALLBACK: &str = "people.callback";
/// As long as nobody has called.
const WITHDRAW: &str = "UPDATE callback_request SET withdrawn_at = $4
    WHERE city_id = $1 AND conversation_id = $2 AND receipt = $3 AND closed_at IS NULL AND withdrawn_at IS NULL";
/// What a call back is about, to who cannot type words on a telephone; staff read it.
const CALLED: &str = "電話でのお問い合わせ";
/// What a resident thought of a talk with staff.
const RATING: &str = "people.rating";

pub struct People;

impl Service for People {
    fn id(&self) -> &'static str {
        ID
    }

    fn forms(&self) -> Vec<Form> {
        let times = vec![
            OptionSpec::new("morning", &["午前", "朝", "昼前", "午前中", "morning"]),
            OptionSpec::new("afternoon", &["午後", "昼から", "夕方", "afternoon"]),
            OptionSpec::new("any", &["いつでも", "どちらでも", "何時でも", "anytime"]).otherwise(),
        ];
        let scores = vec![
            OptionSpec::new("5", &["5", "５"]),
            OptionSpec::new("4", &["4", "４"]),
            OptionSpec::new("3", &["3", "３"]),
            OptionSpec::new("2", &["2", "２"]),
            OptionSpec::new("1", &["1", "１"]),
        ];
        vec![
            Form::answer(HUMAN, &["control.human"]),
            Form::task(CALLBACK, &[])
                .field(Field::new("topic", FieldKind::Text { max: 400 }).topic())
                .field(Field::new("phone", FieldKind::Phone).slot(SlotKind::Phone))
                .field(Field::new("when", FieldKind::Choice { options: times })),
            Form::answer(RATING, &[])
                .field(Field::new("score", FieldKind::Choice { options: scores }))
                .field(Field::new("word", FieldKind::Text { max: 400 }).skippable()),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[
            MigrationFile { version: 20261101000600, name: "callback", sql: include_str!("migrations/20261101000600_callback.sql") },
            MigrationFile { version: 20261128000400, name: "callback_withdrawn", sql: include_str!("migrations/20261128000400_callback_withdrawn.sql") },
            MigrationFile { version: 20261128110250, name: "callback_result", sql: include_str!("migrations/20261128110250_callback_result.sql") },
        ]
    }

    fn undo<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, receipt: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                CALLBACK => withdraw(context, WITHDRAW, receipt).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }

    fn tell<'a>(&'a self, context: &'a mut Context<'_>, event: &'a str, key: &'a str) -> BoxFuture<'a, Result<News, ServiceError>> {
        Box::pin(async move { Ok(News { say: call::not_put_through(context, event, key), ..News::default() }) })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                HUMAN => human(context, text).await,
                CALLBACK => callback(context, answers).await,
                RATING => rating(context, answers).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

/// The desk that fits the words, or the hotline; whether anyone is there now; and a call back.
async fn human(context: &mut Context<'_>, text: &str) -> Result<Outcome, ServiceError> {
    if wants_a_call(text) {
        return Ok(Outcome::Go { form: CALLBACK.to_owned(), given: BTreeMap::new() });
    }
    let hotline = &context.city.profile.hotline;
    let desk = desks::named(context.tx, &context.city.id, text).await?;
    let (name, phone, hours, extension) = match desk {
        Some(desk) => (desk.name, desk.phone, desk.hours, desk.extension),
        None => (hotline.name.clone(), Some(hotline.phone.clone()), Some(hotline.hours.clone()), hotline.extension.clone()),
    };
    let opening = Hours::parse(hours.as_deref().unwrap_or_default(), "祝日; 年末年始(12/29-1/3)").unwrap_or_default();
    let state = match opening.at(context.now.naive_local()) {
        OpenState::Open { until } => Say::key("people-open").with("until", Arg::Clock(until)),
        OpenState::Closed { next: Some((date, from)) } => Say::key("people-closed").with("date", date).with("from", Arg::Clock(from)),
        OpenState::Closed { next: None } => Say::key("people-closed-long"),
    };
    let open = matches!(opening.at(context.now.naive_local()), OpenState::Open { .. });
    let calls = context.channel == Channel::Phone;
    if calls && open && extension.is_some() {
        let text = Say::key("people-connect").with("desk", name.as_str());
        return Ok(Outcome::done(vec![Part::Handoff { text, desk: name, phone: None, hours: None, extension }]));
    }
    let place = if calls { None } else { want(context, Wanted::Asked, Some(&name)).await? };
    let queue = match place {
        Some(place) if open => Say::key("people-place").with("place", place),
        Some(_) => Say::key("people-place-closed"),
        // Somebody has it already; or it is a call, into which nobody can reply: the way is the desk's number, or a call back.
        None => Say::Lines(Vec::new()),
    };
    let callback = Postback::begin(CALLBACK);
    let callback = if calls { callback.given("topic", CALLED) } else { callback };
    let text = Say::Lines(vec![Say::key("people-human").with("desk", name.as_str()), state, queue]);
    let say = vec![
        Part::Handoff { text, desk: name, phone, hours, extension: None },
        Part::Choices {
            text: Say::key("people-or-callback"),
            choices: vec![
                Choice::new(Say::key("people-callback-title"), callback),
                Choice::new(Say::key("menu-label"), "menu"),
            ],
        },
    ];
    Ok(Outcome::done(say))
}

/// Puts the conversation before the staff; its place in the queue.
async fn want(context: &mut Context<'_>, reason: Wanted, desk: Option<&str>) -> Result<Option<i64>, ServiceError> {
    let wish = Wish { reason, desk, now: context.now.to_utc() };
    Ok(store::want_person(context.tx, &context.city.id, context.conversation, context.ids.uuid(), wish).await?)
}

async fn rating(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let value = |field: &str| answers.get(field).map(|answer| answer.value.as_str()).filter(|value| !value.is_empty());
    let score = value("score").and_then(|score| score.parse().ok()).filter(|score| (1..=5).contains(score));
    store::rate(context.tx, &context.city.id, context.conversation, score, value("word")).await?;
    Ok(Outcome::done(vec![Part::text(Say::key("people-rating-done"))]))
}

async fn callback(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let value = |field: &str| answers.get(field).map_or("", |answer| answer.value.as_str());
    let phone = value("phone");
    if !(9..=11).contains(&phone.len()) || !phone.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Outcome::Rejected { field: "phone".into(), say: Say::key("people-callback-invalid-phone"), choices: Vec::new() });
    }
    let sealed = serde_json::json!({ "topic": value("topic"), "phone": phone }).to_string();
    let sealed = store::seal_for_conversation(context.db, context.tx, &context.city.id, context.conversation, sealed.as_bytes(), "callback").await?;
    let id = context.ids.uuid();
    let receipt = receipt('C', id);
    sqlx::query(
        "INSERT INTO callback_request (city_id, request_id, conversation_id, receipt, sealed, wanted, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(context.city.id.as_str())
    .bind(id)
    .bind(context.conversation.0)
    .bind(&receipt)
    .bind(sealed)
    .bind(value("when"))
    .bind(context.now.to_utc())
    .execute(&mut *context.tx)
    .await?;
    let hotline = context.city.profile.hotline.name.clone();
    want(context, Wanted::Callback, Some(&hotline)).await?;
    let say = vec![Part::text(Say::key("people-callback-done").with("receipt", receipt.as_str()))];
    Ok(Outcome::Done { say, alternatives: Vec::new(), receipt: Some(receipt) })
}

/// 「折り返し電話をください」: not who answers, but that they call.
fn wants_a_call(text: &str) -> bool {
    const CALL: [&str; 16] = [
        "折り返し", "折返し", "おりかえし", "電話をください", "電話ください", "電話をもらえ", "電話もらえ", "電話をいただけ", "電話してほしい", "電話をしてほしい", "電話してもらえ", "call me back", "call back", "callback", "回电", "전화 주세요",
    ];
    let text = text.to_lowercase();
    CALL.iter().any(|word| text.contains(word))
}
