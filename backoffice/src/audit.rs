//! The record: who saw or changed what. Written in the same transaction as what it tells of.

use crate::door::Me;
use chrono::{DateTime, Utc};
use model::CityId;
use sqlx::PgConnection;
use store::{Db, StoreError};
use uuid::Uuid;

/// A line of the record. Opaque ids and words of ours: no personal data.
pub struct Line<'a> {
    pub staff: Option<Uuid>,
    pub action: &'a str,
    pub object: &'a str,
    pub detail: &'a str,
    pub address: &'a str,
}

pub async fn write(db: &Db, tx: &mut PgConnection, city: &CityId, now: DateTime<Utc>, line: Line<'_>) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO audit (city_id, audit_id, at, staff_id, action, object, detail, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(city.as_str())
        .bind(db.uuid())
        .bind(now)
        .bind(line.staff)
        .bind(line.action)
        .bind(line.object)
        .bind(line.detail)
        .bind(line.address)
        .execute(tx)
        .await?;
    Ok(())
}

/// As [`write`], of somebody who is logged in.
pub async fn of(db: &Db, tx: &mut PgConnection, me: &Me, now: DateTime<Utc>, action: &str, object: &str, detail: &str) -> Result<(), StoreError> {
    write(db, tx, me.id(), now, Line { staff: Some(me.staff.id), action, object, detail, address: &me.address }).await
}

/// What the record's words are on a page.
pub fn label(action: &str) -> &str {
    match action {
        "login" => "ログイン",
        "login.failed" => "ログイン失敗",
        "session.moved" => "別の端末で使われたログインを切った",
        "sessions.end" => "ほかの端末をログアウト",
        "second.on" => "確認コードを設定",
        "second.off" => "確認コードをやめた",
        "second.failed" => "確認コードの間違い",
        "sign_on.refused" => "シングルサインオンの拒否",
        "logout" => "ログアウト",
        "password" => "パスワード変更",
        "talk.read" => "会話を開いた",
        "talk.reply" => "返信",
        "talk.note" => "メモ",
        "talk.take" => "担当になった",
        "talk.transfer" => "課へ引き継ぎ",
        "talk.assign" => "担当を変えた",
        "talk.snooze" => "あとで",
        "talk.tag" => "札",
        "talk.look" => "保護対象の会話を開いた（理由）",
        "talk.file" => "写真・ファイルを開いた",
        "talk.join" => "同じ方の会話をつないだ",
        "talk.part" => "会話を切り離した",
        "callback.close" => "折り返しの結果",
        "privacy.delete" => "本人の求めによる消去",
        "retention" => "保存期間による消去",
        "booking.enter" => "予約を入力",
        "booking.end" => "予約を取り消し",
        "booking.read" => "予約の名簿を開いた",
        "money.cash" => "現金の受け取り",
        "money.approve" => "返金を承認",
        "money.refuse" => "返金を断った",
        "money.given" => "返金を渡した",
        "money.read" => "返金先の口座を開いた",
        "talk.close" => "対応を終えた",
        "talk.protect" => "保護の印",
        "alert.acknowledge" => "緊急を確認",
        "canned" => "定型文",
        "staff.add" => "職員を追加",
        "staff.change" => "職員を変更",
        "promise" => "返信の約束",
        "audit.export" => "記録を書き出し",
        "figures.export" => "数字を書き出し",
        "teach" => "学習の候補",
        "search" => "検索",
        other => other,
    }
}
