//! How answers are shown: days as days, times as times, options by their names.

use crate::{Answer, Field, FieldKind, Form, Period, SEVERAL, asked::slot_value, perform::options};
use chrono::NaiveDate;
use model::{Arg, Say};

pub(crate) fn answer(form: &Form, field: &Field, answer: &Answer) -> Say {
    if answer.value.is_empty() {
        return Say::key("skipped");
    }
    match &field.kind {
        // A day behind us can lie years back.
        FieldKind::Date { period: Period::Past } => day(&answer.value, Arg::Day),
        FieldKind::Date { .. } => day(&answer.value, Arg::Date),
        FieldKind::Birthday => day(&answer.value, Arg::Day),
        FieldKind::Time | FieldKind::TimeSlot { .. } => time(&answer.value),
        FieldKind::Phone => Some(Say::plain(phone(&answer.value))),
        FieldKind::Offer if answer.label.is_empty() => Some(Say::dynamic(form.text(&format!("{}-{}", field.name, answer.value)))),
        FieldKind::Location if answer.value.starts_with("geo:") => Some(Say::plain(&answer.label)),
        _ => {
            let all = options(form, field);
            let named: Vec<_> = answer.value.split(SEVERAL).filter_map(|value| all.iter().find(|(offered, _)| offered == value)).map(|(_, label)| label.clone()).collect();
            match <[Say; 1]>::try_from(named) {
                Ok([one]) => Some(one),
                Err(none) if none.is_empty() => None,
                Err(several) => several.into_iter().reduce(|all, next| Say::key("and").with("all", all).with("next", next)),
            }
        }
    }
    .unwrap_or_else(|| Say::plain(&answer.label))
}

fn day(value: &str, arg: fn(NaiveDate) -> Arg) -> Option<Say> {
    value.parse().ok().map(|day| Say::key("value-date").with("date", arg(day)))
}

/// `09:00` or `09:00-12:00`.
pub(crate) fn time(value: &str) -> Option<Say> {
    let clock = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        Some(Arg::Clock(hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?))
    };
    Some(match value.split_once('-') {
        Some((from, to)) => Say::key("value-times").with("from", clock(from)?).with("to", clock(to)?),
        None => Say::key("value-time").with("time", clock(value)?),
    })
}

pub(crate) fn slot(slot: (u16, u16)) -> (String, Say) {
    (slot_value(slot), Say::key("value-times").with("from", Arg::Clock(slot.0)).with("to", Arg::Clock(slot.1)))
}

/// A number in the groups that people read it in: 090-0000-0000, 06-0000-0000; others as they are, for where the area code
/// ends cannot be seen from the number.
fn phone(digits: &str) -> String {
    let split = |at: &[usize]| {
        let mut from = 0;
        let mut parts = Vec::new();
        for to in at.iter().copied().chain([digits.len()]) {
            parts.push(digits.get(from..to).unwrap_or_default());
            from = to;
        }
        parts.join("-")
    };
    match digits.len() {
        11 if digits.starts_with('0') => split(&[3, 7]),
        10 if digits.starts_with("0120") || digits.starts_with("0800") => split(&[4, 7]),
        10 if digits.starts_with("03") || digits.starts_with("06") => split(&[2, 6]),
        _ => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_they_are_read() {
        for (digits, shown) in [("09012345678", "090-1234-5678"), ("0612345678", "06-1234-5678"), ("0721234567", "0721234567"), ("0120123456", "0120-123-456"), ("123", "123")] {
            assert_eq!(phone(digits), shown);
        }
    }
}
