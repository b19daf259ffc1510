//! What of an utterance is meant: without the words that only say that something was wrong, and without what it takes back.

/// An utterance as a repair sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// What is meant: 「蛍光灯」 of 「すみません、電池ではなくて蛍光灯です」. May be empty.
    pub meant: String,
    /// It says that something before was wrong.
    pub corrects: bool,
}

/// Openings that say that something was wrong.
const WRONG: [&str; 50] = [
    "間違えました", "間違えちゃった", "間違えた", "間違いました", "間違いです", "まちがえました", "まちがえた", "違いました", "違います", "違うんです", "違う", "ちがいます", "ちがう", "訂正します", "訂正です",
    "訂正", "言い間違い", "そうではなくて", "そうではなく", "そうじゃなくて", "そうじゃなく", "そうじゃない", "じゃなくて", "ではなくて", "いいえ", "いえ", "いや", "やっぱりさっきの", "やっぱり", "やっぱ",
    "no", "sorry, i meant", "i meant", "i mean", "actually", "wrong", "that's wrong", "that is wrong", "不是的", "不是", "不对", "错了", "我是说", "아니요", "아니", "잘못했어요", "정정", "không phải", "nhầm rồi", "sai rồi",
];

/// Openings that say nothing.
const FILLING: [&str; 21] = [
    "ちょっと待って", "待って", "ちょっとまって", "すみません", "すいません", "ごめんなさい", "ごめん", "申し訳ないです", "あっ", "あ", "えーと", "えっと", "ええと", "あの", "その", "sorry", "oh", "wait", "对不起", "죄송해요", "xin lỗi",
];

/// Between what is taken back and what is meant instead.
const RATHER: [&str; 16] = ["やなくて", "やのうて", "じゃのうて", "ちゃうくて", "ではなくって", "じゃなくって", "ではなくて", "じゃなくて", "でなくて", "ではなく", "じゃなく", "でなく", "가 아니라", "이 아니라", "말고", "아니고"];

/// What follows a value and is no part of it.
const ENDS: [&str; 31] = [
    "に変更してください", "に変えてください", "に直してください", "に訂正してください", "にしてください", "でお願いします", "お願いします", "の間違いでした", "の間違いです", "のまちがいです", "の間違い",
    "に変更します", "に変更", "に変えたいです", "に変えたい", "に変えます", "に変えて", "に直して", "にします", "にして", "でした", "ですね", "ですよ", "です", "だよ", "だった", "だ", "に", "입니다", "이에요", "ạ",
];

impl Said {
    pub fn of(text: &str) -> Self {
        let mut said = Said { meant: text.trim().to_owned(), corrects: false };
        if let Some(rest) = instead(&said.meant) {
            said = Said { meant: rest, corrects: true };
        }
        // 「あ、すみません、違います。」: as many as there are.
        while let Some((rest, wrong)) = opened(&said.meant) {
            said.corrects |= wrong;
            said.meant = rest;
        }
        said
    }
}

/// What is meant of words that take something back: 「午後」 of 「午前ではなくて午後」.
pub fn meant(text: &str) -> String {
    let said = Said::of(text);
    if said.meant.is_empty() { text.to_owned() } else { said.meant }
}

/// What follows an opening, and whether the opening says that something was wrong.
fn opened(text: &str) -> Option<(String, bool)> {
    let folded = text.to_lowercase();
    let after = |opening: &&str| {
        let rest = folded.strip_prefix(*opening)?;
        // The fold keeps lengths of what we look for, so the rest of the text lies where the rest of the fold lies.
        let rest = text.get(text.len().checked_sub(rest.len())?..)?;
        let ends = rest.is_empty() || rest.starts_with(['、', '。', ',', '.', '，', ' ', '　', '!', '！', '…', '?', '？', '\n']);
        ends.then(|| rest.trim_start_matches(['、', '。', ',', '.', '，', ' ', '　', '!', '！', '…', '?', '？', '\n']).to_owned())
    };
    let longest = |all: &[&str]| all.iter().filter_map(|o| after(o).map(|rest| (o.len(), rest))).max_by_key(|(len, _)| *len);
    match (longest(&WRONG), longest(&FILLING)) {
        (Some((a, rest)), Some((b, _))) if a >= b => Some((rest, true)),
        (Some((_, rest)), None) => Some((rest, true)),
        (_, Some((_, rest))) => Some((rest, false)),
        (None, None) => None,
    }
}

/// The second of two: 「XではなくてY」「XからYに変更」「not X but Y」「不是X，是Y」.
fn instead(text: &str) -> Option<String> {
    let clean = |rest: &str| {
        let rest = rest.trim_start_matches(['、', '，', ',', ' ', '　', '。']).trim();
        (!rest.is_empty()).then(|| rest.to_owned())
    };
    if let Some((at, len)) = RATHER.iter().filter_map(|word| text.find(word).map(|at| (at, word.len()))).min_by_key(|(at, len)| (*at, usize::MAX - len)) {
        return clean(text.get(at + len..)?).filter(|_| at > 0);
    }
    let changes = ["変更", "変えて", "変えたい", "かえて", "直して"].iter().filter_map(|word| text.find(word)).min();
    if let Some(end) = changes
        && let Some((from, to)) = text.get(..end)?.rsplit_once("から")
        && let Some(to) = to.trim_end().strip_suffix('に')
        && !from.is_empty() {
            return clean(to);
        }
    let lower = text.to_lowercase();
    let same_length = lower.len() == text.len();
    let after = |mark: &str, then: &str| {
        let at = lower.find(mark)? + mark.len();
        let second = lower.get(at..)?.find(then)? + at + then.len();
        clean(text.get(second..)?)
    };
    let before = |mark: &str| clean(text.get(..lower.find(mark)?)?);
    if !same_length {
        return None;
    }
    let not_but = if lower.starts_with("not ") { after("not ", " but ") } else { after(" not ", " but ") };
    not_but
        .or_else(|| before(" instead of "))
        .or_else(|| before(", not "))
        .or_else(|| before(" rather than "))
        .or_else(|| after("不是", "而是"))
        .or_else(|| after("不是", "，是"))
        .or_else(|| after("không phải", "mà là"))
        .or_else(|| before(" chứ không phải"))
}

/// A value without what follows it: 「タナカ」 of 「タナカの間違いです」.
pub(crate) fn without_ending(text: &str) -> &str {
    let mut rest = text.trim().trim_end_matches(['。', '.', '!', '！', ' ']);
    while let Some(shorter) = ENDS.iter().find_map(|end| rest.strip_suffix(end)).map(str::trim_end).filter(|shorter| !shorter.is_empty()) {
        rest = shorter;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_is_not_meant() {
        for (text, meant) in [
            ("午前ではなくて午後", "午後"),
            ("すみません、電池じゃなくて蛍光灯です", "蛍光灯です"),
            ("違います。蛍光灯です", "蛍光灯です"),
            ("いいえ、工事の音です", "工事の音です"),
            ("午前から午後に変更してください", "午後"),
            ("not dogs but cats", "cats"),
            ("cats, not dogs", "cats"),
            ("不是电池，是灯管", "灯管"),
            ("건전지 말고 형광등", "형광등"),
            ("không phải sáng mà là chiều", "chiều"),
            ("Sorry, I meant Tuesday", "Tuesday"),
        ] {
            let said = Said::of(text);
            assert_eq!(said, Said { meant: meant.into(), corrects: true }, "{text}");
        }
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for text in ["いやな臭いがする", "午前", "10時から12時に行きます", "ボタンではなく", "nobody", "あさひ町", "いえの前", "その他", ""] {
            assert_eq!(Said::of(text), Said { meant: text.into(), corrects: false }, "{text}");
        }
        assert_eq!(Said::of("間違えました。"), Said { meant: String::new(), corrects: true });
        assert_eq!(Said::of("すみません、10時です"), Said { meant: "10時です".into(), corrects: false });
    }

    #[test]
    fn endings_are_no_part_of_a_value() {
        for (text, value) in [("タナカの間違いです。", "タナカ"), ("午後にしてください", "午後"), ("さくら町3丁目でした", "さくら町3丁目"), ("です", "です")] {
            assert_eq!(without_ending(text), value);
        }
    }
}
