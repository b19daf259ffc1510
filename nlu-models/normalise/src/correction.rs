//! Words with which people take back what they just said.

use crate::text::Text;

const MARKERS: &[&str] = &[
    "いや", "いえ", "じゃなく", "じゃない", "じゃなかっ", "ではなく", "ではない", "ではなかっ", "でなく", "でなくて", "違う", "違っ", "違い", "ちがう",
    "ちがっ", "ちがい", "違くて", "ちゃう", "間違", "まちが", "すみません", "すいません", "すんません", "ごめん", "失礼", "訂正", "やっぱ", "やはり", "もとい",
    "というか", "ていうか", "っていうか", "てか", "じゃね", "変更", "変えて", "えっ違", "sorry", "no,", "i mean", "actually", "あっ", "不是", "不对", "아니",
    "không phải",
];

/// Whether something between `from` and `to` takes the earlier back.
pub(crate) fn between(text: &Text, from: usize, to: usize) -> bool {
    if from >= to {
        return false;
    }
    text.within(from, to, MARKERS) || (from..to).any(|i| lone_ah(text, i, to))
}

/// 「あ、4日」「あ4日」: an あ that starts no word.
fn lone_ah(text: &Text, i: usize, to: usize) -> bool {
    if text.at(i) != 'あ' {
        return false;
    }
    let next = text.at(i + 1);
    i + 1 == to || matches!(next, ' ' | '、' | ',' | '。' | 'ー') || next.is_ascii_digit()
}

/// 「月曜じゃなくて」: what ends at `end` is itself taken back.
pub(crate) fn negated(text: &Text, end: usize) -> bool {
    let p = text.any(end, &["から", "まで", "に", "で"]).unwrap_or(end);
    [end, p].iter().any(|p| text.has(*p, &["じゃなくて", "じゃなく", "ではなくて", "ではなく", "でなくて", "じゃなかった", "ではありません"]))
}
