//! Forms that are left alone: reminded of once, then closed, and nothing of what was given stays.

use e2e::{Bot, Folder, Line, json_lines, root, words};
use model::{Channel, CityId, SequentialIds};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use std::{fs, path::Path, sync::Arc, time::{Duration, Instant}};
use store::{Db, Pools, Vault};

const TOPIC: &str = "固定資産税の納付書をなくした";
const PHONE: &str = "06-0000-4321";

fn open(data: &Path) -> anyhow::Result<(Db, CityId)> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let vault = Vault::open_or_create(&data.join("master.key"))?;
    Ok((Db::connect(&options, Pools { app: 2, queue: 2 }, vault, Arc::new(SequentialIds::default())), "aoba".parse()?))
}

/// The state of an account's conversation, opened with the keys; empty when there is none.
async fn state(data: &Path, channel: Channel, account: &str) -> anyhow::Result<String> {
    let (db, city) = open(data)?;
    let Some(conversation) = store::find_conversation(&db, &city, channel, account).await? else { return Ok(String::new()) };
    let Some(claim) = store::claim_one(&db, &city, conversation, Duration::from_secs(20)).await? else { return Ok("busy".to_owned()) };
    let mut tx = db.city(&city).await?;
    let turns = store::load_turns(&db, &mut tx, &claim).await?;
    tx.commit().await?;
    store::release(&db, &claim, Duration::ZERO).await?;
    let state = turns.into_iter().next().and_then(|turn| turn.state).map(|(_, state)| state).unwrap_or_default();
    db.close().await;
    Ok(String::from_utf8(state)?)
}

async fn key(data: &Path, account: &str) -> anyhow::Result<Vec<u8>> {
    let (db, city) = open(data)?;
    let mut tx = db.city(&city).await?;
    let key = sqlx::query_scalar("SELECT k.wrapped_key FROM conversation c JOIN contact k USING (city_id, contact_id) WHERE c.account = $1").bind(account).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    db.close().await;
    Ok(key)
}

fn chat(data: &Path, user: &str, turns: &[Value]) -> anyhow::Result<Vec<String>> {
    let arguments = ["chat", "--city", "aoba", "--jsonl", "--channel", "phone", "--user", user, "--now", "2026-11-24T10:00:00+09:00"];
    Ok(json_lines(data, &arguments, turns)?.iter().map(|answer| answer["replies"].to_string()).collect())
}

fn begun() -> Vec<Value> {
    vec![json!({ "postback": "do:people.callback" }), json!({ "text": TOPIC }), json!({ "text": PHONE })]
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_citys_hours_nothing_of_a_form_is_left() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let talk = |user: &'static str, turns: Vec<Value>| tokio::task::block_in_place(|| chat(&folder.0, user, &turns));
    talk("mori", begun())?;
    let before = state(&folder.0, Channel::Phone, "terminal:mori").await?;
    assert!(before.contains(TOPIC) && before.contains("0600004321"), "{before}");
    // A day later: on a line where nobody listens, nothing is said.
    let quiet = talk("mori", vec![json!({ "now": "2026-11-25T10:00:01+09:00" })])?;
    assert!(quiet.iter().all(|answer| answer == "[]"), "{quiet:?}");
    let reminded = state(&folder.0, Channel::Phone, "terminal:mori").await?;
    assert!(reminded.contains("\"reminded\":true") && reminded.contains(TOPIC), "{reminded}");
    talk("mori", vec![json!({ "now": "2026-11-27T09:59:00+09:00" })])?;
    assert!(state(&folder.0, Channel::Phone, "terminal:mori").await?.contains(TOPIC), "three days are not over");
    talk("mori", vec![json!({ "now": "2026-11-27T10:00:01+09:00" })])?;
    let closed = state(&folder.0, Channel::Phone, "terminal:mori").await?;
    for personal in ["固定資産税", "4321", PHONE] {
        assert!(!closed.contains(personal), "{personal} is still in {closed}");
    }
    // When the resident is heard again, that is said, once.
    let back = talk("mori", vec![json!({ "now": "2026-11-27T12:00:00+09:00", "text": "こんにちは" }), json!({ "now": "2026-11-27T12:01:00+09:00", "text": "ありがとう" })])?;
    assert!(back[0].contains("折り返しの電話を頼む") && back[0].contains("終わりにしました") && !back[1].contains("終わりにしました"), "{back:?}");
    // Both at once, if nobody looked in between.
    let mut turns = begun();
    turns.extend([json!({ "now": "2026-12-05T10:00:00+09:00" })]);
    talk("kato", turns)?;
    assert!(!state(&folder.0, Channel::Phone, "terminal:kato").await?.contains("4321"));
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn past_the_citys_days_the_state_is_empty_and_the_key_is_gone() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let talk = |user: &'static str, turns: Vec<Value>| tokio::task::block_in_place(|| chat(&folder.0, user, &turns));
    let area = || vec![json!({ "postback": "do:waste.schedule" }), json!({ "text": "さくら町2丁目" })];
    talk("ueda", area())?;
    let mut handed_in = area();
    handed_in.extend(begun());
    handed_in.extend([json!({ "text": "午前" }), json!({ "text": "はい" })]);
    assert!(talk("sato", handed_in)?.iter().any(|answer| answer.contains("受付番号")));
    assert!(state(&folder.0, Channel::Phone, "terminal:ueda").await?.contains("area"));
    let (ueda, sato) = (key(&folder.0, "terminal:ueda").await?, key(&folder.0, "terminal:sato").await?);
    // Heard once more: the days count from then.
    talk("ueda", vec![json!({ "now": "2026-12-10T10:00:00+09:00", "text": "こんにちは" })])?;
    talk("ueda", vec![json!({ "now": "2026-12-25T10:00:00+09:00" })])?;
    assert!(state(&folder.0, Channel::Phone, "terminal:ueda").await?.contains("area"));
    for user in ["ueda", "sato"] {
        talk(user, vec![json!({ "now": "2027-01-20T10:00:00+09:00" })])?;
        let left = state(&folder.0, Channel::Phone, &format!("terminal:{user}")).await?;
        assert!(!left.contains("area") && !left.contains("\"touched\":\"2026"), "{left}");
    }
    assert_ne!(key(&folder.0, "terminal:ueda").await?, ueda, "what the old key sealed opens no more");
    assert_eq!(key(&folder.0, "terminal:sato").await?, sato, "what was handed in must still open");
    let again = talk("ueda", area())?;
    assert!(again[1].contains("収集日"), "{again:?}");
    bot.stop().await
}

/// The demo city with other times.
fn city(folder: &Folder, remind: &str, close: &str) -> anyhow::Result<String> {
    let (from, to) = (root().join("fixtures/cities/aoba"), folder.0.join("city"));
    for part in ["", "waste", "procedures"] {
        fs::create_dir_all(to.join(part))?;
        for entry in fs::read_dir(from.join(part))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), to.join(part).join(entry.file_name()))?;
            }
        }
    }
    let settings = fs::read_to_string(from.join("city.toml"))?;
    fs::write(to.join("city.toml"), settings.replace("remind_hours = 24", &format!("remind_hours = {remind}")).replace("close_hours = 72", &format!("close_hours = {close}")))?;
    Ok(to.to_string_lossy().into_owned())
}

fn user(n: usize) -> String {
    format!("U{n:032x}")
}

async fn serve(folder: &Folder, line: &Line, city: &str, listen: &str) -> anyhow::Result<Bot> {
    let url = line.url();
    let settings = [("BOT_LINE__API_URL", url.as_str()), ("BOT_DEMO__FOLDER", city), ("BOT_QUEUE__POLL_MS", "50"), ("BOT_QUEUE__LEASE_SECONDS", "2"), ("BOT_QUEUE__BACK_OFF_MS", "100"), ("BOT_LINE__TIMEOUT_SECONDS", "2")];
    Bot::start_at(&folder.0, listen, &settings, &["serve", "--demo"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_line_one_reminder_comes_whatever_is_killed() -> anyhow::Result<()> {
    const USERS: usize = 8;
    let folder = Folder::new()?;
    let city = city(&folder, "0", "72")?;
    let mut line = Line::new().await?;
    let mut bot = serve(&folder, &line, &city, "127.0.0.1:0").await?;
    line.connect(&bot, Duration::from_secs(50))?;
    for n in 0..USERS {
        line.control(&format!("users/{}/postback", user(n)), &json!({ "data": "do:people.callback" })).await?;
        line.received(&user(n), 1).await?;
    }
    for n in 0..USERS {
        line.say(&user(n), TOPIC).await?;
    }
    line.received(&user(0), 2).await?;
    let address = bot.address.to_string();
    bot.kill();
    bot = serve(&folder, &line, &city, &address).await?;
    for n in 0..USERS {
        let got = line.received(&user(n), 3).await?;
        let reminders = got.iter().filter(|entry| words(entry).contains("続けますか")).count();
        assert_eq!((got.len(), reminders), (3, 1), "{n}: {got:?}");
    }
    // It goes on where it stood.
    line.control(&format!("users/{}/postback", user(0)), &json!({ "data": "resume" })).await?;
    let got = line.received(&user(0), 4).await?;
    assert!(words(&got[3]).contains("電話番号"), "{got:?}");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_line_a_closed_form_costs_no_message_and_is_told_at_the_next_word() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let city = city(&folder, "0", "0")?;
    let mut line = Line::new().await?;
    let bot = serve(&folder, &line, &city, "127.0.0.1:0").await?;
    line.connect(&bot, Duration::from_secs(50))?;
    let user = user(1);
    line.control(&format!("users/{user}/postback"), &json!({ "data": "do:people.callback" })).await?;
    line.say(&user, TOPIC).await?;
    let began = Instant::now();
    while !state(&folder.0, Channel::Line, &user).await?.contains("\"lapsed\":\"people.callback\"") {
        anyhow::ensure!(began.elapsed() < Duration::from_secs(30), "the form was never closed: {}", state(&folder.0, Channel::Line, &user).await?);
        line.get("users/Uffffffffffffffffffffffffffffffff/messages?wait_ms=50").await?;
    }
    assert!(!state(&folder.0, Channel::Line, &user).await?.contains("固定資産税"));
    line.say(&user, "こんにちは").await?;
    let got = line.received(&user, 4).await?;
    assert!(words(&got[3]).contains("終わりにしました") && got.iter().filter(|entry| words(entry).contains("続けますか")).count() == 1, "{got:?}");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_blocks_us_is_reminded_of_nothing() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let city = city(&folder, "24", "72")?;
    let mut line = Line::new().await?;
    let bot = serve(&folder, &line, &city, "127.0.0.1:0").await?;
    line.connect(&bot, Duration::from_secs(50))?;
    let (blocking, staying) = (user(1), user(2));
    for user in [&blocking, &staying] {
        line.control(&format!("users/{user}/postback"), &json!({ "data": "do:people.callback" })).await?;
        line.say(user, TOPIC).await?;
        line.received(user, 2).await?;
    }
    // The word that one of them blocks us has come, and the day is over before it is read.
    let (db, aoba) = open(&folder.0)?;
    let mut tx = db.city(&aoba).await?;
    sqlx::query("UPDATE conversation SET blocked = true WHERE account = $1").bind(&blocking).execute(&mut *tx).await?;
    let moved = sqlx::query("UPDATE job SET due_at = now() WHERE kind = 'dialogue.form'").execute(&mut *tx).await?;
    assert_eq!(moved.rows_affected(), 2);
    tx.commit().await?;
    db.close().await;
    let got = line.received(&staying, 3).await?;
    assert!(words(&got[2]).contains("続けますか"), "{got:?}");
    let began = Instant::now();
    while !state(&folder.0, Channel::Line, &blocking).await?.contains("\"reminded\":true") {
        anyhow::ensure!(began.elapsed() < Duration::from_secs(30), "the job was never done: {}", state(&folder.0, Channel::Line, &blocking).await?);
        line.get("users/Uffffffffffffffffffffffffffffffff/messages?wait_ms=50").await?;
    }
    assert_eq!(line.received_now(&blocking).await?.len(), 2, "nothing more");
    // Read at last: the form is gone, and so is what would have reminded of it.
    line.control(&format!("users/{blocking}/unfollow"), &json!({})).await?;
    while state(&folder.0, Channel::Line, &blocking).await?.contains("people.callback") {
        anyhow::ensure!(began.elapsed() < Duration::from_secs(60), "the form is still there");
        line.get("users/Uffffffffffffffffffffffffffffffff/messages?wait_ms=50").await?;
    }
    bot.stop().await
}
