//! Telephone numbers, typed or said digit by digit.

use crate::correction;
use crate::digits::{self, Digit};
use crate::slots::{Precision, Slot, Value};
use crate::text::Text;

/// A number in its groups, as it was said: 090, 1234, 5678.
struct Phone {
    groups: Vec<String>,
    start: usize,
    end: usize,
}

/// Takes the phone numbers out of the text. The last one counts; a corrected group replaces its old self.
pub(crate) fn take(text: &mut Text, found: &mut Vec<Slot>) {
    let mut last: Option<Phone> = None;
    let mut i = 0;
    while i < text.len() {
        let fresh = !text.before(i).is_ascii_alphanumeric() && !matches!(text.before(i), '-' | '〇' | '零');
        if !fresh || digits::one(text, i).is_none() && text.at(i) != '+' && text.at(i) != '(' {
            i += 1;
            continue;
        }
        if let Some(phone) = at(text, i) {
            text.hide(phone.start, phone.end);
            i = phone.end;
            last = Some(phone);
            continue;
        }
        if let Some(phone) = last.as_mut()
            && let Some((place, run)) = replacement(text, phone, i)
        {
            let end = run.last().map_or(i, |d| d.end);
            phone.groups[place] = digits::string(&run);
            text.hide(i, end);
            phone.end = end;
            i = end;
            continue;
        }
        // 「午後に06-…」: a digit in kana may be a particle before the number.
        let written = text.at(i).is_ascii_digit() || matches!(text.at(i), '+' | '(');
        i = digits::run(text, i, 40).last().filter(|d| written && d.value.is_ascii_digit() && text.at(d.end - 1).is_ascii_digit()).map_or(i + 1, |d| d.end);
    }
    if let Some(phone) = last {
        let value = Value::Phone(phone.groups.concat());
        found.push(Slot { value, span: text.span(phone.start, phone.end), precision: Precision::Exact });
    }
}

fn at(text: &Text, i: usize) -> Option<Phone> {
    let (start, country) = match text.lit(i, "+81") {
        Some(end) => (if matches!(text.at(end), '-' | ' ' | '(') { end + 1 } else { end }, true),
        None if text.at(i) == '(' => (i + 1, false),
        None => (i, false),
    };
    let mut run = digits::run(text, start, 12);
    if country && run.first().is_some_and(|d| d.value != '0') {
        run.insert(0, Digit { value: '0', end: start, after_gap: false });
    }
    if run.first()?.value != '0' {
        return None;
    }
    let groups = grouped(&run);
    let wanted = length(&groups, &digits::string(&run))?;
    if run.len() < wanted {
        return None;
    }
    // More written digits than a phone has: an account or a card.
    if run.len() > wanted && !run[wanted].after_gap && text.at(run[wanted - 1].end).is_ascii_digit() {
        return None;
    }
    let run = &run[..wanted];
    let end = run.last()?.end;
    let groups = match grouped(run) {
        g if g.len() >= 3 => g,
        _ => split(&digits::string(run)),
    };
    Some(Phone { groups, start: i, end })
}

fn grouped(run: &[Digit]) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    for digit in run {
        match groups.last_mut() {
            Some(group) if !digit.after_gap => group.push(digit.value),
            _ => groups.push(digit.value.to_string()),
        }
    }
    groups
}

/// How many digits a number with this start has: 11 for mobiles, 050 and 0800, else 10.
fn length(groups: &[String], digits: &str) -> Option<usize> {
    let second = digits.as_bytes().get(1)?;
    if *second == b'0' {
        return None;
    }
    let third = digits.as_bytes().get(2)?;
    let mobile = (b'2'..=b'9').contains(second) && *third == b'0';
    let area = groups.first().map_or(0, String::len);
    let spelled = groups.iter().all(|g| g.len() == 1);
    if digits.starts_with("0800") && (area == 4 || digits.len() >= 11) {
        return Some(11);
    }
    // 06-0000-0000 starts like a mobile; only its first group tells.
    if mobile && (spelled || !matches!(area, 2 | 4 | 5)) {
        return Some(if digits.len() >= 11 {
            11
        } else if area == 3 {
            12
        } else {
            10
        });
    }
    Some(10)
}

fn split(digits: &str) -> Vec<String> {
    let head = if digits.len() == 11 { 3 } else { digits.len().saturating_sub(8) };
    [&digits[..head], &digits[head..digits.len() - 4], &digits[digits.len() - 4..]].map(str::to_owned).to_vec()
}

/// Digits that correct one group of the number said before: 「あ違う、最後は1243」「真ん中は2222」.
fn replacement(text: &Text, phone: &Phone, i: usize) -> Option<(usize, Vec<Digit>)> {
    if i > phone.end + 30 {
        return None;
    }
    let middle = text.within(phone.end, i, &["真ん中", "まんなか", "中の"]);
    let first = text.within(phone.end, i, &["最初", "頭が", "頭は", "市外局番"]);
    let tail = text.within(phone.end, i, &["最後", "下4", "下四", "下よん", "末尾", "後ろ", "うしろ", "おしまい", "ラスト"]);
    if !(middle || first || tail || correction::between(text, phone.end, i)) {
        return None;
    }
    let run = digits::run(text, i, 6);
    let place = if first {
        0
    } else if middle {
        1.min(phone.groups.len() - 1)
    } else {
        phone.groups.len() - 1
    };
    let last = run.last()?;
    let counted = text.has(last.end, &["桁", "けた", "番目", "つ目"]);
    (run.len() == phone.groups[place].len() && run.len() >= 2 && !counted).then_some((place, run))
}
