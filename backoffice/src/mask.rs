//! Hides in lists what may be personal: long numbers, mail addresses, where in a town somebody lives, how somebody calls themselves.
//! The conversation itself shows all of it to whoever may see it.

const HIDDEN: &str = "●●●●";

/// Behind these words comes a name.
const NAME_AFTER: [&str; 6] = ["名前は", "氏名は", "名義は", "本人は", "世帯主は", "私の名は"];
/// Before these words stands a name.
const NAME_BEFORE: [&str; 5] = ["と申します", "ともうします", "といいます", "と言います", "と申す"];
/// A number before one of these is part of an address.
const LOT: [&str; 6] = ["丁目", "番地", "番館", "号室", "番", "号"];
/// No name is longer.
const LONGEST: usize = 12;

pub fn masked(text: &str) -> String {
    numbers(&names(&lots(text)))
}

/// Numbers as long as a phone's, mail addresses.
fn numbers(text: &str) -> String {
    let (mut out, mut run) = (String::new(), String::new());
    let flush = |run: &mut String, out: &mut String| {
        let digits = run.chars().filter(|c| c.is_numeric()).count();
        if digits >= 6 || run.contains('@') && run.len() > 3 { out.push_str(HIDDEN) } else { out.push_str(run) }
        run.clear();
    };
    for c in text.chars() {
        let part = c.is_ascii_alphanumeric() || c.is_numeric() || matches!(c, '@' | '.' | '-' | '_' | '+' | '－' | 'ー' | '‐' | '＠');
        if part {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn is_number(c: char) -> bool {
    c.is_numeric() || "一二三四五六七八九十".contains(c)
}

/// 「さくら町3丁目4番5号」「さくら町3-4-5」: the town may be read, the house not.
fn lots(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let end = address(&chars, at);
        if end > at {
            out.push_str(HIDDEN);
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the part of an address that begins here ends; here, where none begins.
fn address(chars: &[char], from: usize) -> usize {
    let (mut at, mut parts, mut named) = (from, 0, 0);
    loop {
        let digits = chars[at..].iter().take_while(|c| is_number(**c)).count();
        if digits == 0 || digits > 4 {
            break;
        }
        let rest = &chars[at + digits..];
        let unit = LOT.iter().find(|unit| rest.starts_with(&unit.chars().collect::<Vec<_>>()));
        let joined = rest.first().is_some_and(|c| "-－‐のノ".contains(*c)) && rest.get(1).is_some_and(|c| is_number(*c));
        match unit {
            Some(unit) => {
                (parts, named) = (parts + 1, named + 1);
                at += digits + unit.chars().count();
            }
            None if joined => {
                parts += 1;
                at += digits + 1;
            }
            None if parts > 0 => {
                parts += 1;
                at += digits;
                break;
            }
            None => break,
        }
    }
    // 「12番の札」 alone is none, 「3丁目」 alone tells no house.
    if parts >= 2 && (named > 0 || parts >= 3) { at } else { from }
}

/// 「名前は山田花子です」「山田と申します」
fn names(text: &str) -> String {
    let mut out = text.to_owned();
    for before in NAME_AFTER {
        let mut from = 0;
        while let Some(at) = out.get(from..).and_then(|rest| rest.find(before)) {
            let start = from + at + before.len();
            let name: String = out[start..].chars().take_while(|c| !"、。,.!！?？\n".contains(*c)).collect();
            let name = ["です", "といい", "と申", "と言", "になり", "でござ"].iter().filter_map(|end| name.find(end)).min().map_or(name.as_str(), |end| &name[..end]);
            if !name.is_empty() && !name.starts_with(['何', 'な', 'ど']) && name.chars().count() <= LONGEST {
                let end = start + name.len();
                out.replace_range(start..end, HIDDEN);
            }
            from = start;
        }
    }
    for after in NAME_BEFORE {
        let mut until = out.len();
        while let Some(at) = out[..until].rfind(after) {
            let name: Vec<char> = out[..at].chars().rev().take_while(|c| c.is_alphabetic() && !"はがのを".contains(*c) || *c == ' ' || *c == '　' || *c == '・').take(LONGEST).collect();
            let length: usize = name.iter().map(|c| c.len_utf8()).sum();
            if length > 0 {
                out.replace_range(at - length..at, HIDDEN);
            }
            until = at - length;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_may_be_personal_is_hidden_and_the_rest_stays() {
        for (text, shown) in [
            ("電話は090-1234-5678です。3階の12番。", "電話は●●●●です。3階の12番。"),
            ("taro@example.jpへ", "●●●●へ"),
            ("０９０１２３４５６７８", "●●●●"),
            ("さくら町3丁目4番5号の前", "さくら町●●●●の前"),
            ("さくら町３－４－５です", "さくら町●●●●です"),
            ("さくら町3-4-5", "さくら町●●●●"),
            ("さくら町三丁目四番五号", "さくら町●●●●"),
            ("さくら町3丁目です", "さくら町3丁目です"),
            ("名前は山田花子です。住民票がほしい", "名前は●●●●です。住民票がほしい"),
            ("氏名は架空 太郎、生年月日は昭和33年5月8日", "氏名は●●●●、生年月日は昭和33年5月8日"),
            ("山田花子と申します。よろしく", "●●●●と申します。よろしく"),
            ("私は佐藤といいます", "私は●●●●といいます"),
            ("3番と4番の窓口はどこ", "3番と4番の窓口はどこ"),
            ("12月3日の10時から2人で", "12月3日の10時から2人で"),
            ("粗大ごみの名前は何ですか", "粗大ごみの名前は何ですか"),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown, "{text}");
        }
    }
}
