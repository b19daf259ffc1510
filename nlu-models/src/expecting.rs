//! What the dialogue has just asked shifts what a short answer means.

use model::Expecting;

/// A bare yes or no, in any of the languages, with nothing else in it.
#[must_use]
pub fn bare_answer(prepared: &[char]) -> Option<&'static str> {
    let text: String = prepared.iter().filter(|c| **c != '?').collect();
    if prepared.contains(&'?') {
        return None;
    }
    if YES.contains(&text.as_str()) {
        Some("control.yes")
    } else if NO.contains(&text.as_str()) {
        Some("control.no")
    } else {
        None
    }
}

/// As [`crate::prepare`] spells them.
const YES: [&str; 36] = [
    "はい", "はいはい", "はーい", "ええ", "うん", "うんうん", "そう", "そうです", "そうそう", "ok", "okay", "おけ", "おーけー", "おっけー",
    "いいよ", "いいです", "いいですよ", "お願いします", "おねがいします", "よろしく", "それで", "それでいいです", "合ってます", "あってます",
    "yes", "yeah", "yep", "sure", "好", "好的", "是", "是的", "네", "예", "vâng", "có",
];
const NO: [&str; 26] = [
    "いいえ", "いえ", "いや", "いやいや", "ううん", "違う", "違います", "ちがう", "ちがいます", "ちゃう", "ちゃいます", "だめ", "駄目", "だめです",
    "no", "nope", "nah", "不", "不是", "不要", "不对", "아니", "아니요", "아니오", "không", "không phải",
];

/// Added to the scores (before the softmax) of `intent` when the dialogue waits for `expecting`.
///
/// A question to be answered with yes or no makes a yes or no likelier in a short answer; a question for a value
/// makes it unlikelier that a few characters are a new request.
#[must_use]
pub fn shift(expecting: &Expecting, intent: &str, length: usize) -> f32 {
    let short = length <= 10;
    match expecting.kind.as_str() {
        "yes_no" if short && matches!(intent, "control.yes" | "control.no") => 2.0,
        "yes_no" if matches!(intent, "control.yes" | "control.no") => 0.5,
        "choice" | "date" | "time" | "number" | "phone" | "place" | "name" | "text" if short && !is_steering(intent) => -1.0,
        _ => 0.0,
    }
}

/// Intents that steer the dialogue itself; they stay as likely as they were while a value is awaited.
fn is_steering(intent: &str) -> bool {
    intent.starts_with("control.") || intent.starts_with("smalltalk.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::prepare;

    #[test]
    fn bare_answers_in_many_spellings() {
        for (text, intent) in [("はい。", "control.yes"), ("ハイ", "control.yes"), ("ＯＫ！", "control.yes"), ("いいえ、違う", "")] {
            assert_eq!(bare_answer(&prepare(text)).unwrap_or(""), intent, "{text}");
        }
        assert_eq!(bare_answer(&prepare("아니요")), Some("control.no"));
        assert_eq!(bare_answer(&prepare("はい?")), None);
    }
}
