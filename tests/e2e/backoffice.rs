//! The staff's side: who may, what reaches residents, what is kept from whom.

use e2e::{Bot, Folder, Line, PASSWORD, Staff, WebChat, run, try_log_in, words};
use serde_json::json;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;

const USER: &str = "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[tokio::test(flavor = "multi_thread")]
async fn only_staff_get_in_and_a_guesser_is_locked_out() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    for path in ["/backoffice", "/backoffice/aoba", "/backoffice/aoba/audit", "/backoffice/aoba/events", "/backoffice/aoba/figures.csv"] {
        let answer = bot.http.get(path).await?;
        assert_eq!((answer.status, answer.headers["location"].to_str()?), (303, "/backoffice/login"), "{path}");
    }
    let page = bot.http.get("/backoffice/login").await?;
    assert!(page.headers["content-security-policy"].to_str()?.contains("default-src 'none'"));
    assert_eq!(page.headers["cache-control"], "no-store");
    let entered = try_log_in(&bot, "sato", PASSWORD).await?;
    let cookie = entered.headers["set-cookie"].to_str()?;
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    // Behind TLS the cookie is bound to the host.
    let body = format!("city=aoba&login=sato&password={PASSWORD}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-proto", "https")];
    let secure = bot.http.send(hyper::Method::POST, "/backoffice/login", &headers, body.into()).await?;
    let cookie = secure.headers["set-cookie"].to_str()?;
    assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure") && cookie.contains("Path=/;"), "{cookie}");
    // A wrong password and an unknown login say the same.
    let (wrong, unknown) = (try_log_in(&bot, "tanaka", "no").await?, try_log_in(&bot, "nobody", "no").await?);
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.text().replace("tanaka", "nobody"), unknown.text());
    for _ in 0..4 {
        try_log_in(&bot, "tanaka", "no").await?;
    }
    assert_eq!(try_log_in(&bot, "tanaka", PASSWORD).await?.status, 401, "locked");
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let page = boss.get("/backoffice/aoba/staff").await?.text();
    assert!(page.contains("ロック中"), "{page}");
    // Logging out ends the session on the server, not only the cookie.
    assert_eq!(boss.post("/backoffice/logout", &[]).await?.status, 303);
    assert_eq!(boss.get("/backoffice/aoba").await?.headers["location"], "/backoffice/login");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_initial_password_is_printed_once_and_must_be_changed() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let add = ["staff", "add", "--city", "aoba", "--login", "mori", "--name", "森", "--role", "operator", "--desk", "zei"];
    let (fine, out, errors) = run(&folder.0, &add, "")?;
    assert!(fine, "{errors}");
    let initial = out.trim().rsplit(' ').next().unwrap_or_default();
    let staff = Staff::log_in(&bot, "mori", initial).await?;
    assert_eq!(staff.get("/backoffice/aoba").await?.headers["location"], "/backoffice/own");
    for (old, new, status) in [("wrong", "long enough 2026", 400), (initial, "short", 400), (initial, "mori-mori-mori", 400), (initial, "long enough 2026", 303)] {
        assert_eq!(staff.post("/backoffice/own", &[("old", old), ("new", new)]).await?.status, status, "{new}");
    }
    assert_eq!(staff.get("/backoffice/aoba").await?.status, 200);
    assert_eq!(try_log_in(&bot, "mori", initial).await?.status, 401);
    let (fine, _, errors) = run(&folder.0, &["staff", "add", "--city", "aoba", "--name", "x2", "--role", "operator", "--desk", "nowhere"], "")?;
    assert!(!fine && errors.contains("nowhere"), "{errors}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_takes_over_answers_and_gives_back_on_the_web() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    // A form is running when the resident asks for a person.
    chat.send(json!({ "postback": "do:procedure.inu-toroku", "label": "犬の登録" })).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "職員と話したい" })).await?;
    let told = chat.answer().await?;
    assert!(told.contains("総合案内") && told.contains("職員がこのトークに返信します"), "{told}");
    let talk = sato.talk("職員と話したい").await?;
    let page = sato.get(&talk).await?.text();
    assert!(page.contains("職員を待っています") && page.contains("犬の登録") && page.contains("理解："), "{page}");
    assert_eq!(sato.post(&format!("{talk}/take"), &[]).await?.status, 303);
    let took = chat.answer().await?;
    assert!(took.contains("佐藤がお答えします"), "{took}");
    // The machine is silent now; the words are there for staff. The next answer is the staff's.
    chat.send(json!({ "text": "乾電池は何ごみ？" })).await?;
    let replied = sato.reply(&talk, "{desk}の{name}です。ご用件をどうぞ。").await?;
    assert_eq!(replied.status, 303, "{}", replied.text());
    let said = chat.answer().await?;
    assert!(said.contains("【総合案内 佐藤】") && said.contains("総合案内の佐藤です"), "{said}");
    // Life and limb come first, whoever has the conversation.
    chat.send(json!({ "text": "火事です、家が燃えています" })).await?;
    let urgent = chat.answer().await?;
    assert!(urgent.contains("119"), "{urgent}");
    let list = sato.get("/backoffice/aoba").await?.text();
    assert!(list.contains("緊急：火事") && list.contains("確認しました"), "{list}");
    let alert = list.split("/alerts/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned();
    assert_eq!(sato.post(&format!("/backoffice/aoba/alerts/{alert}/acknowledge"), &[]).await?.status, 303);
    assert!(!sato.get("/backoffice/aoba").await?.text().contains("緊急：火事"));
    // Given back: the machine says so, asks how it was, and offers the form, which the emergency had paused.
    assert_eq!(sato.post(&format!("{talk}/close"), &[]).await?.status, 303);
    let back = chat.answer().await?;
    assert!(back.contains("自動応答でお答えします") && back.contains("いかがでしたか") && back.contains("「犬の登録」の途中です"), "{back}");
    chat.send(json!({ "postback": "do:people.rating?score=5", "label": "5" })).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "とばす" })).await?;
    let thanks = chat.answer().await?;
    assert!(thanks.contains("ありがとうございました"), "{thanks}");
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let figures = boss.get("/backoffice/aoba/figures.csv").await?.text();
    assert!(figures.contains("score,5,1") && figures.contains("handed_over,,1"), "{figures}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_line_a_reply_goes_out_once_and_of_two_at_once_one_is_told() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let url = line.url();
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &url)]).await?;
    line.connect(&bot, Duration::from_secs(30))?;
    line.control(&format!("users/{USER}/follow"), &json!({})).await?;
    line.say(USER, "職員につないでください").await?;
    line.received(USER, 2).await?;
    let (sato, tanaka) = (Staff::log_in(&bot, "sato", PASSWORD).await?, Staff::log_in(&bot, "tanaka", PASSWORD).await?);
    let talk = sato.talk("職員につないでください").await?;
    let page = sato.get(&talk).await?.text();
    let (seen, form) = (e2e::field(&page, "seen").unwrap_or_default(), e2e::field(&page, "form").unwrap_or_default());
    let other = e2e::field(&tanaka.get(&talk).await?.text(), "form").unwrap_or_default();
    let reply = format!("{talk}/reply");
    assert_eq!(sato.post(&reply, &[("text", "はい、総合案内です。"), ("seen", &seen), ("form", &form)]).await?.status, 303);
    // The same click twice is one message.
    assert_eq!(sato.post(&reply, &[("text", "はい、総合案内です。"), ("seen", &seen), ("form", &form)]).await?.status, 303);
    let late = tanaka.post(&reply, &[("text", "私が答えます。"), ("seen", &seen), ("form", &other)]).await?;
    assert!(late.status == 409 && late.text().contains("先に返信"), "{}", late.text());
    let all = line.received(USER, 3).await?;
    assert!(words(&all[2]).contains("【総合案内 佐藤】"), "{all:?}");
    // A third one proves that nothing of the above came in between.
    sato.reply(&talk, "ほかにありますか。").await?;
    let all = line.received(USER, 4).await?;
    assert!(words(&all[3]).contains("ほかにありますか") && all.len() == 4, "{all:?}");
    // Blocked: told before anything is sent.
    line.control(&format!("users/{USER}/unfollow"), &json!({})).await?;
    loop {
        let page = sato.get(&talk).await?.text();
        if page.contains("ブロックしています") {
            break;
        }
    }
    let refused = sato.post(&reply, &[("text", "届きますか"), ("seen", "2"), ("form", &other)]).await?;
    assert!(refused.status == 400 && refused.text().contains("ブロック"), "{}", refused.text());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn other_cities_other_desks_and_lesser_roles_see_nothing_that_is_not_theirs() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "介護保険のことで職員と話したい。電話は090-1234-5678です" })).await?;
    chat.answer().await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let talk = boss.talk("介護保険のこと").await?;
    assert!(boss.get(&talk).await?.text().contains("介護保険課"));
    // Of another desk: the same as one that does not exist; and it is in no list and no search.
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    let nowhere = "/backoffice/aoba/talks/00000000-0000-7000-8000-000000000000";
    for path in [talk.clone(), format!("{talk}/messages"), talk.replace("/aoba/", "/midori/"), nowhere.to_owned(), "/backoffice/midori".to_owned(), "/backoffice/aoba/audit".to_owned(), "/backoffice/aoba/staff".to_owned(), "/backoffice/aoba/figures".to_owned()] {
        assert_eq!(sato.get(&path).await?.status, 404, "{path}");
    }
    for act in ["take", "close", "note", "tag", "presence"] {
        assert_eq!(sato.post(&format!("{talk}/{act}"), &[("text", "x"), ("tag", "x")]).await?.status, 404, "{act}");
    }
    assert!(!sato.get("/backoffice/aoba?box=all&q=%E4%BB%8B%E8%AD%B7").await?.text().contains("/talks/"));
    assert!(boss.get("/backoffice/aoba?box=all&q=%E4%BB%8B%E8%AD%B7").await?.text().contains("/talks/"), "a search of two characters");
    // Without the token of the form, or with another's: nothing happens.
    assert_eq!(boss.post_as_is(&format!("{talk}/note"), &[("text", "x")]).await?.status, 403);
    assert_eq!(boss.post_as_is(&format!("{talk}/note"), &[("text", "x"), ("csrf", "00")]).await?.status, 403);
    // To a desk of theirs: now they see it. Who looks without personal data sees no number and cannot act.
    assert_eq!(boss.post(&format!("{talk}/transfer"), &[("desk", "annai")]).await?.status, 303);
    assert!(sato.get(&talk).await?.text().contains("090-1234-5678"));
    for login in ["itaku", "etsuran"] {
        let other = Staff::log_in(&bot, login, PASSWORD).await?;
        let page = other.get(&talk).await?.text();
        assert!(page.contains("●●●●") && !page.contains("1234"), "{login}: {page}");
        assert!(!other.get("/backoffice/aoba?box=all").await?.text().contains("1234"));
    }
    let viewer = Staff::log_in(&bot, "etsuran", PASSWORD).await?;
    assert_eq!(viewer.post(&format!("{talk}/note"), &[("text", "x")]).await?.status, 400);
    // A person under protection: a second look, written down.
    assert_eq!(sato.post(&format!("{talk}/protect"), &[]).await?.status, 303);
    let asked = sato.get(&talk).await?.text();
    assert!(asked.contains("保護対象の方の会話です") && !asked.contains("090-1234-5678"), "{asked}");
    assert_eq!(sato.get(&format!("{talk}/messages")).await?.status, 404);
    assert_eq!(sato.post(&format!("{talk}/take"), &[]).await?.status, 400, "nothing is done before the look");
    let outsourced = Staff::log_in(&bot, "itaku", PASSWORD).await?;
    assert!(outsourced.get(&talk).await?.text().contains("この権限では開けません"));
    assert_eq!(outsourced.post(&format!("{talk}/look"), &[("reason", "self")]).await?.status, 404);
    assert!(!sato.get("/backoffice/aoba?box=all&q=%E4%BB%8B%E8%AD%B7").await?.text().contains("/talks/"), "no search finds them");
    assert_eq!(sato.post(&format!("{talk}/look"), &[("reason", "curious")]).await?.status, 400);
    assert_eq!(sato.post(&format!("{talk}/look"), &[("reason", "case")]).await?.status, 303);
    assert!(sato.get(&talk).await?.text().contains("090-1234-5678"));
    assert!(boss.get(&talk).await?.text().contains("保護対象の方の会話です"), "each one gives their own reason");
    assert_eq!(sato.post(&format!("{talk}/protect"), &[]).await?.status, 400, "only an administrator takes it away");
    let record = boss.get("/backoffice/aoba/audit.csv").await?.text();
    for line in ["talk.read", "talk.look", "talk.transfer", "talk.protect"] {
        assert!(record.contains(line), "{line}: {record}");
    }
    assert!(!record.contains("1234-5678"), "{record}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_residents_send_is_shown_as_text() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    for text in ["<script>alert(1)</script>", "\u{202E}gnp.exe", "見\u{200B}え\u{200B}ない", &"長い".repeat(2_500)] {
        chat.send(json!({ "text": text })).await?;
        chat.answer().await?;
    }
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let talk = boss.talk("長い長い").await?;
    let page = boss.get(&talk).await?.text();
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"), "{page}");
    assert!(page.contains("⟦⟧gnp.exe") && page.contains("全文（5000字）"), "{page}");
    assert!(page.len() < 150_000, "{} bytes", page.len());
    assert!(boss.get("/backoffice/aoba?box=all&q=%00%E9%95%B7").await?.status == 200);
    // Notes stay among staff: the resident's next words are answered by the machine, and no note went out before.
    assert_eq!(boss.post(&format!("{talk}/note"), &[("text", "内輪の話です")]).await?.status, 303);
    chat.send(json!({ "text": "メニュー" })).await?;
    let answer = chat.answer().await?;
    assert!(!answer.contains("内輪") && answer.contains("何をお手伝い"), "{answer}");
    assert!(boss.get(&talk).await?.text().contains("内輪の話です"));
    let long = "あ".repeat(2_001);
    assert_eq!(boss.reply(&talk, &long).await?.status, 400);
    assert_eq!(boss.reply(&talk, "  ").await?.status, 400);
    Ok(())
}

/// The installation's own database, as its owner: to move what has happened into the past.
async fn owner(folder: &Folder) -> anyhow::Result<PgConnection> {
    let options = PgConnectOptions::new_without_pgpass().socket(folder.0.join("run")).username("madoguchi").database("madoguchi");
    Ok(PgConnection::connect_with(&options).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_returns_it_to_the_machine_and_a_late_word_finds_its_way() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "職員と話したい" })).await?;
    chat.answer().await?;
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    let talk = sato.talk("職員と話したい").await?;
    sato.reply(&talk, "どうされましたか。").await?;
    chat.answer().await?;
    let mut db = owner(&folder).await?;
    sqlx::query("UPDATE thread SET talked_at = talked_at - interval '25 hours'").execute(&mut db).await?;
    let back = chat.answer().await?;
    assert!(back.contains("自動応答に戻りました"), "{back}");
    chat.send(json!({ "text": "乾電池は何ごみですか" })).await?;
    let answer = chat.answer().await?;
    assert!(answer.contains("前にお話しした職員にも伝えました"), "{answer}");
    let list = sato.get("/backoffice/aoba").await?.text();
    assert!(list.contains("続きの返事"), "{list}");
    // Once: after that the machine alone answers, until somebody takes it up.
    chat.send(json!({ "text": "フライパンの捨て方を教えて" })).await?;
    assert!(!chat.answer().await?.contains("前にお話しした職員"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_is_shown_and_its_head_is_told_once() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    chat.send(json!({ "text": "職員と話したい" })).await?;
    chat.answer().await?;
    let (sato, boss) = (Staff::log_in(&bot, "sato", PASSWORD).await?, Staff::log_in(&bot, "kanri", PASSWORD).await?);
    let talk = sato.talk("職員と話したい").await?;
    let promise = [("desk", "annai"), ("first", "15"), ("next", "45"), ("head", "")];
    assert_eq!(boss.post("/backoffice/aoba/promises", &promise).await?.status, 303);
    assert_eq!(sato.post("/backoffice/aoba/promises", &promise).await?.status, 404);
    assert!(boss.get("/backoffice/aoba/promises").await?.text().contains("value=\"15\""));
    let mut db = owner(&folder).await?;
    // The sweep names the hour by itself; then that hour passes.
    let promised = async {
        while !sato.get(&talk).await?.text().contains("返信の期限") {}
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(20), promised).await??;
    sqlx::query("UPDATE thread SET due_at = now() - interval '1 minute'").execute(&mut db).await?;
    let told = async {
        while !boss.get("/backoffice/aoba").await?.text().contains("期限を過ぎた会話の知らせが 1 件") {}
        anyhow::Ok(())
    };
    tokio::time::timeout(Duration::from_secs(20), told).await??;
    assert!(sato.get("/backoffice/aoba").await?.text().contains("期限超過"));
    assert!(boss.get("/backoffice/aoba/notices").await?.text().contains("総合案内"));
    assert!(!boss.get("/backoffice/aoba").await?.text().contains("期限を過ぎた会話の知らせ"), "read once is read");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_cannot_be_changed_and_a_session_does_not_last() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let mut db = owner(&folder).await?;
    for change in ["UPDATE audit SET detail = 'x'", "DELETE FROM audit", "TRUNCATE audit"] {
        let refused = sqlx::query(change).execute(&mut db).await;
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("append-only")), "{change}: {refused:?}");
    }
    // A cookie alone is in no table.
    let kept: Vec<u8> = sqlx::query_scalar("SELECT token_hash FROM staff_session LIMIT 1").fetch_one(&mut db).await?;
    assert!(kept.len() == 32 && !boss.cookie.contains(&kept.iter().map(|b| format!("{b:02x}")).collect::<String>()));
    // Nobody did anything for half an hour.
    sqlx::query("UPDATE staff_session SET active_at = active_at - interval '31 minutes'").execute(&mut db).await?;
    assert_eq!(boss.get("/backoffice/aoba").await?.status, 303);
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    // Stopped by another administrator: out at once.
    sqlx::query("UPDATE staff SET disabled_at = now() WHERE login = 'kanri'").execute(&mut db).await?;
    assert_eq!(boss.get("/backoffice/aoba").await?.status, 303);
    assert_eq!(try_log_in(&bot, "kanri", PASSWORD).await?.status, 401);
    Ok(())
}
