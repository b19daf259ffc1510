//! Acting for somebody else: for whom, in what relation, with the consent that it needs; and the words of the consent are kept.

use e2e::{Bot, Folder, json_lines};
use model::{Channel, CityId, SequentialIds};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use std::{path::Path, sync::Arc};
use store::{Db, Pools, Vault};

const FORM: &str = "procedure.odekake-pass";

fn say(text: &str) -> Value {
    json!({ "text": text })
}

fn tap(value: &str) -> Value {
    json!({ "postback": value })
}

fn chat(data: &Path, user: &str, turns: &[Value]) -> anyhow::Result<Vec<String>> {
    let arguments = ["chat", "--city", "aoba", "--jsonl", "--channel", "line", "--user", user, "--now", "2026-11-24T10:00:00+09:00"];
    tokio::task::block_in_place(|| Ok(json_lines(data, &arguments, turns)?.iter().map(|answer| answer["replies"].to_string()).collect()))
}

/// What an account handed in, opened with its key.
async fn handed_in(data: &Path, account: &str) -> anyhow::Result<Value> {
    let options = PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi");
    let vault = Vault::open_or_create(&data.join("master.key"))?;
    let (db, city): (Db, CityId) = (Db::connect(&options, Pools { app: 2, queue: 2 }, vault, Arc::new(SequentialIds::default())), "aoba".parse()?);
    let conversation = store::find_conversation(&db, &city, Channel::Line, account).await?.ok_or_else(|| anyhow::anyhow!("{account} is nobody"))?;
    let mut tx = db.city(&city).await?;
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT sealed FROM submission WHERE conversation_id = $1").bind(conversation.0).fetch_one(&mut *tx).await?;
    let plain = store::open_for_conversation(&db, &mut tx, &city, conversation, &sealed, "submission").await?;
    tx.commit().await?;
    db.close().await;
    Ok(serde_json::from_slice(&plain)?)
}

fn given() -> [Value; 4] {
    [say("やまだ たろう"), say("みどり町1丁目2-3"), say("06-0000-4321"), say("はい")]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_relation_asks_for_what_it_needs_and_the_consent_is_kept_in_its_words() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::serve(&folder.0, &[]).await?;
    let begin = || tap(&format!("do:{FORM}"));
    // For oneself nothing more is asked.
    let oneself = chat(&folder.0, "self", &[vec![begin(), say("自分です")], given().to_vec()].concat())?;
    assert!(oneself[0].contains("どなたの手続き") && oneself[0].contains("ケアマネジャー"), "{}", oneself[0]);
    assert!(oneself[1].contains("あなたのお名前"), "{}", oneself[1]);
    assert!(oneself.last().is_some_and(|last| last.contains("受付番号")), "{oneself:?}");
    let kept = handed_in(&folder.0, "terminal:self").await?;
    assert!(kept["who"] == "self" && kept.get("who-person").is_none() && !kept.to_string().contains(".words"), "{kept}");
    // For one's mother: her name, and that she agrees.
    let mother = chat(&folder.0, "mother", &[vec![begin(), say("母です"), say("やまだ はな"), say("はい")], given().to_vec()].concat())?;
    assert!(mother[1].contains("その方のお名前"), "{}", mother[1]);
    assert!(mother[2].contains("同意していますか"), "{}", mother[2]);
    assert!(mother[6].contains("ヤマダ ハナ") && mother[6].contains("親・祖父母") && mother[6].contains("同意の確認"), "{}", mother[6]);
    let kept = handed_in(&folder.0, "terminal:mother").await?;
    assert_eq!((kept["who"].as_str(), kept["who-agreed"].as_str()), (Some("parent"), Some("yes")));
    assert!(kept["who-agreed.words"].as_str().is_some_and(|words| words.contains("ご本人がこの手続きを知っていて")), "{kept}");
    // A care manager must say from where.
    let care = chat(&folder.0, "care", &[vec![begin(), say("ケアマネです"), say("さとう じろう"), say("あおば居宅介護支援事業所"), tap(&format!("set:{FORM}/who-entrusted=yes"))], given().to_vec()].concat())?;
    assert!(care[2].contains("事業所の名前") && care[3].contains("任されていて"), "{care:?}");
    let kept = handed_in(&folder.0, "terminal:care").await?;
    assert!(kept["who-office"] == "あおば居宅介護支援事業所" && kept["who-entrusted.words"].is_string(), "{kept}");
    // Without the consent it goes no further here.
    let no = chat(&folder.0, "no", &[begin(), tap(&format!("set:{FORM}/who=other")), say("やまだ はな"), say("成年後見人です"), say("いいえ")])?;
    assert!(no[4].contains("同意をいただけない"), "{no:?}");
    bot.stop().await
}
