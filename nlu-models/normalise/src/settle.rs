//! From mentions to slots: the last version of each kind, ranges and sums joined.

use crate::scan::Mention;
use crate::slots::{Precision, Slot, Value};
use crate::text::Text;
use crate::{settle_count, settle_date, settle_time};
use chrono::NaiveDate;

/// Adds the slots that the mentions give.
pub(crate) fn settle(text: &Text, mentions: &[Mention], today: NaiveDate, found: &mut Vec<Slot>) {
    settle_date::settle(text, mentions, today, found);
    settle_time::settle(text, mentions, found);
    settle_count::settle(text, mentions, found);
}

/// Whether the mention `b` ends what `a` starts: 「…から…まで」「…〜…」.
pub(crate) fn linked(text: &Text, a_end: usize, b_start: usize, b_end: usize) -> bool {
    if b_start < a_end || b_start > a_end + 16 || crate::correction::between(text, a_end, b_start) {
        return false;
    }
    let until = text.has(text.blank(b_end), &["まで", "迄", "くらいまで", "ごろまで", "いっぱい"]);
    // 「金曜の夜から日曜の朝まで」
    let later = b_start <= a_end + 10
        && (b_end..b_end + 8).take_while(|k| !matches!(text.at(*k), '、' | '。' | '\0')).any(|k| text.has(k, &["まで"]))
        && !text.within(b_end, b_end + 8, &["から"])
        && text.has(text.blank(b_end), &["の", "朝", "夜", "昼", "夕", "午", "正"]);
    let until = until || later;
    if b_start <= a_end + 10 && text.within(a_end, b_start, &["終了", "終わり", "おわり"])
        || b_start <= a_end + 6 && text.within(a_end, b_start, &["開始", "スタート"]) && text.has(text.blank(b_end), &["終", "おわ", "解散", "まで"])
    {
        return true;
    }
    let p = text.blank(a_end);
    let p = text.any(p, &["ごろ", "頃", "くらい"]).unwrap_or(p);
    if let Some(e) = text.any(p, &["から", "より", "~", "-", "→", "to ", "until ", "till ", "到", "至", "부터", "에서", "đến", "through "]) {
        let rest = text.pause(e);
        return until || rest >= b_start || text.any(rest, &["の", "同日", "同じ日の"]).is_some_and(|e| e >= b_start);
    }
    until && text.within(a_end, b_start, &["から", "~", "より"])
}

/// Pushes a slot for the characters `from..to`.
pub(crate) fn push(text: &Text, found: &mut Vec<Slot>, value: Value, from: usize, to: usize, precision: Precision) {
    found.push(Slot { value, span: text.span(from, to), precision });
}
