//! Amounts in yen.

use crate::number;
use crate::text::Text;

/// N円; `value` ends at `end`.
pub(crate) fn yen(text: &Text, value: u64, thousandths: u32, end: usize, kana: bool) -> Option<(u64, usize)> {
    let e = text.any(text.blank(end), &["円", "えん", "yen", "圓", "日元", "엔", "yên"])?;
    // 「ごえん」 is as often fate as five yen.
    let fate = kana && text.at(end) == 'え' && value < 10;
    let things = text.has(e, &["札", "玉", "形", "台", "満", "滑", "高", "安", "卓", "陣", "柱", "周", "盤", "山", "ショップ", "均", "硬貨"]);
    (thousandths == 0 && !fate && !things).then_some((value, e))
}

/// ¥700.
pub(crate) fn sign(text: &Text, i: usize) -> Option<(u64, usize)> {
    let p = text.blank(text.any(i, &["¥", "\\"])?);
    let n = number::at(text, p).filter(|n| n.thousandths == 0)?;
    Some((n.value, text.lit(n.end, "円").unwrap_or(n.end)))
}
