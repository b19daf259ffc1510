//! What is kept of residents, for how long, and what they may ask: seen, copied, erased, purged.

use backoffice::{Keep, purge};
use chrono::TimeDelta;
use e2e::{Bot, Folder, PASSWORD, Staff, WebChat};
use model::{CityId, SequentialIds};
use serde_json::json;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, sync::Arc, time::Duration};
use store::{Db, Pools, Vault};

const NAME: &str = "架空花子";

fn options(data: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi")
}

fn open(data: &Path) -> anyhow::Result<(Db, CityId)> {
    let vault = Vault::open_or_create(&data.join("master.key"))?;
    Ok((Db::connect(&options(data), Pools { app: 2, queue: 2 }, vault, Arc::new(SequentialIds::default())), "aoba".parse()?))
}

/// The address in an answer's link.
fn link(answer: &str) -> String {
    answer.split("\"url\":\"http://").nth(1).and_then(|rest| rest.split('"').next()).and_then(|rest| rest.split_once('/')).map(|(_, path)| format!("/{path}")).unwrap_or_default()
}

async fn ask(chat: &mut WebChat<'_>, message: serde_json::Value) -> anyhow::Result<String> {
    chat.send(message).await?;
    chat.answer().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_sees_copies_and_erases_what_is_kept() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    ask(&mut chat, json!({ "postback": "do:people.callback" })).await?;
    for words in [NAME, "06-0000-4321", "午前"] {
        ask(&mut chat, json!({ "text": words })).await?;
    }
    assert!(ask(&mut chat, json!({ "postback": "yes" })).await?.contains("受付番号"));
    // What there is, in numbers.
    let seen = ask(&mut chat, json!({ "text": "保存されているデータを見せて" })).await?;
    assert!(seen.contains("折り返しの電話の依頼 1件") && seen.contains("365日"), "{seen}");
    // A copy behind a link that nobody guesses.
    let ready = ask(&mut chat, json!({ "text": "自分のデータをダウンロードしたい" })).await?;
    let path = link(&ready);
    assert!(path.len() > 70 && ready.contains("24時間"), "{ready}");
    let copy = bot.http.get(&path).await?;
    assert_eq!((copy.status, copy.headers["cache-control"].to_str()?), (200, "no-store"));
    assert!(copy.text().contains(NAME) && copy.text().contains("0600004321") && copy.headers["content-disposition"].to_str()?.starts_with("attachment"), "{}", copy.text());
    let (base, last) = path.split_at(path.len() - 1);
    let other = format!("{base}{}", if last == "0" { "1" } else { "0" });
    assert_eq!(bot.http.get(&other).await?.status, 404);
    // A new copy closes the old link; a link runs out.
    let newer = link(&ask(&mut chat, json!({ "postback": "do:privacy.request?kind=get" })).await?);
    assert_eq!((bot.http.get(&path).await?.status, bot.http.get(&newer).await?.status), (404, 200));
    let mut db = PgConnection::connect_with(&options(&folder.0)).await?;
    sqlx::query("UPDATE file SET expires_at = now() - interval '1 second' WHERE kind = 'export'").execute(&mut db).await?;
    assert_eq!(bot.http.get(&newer).await?.status, 404);
    // Staff note something.
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let talk = boss.get("/backoffice/aoba?box=all").await?.text().split("/talks/").nth(1).and_then(|rest| rest.split(['?', '"']).next()).unwrap_or_default().to_owned();
    assert_eq!(boss.post(&format!("/backoffice/aoba/talks/{talk}/note"), &[("text", "内輪のメモ")]).await?.status, 303);
    // Which, then a yes; then it is told what stays.
    let which = ask(&mut chat, json!({ "text": "私の情報を全部削除して" })).await?;
    assert!(which.contains("どこまで消しますか"), "{which}");
    let sure = ask(&mut chat, json!({ "text": "この会話だけ" })).await?;
    assert!(sure.contains("元に戻せません"), "{sure}");
    let done = ask(&mut chat, json!({ "postback": "yes" })).await?;
    assert!(done.contains("まもなく消えます"), "{done}");
    // Something was begun within the grace: it is waited for, and nothing is forgotten, not the wish either.
    sqlx::query(
        "INSERT INTO booking (city_id, booking_id, number, sort, facility_id, room_id, conversation_id, state, from_at, to_at, created_at)
         SELECT city_id, gen_random_uuid(), 'R-000000-0', 'facility', 'f', 'r', conversation_id, 'confirmed', now() + interval '1 day', now() + interval '2 days', now() FROM conversation",
    )
    .execute(&mut db)
    .await?;
    sqlx::query("UPDATE job SET due_at = now() - interval '1 second' WHERE kind = 'privacy.erase'").execute(&mut db).await?;
    let put_off = async {
        while sqlx::query_scalar::<_, i64>("SELECT count(*) FROM job WHERE kind = 'privacy.erase' AND due_at > now() + interval '20 hours'").fetch_one(&mut db).await? == 0 {}
        anyhow::Ok(sqlx::query_scalar::<_, i64>("SELECT count(*) FROM inbox").fetch_one(&mut db).await?)
    };
    assert!(tokio::time::timeout(Duration::from_secs(30), put_off).await?? > 0);
    sqlx::query("UPDATE booking SET state = 'cancelled', sealed = 'who'::bytea WHERE number = 'R-000000-0'").execute(&mut db).await?;
    // The grace passes.
    sqlx::query("UPDATE job SET due_at = now() - interval '1 second' WHERE kind = 'privacy.erase'").execute(&mut db).await?;
    let gone = async {
        loop {
            let left: i64 = sqlx::query_scalar("SELECT count(*) FROM job WHERE kind = 'privacy.erase'").fetch_one(&mut db).await?;
            if left == 0 {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await??;
    for table in ["inbox", "outbox", "understood", "file", "thread", "callback_request", "staff_note"] {
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(&mut db).await?;
        assert_eq!(left, 0, "{table}");
    }
    let who: i64 = sqlx::query_scalar("SELECT count(*) FROM booking WHERE number = 'R-000000-0' AND sealed IS NOT NULL").fetch_one(&mut db).await?;
    assert_eq!(who, 0, "that a room was booked is an account; by whom is not");
    let (key, account): (Option<Vec<u8>>, String) = sqlx::query_as("SELECT k.wrapped_key, c.account FROM contact k JOIN conversation c USING (city_id, contact_id)").fetch_one(&mut db).await?;
    assert!(key.is_none() && account.starts_with("erased:"), "{account}");
    assert!(boss.get("/backoffice/aoba/audit.csv").await?.text().contains("privacy.delete"));
    assert_eq!(boss.get(&format!("/backoffice/aoba/talks/{talk}")).await?.status, 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_in_stays_for_its_desk_and_a_protected_person_is_seen_by_staff_first() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "職員と話したい" })).await?;
    chat.answer().await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let talk = boss.talk("職員と話したい").await?;
    assert_eq!(boss.post(&format!("{talk}/protect"), &[]).await?.status, 303);
    let told = ask(&mut chat, json!({ "text": "自分のデータをダウンロードしたい" })).await?;
    assert!(told.contains("職員が確かめて") && !told.contains("/files/"), "{told}");
    let mut db = PgConnection::connect_with(&options(&folder.0)).await?;
    let reason: String = sqlx::query_scalar("SELECT reason FROM handover ORDER BY opened_at DESC LIMIT 1").fetch_one(&mut db).await?;
    assert!(reason == "asked" || reason == "privacy", "{reason}");
    assert_eq!(sqlx::query_scalar::<_, i64>("SELECT count(*) FROM file").fetch_one(&mut db).await?, 0);
    // Another resident has handed something in.
    let mut second = WebChat::open(&bot).await?;
    second.answer().await?;
    second.send(json!({ "text": "こんにちは" })).await?;
    second.answer().await?;
    let conversation: uuid::Uuid = sqlx::query_scalar("SELECT conversation_id FROM conversation ORDER BY created_at DESC LIMIT 1").fetch_one(&mut db).await?;
    sqlx::query(
        "INSERT INTO submission (city_id, submission_id, conversation_id, procedure_id, version, receipt, sealed, desk_id, created_at)
         SELECT city_id, $1, $1, procedure_id, version, 'P-123456-6', '', 'annai', now() FROM procedure LIMIT 1",
    )
    .bind(conversation)
    .execute(&mut db)
    .await?;
    ask(&mut second, json!({ "postback": "do:privacy.delete?scope=all" })).await?;
    let done = ask(&mut second, json!({ "postback": "yes" })).await?;
    assert!(done.contains("P-123456-6") && done.contains("文書管理"), "{done}");
    sqlx::query("UPDATE job SET due_at = now() - interval '1 second' WHERE kind = 'privacy.erase'").execute(&mut db).await?;
    let gone = async {
        while sqlx::query_scalar::<_, i64>("SELECT count(*) FROM inbox WHERE conversation_id = $1").bind(conversation).fetch_one(&mut db).await? > 0 {}
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await??;
    let kept: (i64, bool) = sqlx::query_as("SELECT (SELECT count(*) FROM submission), wrapped_key IS NOT NULL FROM contact k JOIN conversation c USING (city_id, contact_id) WHERE c.conversation_id = $1").bind(conversation).fetch_one(&mut db).await?;
    assert_eq!(kept, (1, true), "the application and its key stay");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_goes_when_its_days_are_over() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "フライパンの捨て方を教えて" })).await?;
    chat.answer().await?;
    // The daily purge is on the list by itself.
    let mut owner = PgConnection::connect_with(&options(&folder.0)).await?;
    let scheduled = async {
        while sqlx::query_scalar::<_, i64>("SELECT count(*) FROM job WHERE kind = 'retention' AND due_at > now() + interval '23 hours'").fetch_one(&mut owner).await? == 0 {}
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(30), scheduled).await??;
    let (conversation, staff): (uuid::Uuid, uuid::Uuid) = sqlx::query_as("SELECT c.conversation_id, s.staff_id FROM conversation c, staff s WHERE s.login = 'sato'").fetch_one(&mut owner).await?;
    for (table, columns, values) in [
        ("staff_note", "note_id, conversation_id, staff_id, at, text", "$1, $1, $2, now(), 'x'"),
        ("file", "file_id, conversation_id, kind, seq, name, content_type, sealed, created_at", "$1, $1, 'received', 1, 'x', 'image/png', '', now()"),
        // One that no message ever named.
        ("file", "file_id, conversation_id, kind, name, content_type, sealed, created_at", "gen_random_uuid(), $1, 'received', 'x', 'image/png', '', now()"),
        ("handover", "handover_id, conversation_id, reason, opened_at, closed_at, word", "$1, $1, 'asked', now(), now(), 'ありがとう'"),
        ("audit", "audit_id, staff_id, at, action", "$1, $2, now() - interval '1458 days 12 hours', 'test.old'"),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(format!("INSERT INTO {table} (city_id, {columns}) SELECT 'aoba', {values} WHERE $2::uuid IS NOT NULL"))).bind(conversation).bind(staff).execute(&mut owner).await?;
    }
    let (db, city) = open(&folder.0)?;
    #[expect(clippy::disallowed_methods, reason = "the moments in the database are the wall clock's")]
    let now = chrono::Utc::now();
    let count = async |owner: &mut PgConnection, table: &str| -> anyhow::Result<i64> { Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(owner).await?) };
    let purge_at = async |days: i64| -> anyhow::Result<backoffice::Purged> {
        let mut tx = db.city(&city).await?;
        let purged = purge(&db, &mut tx, &city, &Keep::default(), now + TimeDelta::days(days)).await?;
        tx.commit().await?;
        Ok(purged)
    };
    assert_eq!(count(&mut owner, "file").await?, 2);
    assert_eq!(purge_at(89).await?, backoffice::Purged::default(), "nothing is old enough");
    assert_eq!(count(&mut owner, "file").await?, 1, "an upload without its message is kept for a day");
    let files = purge_at(91).await?;
    assert_eq!((files.files, files.messages, count(&mut owner, "file").await?), (1, 0, 0));
    let messages = purge_at(366).await?;
    assert!(messages.messages >= 4 && messages.notes == 1 && messages.figures == 0, "{messages:?}");
    assert_eq!((count(&mut owner, "inbox").await?, count(&mut owner, "understood").await?, count(&mut owner, "handover").await?), (0, 0, 1));
    assert_eq!(count(&mut owner, "thread WHERE preview <> ''").await?, 0);
    assert_eq!(count(&mut owner, "handover WHERE word IS NOT NULL").await?, 0);
    // The record: five years of it stay; a line of the purge is left, and what is younger than a year goes for nobody.
    let record = purge_at(366 + 1).await?;
    assert_eq!(record.record, 1, "five years are over");
    let lines: Vec<(String, String)> = sqlx::query_as("SELECT action, detail FROM audit WHERE action IN ('test.old', 'retention')").fetch_all(&mut owner).await?;
    assert_eq!(lines, [("retention".to_owned(), "1".to_owned())]);
    assert_eq!(purge_at(1_096).await?.figures, 1);
    sqlx::query("SET app.city = 'aoba'").execute(&mut owner).await?;
    sqlx::query("SET app.audit_purge = 'on'").execute(&mut owner).await?;
    let young = sqlx::query("DELETE FROM audit WHERE at > now() - interval '300 days'").execute(&mut owner).await;
    assert!(young.is_err_and(|error| error.to_string().contains("append-only")));
    db.close().await;
    Ok(())
}
