//! What must ring however the weights come out of training, and what must not.

use chrono::DateTime;
use model::{Channel, Emergency, Understand, Utterance};
use nlu_models::Nlu;

fn heard(nlu: &Nlu, text: &str) -> Option<Emergency> {
    let now = DateTime::parse_from_rfc3339("2026-11-03T22:00:00+09:00").expect("a time");
    nlu.understand(&Utterance { text, now, channel: Channel::Phone, city: None, expecting: None, own: None }).emergency
}

#[test]
fn said_outright_it_rings_in_every_language() {
    use Emergency::{Ambulance, Child, Crime, Fire, Gas, Suicide};
    let nlu = Nlu::embedded().expect("the shipped weights");
    let said = [
        ("火事です！早く来てください", Fire),
        ("台所の油に火がついて天井まで燃えています", Fire),
        ("となりの家から煙がもくもく出てます", Fire),
        ("There is a fire in my apartment, please help", Fire),
        ("我家着火了，快来人", Fire),
        ("집에 불이 났어요 도와주세요", Fire),
        ("Nhà tôi đang cháy, cứu với", Fire),
        ("父が倒れて意識がありません", Ambulance),
        ("おばあちゃんが息をしてないんです", Ambulance),
        ("こどもが たおれました いきを していません", Ambulance),
        ("My husband collapsed and he is not breathing", Ambulance),
        ("我爸爸突然倒下了，没有呼吸", Ambulance),
        ("아버지가 쓰러져서 숨을 안 쉬어요", Ambulance),
        ("Bố tôi ngất xỉu, không thở được", Ambulance),
        ("知らない男が刃物を持って玄関にいます", Crime),
        ("今泥棒が家に入ってきた 二階に隠れてる", Crime),
        ("Someone broke into my house and I am hiding", Crime),
        ("有人拿着刀在我家门口", Crime),
        ("칼을 든 남자가 집에 들어왔어요", Crime),
        ("Có kẻ cầm dao đột nhập vào nhà tôi", Crime),
        ("ガス漏れです、台所がすごくガス臭い", Gas),
        ("I smell gas all over the kitchen and hear hissing", Gas),
        ("厨房里煤气味很重，嘶嘶地响", Gas),
        ("부엌에서 가스 냄새가 심하게 나요", Gas),
        ("Trong bếp có mùi gas nồng nặc", Gas),
        ("隣の家の子が親に殴られて泣き叫んでいます", Child),
        ("お父さんに叩かれてご飯ももらえない、助けて", Child),
        ("The child next door is being beaten by his father right now", Child),
        ("隔壁的孩子正在被父母打，一直在哭", Child),
        ("もう死にたいです", Suicide),
        ("今から死にます、さようなら", Suicide),
        ("I want to kill myself", Suicide),
        ("我不想活了，想死", Suicide),
        ("죽고 싶어요", Suicide),
        ("Tôi muốn tự tử", Suicide),
    ];
    let wrong: Vec<String> = said
        .iter()
        .map(|(text, kind)| (text, *kind, heard(&nlu, text)))
        .filter(|(_, kind, got)| *got != Some(*kind))
        .map(|(text, kind, got)| format!("{text}: {kind:?} heard as {got:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn about_such_things_it_stays_silent() {
    let nlu = Nlu::embedded().expect("the shipped weights");
    let rung: Vec<&str> = [
        "119番は何の番号？",
        "火事の保険について聞きたい",
        "火災保険の控除証明書がほしい",
        "消火器の捨て方",
        "救急車の有料化について知りたい",
        "救命講習を予約したい",
        "AEDの使い方の講習はありますか",
        "防犯カメラの補助金はありますか",
        "ガスボンベは何ごみですか",
        "ガス料金の支払い方法",
        "児童虐待防止の講演会はいつ",
        "自殺予防の相談窓口の受付時間は",
        "死亡届を出したい",
        "疲れたので予約をやめます",
        "避難訓練の火事の放送がうるさい",
        "住民票がほしい",
        "燃えるごみは何曜日ですか",
        "How do I dispose of a fire extinguisher?",
        "火灾保险怎么申请",
        "화재 보험 증명서가 필요해요",
        "Bảo hiểm cháy nổ đăng ký ở đâu",
    ]
    .into_iter()
    .filter(|text| heard(&nlu, text).is_some())
    .collect();
    assert!(rung.is_empty(), "{}", rung.join("\n"));
}
