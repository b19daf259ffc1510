//! Conversations in the terminal: the services of the demo city, through the real binary.

use e2e::{Folder, json_lines, run};
use serde_json::{Value, json};

const NOW: &str = "2026-11-24T10:00:00+09:00";

fn city() -> anyhow::Result<Folder> {
    let folder = Folder::new()?;
    let (fine, _, errors) = run(&folder.0, &["city", "add", "fixtures/cities/aoba"], "")?;
    anyhow::ensure!(fine, "{errors}");
    Ok(folder)
}

fn chat(folder: &Folder, input: &[Value]) -> anyhow::Result<Vec<Value>> {
    json_lines(&folder.0, &["chat", "--city", "aoba", "--jsonl", "--now", NOW], input)
}

/// Each line of the conversation and words that its answer must hold.
fn check(folder: &Folder, talk: &[(Value, &[&str])]) -> anyhow::Result<()> {
    let input: Vec<Value> = talk.iter().map(|(line, _)| line.clone()).collect();
    let answers = chat(folder, &input)?;
    assert_eq!(answers.len(), talk.len());
    for ((said, expected), answer) in talk.iter().zip(&answers) {
        let replies = answer["replies"].to_string();
        for words in *expected {
            assert!(replies.contains(words), "said {said}\nexpected {words}\ncame {replies}\nof {answer}");
        }
    }
    Ok(())
}

fn text(words: &str) -> Value {
    json!({ "text": words })
}

#[test]
fn the_first_answer_says_who_answers_and_how_to_reach_a_person() -> anyhow::Result<()> {
    let folder = city()?;
    check(&folder, &[(text("こんにちは"), &["自動応答", "保管", "06-0000-1000", "こんにちは"])])
}

#[test]
fn shelters_by_location_and_by_typed_address() -> anyhow::Result<()> {
    let folder = city()?;
    check(
        &folder,
        &[
            (text("近くの避難所を教えて"), &["位置情報", "どこの近く"]),
            (json!({ "location": { "lat": 34.65, "lng": 135.6 } }), &["歩いて約", "道順", "現在地", "現在の情報", "避難所"]),
            (json!({ "postback": "do:shelter.search?need=pets&place=34.650000,135.600000" }), &["ペットと入れます"]),
            (json!({ "postback": "do:shelter.search?hazard=flood" }), &["どこの近く"]),
            (text("さくら町3丁目"), &["さくら町三丁目の近く", "条件：洪水"]),
            (json!({ "postback": "do:shelter.search" }), &["どこの近く"]),
            (text("東京都新宿区西新宿2丁目"), &["外のよう"]),
            (json!({ "location": { "lat": 30.0, "lng": 150.0 } }), &["外のよう"]),
        ],
    )
}

#[test]
fn waste_is_sorted_and_its_days_are_known() -> anyhow::Result<()> {
    let folder = city()?;
    check(
        &folder,
        &[
            (json!({ "postback": "do:waste.sort" }), &["何を捨てますか"]),
            (text("ふらいぱん"), &["フライパン", "です"]),
            (json!({ "postback": "do:waste.sort" }), &["何を捨てますか"]),
            (text("フラィパソ"), &["フライパン"]),
            (json!({ "postback": "do:waste.schedule" }), &["町名"]),
            (text("さくら町"), &["どの地域", "１～３丁目", "４～５丁目"]),
            (text("1番"), &["収集日です", "燃やすごみ", "次は"]),
            // The area is remembered.
            (json!({ "postback": "do:waste.schedule?date=2027-01-01" }), &["休みのため"]),
            (json!({ "postback": "do:waste.schedule?type=燃やすごみ" }), &["次の燃やすごみは"]),
        ],
    )
}

#[test]
fn places_tell_whether_they_are_open_now() -> anyhow::Result<()> {
    let folder = city()?;
    check(
        &folder,
        &[
            (json!({ "postback": "do:place.nearest?category=aed" }), &["どこの近く"]),
            (text("市役所"), &["AED", "歩いて約", "現在の情報"]),
            (json!({ "postback": "do:place.hours?office=shimin" }), &["市民課", "今、開いています", "06-0000-2010"]),
            (json!({ "now": "2026-11-24T20:00:00+09:00", "postback": "do:place.hours?office=shimin" }), &["今は閉まっています", "11月25日"]),
            (json!({ "postback": "do:place.holiday_clinic" }), &["休日", "119"]),
        ],
    )
}

#[test]
fn answers_come_with_source_date_and_desk_and_can_be_wrong() -> anyhow::Result<()> {
    let folder = city()?;
    check(
        &folder,
        &[
            (json!({ "postback": "do:faq?entry=kokuho-join" }), &["14日以内", "2026年4月1日", "国保年金課", "https://www.city.aoba.example/kokuho/kanyu/"]),
            (text("違う、そうじゃない"), &["失礼しました", "職員に聞く"]),
        ],
    )
}

#[test]
fn a_form_is_corrected_left_and_resumed() -> anyhow::Result<()> {
    let folder = city()?;
    check(
        &folder,
        &[
            (json!({ "postback": "do:people.callback" }), &["ご用件"]),
            (text("固定資産税の納付書をなくした"), &["電話番号"]),
            // A side question in the middle, then back to where it stood.
            (json!({ "postback": "do:place.hours?office=shimin" }), &["市民課", "続き", "電話番号"]),
            (text("06-0000-1234"), &["いつごろ"]),
            (text("午前"), &["この内容", "06-0000-1234", "午前", "固定資産税"]),
            (text("いいえ、電話は06-0000-5678です"), &["直しました", "06-0000-5678", "この内容"]),
            (text("はい"), &["受け付けました", "C-"]),
            (json!({ "postback": "do:people.callback" }), &["ご用件"]),
            (text("やめる"), &["やめました"]),
        ],
    )
}

#[test]
fn what_is_not_on_line_yet_says_so_and_names_the_desk() -> anyhow::Result<()> {
    let folder = city()?;
    let mut talk: Vec<Value> = Vec::new();
    let table = std::fs::read_to_string(e2e::root().join("intents/guide/mod.rs"))?;
    let list = table.split("pub const INTENTS").nth(1).and_then(|rest| rest.split("];").next()).unwrap_or_default();
    let intents: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(intents.len() > 20, "the list is read wrong: {intents:?}");
    talk.extend(intents.iter().map(|intent| json!({ "postback": format!("do:{intent}") })));
    for (intent, answer) in intents.iter().zip(chat(&folder, &talk)?) {
        let replies = answer["replies"].to_string();
        assert!(replies.contains("まだ手続きできません") && replies.contains("handoff") && replies.contains("06-0000-"), "{intent}: {replies}");
    }
    Ok(())
}

#[test]
fn emergencies_come_first_and_alert_staff() -> anyhow::Result<()> {
    let folder = city()?;
    check(&folder, &[(json!({ "postback": "do:people.callback" }), &["ご用件"]), (text("火事です、家が燃えています"), &["119"])])
}

#[test]
fn odd_input_never_breaks_a_conversation() -> anyhow::Result<()> {
    let folder = city()?;
    let long = "あ".repeat(5_000);
    let odd = ["", " ", "\u{0}", "🗾🗾🗾", &long, "{\"a\":1}", "\u{202e}abc", "do:nothing", "'; DROP TABLE city; --", "𠮷野家𩸽"];
    let mut input: Vec<Value> = odd.iter().map(|words| text(words)).collect();
    input.extend([
        json!({ "postback": "do:no.such.form" }),
        json!({ "postback": "set:waste.sort/item=nothing" }),
        json!({ "postback": "%%%" }),
        json!({ "image": "photo.jpg" }),
        json!({ "dtmf": "9" }),
        json!({ "location": { "lat": 999, "lng": 0 } }),
        json!({ "nonsense": true }),
        json!({ "hangup": true }),
    ]);
    let answers = chat(&folder, &input)?;
    assert_eq!(answers.len(), input.len());
    assert!(answers[15]["error"].as_str().is_some_and(|e| e.contains("globe")), "{}", answers[15]);
    assert!(answers[16]["error"].is_string());
    Ok(())
}

#[test]
fn one_user_goes_on_where_the_conversation_stood() -> anyhow::Result<()> {
    let folder = city()?;
    let arguments = ["chat", "--city", "aoba", "--jsonl", "--now", NOW, "--user", "mori"];
    json_lines(&folder.0, &arguments, &[json!({ "postback": "do:waste.sort" })])?;
    let answers = json_lines(&folder.0, &arguments, &[text("乾電池")])?;
    assert!(answers[0]["replies"].to_string().contains("乾電池"), "{}", answers[0]);
    Ok(())
}
