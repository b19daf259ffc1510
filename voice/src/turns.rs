//! Whose turn it is, judged by the words.

use model::Expecting;

/// Steps of silence after a complete answer: 340 ms.
const SHORT: u32 = 17;
/// After a sentence that may be complete: 700 ms.
const USUAL: u32 = 35;
/// In the middle of something: 1.5 s.
const LONG: u32 = 75;

/// Words that say: I am still thinking.
const FILLERS: [&str; 14] = ["えーと", "えっと", "ええと", "えと", "あのー", "あの", "そのー", "うーん", "んー", "うんと", "なんだっけ", "ちょっと待って", "まあ", "えー"];
/// A sentence that ends like this goes on.
const OPEN: [&str; 15] = ["は", "が", "を", "に", "で", "と", "の", "へ", "や", "から", "けど", "けれど", "ので", "って", "それで"];
/// A sentence that ends like this is complete.
const CLOSED: [&str; 14] = ["です", "ます", "ました", "ください", "下さい", "ですか", "ますか", "お願いします", "したい", "ほしい", "欲しい", "でした", "ません", "ですね"];
const YES_NO: [&str; 14] = ["はい", "いいえ", "ええ", "うん", "いや", "そうです", "違います", "ちがいます", "お願いします", "結構です", "大丈夫です", "オッケー", "いらない", "そう"];

/// How long the silence after these words is waited out, in steps since the voice ended.
pub fn patience(text: &str, expecting: Option<&Expecting>) -> u32 {
    let text = bare(text);
    if text.is_empty() {
        return USUAL;
    }
    if FILLERS.iter().any(|filler| text.ends_with(filler)) {
        return LONG;
    }
    let kind = expecting.map_or("", |expecting| expecting.kind.as_str());
    let digits = text.chars().filter(|c| c.is_ascii_digit() || "〇零一二三四五六七八九".contains(*c)).count();
    match kind {
        "yes_no" if YES_NO.contains(&text.as_str()) => return SHORT,
        // A number is said in groups.
        "phone" => return if digits >= 10 { SHORT } else { LONG },
        "digits" | "postal_code" => return LONG,
        "choice" => {
            let offered = expecting.is_some_and(|expecting| expecting.options.iter().any(|option| bare(option) == text));
            if offered || (digits > 0 && text.chars().count() <= 3) {
                return SHORT;
            }
        }
        _ => {}
    }
    if text.chars().last().is_some_and(|last| last.is_ascii_digit() || last == '-') {
        return LONG;
    }
    if CLOSED.iter().any(|end| text.ends_with(end)) {
        return SHORT;
    }
    if OPEN.iter().any(|end| text.ends_with(end)) {
        return LONG;
    }
    USUAL
}

/// Words that say only: I am listening. Where yes or no was asked, they are an answer.
pub fn is_back_channel(text: &str, expecting: Option<&Expecting>) -> bool {
    const WORDS: [&str; 18] =
        ["はい", "はいはい", "ええ", "うん", "うんうん", "ほう", "へえ", "へー", "ふーん", "なるほど", "そうですか", "そうなんですか", "そうですね", "あー", "ああ", "はあ", "えー", "んー"];
    expecting.is_none_or(|expecting| expecting.kind != "yes_no") && WORDS.contains(&bare(text).as_str())
}

/// Without punctuation and spaces.
fn bare(text: &str) -> String {
    normalise::fold(text).chars().filter(|c| !c.is_whitespace() && !"、。,.!?！？…・「」".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: &str) -> Expecting {
        Expecting { kind: kind.to_owned(), options: vec!["燃えるごみ".to_owned()] }
    }

    #[test]
    fn who_is_thinking_or_in_the_middle_of_a_number_is_waited_for() {
        for (text, kind) in [("えーと、", "date"), ("090、1234", "phone"), ("12", "digits"), ("図書館の", ""), ("住所はさくら町3", "address"), ("粗大ごみを捨てたいんですけど", "")] {
            assert_eq!(patience(text, Some(&asked(kind))), LONG, "{text}");
        }
    }

    #[test]
    fn a_complete_answer_is_answered_soon() {
        for (text, kind) in [("はい。", "yes_no"), ("いいえ", "yes_no"), ("2番", "choice"), ("燃えるごみ", "choice"), ("09012345678", "phone"), ("住民票が欲しいです", ""), ("避難所はどこですか", "")] {
            assert_eq!(patience(text, Some(&asked(kind))), SHORT, "{text}");
        }
        assert_eq!(patience("図書館", None), USUAL);
        assert_eq!(patience("", None), USUAL);
    }

    #[test]
    fn a_nod_is_no_answer_unless_one_was_asked_for() {
        assert!(is_back_channel("はい", None) && is_back_channel("ええ、", Some(&asked("choice"))) && is_back_channel("なるほど。", None));
        assert!(!is_back_channel("はい", Some(&asked("yes_no"))) && !is_back_channel("はい、住民票です", None));
    }
}
