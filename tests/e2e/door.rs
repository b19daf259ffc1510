//! The staff's door: one-time codes, from where, sessions that are bound and ended.

use aws_lc_rs::hmac;
use e2e::{Answer, Bot, Folder, PASSWORD, Staff, city_with, field, try_log_in};
use hyper::Method;

/// The step of thirty seconds that it is now, on a device.
#[expect(clippy::disallowed_methods, reason = "a device has a clock of its own")]
fn present() -> i64 {
    chrono::Utc::now().timestamp() / 30
}

/// The code of a device at a step.
fn code(secret: &[u8], step: i64) -> String {
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret), &step.to_be_bytes());
    let at = usize::from(mac.as_ref()[19] & 15);
    let number = u32::from_be_bytes([mac.as_ref()[at] & 127, mac.as_ref()[at + 1], mac.as_ref()[at + 2], mac.as_ref()[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

fn unbase32(text: &str) -> Vec<u8> {
    let bits: String = text.bytes().filter_map(|b| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|l| *l == b)).map(|n| format!("{n:05b}")).collect();
    bits.as_bytes().chunks_exact(8).filter_map(|eight| u8::from_str_radix(std::str::from_utf8(eight).ok()?, 2).ok()).collect()
}

/// Sets a second factor up; its secret, the form's field, and the page with the spare codes.
async fn set_up(staff: &Staff<'_>, step: i64) -> anyhow::Result<(Vec<u8>, String)> {
    let page = staff.get("/backoffice/second/set-up").await?.text();
    let written = page.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    let (secret, sealed) = (unbase32(written), field(&page, "secret").unwrap_or_default());
    assert!(secret.len() == 20 && page.contains("<svg class=\"qr\""), "{page}");
    assert_eq!(staff.post("/backoffice/second/set-up", &[("secret", &sealed), ("code", "000000")]).await?.status, 400);
    let done = staff.post("/backoffice/second/set-up", &[("secret", &sealed), ("code", &code(&secret, step))]).await?;
    assert_eq!(done.status, 200, "{}", done.text());
    Ok((secret, done.text()))
}

fn place(answer: &Answer) -> &str {
    answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_and_no_code_opens_twice() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let (sato, elsewhere) = (Staff::log_in(&bot, "sato", PASSWORD).await?, Staff::log_in(&bot, "sato", PASSWORD).await?);
    // The code of the next step is taken, too: a minute is enough for all of this, and nothing waits for a clock.
    let step = present();
    let (secret, page) = set_up(&sato, step).await?;
    assert_eq!(place(&elsewhere.get("/backoffice/aoba").await?), "/backoffice/login", "other sessions ended");
    let spare: Vec<&str> = page.split("<code>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(spare.len(), 10);
    // The password alone opens nothing but the question.
    let entered = try_log_in(&bot, "sato", PASSWORD).await?;
    assert_eq!(place(&entered), "/backoffice/second");
    let half = Staff::holding(&bot, &entered).await?;
    for path in ["/backoffice/aoba", "/backoffice/own", "/backoffice/second/set-up", "/backoffice/aoba/events", "/backoffice/aoba/list"] {
        assert_eq!(place(&half.get(path).await?), "/backoffice/second", "{path}");
    }
    assert_eq!(half.post("/backoffice/second/leave", &[("password", PASSWORD)]).await?.status, 303);
    assert_eq!(half.post("/backoffice/second", &[("code", &code(&secret, step))]).await?.status, 401, "used before");
    assert_eq!(half.post("/backoffice/second", &[("code", "000000")]).await?.status, 401);
    let now = code(&secret, step + 1);
    let opened = half.post("/backoffice/second", &[("code", &now)]).await?;
    assert_eq!((opened.status, place(&opened)), (303, "/backoffice/aoba"), "{}", opened.text());
    let whole = Staff::holding(&bot, &opened).await?;
    assert_eq!(whole.get("/backoffice/aoba").await?.status, 200);
    assert_eq!(place(&half.get("/backoffice/aoba").await?), "/backoffice/login", "the half session is gone");
    // The same code at another login: refused. A spare code opens once.
    let again = Staff::holding(&bot, &try_log_in(&bot, "sato", PASSWORD).await?).await?;
    assert_eq!(again.post("/backoffice/second", &[("code", &now)]).await?.status, 401, "a replay");
    assert_eq!(again.post("/backoffice/second", &[("code", spare[0])]).await?.status, 303);
    let third = Staff::holding(&bot, &try_log_in(&bot, "sato", PASSWORD).await?).await?;
    assert_eq!(third.post("/backoffice/second", &[("code", spare[0])]).await?.status, 401);
    // Guessing locks the account, also for the right code.
    for _ in 0..4 {
        assert_eq!(third.post("/backoffice/second", &[("code", "123456")]).await?.status, 401);
    }
    assert_eq!(third.post("/backoffice/second", &[("code", spare[1])]).await?.status, 401, "locked");
    // Who has lost everything asks an administrator.
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let page = boss.get("/backoffice/aoba/staff").await?.text();
    let account = page.split("value=\"factor\"").next().and_then(|before| before.rsplit("/staff/").next()).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    assert_eq!(boss.post(&format!("/backoffice/aoba/staff/{account}"), &[("do", "factor")]).await?.status, 303);
    assert_eq!(boss.post(&format!("/backoffice/aoba/staff/{account}"), &[("do", "unlock")]).await?.status, 303);
    assert_eq!(place(&try_log_in(&bot, "sato", PASSWORD).await?), "/backoffice/aoba");
    let record = boss.get("/backoffice/aoba/audit.csv").await?.text();
    assert!(["second.on", "second.failed", "recovery"].iter().all(|line| record.contains(line)), "{record}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_asks_for_a_second_factor_and_for_its_own_networks() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let city = city_with(&folder, "[staff]\nsecond_factor = true\nnetworks = [\"192.0.2.0/24\"]\n")?;
    let bot = Bot::serve(&folder.0, &[("BOT_DEMO__FOLDER", &city)]).await?;
    let from = |address: &'static str| vec![("x-forwarded-for", address)];
    for (headers, status) in [(vec![], 403), (from("198.51.100.1"), 403), (from("192.0.2.9"), 200), (from("192.0.2.9, 198.51.100.1"), 403), (from("198.51.100.1, 192.0.2.9"), 200)] {
        assert_eq!(bot.http.send(Method::GET, "/backoffice/login", &headers, "".into()).await?.status, status, "{headers:?}");
    }
    let body = format!("city=aoba&login=sato&password={PASSWORD}");
    let form = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(bot.http.send(Method::POST, "/backoffice/login", &[form], body.clone().into()).await?.status, 403);
    let entered = bot.http.send(Method::POST, "/backoffice/login", &[form, ("x-forwarded-for", "192.0.2.9")], body.into()).await?;
    assert_eq!(entered.status, 303);
    let cookie = entered.headers["set-cookie"].to_str()?.split(';').next().unwrap_or_default().to_owned();
    let inside = bot.http.send(Method::GET, "/backoffice/aoba", &[("cookie", &cookie), ("x-forwarded-for", "192.0.2.9")], "".into()).await?;
    assert_eq!(place(&inside), "/backoffice/second/set-up", "nobody works without one");
    assert_eq!(bot.http.send(Method::GET, "/backoffice/second/set-up", &[("cookie", &cookie), ("x-forwarded-for", "192.0.2.9")], "".into()).await?.status, 200);
    assert_eq!(bot.http.send(Method::GET, "/backoffice/aoba", &[("cookie", &cookie)], "".into()).await?.status, 403, "the same session from elsewhere");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_proxy_nobody_says_where_they_are() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let city = city_with(&folder, "[staff]\nnetworks = [\"192.0.2.0/24\"]\n")?;
    let bot = Bot::serve(&folder.0, &[("BOT_DEMO__FOLDER", &city), ("BOT_WEB__TRUSTED_PROXIES", "[]")]).await?;
    assert_eq!(bot.http.send(Method::GET, "/backoffice/login", &[("x-forwarded-for", "192.0.2.9")], "".into()).await?.status, 403);
    let own = Folder::new()?;
    let city = city_with(&own, "[staff]\nnetworks = [\"127.0.0.0/8\"]\n")?;
    let bot = Bot::serve(&own.0, &[("BOT_DEMO__FOLDER", &city), ("BOT_WEB__TRUSTED_PROXIES", "[]")]).await?;
    let entered = bot.http.send(Method::GET, "/backoffice/login", &[("x-forwarded-for", "192.0.2.9"), ("x-forwarded-proto", "https")], "".into()).await?;
    assert_eq!(entered.status, 200, "the connection's own address counts");
    let body = format!("city=aoba&login=sato&password={PASSWORD}");
    let entered = bot.http.send(Method::POST, "/backoffice/login", &[("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-proto", "https")], body.into()).await?;
    assert!(!entered.headers["set-cookie"].to_str()?.starts_with("__Host-"), "TLS is not believed either");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_cookie_ends_the_session_and_sessions_end_on_demand() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    assert_eq!(sato.get("/backoffice/aoba").await?.status, 200);
    let stolen = bot.http.send(Method::GET, "/backoffice/aoba", &[("cookie", &sato.cookie), ("user-agent", "Another/1.0")], "".into()).await?;
    assert_eq!(place(&stolen), "/backoffice/login");
    assert_eq!(place(&sato.get("/backoffice/aoba").await?), "/backoffice/login", "ended for both");
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    assert!(boss.get("/backoffice/aoba/audit.csv").await?.text().contains("session.moved"));
    // One's own sessions are listed and ended.
    let (first, second, third) = (Staff::log_in(&bot, "sato", PASSWORD).await?, Staff::log_in(&bot, "sato", PASSWORD).await?, Staff::log_in(&bot, "sato", PASSWORD).await?);
    let page = first.get("/backoffice/own").await?.text();
    assert!(page.matches("127.0.0.1").count() == 3 && page.contains("この端末"), "{page}");
    assert_eq!(first.post("/backoffice/sessions/end", &[("which", "others")]).await?.status, 303);
    assert_eq!((first.get("/backoffice/aoba").await?.status, second.get("/backoffice/aoba").await?.status, third.get("/backoffice/aoba").await?.status), (200, 303, 303));
    assert_eq!(first.post("/backoffice/sessions/end", &[("which", "all")]).await?.status, 303);
    assert_eq!(first.get("/backoffice/aoba").await?.status, 303);
    Ok(())
}
