//! Accounts of one resident on several channels: a code from one, typed on the other, makes them one and takes the
//! conversation along.

mod carry;
mod codes;

use crate::{Context, Service, ServiceError};
use codes::{Checked, DIGITS, check, code_in, issue, spend};
use dialogue::{Answer, Candidate, Field, FieldKind, Form, Found, Outcome, STATE_VERSION, State};
use futures_util::future::BoxFuture;
use model::{Choice, CityId, Content, Lang, Part, Postback, Say};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::{MigrationFile, StoreError};

const CONTINUE: &str = "account.continue";
const CODE: &str = "account.code";
const PART: &str = "account.part";

pub struct Accounts;

/// What residents say, by form; these are no intents of the models.
const SAID: [(&str, &[&str]); 3] = [
    (
        CONTINUE,
        &[
            "LINEと連携したい", "続きをLINEで", "続きはLINEでしたい", "LINEで続けたい", "電話の続きをLINEでやりたい", "別の端末で続けたい", "スマホで続きをしたい", "パソコンで続けたい",
            "続きをウェブでしたい", "電話で続けたい", "引き継ぎコードがほしい", "引き継ぎコードを出して", "アカウントを連携したい", "continue on LINE", "continue on another device", "link my LINE account",
            "换到LINE继续", "在另一台设备上继续", "LINE에서 이어서 하고 싶어요", "다른 기기에서 계속하기", "tiếp tục trên LINE", "tiếp tục trên thiết bị khác",
        ],
    ),
    (
        CODE,
        &[
            "引き継ぎコードを入力したい", "引き継ぎコードを入れる", "コードで続ける", "コードを持っています", "電話でもらったコードがあります", "連携コードを入力", "コードで引き継ぎたい",
            "I have a code to continue", "enter the code", "我有接续码", "코드를 입력할게요", "tôi có mã để tiếp tục",
        ],
    ),
    (
        PART,
        &["連携をやめる", "連携を解除したい", "アカウントの連携を切りたい", "LINEとの連携をやめたい", "つながりを解除して", "unlink my accounts", "stop linking", "取消关联", "연동을 해제하고 싶어요", "hủy liên kết"],
    ),
];

impl Service for Accounts {
    fn forms(&self) -> Vec<Form> {
        vec![
            Form::answer(CONTINUE, &[CONTINUE]).menu(90),
            Form::answer(CODE, &[CODE]).field(Field::new("code", FieldKind::Lookup)).by_digits(DIGITS),
            Form::answer(PART, &[PART]),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261128010300, name: "link_code", sql: include_str!("migrations/20261128010300_link_code.sql") }]
    }

    fn sentences<'a>(&'a self, _tx: &'a mut PgConnection, _city: &'a CityId) -> BoxFuture<'a, Result<Vec<(String, String)>, ServiceError>> {
        let all = SAID.iter().flat_map(|(form, said)| said.iter().map(|said| ((*form).to_owned(), (*said).to_owned()))).collect();
        Box::pin(async move { Ok(all) })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, _field: &'a str, text: &'a str, _asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            let Some(code) = code_in(text) else { return Ok(Found::None) };
            Ok(match check(context, &code).await? {
                Checked::Of(_) => Found::One(Candidate { label: code.clone(), value: code }),
                Checked::Wrong => Found::Refused(Say::key("account-code-wrong")),
                Checked::TooMany => Found::Refused(Say::key("account-code-too-many")),
            })
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                CONTINUE => {
                    let code = issue(context).await?;
                    let (first, last) = code.split_at(DIGITS / 2);
                    Ok(said(Say::key("account-continue-code").with("code", format!("{first}-{last}"))))
                }
                CODE => take_over(context, answers.get("code").map_or("", |answer| answer.value.as_str())).await,
                PART => part(context).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

fn said(say: Say) -> Outcome {
    Outcome::done(vec![Part::text(say)])
}

fn not_taken(key: &'static str) -> Outcome {
    let choices = vec![Choice::new(Say::key("account-code-title"), Postback::begin(CODE)), Choice::new(Say::key("menu-label"), "menu")];
    Outcome::done(vec![Part::Choices { text: Say::key(key), choices }])
}

/// This account is its own again, and the others hear of it.
async fn part(context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
    let (city, now) = (&context.city.id, context.now.to_utc());
    let Some(others) = store::part_account(context.db, context.tx, city, context.conversation, now).await? else { return Ok(said(Say::key("account-part-none"))) };
    for other in others {
        let id = format!("parted:{}", context.ids.uuid());
        store::enqueue_internal(context.db, context.tx, city, other, &id, now, &Content::Parted { channel: context.channel }).await?;
    }
    Ok(said(Say::key("account-parted")))
}

/// The conversation that the code was made for goes on here.
async fn take_over(context: &mut Context<'_>, code: &str) -> Result<Outcome, ServiceError> {
    let other = match check(context, code).await? {
        Checked::Of(other) if other == context.conversation => return Ok(not_taken("account-code-here")),
        Checked::Of(other) => other,
        Checked::Wrong => return Ok(not_taken("account-code-wrong")),
        Checked::TooMany => return Ok(not_taken("account-code-too-many")),
    };
    let (city, now) = (&context.city.id, context.now.to_utc());
    let Some(locked) = store::lock_conversation(context.db, context.tx, city, other).await? else { return Ok(not_taken("account-code-busy")) };
    if !spend(context, code).await? {
        return Ok(not_taken("account-code-wrong"));
    }
    let unreadable = |_| StoreError::Inconsistent { table: "conversation", key: other.to_string(), problem: "its state cannot be read" };
    let state = match &locked.state {
        Some((version, bytes)) => State::decode(*version, bytes).map_err(unreadable)?,
        None => State::default(),
    };
    let left = carry::left(&state, context.channel).encode().map_err(unreadable)?;
    store::write_state(context.tx, city, &locked, (STATE_VERSION, &left)).await?;
    store::join_accounts(context.db, context.tx, city, other, context.conversation, now).await?;
    // Where somebody listens it is said there at once; elsewhere when the resident is heard again.
    if !locked.live && !locked.blocked {
        let id = format!("joined:{}", context.ids.uuid());
        store::enqueue_internal(context.db, context.tx, city, other, &id, now, &Content::Joined).await?;
    }
    let say = vec![Part::text(Say::key("account-joined-here").with("channel", Say::dynamic(format!("channel-{}", locked.channel))))];
    Ok(Outcome::TakenOver { say, state: Box::new(carry::carried(&state, &context.city.catalogue)) })
}
