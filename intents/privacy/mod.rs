//! A resident's own data: what is kept, a copy of it, its end.

mod erase;
mod export;

pub use erase::{ERASE, erase};

use crate::{Context, Service, ServiceError, people::receipt, withdraw::withdraw};
use chrono::TimeDelta;
use dialogue::{Answer, Field, FieldKind, Form, OptionSpec, Outcome};
use futures_util::future::BoxFuture;
use model::{Choice, Lang, Part, Postback, Say};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use store::{FileKind, MigrationFile, NewFile, NewJob, Wanted, Wish};

const REQUEST: &str = "privacy.request";
const DELETE: &str = "privacy.delete";
/// The link to one's data opens for so long.
const LINK: TimeDelta = TimeDelta::hours(24);
/// Between the yes and the end: the answer reaches the resident, who may still change their mind.
const GRACE: TimeDelta = TimeDelta::seconds(60);
const WITHDRAW: &str = "UPDATE privacy_request SET withdrawn_at = $4
    WHERE city_id = $1 AND conversation_id = $2 AND receipt = $3 AND done_at IS NULL AND withdrawn_at IS NULL";

pub struct Privacy {
    /// What links begin with.
    pub public_url: String,
}

impl Service for Privacy {
    fn forms(&self) -> Vec<Form> {
        let kinds = vec![
            OptionSpec::new("see", &["見たい", "見せて", "見る", "閲覧", "何が残って", "どんな情報", "何を記録", "see", "show", "查看", "보기", "xem"]),
            OptionSpec::new("get", &["ダウンロード", "写し", "受け取", "もらえ", "もらいたい", "csv", "download", "copy", "export", "下载", "副本", "다운로드", "사본", "tải", "bản sao"]),
            OptionSpec::new("delete", &["消したい", "消して", "消す", "消せ", "消去", "削除", "抹消", "忘れて", "退会", "残したくない", "delete", "erase", "remove", "删除", "清除", "삭제", "지워", "xóa", "xoá"]),
            OptionSpec::new("consent", &["同意", "利用目的", "保存期間", "consent", "agree", "同意书", "동의", "đồng ý"]),
        ];
        let scopes = vec![
            OptionSpec::new("here", &["この会話だけ", "ここだけ", "この窓口", "this chat", "only here", "只有这里", "여기만", "chỉ ở đây"]),
            OptionSpec::new("all", &["すべて", "全部", "ぜんぶ", "all", "everything", "全部", "전부", "모두", "tất cả"]),
        ];
        vec![
            Form::answer(REQUEST, &[REQUEST]).field(Field::new("kind", FieldKind::Choice { options: kinds })),
            Form::task(DELETE, &[]).field(Field::new("scope", FieldKind::Choice { options: scopes })),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261128110200, name: "privacy_request", sql: include_str!("migrations/20261128110200_privacy_request.sql") }]
    }

    fn undo<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, receipt: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            if form != DELETE {
                return Err(ServiceError::NotMine(form.to_owned()));
            }
            store::cancel_job(context.tx, &context.city.id, ERASE, &context.conversation.to_string()).await?;
            withdraw(context, WITHDRAW, receipt).await
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            let value = |field: &str| answers.get(field).map_or("", |answer| answer.value.as_str());
            if is_protected(context).await? {
                // Whoever holds the device is not always its owner: a person looks first.
                return by_desk(context).await;
            }
            match (form, value("kind")) {
                (REQUEST, "see") => see(context).await,
                (REQUEST, "get") => self.get(context).await,
                (REQUEST, "delete") => Ok(Outcome::Go { form: DELETE.to_owned(), given: BTreeMap::new() }),
                (REQUEST, _) => Ok(Outcome::done(vec![Part::Choices { text: Say::key("privacy-consent"), choices: ways(&["see", "get", "delete"]) }])),
                (DELETE, _) => delete(context, value("scope")).await,
                (other, _) => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

impl Privacy {
    async fn get(&self, context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
        let (now, text) = (context.now.to_utc(), export::text(context).await?);
        let file = NewFile { kind: FileKind::Export { until: now + LINK }, name: "my-data.txt", content_type: "text/plain; charset=utf-8", bytes: text.as_bytes(), author: None, now };
        let token = store::put_file(context.db, context.tx, &context.city.id, context.conversation, file).await?.unwrap_or_default();
        note(context, "export").await?;
        let url = format!("{}/files/{}/{token}", self.public_url, context.city.id);
        Ok(Outcome::done(vec![Part::Link { text: Say::key("privacy-get-ready"), label: Say::key("privacy-get-label"), url }]))
    }
}

fn ways(kinds: &[&str]) -> Vec<Choice> {
    kinds.iter().map(|kind| Choice::new(Say::dynamic(format!("privacy-request-kind-{kind}")), Postback::begin(REQUEST).given("kind", *kind))).collect()
}

async fn is_protected(context: &mut Context<'_>) -> Result<bool, ServiceError> {
    let conversations: Vec<_> = store::conversations_of(context.tx, &context.city.id, context.conversation).await?.into_iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM thread WHERE city_id = $1 AND conversation_id = ANY($2) AND protected)")
        .bind(context.city.id.as_str())
        .bind(conversations)
        .fetch_one(&mut *context.tx)
        .await?)
}

async fn by_desk(context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
    let wish = Wish { reason: Wanted::Privacy, desk: Some(&context.city.profile.hotline.name), now: context.now.to_utc() };
    store::want_person(context.tx, &context.city.id, context.conversation, context.ids.uuid(), wish).await?;
    Ok(Outcome::done(vec![Part::text(Say::key("privacy-by-desk"))]))
}

async fn see(context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
    let (city, conversation) = (context.city.id.as_str(), context.conversation.0);
    let (messages, files, requests, calls): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM inbox WHERE city_id = $1 AND conversation_id = $2) + (SELECT count(*) FROM outbox WHERE city_id = $1 AND conversation_id = $2),
             (SELECT count(*) FROM file WHERE city_id = $1 AND conversation_id = $2 AND kind <> 'export'),
             (SELECT count(*) FROM submission WHERE city_id = $1 AND conversation_id = $2 AND withdrawn_at IS NULL),
             (SELECT count(*) FROM callback_request WHERE city_id = $1 AND conversation_id = $2 AND withdrawn_at IS NULL)",
    )
    .bind(city)
    .bind(conversation)
    .fetch_one(&mut *context.tx)
    .await?;
    let days = i64::from(context.city.profile.retention.messages_days);
    let text = Say::key("privacy-see").with("messages", messages).with("files", files).with("requests", requests).with("calls", calls).with("days", days);
    Ok(Outcome::done(vec![Part::Choices { text, choices: ways(&["get", "delete"]) }]))
}

/// Writes down what was asked for; its receipt.
async fn note(context: &mut Context<'_>, kind: &str) -> Result<String, ServiceError> {
    let id = context.ids.uuid();
    let receipt = receipt('D', id);
    sqlx::query("INSERT INTO privacy_request (city_id, request_id, conversation_id, receipt, kind, asked_at, done_at) VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $5 = 'export' THEN $6 END)")
        .bind(context.city.id.as_str())
        .bind(id)
        .bind(context.conversation.0)
        .bind(&receipt)
        .bind(kind)
        .bind(context.now.to_utc())
        .execute(&mut *context.tx)
        .await?;
    Ok(receipt)
}

async fn delete(context: &mut Context<'_>, scope: &str) -> Result<Outcome, ServiceError> {
    let reach = erase::reach(context.tx, &context.city.id, context.conversation, scope == "all").await?;
    let open = erase::open(context.tx, &context.city.id, &reach, context.now.to_utc()).await?;
    if !open.is_empty() {
        let choices = ["facility.my_bookings", "payment.receipt"].map(|form| Choice::new(Say::dynamic(format!("{}-title", form.replace(['.', '_'], "-"))), Postback::begin(form)));
        return Ok(Outcome::done(vec![Part::Choices { text: Say::key("privacy-delete-not-yet").with("numbers", open.join("、")), choices: choices.to_vec() }]));
    }
    let receipt = note(context, "delete").await?;
    let payload = json!({ "all": scope == "all", "receipt": receipt });
    let job = NewJob { kind: ERASE, key: context.conversation.to_string(), due_at: context.now.to_utc() + GRACE, payload };
    store::schedule_job(context.tx, &context.city.id, &job, Duration::ZERO).await?;
    let conversations = erase::reach(context.tx, &context.city.id, context.conversation, scope == "all").await?;
    let kept: Vec<String> = erase::kept(context.tx, &context.city.id, &conversations).await?.into_iter().map(|(_, receipt)| receipt).collect();
    let mut say = vec![Part::text(Say::key("privacy-delete-done").with("receipt", receipt.as_str()))];
    if !kept.is_empty() {
        say.push(Part::text(Say::key("privacy-delete-kept").with("receipts", kept.join("、"))));
    }
    Ok(Outcome::Done { say, alternatives: Vec::new(), receipt: Some(receipt) })
}
