//! Reads parts of the day, clock times and lengths.

use crate::number;
use crate::text::{Text, is_hiragana, is_kanji, is_katakana, kana_boundary};

/// A part of the day. It narrows a search, and settles am or pm for a clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// 朝, 早朝: settles am, has no range of its own.
    Early,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    /// 今夜: the rest of the day.
    Tonight,
    /// 深夜: settles the hour, has no range of its own.
    Late,
}

/// An hour as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    /// `07:30`: written on the 24-hour clock.
    pub(crate) padded: bool,
}

/// A time as it was said; at least one of the two is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Said {
    pub(crate) part: Option<Part>,
    pub(crate) hour: Option<Hour>,
    pub(crate) about: bool,
}

#[rustfmt::skip]
const PARTS: &[(&str, Part)] = &[
    ("午前中", Part::Morning), ("午前", Part::Morning), ("ごぜん", Part::Morning), ("午後", Part::Afternoon), ("ごご", Part::Afternoon), ("お昼前", Part::Early), ("お昼", Part::Noon), ("おひる", Part::Noon), ("昼前", Part::Early), ("昼", Part::Noon), ("夕方", Part::Evening), ("夕刻", Part::Evening), ("ゆうがた", Part::Evening), ("夕", Part::Evening),
    ("真夜中", Part::Late), ("夜中", Part::Late), ("深夜", Part::Late), ("夜遅く", Part::Night), ("夜間", Part::Night), ("夜", Part::Night), ("よる", Part::Night), ("晩", Part::Night), ("早朝", Part::Early), ("明け方", Part::Early), ("未明", Part::Early), ("朝方", Part::Early), ("朝", Part::Early), ("あさ", Part::Early),
];

/// A day word that says the part of the day too.
pub(crate) fn of_day_word(text: &Text, i: usize) -> Option<Part> {
    if text.has(i, &["今夜", "今晩", "こんや", "明晩", "今宵"]) {
        return Some(Part::Tonight);
    }
    if text.has(i, &["昨夜", "昨晩", "ゆうべ", "夕べ", "一昨夜", "一昨晩"]) {
        return Some(Part::Late);
    }
    if text.has(i, &["今夕"]) {
        return Some(Part::Evening);
    }
    text.has(i, &["今朝", "けさ", "明朝"]).then_some(Part::Early)
}

/// A time at `i`.
pub(crate) fn at(text: &Text, i: usize) -> Option<(Said, usize)> {
    if let Some((part, end)) = part(text, i) {
        if let Some(found) = after_part(text, part, end) {
            return Some(found);
        }
        let own_range = !matches!(part, Part::Early | Part::Late);
        return (own_range && alone(text, i, end)).then_some((Said { part: Some(part), ..Said::default() }, end));
    }
    hour(text, i, false).map(|(h, end)| finish(text, None, h, end))
}

/// The clock time that follows a part of the day.
pub(crate) fn after_part(text: &Text, part: Part, end: usize) -> Option<(Said, usize)> {
    let p = text.tie(end);
    let p = text.any(p, &["遅く、", "遅くの", "遅く", "早く", "一番の", "中の"]).unwrap_or(p);
    let p = text.any(p, &["だいたい", "大体", "およそ", "たぶん", "ちょうど", "から、", "は"]).unwrap_or(p);
    let (h, e) = hour(text, text.tie(p), true)?;
    Some(finish(text, Some(part), h, e))
}

fn finish(text: &Text, part: Option<Part>, hour: Hour, end: usize) -> (Said, usize) {
    let about = text.any(end, &["ごろ", "頃", "ころ", "くらい", "ぐらい", "前後", "過ぎ", "すぎ"]);
    let exact = text.any(end, &["ちょうど", "ジャスト", "きっかり", "ぴったり", "丁度"]);
    (Said { part, hour: Some(hour), about: about.is_some() }, about.or(exact).unwrap_or(end))
}

fn part(text: &Text, i: usize) -> Option<(Part, usize)> {
    let c = text.at(i);
    let before = text.before(i);
    if c.is_ascii_alphabetic() {
        let end = text.any(i, &["am", "a.m.", "pm", "p.m."]).filter(|_| !before.is_ascii_alphanumeric())?;
        let p = text.blank(end);
        let part = if c == 'a' { Part::Morning } else { Part::Afternoon };
        return number::at(text, p).is_some_and(|n| n.thousandths == 0 && n.value <= 12).then_some((part, end));
    }
    if !(is_kanji(c) || matches!(c, 'ご' | 'お' | 'ゆ' | 'よ' | 'あ')) {
        return None;
    }
    let (part, end) = PARTS.iter().find_map(|(w, p)| Some((*p, text.lit(i, w)?)))?;
    if is_hiragana(c) && text.at(i + 1) != '昼' {
        if !kana_boundary(before) {
            return None;
        }
        // よる and あさ are also other words; they need an hour.
        if matches!(c, 'よ' | 'あ') && hour(text, text.tie(end), true).is_none() {
            return None;
        }
    }
    Some((part, end))
}

/// Whether the word is itself and no part of a longer one (夜勤, 昼食, 夜間診療).
fn alone(text: &Text, i: usize, end: usize) -> bool {
    let (before, next, c) = (text.before(i), text.at(end), text.at(i));
    let tied = is_kanji(before) && !"日曜末週月後今前旬木金土火水".contains(before) || is_katakana(before) && c == '夕';
    let after = match c {
        '午' | 'ご' => !text.has(end, &["休", "診", "様", "部", "授", "時", "半", "便", "枠", "の紅茶", "の部のみ"]),
        _ if text.preceded(i, &["朝から", "朝も"], 0) => false,
        '夜' if end - i == 2 => !text.has(
            end,
            &[
                "診", "救", "窓", "休", "急", "外", "対", "受付", "工", "照", "専", "金", "保", "開放", "営", "勤", "・休", "・救", "部", "訪", "騒", "飛",
                "学", "・", "や休", "パト", "バス",
            ],
        ),
        '夜' => {
            let goes = next != '行' || matches!(text.at(end + 1), 'き' | 'く' | 'っ' | 'け' | 'こ' | 'い');
            goes && !text.has(
                end,
                &[
                    "勤", "景", "桜", "道", "泣", "空", "更", "市", "明", "食", "学", "尿", "逃", "店", "這", "半", "露", "警", "盲", "想", "曲", "具", "着",
                    "襲", "祭", "型", "型", "ふか", "さん", "なべ", "な夜", "な夜な", "も寝", "も眠", "眠れ", "間", "通し", "驚", "回り",
                ],
            )
        }
        '昼' | 'お' => !text.has(
            end,
            &[
                "食", "休", "寝", "夜", "間", "飯", "ご飯", "ごはん", "御飯", "ドラ", "過ぎ", "すぎ", "めし", "下がり", "さがり", "の弁", "のチャイム",
                "のおかず", "やすみ", "ね",
            ],
        ),
        '晩' => !text.preceded(i, &["前の", "その"], 0) && !text.has(end, &["ご飯", "ごはん", "御飯", "酌", "飯", "年", "秋", "夏", "冬", "婚", "成"]),
        '夕' => end - i > 1 && !text.has(end, &["のニュース"]),
        _ => true,
    };
    !tied && after
}

/// A clock time at `i`. With a part of the day before it, weaker signs suffice.
pub(crate) fn hour(text: &Text, i: usize, sure: bool) -> Option<(Hour, usize)> {
    if let Some(end) = text.any(i, &["正午", "しょうご"]).filter(|_| text.at(i) == '正' || text.word_start(i)) {
        return Some((Hour { hour: 12, minute: 0, padded: true }, end));
    }
    let c = text.at(i);
    if number::starts(c) {
        let n = number::at(text, i)?;
        let before = text.before(i);
        if n.value > 30 || n.thousandths > 0 || before.is_ascii_digit() || matches!(before, ':' | '.' | '第' | '-') && !sure && !text.at(i).is_ascii_digit() {
            return None;
        }
        let hour = u32::try_from(n.value).ok()?;
        if n.arabic
            && text.at(n.end) == ':'
            && let Some(minute) = two_digits(text, n.end + 1)
        {
            let end = n.end + 3;
            let end = if text.at(end) == ':' && two_digits(text, end + 1).is_some() { end + 3 } else { end };
            return (minute < 60 && before != ':').then_some((Hour { hour, minute, padded: n.zero_led }, end));
        }
        if let Some(end) = text.lit(n.end, "時").or_else(|| text.lit(n.end, "じ").filter(|e| kana_time_follows(text, *e))) {
            return hour_sign(text, end, n.value, sure, n.arabic).then(|| minutes(text, hour, end, n.zero_led && n.width == 2));
        }
        // 「13-15時」「1時」 said once for both ends.
        let sep = text.any(n.end, &["~", "-", "から"])?;
        let next = number::at(text, text.blank(sep))?;
        let shared = text.at(next.end) == '時' && text.at(next.end + 1) != '間' && next.value <= 24 && next.value != n.value && n.width <= 2;
        return (shared && hour <= 24).then_some((Hour { hour, minute: 0, padded: false }, n.end));
    }
    if !(is_hiragana(c) || is_katakana(c)) || !(sure || text.word_start(i)) {
        return None;
    }
    let (value, end) = number::kana_at(text, i).into_iter().find_map(|(v, e)| {
        let kanji = text.lit(e, "時").filter(|e| text.at(*e) != '間');
        let kana = text.lit(e, "じ").filter(|e| kana_time_follows(text, *e));
        Some((v, kanji.or(kana)?))
    })?;
    // にじ (rainbow), しじ, ごじ, くじ: without a part of the day only a clear ending makes a time of them.
    let clear = text.has(text.blank(end), &["はん", "半", "から", "まで", "ごろ", "ころ", "頃", "ちょうど", "さん", "じゅ", "よん", "にじゅ", "ご"]);
    let weak = !sure
        && !clear
        && (matches!(c, 'く' | 'し' | 'ご' | 'よ' | 'に') && text.at(i + 1) == 'じ'
            || text.has(i, &["きゅうじ"])
            || !text.has(end, &["に", "で", "です", "の", "、", "。", "と", " "]) && end < text.len());
    (value <= 24 && !weak).then(|| minutes(text, u32::try_from(value).unwrap_or(0), end, false))
}

fn kana_time_follows(text: &Text, end: usize) -> bool {
    !(is_hiragana(text.at(end)) || is_katakana(text.at(end)))
        || text.has(
            end,
            &[
                "はん", "ころ", "ごろ", "から", "まで", "に", "で", "と", "です", "の", "さ", "ちょう", "す", "ぐ", "く", "いや", "だ", "じゃ", "じゅ", "よ",
                "いこう", "を",
            ],
        )
}

/// Whether 時 after a number says a clock time: not 時間, 時期, 一時的 ...
fn hour_sign(text: &Text, end: usize, value: u64, sure: bool, arabic: bool) -> bool {
    if value > 24
        || text.has(end, &["間", "限", "代", "期", "計", "点", "給", "差", "刻", "速", "短", "的", "雨", "折", "価", "効", "節", "報", "系", "のニュース"])
    {
        return false;
    }
    // 一時 is first of all "for a while".
    if value == 1 && !sure {
        return text.has(
            end,
            &[
                "半", "はん", "から", "まで", "ごろ", "頃", "ころ", "に", "で", "、", "。", "過ぎ", "すぎ", "ちょうど", "です", "じゃ", "と", "か", "前",
                "以降", "~", "-", " ", "スタート", "開始", "集合", "の予", "の回", "くらい", "ぐらい",
            ],
        ) || end == text.len()
            || number::starts(text.at(end))
            || arabic && !is_kanji(text.at(end));
    }
    true
}

fn two_digits(text: &Text, i: usize) -> Option<u32> {
    let (a, b) = (text.at(i).to_digit(10)?, text.at(i + 1).to_digit(10)?);
    (!text.at(i + 2).is_ascii_digit()).then_some(a * 10 + b)
}

fn minutes(text: &Text, hour: u32, end: usize, padded: bool) -> (Hour, usize) {
    let p = text.pause(end);
    let p = if p > end && !number::starts(text.at(p)) { end } else { p };
    let half = text.any(end, &["半", "はん", "ハン"]).filter(|e| !text.has(*e, &["額", "年", "日", "数", "分の", "面", "月"]));
    if let Some(e) = half {
        return (Hour { hour, minute: 30, padded }, e);
    }
    if let Some(n) = number::at(text, p).filter(|n| n.value < 60 && n.thousandths == 0) {
        let minute = u32::try_from(n.value).unwrap_or(0);
        if let Some(e) = text.any(n.end, &["分", "ふん", "ぷん"]).filter(|e| !text.has(*e, &["間", "だけ", "の1", "の一"])) {
            return (Hour { hour, minute, padded }, e);
        }
        if p == end
            && n.width == 2
            && n.arabic
            && (n.end == text.len() || text.has(n.end, &["から", "まで", "~", "-", "に", "で", "、", "。", " ", "です", "ごろ", "頃", "の", "と"]))
        {
            return (Hour { hour, minute, padded }, n.end);
        }
    } else if is_hiragana(text.at(p)) || is_katakana(text.at(p)) {
        let kana = number::kana_at(text, p).into_iter().find_map(|(v, e)| Some((v, text.any(e, &["ふん", "ぷん", "分"])?)));
        if let Some((v, e)) = kana.filter(|(v, _)| *v < 60) {
            return (Hour { hour, minute: u32::try_from(v).unwrap_or(0), padded }, e);
        }
    }
    (Hour { hour, minute: 0, padded }, end)
}

/// A length in minutes: 「2時間半」「90分」. `value` is the number that ends at `end` and starts at `i`.
pub(crate) fn length(text: &Text, i: usize, value: u64, thousandths: u32, end: usize) -> Option<(u32, usize)> {
    let value = u32::try_from(value).ok().filter(|v| *v <= 6_000)?;
    if text.preceded(i, &["1日", "一日", "毎日", "週に", "日に", "1日に", "腹", "村"], 0)
        || matches!(text.before(i), '小' | '第' | '築' | '時' | '部' | '.' | '/' | '毎' | '数')
    {
        return None;
    }
    let elapsed = [
        "後", "前", "おき", "ごと", "毎", "遅", "に1", "に一", "に2", "待ち", "目", "外", "帯", "割", "営業", "体制", "対応", "以内に着", "ぶり", "早", "経",
        "たって", "圏", "あたり", "当たり", "かか", "くらいかか", "ぐらいかか", "ほどかか", "はかか", "もかか", "ほど早", "ほど遅", "くらい早", "くらい遅",
        "ぐらい早", "ぐらい遅", "ずら", "ほどずら", "くらいずら", "繰",
    ];
    if far(text, i) {
        return None;
    }
    if let Some(e) = text.any(end, &["時間", "じかん"]) {
        if text.has(e, &elapsed) || value > 100 {
            return None;
        }
        let mut minutes = value * 60 + thousandths * 60 / 1_000;
        let mut to = e;
        let p = text.pause(text.any(e, &["と"]).unwrap_or(e));
        if let Some(h) = text.any(e, &["半", "はん"]) {
            (minutes, to) = (minutes + 30, h);
        } else if let Some(n) = number::at(text, p).filter(|n| n.value < 60)
            && let Some(m) = text.any(n.end, &["分", "ふん", "ぷん"])
        {
            (minutes, to) = (minutes + u32::try_from(n.value).unwrap_or(0), m);
        }
        if text.has(to, &elapsed) {
            return None;
        }
        let to = text.lit(to, "間").unwrap_or(to);
        return (minutes > 0).then_some((minutes, to));
    }
    let e = text.any(end, &["分間", "分", "ふんかん", "ふん", "ぷんかん", "ぷん", "min"])?;
    if thousandths > 0 || value == 0 || value > 1_440 || text.has(e, &elapsed) {
        return None;
    }
    // 十分 (enough), 三分の一, 五分咲き, 第3分団, 2分別.
    let names = text.has(
        e,
        &[
            "の1", "の一", "の2", "の二", "の3", "の三", "別", "類", "団", "署", "館", "室", "校", "割", "解", "野", "散", "担", "咲", "丈", "け", "か", "析",
            "譲", "岐", "袖", "離", "粥", "がゆ", "づき", "つき", "搗",
        ],
    ) && !text.has(e, &["から", "かん", "かけ", "かり", "けど"]);
    let enough = value == 10
        && text.at(i) == '十'
        && text.at(e - 1) == '分'
        && !text.has(e, &["だけ", "ほど", "くらい", "ぐらい", "程", "間", "ばかり", "以", "の休", "を", "ずつ", "から", "単"])
        && text.before(i) != '間';
    let fee = text.at(end) == '分' && text.preceded(i, &["人", "枚", "月"], 0);
    let within = text.has(e, &["以内"]);
    (!names && !enough && !fee && !within).then_some((value, e))
}

/// 「駅から5分」「海まで3分」: how far something is. 「10時から30分」 is not.
fn far(text: &Text, i: usize) -> bool {
    let mut p = i;
    for word in ["約", "およそ", "だいたい", "も", "たった", "ほんの"] {
        let n = word.chars().count();
        if p >= n && text.lit(p - n, word).is_some() {
            p -= n;
        }
    }
    let by = [
        "バスですと", "車ですと", "タクシーですと", "レンタカーで", "バイクで", "電車ですと", "徒歩ですと", "足で", "車だと", "徒歩だと", "バスだと",
        "自転車だと", "歩くと",
    ];
    if text.preceded(p, &by, 0) {
        return true;
    }
    let before = if text.preceded(p, &["から", "まで"], 0) { text.before(p - 2) } else { return false };
    !(number::starts(before) || "時半分前後方昼夜朝日晩午じんち、 しでっ".contains(before) || before == '\0' || before == crate::text::HIDDEN)
}

/// A length in days: 「3日間」「1週間」「2泊3日」.
pub(crate) fn days(text: &Text, i: usize, value: u64, end: usize) -> Option<(u32, usize)> {
    let value = u32::try_from(value).ok().filter(|v| (1..=400).contains(v))?;
    if let Some(p) = text.lit(end, "泊") {
        if let Some(n) = number::at(text, p)
            && let Some(e) = text.lit(n.end, "日")
        {
            return Some((u32::try_from(n.value).ok()?, text.lit(e, "間").unwrap_or(e)));
        }
        return Some((value + 1, p));
    }
    if text.before(i) == '第' {
        return None;
    }
    if let Some(e) = text.any(end, &["日間", "日かん", "にちかん"]) {
        return (!text.has(e, &["以内", "前", "後"])).then_some((value, e));
    }
    let e = text.any(end, &["週間", "しゅうかん"])?;
    (!text.has(e, &["以内", "前", "後", "に", "おき", "ごと", "待"])).then_some((value * 7, e))
}
