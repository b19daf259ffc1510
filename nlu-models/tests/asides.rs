//! What is said beside the matter: answers, asides, slips of the finger. None of it begins a service or sounds like anger.

use chrono::DateTime;
use model::{Channel, Expecting, Understand, Understanding, Utterance};
use nlu_models::Nlu;

fn understood(nlu: &Nlu, text: &str, expecting: Option<&Expecting>) -> Understanding {
    let now = DateTime::parse_from_rfc3339("2026-11-03T10:00:00+09:00").expect("a time");
    nlu.understand(&Utterance { text, now, channel: Channel::Web, city: None, expecting, own: None })
}

#[test]
fn asides_mean_no_service() {
    let nlu = Nlu::embedded().expect("the shipped weights");
    for (text, allowed) in [
        ("こんにちは1", &["smalltalk.greet"][..]),
        ("どういう意味ですか", &["out_of_scope", "control.repeat"]),
        ("例を教えて", &["out_of_scope", "control.repeat"]),
        ("お待たせしました", &["out_of_scope", "control.yes"]),
        ("続けます", &["out_of_scope", "control.yes"]),
        ("メールはabcです", &["out_of_scope"]),
        ("taro@example.jp", &["out_of_scope"]),
    ] {
        let got = understood(&nlu, text, None);
        assert!(allowed.contains(&got.intent()), "{text}: {:?}", got.intents);
        assert!(got.emergency.is_none(), "{text} rings");
    }
}

#[test]
fn what_was_done_answers_a_question_for_yes_or_no() {
    let nlu = Nlu::embedded().expect("the shipped weights");
    let asked = Expecting { kind: "yes_no".to_owned(), options: Vec::new() };
    for (text, intent) in [("受けました", "control.yes"), ("打ちました", "control.yes"), ("受けていません", "control.no"), ("まだ打っていません", "control.no")] {
        assert_eq!(understood(&nlu, text, Some(&asked)).intent(), intent, "{text}");
    }
}

#[test]
fn an_address_alone_has_no_language() {
    let nlu = Nlu::embedded().expect("the shipped weights");
    assert_eq!(understood(&nlu, "taro@example.jp", None).language, None);
    assert_eq!(understood(&nlu, "怎么扔电池？", None).language, Some(model::Lang::Zh));
    assert_eq!(understood(&nlu, "怎么扔电池？", None).intent(), "waste.sort");
}

/// A request around it does not make it an everyday matter.
#[test]
fn an_emergency_in_polite_words_rings() {
    let nlu = Nlu::embedded().expect("the shipped weights");
    let silent: Vec<&str> = [
        "お忙しいところ恐れ入ります、死にたいのですが相談できますか",
        "すみません、どこに聞けばいいか分からないのですが、部屋がガス臭いです。よろしくお願いします",
        "市民課に電話したんですけど、隣の家が燃えてるんです、どうしたらいいですか",
        "教えてください。父の意識がありません。どうすればいいでしょうか",
    ]
    .into_iter()
    .filter(|text| understood(&nlu, text, None).emergency.is_none())
    .collect();
    assert!(silent.is_empty(), "{silent:?}");
}
