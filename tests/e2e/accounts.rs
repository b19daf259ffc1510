//! One resident on several channels: joined by a code, going on where the conversation stood, apart again; and nobody is told
//! where somebody lives.

use e2e::{Bot, Folder, Line, WebChat, json_lines, words};
use model::{Channel, CityId, SequentialIds};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use std::{path::Path, sync::Arc, time::Duration};
use store::{Db, Pools, Vault};

const NOW: &str = "2026-11-24T10:00:00+09:00";

fn say(text: &str) -> Value {
    json!({ "text": text })
}

fn tap(value: &str) -> Value {
    json!({ "postback": value })
}

fn chat(data: &Path, channel: &str, user: &str, now: &str, turns: &[Value]) -> anyhow::Result<Vec<String>> {
    let arguments = ["chat", "--city", "aoba", "--jsonl", "--channel", channel, "--user", user, "--now", now];
    tokio::task::block_in_place(|| Ok(json_lines(data, &arguments, turns)?.iter().map(|answer| answer["replies"].to_string()).collect()))
}

/// The code in an answer: 1234-5678.
fn code(answer: &str) -> anyhow::Result<String> {
    let found = answer.split(|c: char| !(c.is_ascii_digit() || c == '-')).find(|run| run.len() == 9 && run.as_bytes().get(4) == Some(&b'-'));
    found.map(str::to_owned).ok_or_else(|| anyhow::anyhow!("no code in {answer}"))
}

/// How many accounts are the same human as this one.
async fn accounts(data: &Path, channel: Channel, account: &str) -> anyhow::Result<usize> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let vault = Vault::open_or_create(&data.join("master.key"))?;
    let (db, city): (Db, CityId) = (Db::connect(&options, Pools { app: 2, queue: 2 }, vault, Arc::new(SequentialIds::default())), "aoba".parse()?);
    let Some(conversation) = store::find_conversation(&db, &city, channel, account).await? else { return Ok(0) };
    let mut tx = db.city(&city).await?;
    let all = store::contacts_of(&mut tx, &city, conversation).await?.len();
    tx.commit().await?;
    db.close().await;
    Ok(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_on_the_phone_goes_on_in_line_and_then_on_the_web() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let mut line = Line::new().await?;
    let bot = Bot::serve(&folder.0, &[("BOT_LINE__API_URL", &line.url())]).await?;
    line.connect(&bot, Duration::from_secs(50))?;
    let user = format!("U{:032x}", 7);
    let begun = [tap("do:people.callback"), say("固定資産税の納付書をなくした"), say("06-0000-4321"), say("続きをLINEでやりたいです")];
    let phone = chat(&folder.0, "phone", "mori", NOW, &begun)?;
    // The code lives a quarter of an hour by the moved clock; LINE's is the wall's: a fresh one for it.
    assert!(phone[3].contains("15分間") && phone[3].contains("続きです"), "{}", phone[3]);
    let arguments = ["chat", "--city", "aoba", "--jsonl", "--channel", "phone", "--user", "mori"];
    let fresh = tokio::task::block_in_place(|| json_lines(&folder.0, &arguments, &[tap("resume"), tap("do:account.continue")]))?;
    let code_for_line = code(&fresh[1]["replies"].to_string())?;
    line.say(&user, &code_for_line).await?;
    let got = line.received(&user, 1).await?;
    let answer = words(&got[0]);
    assert!(answer.contains("電話でのお話とつながりました"), "{answer}");
    assert!(!answer.contains("4321"), "{answer}");
    assert_eq!(accounts(&folder.0, Channel::Line, &user).await?, 2);
    // And from LINE to the web, in the same form.
    line.control(&format!("users/{user}/postback"), &json!({ "data": "do:account.continue" })).await?;
    let got = line.received(&user, 2).await?;
    let mut web = WebChat::open(&bot).await?;
    web.answer().await?;
    web.send(say(&code(&words(&got[1]))?)).await?;
    let here = web.answer().await?;
    assert!(here.contains("LINEでのお話とつながりました"), "{here}");
    let got = line.received(&user, 3).await?;
    assert!(words(&got[2]).contains("続きはウェブに移り") && words(&got[2]).contains("連携をやめる"), "{got:?}");
    assert_eq!(accounts(&folder.0, Channel::Line, &user).await?, 3);
    // On the phone it is said when the resident is heard again.
    let phone = tokio::task::block_in_place(|| json_lines(&folder.0, &arguments, &[say("こんにちは"), say("ありがとう")]))?;
    assert!(phone[0]["replies"].to_string().contains("続きはLINEに移り") && !phone[1]["replies"].to_string().contains("移り"), "{phone:?}");
    // Apart again: the other two stay together.
    line.say(&user, "連携をやめたいです").await?;
    let got = line.received(&user, 4).await?;
    assert!(words(&got[3]).contains("連携をやめました"), "{got:?}");
    assert_eq!(accounts(&folder.0, Channel::Line, &user).await?, 1);
    assert_eq!(accounts(&folder.0, Channel::Phone, "terminal:mori").await?, 2);
    // The others hear of it: it may not have been the resident who did it.
    let there = web.answer().await?;
    assert!(there.contains("LINEとの連携が終わりました"), "{there}");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_and_what_is_remembered_go_along_and_where_somebody_lives_is_not_shown() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let begun = [tap("do:waste.schedule"), say("さくら町2丁目"), tap("do:procedure.souon-sodan"), say("1と4"), say("夜10時ごろ"), say("さくら町3丁目5-12"), tap("do:account.continue")];
    let web = chat(&folder.0, "web", "hana", NOW, &begun)?;
    let code = code(&web[6])?;
    let line = chat(&folder.0, "line", "hana", NOW, &[say(&code), say("なし"), say("はい"), tap("do:waste.schedule"), say("私の住所はどこになっていますか"), say("山田さんの住所は？"), say("山田花子の電話番号を教えて")])?;
    assert!(line[0].contains("ウェブでのお話とつながりました") && line[0].contains("メールアドレス"), "{}", line[0]);
    assert!(line[1].contains("ここには表示しません") && line[1].contains("工事の音") && line[1].contains("よろしいですか"), "{}", line[1]);
    assert!(line[2].contains("受付番号は P-"), "{}", line[2]);
    assert!(line[3].contains("収集日") && !line[3].contains("町名"), "{}", line[3]);
    let back = chat(&folder.0, "web", "hana", NOW, &[say("私の住所はどこになっていますか"), say("さっきの住所を読み上げて"), say("山田さんはどこに住んでいますか")])?;
    assert!(back[0].contains("続きはLINEに移り"), "{}", back[0]);
    for answer in line.iter().chain(&back) {
        assert!(!answer.contains("5-12") && !answer.contains("５－１２"), "{answer}");
    }
    // What is answered on this device is shown on it.
    let begun = [tap("do:procedure.souon-sodan"), say("1と4"), say("夜10時ごろ"), say("さくら町3丁目5-12"), say("なし"), tap("do:account.continue")];
    let web = chat(&folder.0, "web", "yuki", NOW, &begun)?;
    let code = self::code(&web[5])?;
    let line = chat(&folder.0, "line", "yuki", NOW, &[say(&code), tap("edit"), tap("set:procedure.souon-sodan/edit=place"), say("みどり町1丁目2-3")])?;
    assert!(line[0].contains("ここには表示しません") && !line[0].contains("5-12"), "{}", line[0]);
    assert!(line[3].contains("みどり町1丁目2-3") && !line[3].contains("ここには表示しません"), "{}", line[3]);
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_one_use_a_quarter_of_an_hour_and_few_guesses() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let issue = |user: &str, now: &str| code(&chat(&folder.0, "phone", user, now, &[tap("do:account.continue")])?[0]);
    let first = issue("a", NOW)?;
    // Where it was made it means nothing, and it stays good.
    assert!(chat(&folder.0, "phone", "a", NOW, &[say(&first)])?[0].contains("続けたいほうの端末"));
    let renewed = issue("a", NOW)?;
    let tried = chat(&folder.0, "line", "b", NOW, &[say(&first), say(&renewed)])?;
    assert!(tried[0].contains("使えません") && tried[1].contains("つながりました"), "{tried:?}");
    assert!(chat(&folder.0, "line", "c", NOW, &[say(&renewed)])?[0].contains("使えません"), "it was used");
    let old = issue("d", NOW)?;
    assert!(chat(&folder.0, "line", "c", "2026-11-24T10:15:00+09:00", &[tap("cancel"), say(&old)])?[1].contains("使えません"), "it is too old");
    let guesses: Vec<Value> = (0..6).flat_map(|n| [say(&format!("9000000{n}")), tap("cancel")]).collect();
    let guessed = chat(&folder.0, "line", "e", NOW, &guesses)?;
    assert!(guessed[8].contains("使えません") && guessed[10].contains("しばらく"), "{guessed:?}");
    let right = issue("f", NOW)?;
    assert!(chat(&folder.0, "line", "e", NOW, &[say(&right)])?[0].contains("しばらく"), "not even the right one");
    assert!(chat(&folder.0, "line", "g", NOW, &[say(&right)])?[0].contains("つながりました"), "another account may");
    let later = issue("f", "2026-11-24T11:00:01+09:00")?;
    let again = chat(&folder.0, "line", "e", "2026-11-24T11:00:01+09:00", &[tap("cancel"), say(&later)])?;
    assert!(again[1].contains("つながりました"), "{again:?}");
    bot.stop().await
}
