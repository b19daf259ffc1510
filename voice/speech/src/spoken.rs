//! Written words as they are said: numbers of telephones digit by digit, no addresses of pages, signs as words.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// The words for what was found.
type Said = fn(&Captures<'_>) -> String;

struct Rule {
    written: Regex,
    said: Said,
}

/// In this order: what is more particular first.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rules: [(&str, Said); 20] = [
        (r"https?://[!-~]+", |_| String::new()),
        (r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", |c| c[0].replace('@', "アットマーク").replace('.', "ドット")),
        // Telephone numbers, postal codes: group by group.
        (r"(?-u:\b)0\d{1,4}[-ー]\d{1,4}[-ー]\d{3,4}(?-u:\b)", |c| grouped(&c[0])),
        (r"〒?(\d{3})-(\d{4})(?-u:\b)", |c| grouped(&format!("{}-{}", &c[1], &c[2]))),
        (r"#(\d{4})(?-u:\b)", |c| format!("シャープ{}", digits(&c[1]))),
        (r"(?-u:\b)(119|110|118|189|171|188|104|117|177)(番|に|へ|を|、|。|（|$)", |c| format!("{}{}", digits(&c[1]), &c[2])),
        (r"(?-u:\b)(\d{4})-(\d{1,2})-(\d{1,2})(?-u:\b)", |c| format!("{}年{}月{}日", &c[1], bare(&c[2]), bare(&c[3]))),
        (r"(?-u:\b)(\d{1,2}):(\d{2})(?-u:\b)", |c| if &c[2] == "00" { format!("{}時", bare(&c[1])) } else { format!("{}時{}分", bare(&c[1]), bare(&c[2])) }),
        (r"(時|分|日|月|火|水|木|金|土)\s*[-－~～〜–]\s*", |c| format!("{}から", &c[1])),
        (r"(?-u:\b)(月|火|水|木|金|土|日)から(月|火|水|木|金|土|日)(?:(?-u:\b)|\s)", |c| format!("{}曜から{}曜、", &c[1], &c[2])),
        (r"(\d),(\d{3})", |c| format!("{}{}", &c[1], &c[2])),
        // Numbers that count nothing are receipts and the like.
        (r"[A-Z]?-?\d{5,}(円|人|件|名|世帯|メートル|m|km|kg|歳|点|票|個|枚|本|冊|%|％|万|億)?", |c| if c.get(1).is_some() { c[0].to_owned() } else { grouped(&in_fours(&c[0])) }),
        (r"(丁目|\d)\s*[-－](\d{1,4})", |c| format!("{}の{}", &c[1], &c[2])),
        (r"-(\d{1,4})(?-u:\b)", |c| format!("の{}", &c[1])),
        (r"(\d)\s?(km|kg|cm|mm|m|L|%|％)", |c| format!("{}{}", &c[1], unit(&c[2]))),
        (r"[~～〜]", |_| "から".to_owned()),
        (r"^[・■□●○◆▼※\-＊*\s]+", |_| String::new()),
        (r"[（(【『「]", |_| "、".to_owned()),
        (r"[）)】』」]", |_| "、".to_owned()),
        (r"[：:→／/|｜]", |_| "、".to_owned()),
    ];
    rules.into_iter().filter_map(|(written, said)| Some(Rule { written: Regex::new(written).ok()?, said })).collect()
});

/// What a speaker would say for what is written.
pub fn spoken(sentence: &str) -> String {
    // Full-width digits and letters as the rules know them; nothing else is folded.
    let narrow = |c: char| match c {
        '！'..='～' if c.is_alphanumeric() => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    };
    let mut text: String = sentence.chars().map(narrow).collect();
    for rule in RULES.iter() {
        // A rule's own words may stand beside the next match, so it is applied until nothing changes; twice is enough.
        for _ in 0..2 {
            text = rule.written.replace_all(&text, rule.said).into_owned();
        }
    }
    text.replace("、、", "、").replace("、。", "。").trim_matches(['、', ' ', '　']).to_owned()
}

fn digits(number: &str) -> String {
    const NAMES: [&str; 10] = ["ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー"];
    number.chars().filter_map(|c| c.to_digit(10)).filter_map(|digit| NAMES.get(digit as usize)).copied().collect()
}

/// Groups with a breath between them.
fn grouped(number: &str) -> String {
    let group = |group: &str| {
        let letters: String = group.chars().filter(char::is_ascii_alphabetic).collect();
        format!("{letters}{}", digits(group))
    };
    number.split(['-', 'ー', '〒']).filter(|part| !part.is_empty()).map(group).collect::<Vec<_>>().join("、")
}

fn in_fours(number: &str) -> String {
    let mut out = String::new();
    for (n, c) in number.chars().filter(|c| *c != '-').enumerate() {
        if n > 0 && n % 4 == 0 {
            out.push('-');
        }
        out.push(c);
    }
    out
}

/// Without leading zeros.
fn bare(number: &str) -> &str {
    let bare = number.trim_start_matches('0');
    if bare.is_empty() { "0" } else { bare }
}

fn unit(unit: &str) -> &str {
    match unit {
        "km" => "キロメートル",
        "kg" => "キログラム",
        "cm" => "センチ",
        "mm" => "ミリ",
        "m" => "メートル",
        "L" => "リットル",
        _ => "パーセント",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_signs_are_said_as_people_say_them() {
        assert_eq!(RULES.len(), 20, "every rule is a right one");
        for (written, said) in [
            ("06-0000-1000へお電話ください。", "ゼロロク、ゼロゼロゼロゼロ、イチゼロゼロゼロへお電話ください。"),
            ("０１２０－１２３－４５６".replace('－', "-").as_str(), "ゼロイチニーゼロ、イチニーサン、ヨンゴーロク"),
            ("〒530-0001です", "ゴーサンゼロ、ゼロゼロゼロイチです"),
            ("今すぐ119番に", "今すぐイチイチキュー番に"),
            ("受付番号はA123456です", "受付番号はAイチニーサン、ヨンゴーロクです"),
            ("手数料は12,000円です", "手数料は12000円です"),
            ("くわしくは https://www.city.aoba.example/a?b=1 へ", "くわしくは  へ"),
            ("8:45-17:15", "8時45分から17時15分"),
            ("9:00～12:30", "9時から12時30分"),
            ("2026-12-01", "2026年12月1日"),
            ("さくら町3丁目2-5-101", "さくら町3丁目2の5の101"),
            ("・1、はい。", "1、はい。"),
            ("歩いて約300m", "歩いて約300メートル"),
            ("総合案内（本館1階）", "総合案内、本館1階"),
            ("湿度50%", "湿度50パーセント"),
        ] {
            assert_eq!(spoken(written), said, "{written}");
        }
    }
}
