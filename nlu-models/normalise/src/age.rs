//! Ages of children, in completed years.

use crate::number;
use crate::text::Text;

const CHILD: &[&str] = &[
    "子", "息子", "娘", "孫", "長男", "長女", "次男", "次女", "三男", "三女", "末っ子", "男の子", "女の子", "赤ちゃん", "乳児", "赤ん坊", "幼児", "児", "弟",
    "妹", "双子", "園児", "甥", "姪", "ひ孫", "お子", "こども", "ちび", "チビ", "男児", "女児",
];
const OWN: &[&str] = &[
    "子", "子ども", "子供", "こども", "息子", "娘", "孫", "長男", "長女", "次男", "次女", "下の子", "上の子", "うちの子", "年齢", "年れい", "赤ちゃん", "弟",
    "妹",
];

/// N歳 at `i`; `value` ends at `end`.
pub(crate) fn years(text: &Text, i: usize, value: u64, end: usize) -> Option<(u32, usize)> {
    let e = text.any(end, &["歳", "才", "さい", "サイ", "세"])?;
    if text.at(e - 1) == 'イ' && crate::text::is_katakana(text.at(e)) {
        return None;
    }
    let word = text.at(e - 1) == 'い' && e >= 2 && text.at(e - 2) == 'さ';
    if word && e < text.len() && !text.has(e, &["の", "です", "に", "で", "と", "、", "。", "じ", "は", "が", " ", "く", "な", "だ", "半", "はん"])
    {
        return None;
    }
    // Eighteen is of age: an adult's years are no slot.
    let value = u32::try_from(value).ok().filter(|v| *v < 18)?;
    let mut to = e;
    if let Some(p) = text.any(e, &["半", "児"]) {
        to = p;
    } else if let Some(n) = number::at(text, text.any(e, &["と"]).unwrap_or(e))
        && let Some(m) = month_word(text, n.end)
    {
        to = m;
    }
    let bounds = text.has(
        to,
        &[
            "以上", "以下", "未満", "から", "まで", "~", "-", "になるまで", "以降", "差", "違", "ちが", "上の", "下の", "年上", "年下", "頃", "ごろ", "のころ",
            "の頃", "のとき", "の時", "時", "を超", "前後の", "くらいまで", "若",
        ],
    );
    let start = text.any(to, &["からの", "から通", "から預", "から入"]).is_some();
    let beast = text.lit(to, "の").is_some_and(|p| {
        text.has(p, &["犬", "猫", "ねこ", "いぬ", "ペット", "柴", "うさぎ", "愛犬", "愛猫", "チワワ", "プードル", "メス", "オス", "木", "車"])
    });
    let range_end = text.preceded(i, &["歳から", "歳~", "才から", "歳-", "満年齢が", "対象は", "対象年齢は"], 0);
    (!bounds && !start && !beast && !range_end).then_some((value, to))
}

fn month_word(text: &Text, end: usize) -> Option<usize> {
    text.any(end, &["か月", "ヶ月", "カ月", "ヵ月", "ケ月", "箇月", "かげつ", "個月", "ヶ月半", "개월"])
}

/// Nか月 of a baby: 「8か月の娘」.
pub(crate) fn months(text: &Text, i: usize, value: u64, end: usize) -> Option<(u32, usize)> {
    let e = month_word(text, end)?;
    let e = text.any(e, &["半", "児"]).unwrap_or(e);
    let child = text.at(e - 1) == '児'
        || text.lit(e, "の").is_some_and(|p| text.has(p, CHILD))
        || text.has(e, &["になる", "になり", "になった"])
            && text.preceded(i, &["子が", "娘が", "息子が", "孫が", "子は", "娘は", "息子は", "赤ちゃんが", "もうすぐ"], 2)
        || text.preceded(i, &["娘は", "息子は", "子は", "赤ちゃんは", "孫は"], 1) && text.has(e, &["です", "。", "で"]);
    let child = child || text.any(e, &["になる", "になった", "になり"]).is_some_and(|p| text.has(p, CHILD));
    let pregnant = text.preceded(i, &["妊娠"], 1);
    (child && !pregnant).then(|| (u32::try_from(value / 12).unwrap_or(0), e))
}

/// 生後8か月, 生後100日.
pub(crate) fn since_birth(text: &Text, i: usize) -> Option<(u32, usize)> {
    let p = text.blank(text.any(i, &["生後", "せいご"])?);
    let p = text.any(p, &["約", "まだ", "まもなく", "もうすぐ"]).unwrap_or(p);
    let (value, end) = match number::at(text, p) {
        Some(n) => (n.value, n.end),
        None => *number::kana_at(text, p).iter().find(|(_, e)| month_word(text, *e).is_some())?,
    };
    if let Some(e) = month_word(text, end) {
        return (!text.has(e, &["から", "以上", "まで", "未満"])).then(|| (u32::try_from(value / 12).unwrap_or(0), text.lit(e, "半").unwrap_or(e)));
    }
    let e = text.any(end, &["日目", "日", "週間", "週目", "週"])?;
    let days = if text.at(end) == '週' { value * 7 } else { value };
    (!text.has(e, &["から", "以上", "まで", "未満"])).then(|| (u32::try_from(days / 365).unwrap_or(0), e))
}

/// Whether 「七つ」 from `i` to `e` is an age.
pub(crate) fn tsu_is_age(text: &Text, i: usize, e: usize) -> bool {
    let of_child = text.lit(e, "の").is_some_and(|p| text.has(p, CHILD) && !text.has(p, &["子ども用", "子供用"]))
        || text.has(e, &["になる", "になり", "になった", "になっ", "になろ"]);
    let mut p = i;
    for _ in 0..3 {
        if let Some(n) = ["今年で", "もうすぐ", "いま", "今", "まだ", "ことし", "今年", "来月", "ちょうど", "満", "、", " ", "来月で", "もう", "数えで"]
            .iter()
            .find_map(|w| {
                let n = w.chars().count();
                (p >= n && text.lit(p - n, w).is_some()).then_some(n)
            })
        {
            p -= n;
        }
    }
    let said_of = matches!(text.before(p), 'は' | 'が' | 'も')
        && text.preceded(p - 1, OWN, 0)
        && (e == text.len() || text.has(e, &["です", "で", "に", "。", "、", "だ", "なの", "なん", "ね", "いえ", "いや", "じゃな", "ではな"]));
    of_child || said_of
}
