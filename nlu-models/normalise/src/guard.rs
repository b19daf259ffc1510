//! Takes out of sight what only looks like a value.

use crate::number;
use crate::text::Text;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Words in the same sentence that make quoted words a title.
const TITLE_WORDS: &[&str] = &[
    "本", "貸", "延長", "返却", "小説", "番組", "映画", "絵本", "図書", "借り", "置いて", "読", "作者", "新刊", "テレビ", "ドラマ", "漫画", "雑誌",
    "ありますか", "という", "って題", "作品", "dvd", "cd", "曲", "歌", "上映", "展",
];

/// Set words by their first character.
static BY_FIRST: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let mut table: HashMap<char, Vec<&'static str>> = HashMap::new();
    let lines = include_str!("set_words.txt").lines().filter(|line| !line.starts_with("# "));
    for word in lines.flat_map(str::split_whitespace) {
        if let Some(first) = word.chars().next() {
            table.entry(first).or_default().push(word);
        }
    }
    for words in table.values_mut() {
        words.sort_by_key(|w| std::cmp::Reverse(w.len()));
    }
    table
});

/// Hides titles, set words, street numbers and ages of things that are no age.
pub(crate) fn hide(text: &mut Text) {
    titles(text);
    let mut i = 0;
    while i < text.len() {
        if let Some(end) = BY_FIRST.get(&text.at(i)).and_then(|words| text.any(i, words)).filter(|_| whole_word(text, i)) {
            let from = checkup_start(text, i);
            text.hide(from, end);
            i = end;
        } else if let Some(end) = numbered(text, i) {
            text.hide(i, end);
            i = end;
        } else if number::starts(text.at(i)) {
            i = number::at(text, i).map_or(i + 1, |n| n.end);
        } else {
            i += 1;
        }
    }
}

/// A set word that starts with a number must not start inside a longer one: 「二十一日中」 is not 「一日中」.
fn whole_word(text: &Text, i: usize) -> bool {
    let (before, c) = (text.before(i), text.at(i));
    let inside_number = number::starts(c) && (number::starts(before) || before == '.' || before == '第' && c != '九');
    let month = before == '月' && number::starts(c) && !matches!(c, '一' | '1');
    let relative = c == '一' && text.preceded(i, &["月", "月の"], 0) && text.has(i, &["一日"]);
    !inside_number && !month && !relative
}

/// 「1歳6か月健診」: the number belongs to the name.
fn checkup_start(text: &Text, i: usize) -> usize {
    if !matches!(text.at(i), 'か' | 'ヶ' | 'カ' | '歳') {
        return i;
    }
    let mut from = i;
    while from > 0 && i - from < 8 && (number::starts(text.at(from - 1)) || matches!(text.at(from - 1), '歳' | '・' | 'か' | '月')) {
        from -= 1;
    }
    from
}

/// Numbers that name a thing: 第5会議室, 3丁目2番1号, 203号室, 3年2組, 築35年, 徒歩10分, 国道1号.
fn numbered(text: &Text, i: usize) -> Option<usize> {
    match text.at(i) {
        '第' => ordinal_name(text, i),
        '築' => number::at(text, text.pause(i + 1)).and_then(|n| text.any(n.end, &["年"])),
        '徒' | '歩' | '車' | '駅' | '自' | 'バ' | '電' | '走' | '片' | 'タ' | '所' => walking(text, i),
        'v' | 'ｖ' => None,
        c if number::starts(c) => {
            let n = number::at(text, i)?;
            let mut end = text.any(n.end, &["丁目"])?;
            // A street address: everything numeric after 丁目.
            loop {
                let p = text.any(end, &["の", "-", " "]).unwrap_or(end);
                let Some(next) = number::at(text, p) else { return Some(end) };
                match text.any(next.end, &["番地", "番", "号室", "号"]) {
                    Some(e) => end = e,
                    None if p == end || text.at(p - 1) == '-' => end = next.end,
                    None => return Some(end),
                }
            }
        }
        _ => None,
    }
}

/// 第5会議室, 第2日曜 is not one: hides 第N unless a weekday follows.
fn ordinal_name(text: &Text, i: usize) -> Option<usize> {
    let n = number::at(text, i + 1)?;
    let p = text.tie(n.end);
    let weekday = crate::weekday::of_letter(text.at(p)).is_some() && (text.at(p + 1) == '曜' || !crate::text::is_kanji(text.at(p + 1)));
    let list = text.has(n.end, &["・", "、", "と", "土日", "週"]);
    if weekday || list || text.has(n.end, &["候補", "希望", "志望", "で", "に", "を", "じゃ", "が", "です", "。"]) || n.end == text.len() {
        return None;
    }
    Some(n.end + usize::from(matches!(text.at(n.end), '回' | '号' | '条' | '部' | '話' | '番' | '分' | '日' | '月' | '人' | '次' | '期')))
}

const WAYS: &[&str] = &[
    "徒歩で", "徒歩", "歩いて", "歩き", "車で", "駅から", "駅まで", "自転車で", "自転車", "バスで", "電車で", "走って", "片道", "タクシーで", "所要時間は",
    "所要時間", "所要", "バスに乗って", "電車に乗って", "車なら",
];

/// How far something is: 徒歩10分, 車で1時間.
fn walking(text: &Text, i: usize) -> Option<usize> {
    let mut p = text.any(i, WAYS)?;
    for _ in 0..3 {
        p = text.any(p, &["約", "およそ", "だいたい", "たった", "大体", "、", " ", "も", "は", "ほんの", "せいぜい", "で"]).unwrap_or(p);
    }
    let n = number::at(text, p)?;
    let mut end = text.any(n.end, &["分", "時間", "秒"])?;
    if text.at(end) == '半' {
        end += 1;
    } else if let Some(m) = number::at(text, end) {
        end = text.lit(m.end, "分").unwrap_or(end);
    }
    Some(end)
}

/// 『…』 always, 「…」 where a title is talked about.
fn titles(text: &mut Text) {
    let about = text.within(0, text.len(), TITLE_WORDS);
    let mut i = 0;
    while i < text.len() {
        let close = match text.at(i) {
            '『' => '』',
            '「' if about => '」',
            '《' => '》',
            _ => {
                i += 1;
                continue;
            }
        };
        match (i + 1..text.len().min(i + 80)).find(|k| text.at(*k) == close) {
            Some(end) => {
                let label = text.preceded(i, &["番号", "番号は", "電話は", "連絡先は"], 0);
                if !label {
                    text.hide(i + 1, end);
                }
                i = end + 1;
            }
            None => i += 1,
        }
    }
}
