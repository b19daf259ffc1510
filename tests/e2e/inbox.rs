//! What the inbox does beside answering: photos, files, forms, one human on two channels, calls, rules, floods.

use e2e::{Bot, Folder, Line, PASSWORD, Staff, WebChat, field, json_lines, words};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;

const USER: &str = "Ucccccccccccccccccccccccccccccccc";

async fn owner(folder: &Folder) -> anyhow::Result<PgConnection> {
    let options = PgConnectOptions::new_without_pgpass().socket(folder.0.join("run")).username("madoguchi").database("madoguchi");
    Ok(PgConnection::connect_with(&options).await?)
}

/// Looks until a page says it.
async fn until(staff: &Staff<'_>, path: &str, words: &str) -> anyhow::Result<String> {
    let looks = async {
        loop {
            let page = staff.get(path).await?.text();
            if page.contains(words) {
                return anyhow::Ok(page);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looks).await.map_err(|_| anyhow::anyhow!("{path} never says {words}"))?
}

async fn ask(chat: &mut WebChat<'_>, message: Value) -> anyhow::Result<String> {
    chat.send(message).await?;
    chat.answer().await
}

/// The path of the first link to a file.
fn file_link(text: &str) -> String {
    text.split("/files/").nth(1).and_then(|rest| rest.split(['"', '\\']).next()).map(|rest| format!("/files/{rest}")).unwrap_or_default()
}

async fn reply_with(staff: &Staff<'_>, talk: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> anyhow::Result<e2e::Answer> {
    let page = staff.get(talk).await?.text();
    let (seen, form) = (field(&page, "seen").unwrap_or_default(), field(&page, "form").unwrap_or_default());
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("seen", seen.as_str()), ("form", form.as_str())]).collect();
    staff.post_file(&format!("{talk}/reply"), &fields, file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_from_line_is_sealed_and_shown_to_who_may_see_it() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let url = line.url();
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &url)]).await?;
    line.connect(&bot, Duration::from_secs(30))?;
    line.control(&format!("users/{USER}/follow"), &json!({})).await?;
    line.say(USER, "道路に穴があります、職員と話したい").await?;
    line.send(USER, &json!({ "type": "image" })).await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    until(&boss, "/backoffice/aoba?box=all", "📎").await?;
    let talk = boss.talk("📎").await?;
    let page = until(&boss, &talk, "<img class=\"photo\"").await?;
    let photo = page.split("<img class=\"photo\" src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    let shown = boss.get(&photo).await?;
    assert_eq!((shown.status, shown.headers["content-type"].to_str()?, shown.headers["cache-control"].to_str()?), (200, "image/png", "no-store"));
    assert!(shown.body.starts_with(&[0x89, b'P', b'N', b'G']));
    assert_eq!(bot.http.get(&photo).await?.status, 303, "nobody without a login");
    let outsourced = Staff::log_in(&bot, "itaku", PASSWORD).await?;
    assert_eq!(outsourced.get(&photo).await?.status, 404);
    let kept: Vec<u8> = sqlx::query_scalar("SELECT sealed FROM file").fetch_one(&mut owner(&folder).await?).await?;
    assert!(!kept.windows(4).any(|four| four == [0x89, b'P', b'N', b'G']), "sealed");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_from_the_web_is_kept_before_it_is_told_and_is_nobody_elses() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let (mut chat, mut other) = (WebChat::open(&bot).await?, WebChat::open(&bot).await?);
    chat.answer().await?;
    other.answer().await?;
    let picture = [&[0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A][..], b"and the rest"].concat();
    for (bytes, status) in [(&b"<svg onload=alert(1)>"[..], 415), (b"", 415), (&vec![0xFF; (8 << 20) + 1], 413)] {
        assert_eq!(chat.upload(bytes).await?.status, status);
    }
    let kept = chat.upload(&picture).await?;
    assert_eq!(kept.status, 201, "{}", kept.text());
    let file = kept.json()["file"].as_str().unwrap_or_default().to_owned();
    // Named by another session, it brings nothing.
    ask(&mut other, json!({ "file": file })).await?;
    ask(&mut other, json!({ "text": "燃えるごみはいつ" })).await?;
    ask(&mut chat, json!({ "text": "道路に穴があります、職員と話したい" })).await?;
    ask(&mut chat, json!({ "file": file })).await.ok();
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let talk = boss.talk("📎").await?;
    let page = until(&boss, &talk, "<img class=\"photo\"").await?;
    let photo = page.split("<img class=\"photo\" src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    let shown = boss.get(&photo).await?;
    assert_eq!((shown.status, shown.headers["content-type"].to_str()?, shown.body == picture), (200, "image/png", true));
    let (files, hidden): (i64, bool) = sqlx::query_as("SELECT count(*), bool_and(position('and the rest'::bytea IN sealed) = 0) FROM file").fetch_one(&mut owner(&folder).await?).await?;
    assert_eq!((files, hidden), (1, true));
    // A disk is not filled by one session.
    for _ in 1..30 {
        assert_eq!(chat.upload(&picture).await?.status, 201);
    }
    let enough = chat.upload(&picture).await?;
    assert_eq!((enough.status, enough.headers["retry-after"].to_str()?), (429, "3600"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_send_a_file_and_a_form() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    ask(&mut chat, json!({ "text": "職員と話したい" })).await?;
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    let talk = sato.talk("職員と話したい").await?;
    for (name, status) in [("virus.exe", 400), ("annai.pdf", 303)] {
        let sent = reply_with(&sato, &talk, &[("text", "こちらをご覧ください")], (name, b"%PDF-1.7 x")).await?;
        assert_eq!(sent.status, status, "{name}: {}", sent.text());
    }
    let got = chat.answer().await?;
    let path = file_link(&got);
    assert!(got.contains("こちらをご覧ください") && got.contains("annai.pdf"), "{got}");
    let file = bot.http.get(&path).await?;
    assert_eq!((file.status, file.headers["content-type"].to_str()?, &file.body[..4]), (200, "application/pdf", &b"%PDF"[..]));
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(bot.http.get(&path.replace("/aoba/", "/midori/")).await?.status, 404);
    assert_eq!(bot.http.get(&format!("/files/aoba/{}", "0".repeat(64))).await?.status, 404);
    // A form: offered, tapped, gone through with the machine.
    let refused = reply_with(&sato, &talk, &[("text", "どうぞ"), ("offer", "no.such")], ("", b"")).await?;
    assert_eq!(refused.status, 400);
    let offered = reply_with(&sato, &talk, &[("text", "こちらから登録できます"), ("offer", "procedure.inu-toroku")], ("", b"")).await?;
    assert_eq!(offered.status, 303, "{}", offered.text());
    let got = chat.answer().await?;
    assert!(got.contains("do:procedure.inu-toroku?by=staff"), "{got}");
    let begun = ask(&mut chat, json!({ "postback": "do:procedure.inu-toroku?by=staff", "label": "犬の登録" })).await?;
    assert!(begun.contains("どの動物") || begun.contains("犬"), "{begun}");
    assert!(sato.get(&talk).await?.text().contains("自動応答中"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_human_on_two_channels_is_joined_shown_together_and_parted() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let url = line.url();
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &url)]).await?;
    line.connect(&bot, Duration::from_secs(30))?;
    line.control(&format!("users/{USER}/follow"), &json!({})).await?;
    line.say(USER, "一つ目の用で職員と話したい").await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    ask(&mut chat, json!({ "text": "二つ目の用で職員と話したい" })).await?;
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    until(&sato, "/backoffice/aoba?box=all", "一つ目の用").await?;
    let (by_line, by_web) = (sato.talk("一つ目の用").await?, sato.talk("二つ目の用").await?);
    let web_id = by_web.rsplit('/').next().unwrap_or_default();
    let outsourced = Staff::log_in(&bot, "itaku", PASSWORD).await?;
    assert_eq!(outsourced.post(&format!("{by_line}/join"), &[("other", web_id)]).await?.status, 400);
    assert_eq!(sato.post(&format!("{by_line}/join"), &[("other", "00000000-0000-7000-8000-000000000000")]).await?.status, 400);
    assert_eq!(sato.post(&format!("{by_line}/join"), &[("other", web_id)]).await?.status, 303);
    let together = sato.get(&format!("{by_line}/messages")).await?.text();
    assert!(together.contains("二つ目の用で職員と話したい") && together.contains("一つ目の用で職員と話したい") && together.contains("この会話だけ表示"), "{together}");
    assert!(!sato.get(&format!("{by_line}/messages?together=0")).await?.text().contains("二つ目の用で職員と話したい"));
    // Blocked on LINE: told, and the other channel is offered.
    line.control(&format!("users/{USER}/unfollow"), &json!({})).await?;
    let blocked = until(&sato, &by_line, "ブロックしています").await?;
    assert!(blocked.contains("ウェブの会話で返信する") && blocked.contains(&by_web), "{blocked}");
    sato.reply(&by_web, "ウェブでお答えします。").await?;
    assert!(chat.answer().await?.contains("ウェブでお答えします"));
    // And apart again.
    assert_eq!(sato.post(&format!("{by_line}/part"), &[]).await?.status, 303);
    assert!(!sato.get(&format!("{by_line}/messages")).await?.text().contains("二つ目の用で職員と話したい"));
    assert_eq!(sato.post(&format!("{by_line}/part"), &[]).await?.status, 400);
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let record = boss.get("/backoffice/aoba/audit.csv").await?.text();
    assert!(record.contains("talk.join") && record.contains("talk.part"), "{record}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_back_is_a_case_and_its_end_is_heard() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    ask(&mut chat, json!({ "postback": "do:people.callback" })).await?;
    for words in ["架空花子の税の相談", "06-0000-4321", "午前"] {
        ask(&mut chat, json!({ "text": words })).await?;
    }
    let done = ask(&mut chat, json!({ "postback": "yes" })).await?;
    let receipt = done.split("受付番号は ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default().trim_matches(['\u{2068}', '\u{2069}']).to_owned();
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    let list = sato.get("/backoffice/aoba/callbacks").await?.text();
    assert!(list.contains(&receipt) && list.contains("架空花子") && list.contains("●●●●321") && !list.contains("0600004321"), "{list}");
    let talk = list.split("href=\"/backoffice/aoba/talks/").nth(1).and_then(|rest| rest.split('"').next()).map(|id| format!("/backoffice/aoba/talks/{id}")).unwrap_or_default();
    assert!(sato.get(&talk).await?.text().contains("tel:0600004321"));
    // Who works without personal data sees the case, and neither name nor number: not on the list, not in the talk, not by search.
    let outsourced = Staff::log_in(&bot, "itaku", PASSWORD).await?;
    let list = outsourced.get("/backoffice/aoba/callbacks").await?.text();
    assert!(list.contains(&receipt) && !list.contains("架空花子") && !list.contains("●321"), "{list}");
    let page = outsourced.get(&talk).await?.text();
    assert!(page.contains("手続きへの回答") && !page.contains("架空花子") && !page.contains("0000-4321") && !page.contains("0600004321"), "{page}");
    assert!(!outsourced.get("/backoffice/aoba/list?box=all&q=%E6%9E%B6%E7%A9%BA").await?.text().contains("/talks/"));
    assert!(sato.get("/backoffice/aoba/list?box=all&q=%E6%9E%B6%E7%A9%BA").await?.text().contains("/talks/"));
    // On lists an answer to a form is none of anybody's business.
    assert!(!sato.get("/backoffice/aoba/list?box=all").await?.text().contains("架空花子"));
    // Nobody answered: it stays open, and the resident is asked when.
    assert_eq!(sato.post(&format!("{talk}/called"), &[("receipt", &receipt), ("result", "absent")]).await?.status, 303);
    let absent = chat.answer().await?;
    assert!(absent.contains("つながりませんでした") && absent.contains(&receipt), "{absent}");
    assert_eq!(sato.post(&format!("{talk}/called"), &[("receipt", &receipt), ("result", "talked")]).await?.status, 303);
    assert!(chat.answer().await?.contains("お電話ありがとうございました"));
    assert_eq!(sato.post(&format!("{talk}/called"), &[("receipt", &receipt), ("result", "talked")]).await?.status, 400, "closed once");
    assert!(!sato.get("/backoffice/aoba/callbacks").await?.text().contains(&receipt));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_of_the_city_brings_it_to_its_desk() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    let told = ask(&mut chat, json!({ "text": "生活保護を受けたいのですが" })).await?;
    assert!(told.contains("生活福祉課") && told.contains("職員にもお知らせしました"), "{told}");
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let list = boss.get("/backoffice/aoba").await?.text();
    assert!(list.contains("市の決まり") && list.contains("生活福祉課"), "{list}");
    // Once is enough while somebody waits.
    assert!(!ask(&mut chat, json!({ "text": "生活保護を受けたいのですが" })).await?.contains("職員にもお知らせしました"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_messages_are_kept_for_staff_and_answered_kindly_once() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let url = line.url();
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &url)]).await?;
    line.connect(&bot, Duration::from_secs(30))?;
    line.control(&format!("users/{USER}/follow"), &json!({})).await?;
    for n in 0..110 {
        line.say(USER, &format!("{n}番目の乾電池")).await?;
    }
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    until(&boss, "/backoffice/aoba?box=all", "109番目の乾電池").await?;
    let all: Vec<Value> = line.received(USER, 20).await?;
    let mut db = owner(&folder).await?;
    let (kept, unread, silent): (i64, i32, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM inbox WHERE content->>'type' = 'text' AND handled_at IS NOT NULL), unread, (SELECT count(*) FROM understood WHERE silent) FROM thread",
    )
    .fetch_one(&mut db)
    .await?;
    assert_eq!((kept, unread, silent), (110, 110, 10), "{}", all.len());
    let kind: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE reply::text LIKE '%たくさんのメッセージを受け取りました%'").fetch_one(&mut db).await?;
    assert_eq!(kind, 1);
    // Life and limb are heard in any noise.
    line.say(USER, "火事です、家が燃えています").await?;
    until(&boss, "/backoffice/aoba", "緊急：火事").await?;
    let said: String = line.received_now(USER).await?.iter().map(words).collect();
    assert!(said.contains("乾電池"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_hours_the_wish_is_kept_and_days_later_the_reply_finds_its_way() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let chat = |now: &'static str, text: &'static str| {
        let arguments = ["chat", "--city", "aoba", "--jsonl", "--channel", "web", "--user", "yoru", "--now", now];
        tokio::task::block_in_place(|| json_lines(&folder.0, &arguments, &[json!({ "text": text })])).map(|lines| lines.iter().map(|line| line["replies"].to_string()).collect::<String>())
    };
    // Saturday night; and a lunch break at the tax desk, which closes for it.
    let night = chat("2026-11-28T22:00:00+09:00", "転入届のことで職員と話したい")?;
    assert!(night.contains("市民課") && night.contains("今は時間外です") && night.contains("11月30日") && night.contains("次に開く時間に、職員がこのトークに返信します") && night.contains("折り返しの電話を頼む"), "{night}");
    let lunch = chat("2026-11-30T12:10:00+09:00", "固定資産税のことで職員と話したい")?;
    assert!(lunch.contains("税務課") && (lunch.contains("12時45分") || lunch.contains("12:45")), "{lunch}");
    let holiday = chat("2026-12-30T10:00:00+09:00", "市民税のことで職員と話したい")?;
    assert!(holiday.contains("1月4日"), "{holiday}");
    let open = chat("2027-01-04T10:00:00+09:00", "市民税のことで職員と話したい")?;
    assert!(open.contains("1人目") || open.contains("人目です"), "{open}");
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let talk = boss.talk("市民税のことで").await?;
    boss.reply(&talk, "お待たせしました。納付書をお送りします。").await?;
    let later = chat("2027-01-08T20:00:00+09:00", "ありがとう")?;
    assert!(later.contains("お待たせしました。納付書をお送りします"), "{later}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_understood_is_taught_and_imported() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    // Nobody knows which nonsense resembles something to the models: one of these does not.
    let mut listed = None;
    for nonsense in ["ぬめぬめのふわふわ", "ずんだらぼっちのぺろりんこ", "もにょもにょぽこぺん", "くるるんぱのぱ", "へげへげ、とろろんば"] {
        ask(&mut chat, json!({ "text": nonsense })).await?;
        let page = boss.get("/backoffice/aoba/unclear").await?.text();
        if page.contains(nonsense) {
            listed = Some((nonsense, page));
            break;
        }
    }
    let (said, page) = listed.expect("something that nothing fitted");
    let (talk, seq) = (field(&page, "talk").unwrap_or_default(), field(&page, "seq").unwrap_or_default());
    let teach = async |intent: &str| boss.post("/backoffice/aoba/unclear", &[("talk", talk.as_str()), ("seq", seq.as_str()), ("intent", intent), ("do", "teach")]).await;
    assert_eq!((teach("no.such").await?.status, teach("waste.sort").await?.status), (400, 303));
    let taught = boss.get("/backoffice/aoba/sentences.csv").await?;
    assert!(taught.text().contains(&format!("waste.sort,{said}")), "{}", taught.text());
    let file = folder.0.join("sentences.csv");
    std::fs::write(&file, &taught.body)?;
    let (fine, out, errors) = tokio::task::block_in_place(|| e2e::run(&folder.0, &["import", "sentences", &file.display().to_string(), "--city", "aoba"], ""))?;
    assert!(fine, "{out}{errors}");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM own_sentence").fetch_one(&mut owner(&folder).await?).await?;
    assert!(kept >= 1, "{out}");
    let operator = Staff::log_in(&bot, "sato", PASSWORD).await?;
    assert_eq!(operator.get("/backoffice/aoba/sentences.csv").await?.status, 404);
    Ok(())
}

/// The figure that cities are asked for first: how many came when nobody was there, and needed nobody.
#[tokio::test(flavor = "multi_thread")]
async fn who_came_out_of_hours_is_counted_by_the_desks_hours_and_holidays() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    ask(&mut chat, json!({ "text": "燃えるごみはいつ" })).await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let mut db = owner(&folder).await?;
    let (mut at_night, mut by_day) = (0, 0);
    for back in 1..=14 {
        for (hour, outside) in [(3, &mut at_night), (10, &mut by_day)] {
            sqlx::query("UPDATE understood SET at = (date_trunc('day', now() AT TIME ZONE 'Asia/Tokyo') - make_interval(days => $1) + make_interval(hours => $2, mins => 30)) AT TIME ZONE 'Asia/Tokyo'").bind(back).bind(hour).execute(&mut db).await?;
            let figures = boss.get("/backoffice/aoba/figures.csv?days=30").await?.text();
            let counted = figures.contains("outside_hours,,1");
            assert_eq!(counted, figures.contains("outside_hours_without_staff,,1"), "nobody was asked for: {figures}");
            *outside += i32::from(counted);
        }
    }
    assert_eq!(at_night, 14, "nobody is there at half past three");
    assert!((4..=10).contains(&by_day), "weekends, and holidays if there are any: {by_day}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn put_off_it_waits_elsewhere_until_the_resident_writes_and_a_tag_is_found() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let mut chat = WebChat::open(&bot).await?;
    chat.answer().await?;
    ask(&mut chat, json!({ "text": "職員と話したい" })).await?;
    let sato = Staff::log_in(&bot, "sato", PASSWORD).await?;
    let talk = sato.talk("職員と話したい").await?;
    assert_eq!(sato.post(&format!("{talk}/snooze"), &[("hours", "3")]).await?.status, 303);
    let inbox = async |drawer: &str| -> anyhow::Result<bool> { Ok(sato.get(&format!("/backoffice/aoba/list?box={drawer}")).await?.text().contains(&talk)) };
    assert_eq!((inbox("open").await?, inbox("later").await?), (false, true));
    ask(&mut chat, json!({ "text": "まだですか、フライパンの捨て方です" })).await?;
    assert_eq!((inbox("open").await?, inbox("later").await?), (true, false));
    assert_eq!(sato.post(&format!("{talk}/tag"), &[("tag", "要確認")]).await?.status, 303);
    assert!(sato.get("/backoffice/aoba/list?box=all&q=%E8%A6%81%E7%A2%BA%E8%AA%8D").await?.text().contains(&talk), "found by its tag");
    assert_eq!(sato.post(&format!("{talk}/tag"), &[("tag", "要確認")]).await?.status, 303);
    assert!(!sato.get("/backoffice/aoba/list?box=all&q=%E8%A6%81%E7%A2%BA%E8%AA%8D").await?.text().contains(&talk), "taken off");
    Ok(())
}
