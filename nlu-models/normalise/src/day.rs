//! Reads the words that name a day.

use crate::date::{Base, Day, Said};
use crate::day_written::{compact, slashed, year};
use crate::number;
use crate::text::{HIDDEN, Text, is_kanji, kana_boundary};
use crate::weekday;
use chrono::NaiveDate;

/// Days counted from today. Longer words first.
#[rustfmt::skip]
const RELATIVE: &[(&str, i64)] = &[
    ("明々後日", 3), ("明明後日", 3), ("しあさって", 3), ("明後日", 2), ("あさって", 2), ("アサッテ", 2), ("一昨昨日", -3), ("一昨々日", -3), ("さきおととい", -3), ("一昨日", -2), ("おととい", -2), ("おとつい", -2), ("一昨夜", -2), ("一昨晩", -2),
    ("明日", 1), ("あした", 1), ("アシタ", 1), ("明晩", 1), ("明朝", 1), ("今日", 0), ("本日", 0), ("昨日", -1), ("きのう", -1), ("昨夜", -1), ("昨晩", -1), ("ゆうべ", -1), ("夕べ", -1), ("今朝", 0), ("けさ", 0), ("今夜", 0), ("今晩", 0),
    ("こんや", 0), ("あす", 1), ("きょう", 0), ("キョウ", 0), ("今夕", 0), ("今宵", 0),
];

#[rustfmt::skip]
const WEEKS: &[(&str, i64)] = &[
    ("再来週", 2), ("さ来週", 2), ("さらいしゅう", 2), ("再々来週", 3), ("先々週", -2), ("せんせんしゅう", -2), ("来週", 1), ("次週", 1), ("らいしゅう", 1), ("翌週", 1), ("今週", 0), ("こんしゅう", 0), ("先週", -1), ("せんしゅう", -1),
];

#[rustfmt::skip]
const MONTHS: &[(&str, i32)] = &[
    ("再来月", 2), ("さ来月", 2), ("さらいげつ", 2), ("先々月", -2), ("来月", 1), ("らいげつ", 1), ("今月", 0), ("こんげつ", 0), ("当月", 0), ("先月", -1), ("せんげつ", -1),
];

/// Kana names of days of the month. Those that are also everyday words (いつか, ようか, なのか) need a month before them.
#[rustfmt::skip]
const KANA_DAYS: &[(&str, u32, bool)] = &[
    ("ついたち", 1, false), ("ふつか", 2, false), ("みっか", 3, false), ("よっか", 4, false), ("いつか", 5, true), ("むいか", 6, false), ("なのか", 7, true), ("ようか", 8, true), ("ここのか", 9, false), ("とおか", 10, false), ("とうか", 10, true), ("はつか", 20, false),
];

/// The first of `words` that stands at `i`, and what it means.
pub(crate) fn table<T: Copy>(text: &Text, i: usize, words: &[(&str, T)]) -> Option<(T, usize)> {
    words.iter().find_map(|(w, v)| Some((*v, text.lit(i, w)?)))
}

/// A day at `i`, and where its words end.
pub(crate) fn at(text: &Text, i: usize, today: NaiveDate) -> Option<(Said, usize)> {
    if !may_start(text, i) {
        return None;
    }
    if let Some(found) = relative(text, i).or_else(|| counted(text, i)).or_else(|| compact(text, i)).or_else(|| slashed(text, i)) {
        return Some(found);
    }
    let mut said = Said::default();
    let mut p = i;
    let mut end = i;
    if let Some((year, e)) = year(text, p, today) {
        said.year = Some(year);
        (p, end) = (text.tie(e), e);
    }
    if let Some((base, e)) = base(text, p) {
        said.base = base;
        (p, end) = (text.tie(e), e);
    }
    if let Some((day, e)) = within(text, p, said.base) {
        said.day = Some(day);
        end = e;
        if day == Day::Weekend && said.base == Base::None {
            said.base = Base::Week(0);
        }
    } else if let Base::Week(_) | Base::Month(_) | Base::MonthOffset(_) = said.base
        && let Some(e) = whole(text, end)
    {
        said.day = Some(Day::Whole);
        end = e;
    }
    if said.year.is_some() && said.base == Base::None {
        // 「2027年」 alone, or 「令和8年」 before something else: no day.
        said.day = None;
    }
    if end == i {
        return None;
    }
    if matches!(said.day, Some(Day::Num(_) | Day::Offset(_))) {
        end = same_weekday(text, end);
    }
    Some((said, end))
}

/// A cheap look at the first character.
fn may_start(text: &Text, i: usize) -> bool {
    let c = text.at(i);
    if c.is_ascii_alphabetic() {
        return matches!(c, 'r' | 'h' | 's' | 't' | 'm') && !text.before(i).is_ascii_alphanumeric();
    }
    number::starts(c) || crate::text::is_hiragana(c) || is_kanji(c) || matches!(c, 'ア' | 'キ')
}

fn relative(text: &Text, i: usize) -> Option<(Said, usize)> {
    let (days, end) = table(text, i, RELATIVE)?;
    let first = text.at(i);
    let next = text.at(end);
    if crate::text::is_hiragana(first) || crate::text::is_katakana(first) {
        // あす, きょう, けさ are also pieces of other words.
        let short = end - i <= 3;
        let follows = !crate::text::is_hiragana(next)
            || text.has(
                end,
                &[
                    "は", "の", "に", "も", "から", "まで", "で", "か", "が", "を", "じゅう", "ちゅう", "だ", "な", "って", "なら", "ご", "いや", "あ", "こ",
                    "と", "いけ", "いき", "お",
                ],
            );
        if !text.word_start(i) || short && !follows || text.has(i, &["きょうだい"]) {
            return None;
        }
    } else if text.lit(i, "今晩は").is_some_and(|e| matches!(text.at(e), '。' | '!' | 'ー' | '\0') || text.at(e) == '、' && i == 0) {
        // Good evening.
        return None;
    } else if matches!(text.before(i), '翌' | '毎' | '弥') || next == '市' || next == '号' {
        return None;
    }
    Some((Said::offset(days), same_weekday(text, end)))
}

/// N日後, N週間前, Nか月後.
fn counted(text: &Text, i: usize) -> Option<(Said, usize)> {
    let (n, end) = count(text, i)?;
    let n = i64::try_from(n).ok().filter(|n| *n <= 3_700)?;
    let (unit, p) = table(
        text,
        end,
        &[
            ("日間", 1),
            ("日", 1),
            ("にち", 1),
            ("週間", 7),
            ("週", 7),
            ("しゅうかん", 7),
            ("か月", 0),
            ("ヶ月", 0),
            ("カ月", 0),
            ("ヵ月", 0),
            ("ケ月", 0),
            ("箇月", 0),
            ("かげつ", 0),
            ("個月", 0),
        ],
    )
    .or_else(|| (end > i && text.before(end) == 'か' && text.at(end) != '月').then_some((1, end)))?;
    let p = text.blank(p);
    let later = text.any(p, &["後", "あと", "のち", "ご"]);
    let earlier = text.any(p, &["前", "まえ"]).filter(|e| !text.has(*e, &["後", "半", "まで", "倒", "か、"]) && !text.has(p, &["前後"]));
    let (sign, e) = match (later, earlier) {
        (Some(e), _) if !text.has(p, &["後半", "後ろ", "後に回", "ごろ", "ごと", "ご利用", "ごみ"]) => (1, e),
        (None, Some(e)) => (-1, e),
        _ => return None,
    };
    if sign < 0 && text.preceded(i, &["利用日の", "利用の", "使用日の", "開催日の", "当日の", "期限の", "その", "返却日の", "誕生日の", "収集日の"], 0)
    {
        return None;
    }
    let day = if unit == 0 { Day::MonthsOn(i32::try_from(sign * n).ok()?) } else { Day::Offset(sign * unit * n) };
    Some((Said { day: Some(day), ..Said::default() }, e))
}

/// A number, also in kana; for kana days (みっか) the counter is part of the word.
fn count(text: &Text, i: usize) -> Option<(u64, usize)> {
    if let Some(n) = number::at(text, i) {
        return (n.thousandths == 0 && !text.before(i).is_ascii_digit()).then_some((n.value, n.end));
    }
    if let Some((_, d, e)) = KANA_DAYS.iter().find_map(|(w, d, _)| Some((w, d, text.lit(i, w)?))) {
        return text.word_start(i).then_some((u64::from(*d), e));
    }
    let (n, e) = kana_number(text, i, &["にち", "しゅう", "週", "か月", "かげつ", "日"])?;
    Some((n, e))
}

fn kana_number(text: &Text, i: usize, counters: &[&str]) -> Option<(u64, usize)> {
    if !(crate::text::is_hiragana(text.at(i)) || crate::text::is_katakana(text.at(i))) || !text.word_start(i) {
        return None;
    }
    number::kana_at(text, i).into_iter().find(|(_, e)| text.has(*e, counters))
}

/// The month or week word at `i`.
fn base(text: &Text, i: usize) -> Option<(Base, usize)> {
    let kana_ok = !crate::text::is_hiragana(text.at(i)) || text.word_start(i);
    if let Some((k, end)) = table(text, i, WEEKS).filter(|_| kana_ok) {
        return Some((Base::Week(k), end));
    }
    if let Some((k, end)) = table(text, i, MONTHS).filter(|_| kana_ok) {
        return (!text.has(end, &["号", "分の", "分を"])).then_some((Base::MonthOffset(k), end));
    }
    let (m, end) = match number::at(text, i) {
        Some(n) => (n.value, text.lit(n.end, "月").or_else(|| text.lit(n.end, "がつ"))?),
        None => {
            let (v, e) = kana_number(text, i, &["がつ", "月"])?;
            (v, text.any(e, &["がつ", "月"])?)
        }
    };
    let whole = !(text.before(i).is_ascii_digit() || text.before(i) == '.');
    (whole && (1..=12).contains(&m) && text.at(end) != '曜' && !text.has(end, &["号", "生まれの", "分の"]))
        .then(|| (Base::Month(u32::try_from(m).unwrap_or(1)), end))
}

/// The day inside its base at `i`.
fn within(text: &Text, i: usize, base: Base) -> Option<(Day, usize)> {
    let mut p = i;
    let mut next = false;
    if base == Base::None {
        if let Some(e) = text.any(p, &["この前の", "こないだの", "この間の", "このまえの", "このあいだの", "前回の"]) {
            let (w, end) = weekday::at(text, e)?;
            return Some((Day::Last(w), end));
        }
        if let Some(e) = text.any(p, &["今度の", "次の", "こんどの", "つぎの", "今度", "次回の", "直近の"]) {
            p = text.blank(e);
            next = true;
        }
    }
    let named_month = matches!(base, Base::Month(_) | Base::MonthOffset(_));
    if let Some((d, e)) = weekend(text, p, base) {
        return Some((d, e));
    }
    if !named_month && let Some((w, e)) = weekday::at(text, p) {
        let recurring = text.preceded(i, &["毎週", "毎週の", "隔週", "隔週の", "毎月", "各", "毎", "曜と", "曜・", "曜日と", "曜日・", "第", "平日の"], 0)
            && base == Base::None
            || text.has(e, &["祝", "以外", "ごと", "・", "休み", "定休"]);
        if number::starts(text.before(i)) && base == Base::None && i == p {
            return None;
        }
        let pair = text.preceded(i, &["曜と", "曜日と", "曜か", "曜日か"], 0);
        return (!recurring || pair && base == Base::None && !text.has(e, &["祝", "以外"])).then_some((Day::Weekday(w), e));
    }
    if text.at(p) == '第' {
        return nth(text, p);
    }
    if !next
        && matches!(base, Base::None | Base::Month(_) | Base::MonthOffset(_))
        && let Some(found) = month_part(text, p, base)
    {
        return Some(found);
    }
    numbered(text, p, base)
}

fn weekend(text: &Text, p: usize, base: Base) -> Option<(Day, usize)> {
    if matches!(base, Base::Month(_) | Base::MonthOffset(_)) {
        return None;
    }
    if let Base::Week(_) = base
        && let Some(e) = text.lit(p, "末").filter(|_| text.before(p) == '週' || crate::text::is_hiragana(text.before(p)))
    {
        return Some((Day::Weekend, e));
    }
    let e =
        text.any(p, &["週末", "しゅうまつ", "土曜日曜", "土曜と日曜", "土曜日と日曜日", "土曜日と日曜", "土曜日日曜日", "土日", "どにち", "土・日", "土、日"])?;
    let before = text.before(p);
    let alone = !text.has(e, &["祝", "月", "休", "以外", "ごと", "ならでは", "営業", "用"])
        && !matches!(before, '毎' | '金' | '木' | '・')
        && (text.at(p) == 'し' || text.at(p) == 'ど' || !is_kanji(before) || before == '週' || before == '度' || before == '来');
    let kana = crate::text::is_hiragana(text.at(p)) && !kana_boundary(before);
    (alone && !kana).then_some((Day::Weekend, e))
}

fn nth(text: &Text, p: usize) -> Option<(Day, usize)> {
    let n = number::at(text, p + 1)?;
    let k = u32::try_from(n.value).ok().filter(|k| (1..=5).contains(k))?;
    let q = text.tie(text.any(n.end, &["週"]).unwrap_or(n.end));
    let recurring = text.preceded(p, &["毎月", "毎月の", "毎週"], 0);
    if let Some((w, e)) = weekday::at(text, q) {
        return (!recurring).then_some((Day::Nth(k, w), e));
    }
    if let Some(w) = weekday::of_letter(text.at(q)).filter(|_| !is_kanji(text.at(q + 1)) && text.at(q + 1) != '・' && q == n.end) {
        return (!recurring).then_some((Day::Nth(k, w), q + 1));
    }
    let alone = n.end == text.len() || text.has(n.end, &["で", "に", "じゃ", "です", "。", "の", "、"]);
    alone.then_some((Day::NthOnly(k), n.end))
}

/// 末, 上旬 and so on at `p`.
fn month_part(text: &Text, p: usize, base: Base) -> Option<(Day, usize)> {
    if base == Base::None {
        if let Some(e) = text.any(p, &["月末", "げつまつ"]).filter(|_| !is_kanji(text.before(p)) && !number::starts(text.before(p))) {
            return Some((Day::End, e));
        }
    } else if let Some(e) = text.any(p, &["末日", "末", "最終日", "まつ", "晦日", "月末"]).filter(|e| !text.has(*e, &["っ", "尾", "端"])) {
        return Some((Day::End, e));
    }
    let (k, e) = table(text, p, &[("上旬", 0), ("初旬", 0), ("中旬", 1), ("下旬", 2), ("じょうじゅん", 0), ("ちゅうじゅん", 1), ("げじゅん", 2)])?;
    (base != Base::None || text.word_start(p)).then_some((Day::Third(k), e))
}

/// N日 and the kana names.
fn numbered(text: &Text, p: usize, base: Base) -> Option<(Day, usize)> {
    let month = matches!(base, Base::Month(_) | Base::MonthOffset(_));
    if matches!(base, Base::Week(_)) {
        return None;
    }
    if let Some((word, d, needs, e)) = KANA_DAYS.iter().find_map(|(w, d, n)| Some((w, *d, *n, text.lit(p, w)?))) {
        let boundary = month || text.word_start(p);
        let other = text.has(e, &["間", "かん", "後", "前", "ぶり", "ほど", "くらい", "ぐらい", "以", "目", "め", "も", "おき", "ごと", "ね"]);
        // 「ようかの十一時」 can be nothing else.
        let timed = text.lit(e, "の").is_some_and(|q| crate::time::hour(text, q, true).is_some());
        let ambiguous = needs && !month && !timed || *word == "とうか";
        let particle = !crate::text::is_hiragana(text.at(e))
            || text.has(e, &["に", "の", "から", "まで", "は", "で", "が", "を", "と", "か", "じゃ", "いや", "あ", "だ", "って", "ご", "ゆ", "よる", "なん"]);
        return (boundary && !ambiguous && particle && (month || !other)).then_some((Day::Num(d), e));
    }
    let (value, end, width) = match number::at(text, p) {
        Some(n) if n.thousandths == 0 => (n.value, n.end, n.width),
        Some(_) => return None,
        None => {
            let (v, e) = kana_number(text, p, &["にち"]).filter(|(v, _)| *v > 10)?;
            (v, e, 0)
        }
    };
    let d = u32::try_from(value).ok().filter(|d| (1..=31).contains(d))?;
    // 「二三日」「2、3日」: a few days.
    let few = !month && (crate::scan::about(text, p, end) || matches!(text.before(p), '、' | ',') && p >= 2 && number::starts(text.at(p - 2)));
    if few {
        return None;
    }
    if matches!(text.before(p), '0'..='9' | '.' | '/' | '第' | '数' | HIDDEN) && !month {
        return None;
    }
    let e = match text.any(end, &["日", "にち", "号", "號", "일"]).filter(|e| text.at(*e - 1) != '号' && text.at(*e - 1) != '號' || month) {
        Some(e) => e,
        // 「7〜9日」: the first number borrows the 日 of the second.
        None if width <= 2
            && matches!(text.at(end), '~' | '-' | '・' | '、' | ',')
            && number::at(text, end + 1).is_some_and(|n| {
                text.at(n.end) == '日'
                    && !text.has(n.end, &["日間", "日後", "日前", "日以", "日ほど", "日く", "日ぐ", "日も", "日待", "日お", "日ご"])
                    && n.value > value
                    && n.value <= 31
            }) =>
        {
            return (month || text.at(end) != '、').then_some((Day::Num(d), end));
        }
        None => return None,
    };
    if text.has(e, &["間", "目", "曜"]) || !month && !bare_day(text, p, e, value) {
        return None;
    }
    Some((Day::Num(d), e))
}

/// Whether 「N日」 with no month is a day of the month and not a number of days.
fn bare_day(text: &Text, p: usize, e: usize, value: u64) -> bool {
    let counted = text.has(
        e,
        &[
            "後", "以内", "以上", "以下", "未満", "ほど", "くらい", "ぐらい", "程", "おき", "ごと", "毎", "分", "中", "連", "続", "坊", "酔", "市", "町", "月",
            "待", "も", "経", "た", "かけ", "かか", "寝", "置", "券", "乗", "遅", "早", "で届", "で直", "で治", "でなお", "で終", "で乾", "でき", "で着",
            "で出来", "で済", "で戻", "に一", "に1", "に2", "に何", "休", "天", "本", "系", "余", "弱", "強", "ぶり", "ずつ", "あたり", "当た", "につき",
            "あれば", "あったら", "働", "泊", "一回", "1回", "二回", "2回", "3回", "三回", "分の", "前", "まえ", "ご飯", "数", "過ぎても", "すぎても",
        ],
    ) && !text.has(
        e,
        &[
            "前後", "中に", "午前", "も午", "も使", "もお願", "も行", "も予", "もと", "早朝", "早い", "連れ", "続いて", "本庁", "ためし", "待ち合", "ただ",
            "たの", "たぶん", "たし", "待って",
        ],
    );
    let measured = text.preceded(
        p,
        &[
            "あと", "丸", "まる", "約", "もう", "ここ", "この", "毎月", "毎月の", "毎年", "数", "残り", "たった", "週に", "月に", "およそ", "最低", "最大",
            "最短", "最長", "中", "毎",
        ],
        0,
    );
    // 「週5日」, but 「今週5日」 is a day.
    let weekly = text.before(p) == '週' && !text.preceded(p, &["今週", "来週", "先週"], 0);
    // 一日 is as often a whole day as the first.
    let first = value == 1
        && !text.has(
            e,
            &["に", "から", "の", "まで", "は", "で", "、", "。", "じゃ", "午", "夜", "朝", "(", "以降", "~", "と", "か", "です", "が", "を", " ", "夕"],
        )
        && e < text.len();
    let whole_day = value == 1
        && (text.has(
            e,
            &[
                "に何", "で終", "の間", "の予定は", "が長", "の流れ", "のスケ", "の利用料", "の料金", "の使用料", "の量", "の摂", "の上限", "の始まり",
                "の終わり", "のうち", "の定員", "の長", "の生活", "の回数", "の中で", "の疲れ", "の処理", "に二", "が終わ", "がかり", "がつぶ", "に飲", "の歩",
            ],
        ) || text.preceded(p, &["ある", "いい", "もう", "良い", "長い", "今日", "とある", "ちょうど"], 0));
    !(counted || measured || weekly || first || whole_day)
}

/// 中 and its like after a week or month; 来週 alone names no day.
fn whole(text: &Text, end: usize) -> Option<usize> {
    let p = if text.at(end) == 'の' { end + 1 } else { end };
    text.any(p, &["どこか", "どっか", "いつか", "いずれか", "うち", "間に", "いつでも"])
        .or_else(|| text.any(end, &["中", "ちゅう", "じゅう", "いっぱい"]).filter(|e| !text.has(*e, &["旬", "頃", "盤", "学", "止", "心", "央", "国"])))
}

/// 「(木)」「木曜日」 after a date say it again.
pub(crate) fn same_weekday(text: &Text, end: usize) -> usize {
    let p = text.blank(end);
    if let Some(e) = weekday::bracketed(text, p) {
        return e;
    }
    let p = text.pause(p);
    let p = text.lit(p, "の").unwrap_or(p);
    match weekday::at(text, p) {
        Some((_, e)) if text.at(p) != 'か' => e,
        _ => end,
    }
}
