//! Japanese public holidays by the rules of the Public Holiday Act, 2000 to 2099.
//!
//! The law names days, not dates: some are fixed, some are nth Mondays, two follow the sun, and two kinds
//! (substitute and between) follow from the others. No list is downloaded; a change of the law is one line
//! here. The year-end closing of an office is its own rule and not a holiday.

use crate::weekday::nth_weekday;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The name of the holiday on `date`, or `None` (also outside 2000 to 2099).
#[must_use]
pub fn holiday(date: NaiveDate) -> Option<&'static str> {
    if !(2000..=2099).contains(&date.year()) {
        return None;
    }
    named(date).or_else(|| substitute(date)).or_else(|| between(date))
}

/// Monday to Friday and no holiday.
#[must_use]
pub fn is_business_day(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && holiday(date).is_none()
}

/// Holidays that the law names.
fn named(date: NaiveDate) -> Option<&'static str> {
    let (y, m, d) = (date.year(), date.month(), date.day());
    let monday = |n| nth_weekday(y, m, n, Weekday::Mon) == Some(date);
    let name = match (m, d) {
        (1, 1) => "元日",
        (1, _) if monday(2) => "成人の日",
        (2, 11) => "建国記念の日",
        (2, 23) if y >= 2020 => "天皇誕生日",
        (3, _) if d == equinox(y, 20.8431) => "春分の日",
        (4, 29) if y >= 2007 => "昭和の日",
        (4, 29) => "みどりの日",
        (5, 1) if y == 2019 => "即位の日",
        (5, 3) => "憲法記念日",
        (5, 4) if y >= 2007 => "みどりの日",
        (5, 5) => "こどもの日",
        // The Olympic years moved three holidays for one summer each.
        (7, 23) if y == 2020 => "海の日",
        (7, 24) if y == 2020 => "スポーツの日",
        (7, 22) if y == 2021 => "海の日",
        (7, 23) if y == 2021 => "スポーツの日",
        (7, 20) if y <= 2002 => "海の日",
        (7, _) if y >= 2003 && !matches!(y, 2020 | 2021) && monday(3) => "海の日",
        (8, 10) if y == 2020 => "山の日",
        (8, 8) if y == 2021 => "山の日",
        (8, 11) if y >= 2016 && !matches!(y, 2020 | 2021) => "山の日",
        (9, 15) if y <= 2002 => "敬老の日",
        (9, _) if y >= 2003 && monday(3) => "敬老の日",
        (9, _) if d == equinox(y, 23.2488) => "秋分の日",
        (10, _) if y <= 2019 && monday(2) => "体育の日",
        (10, _) if y >= 2022 && monday(2) => "スポーツの日",
        (10, 22) if y == 2019 => "即位礼正殿の儀",
        (11, 3) => "文化の日",
        (11, 23) => "勤労感謝の日",
        (12, 23) if y <= 2018 => "天皇誕生日",
        _ => return None,
    };
    Some(name)
}

/// Day of the month of an equinox, by the almanac's approximation for 1980 to 2099. `base` is the moment in 1980.
fn equinox(year: i32, base: f64) -> u32 {
    let n = year - 1980;
    let day = (base + 0.242_194 * f64::from(n)).floor() as i32 - n / 4;
    u32::try_from(day).unwrap_or(0)
}

/// 振替休日: a holiday on a Sunday frees the next day that is none (until 2006: the Monday only).
fn substitute(date: NaiveDate) -> Option<&'static str> {
    let mut day = date;
    loop {
        day = day.checked_sub_days(Days::new(1))?;
        named(day)?;
        if day.weekday() == Weekday::Sun {
            return Some("振替休日");
        }
        if date.year() < 2007 {
            return None;
        }
    }
}

/// 国民の休日: a day between two holidays.
fn between(date: NaiveDate) -> Option<&'static str> {
    if date.year() < 2007 && date.weekday() == Weekday::Sun {
        return None;
    }
    let around = [date.checked_sub_days(Days::new(1))?, date.checked_add_days(Days::new(1))?];
    around.into_iter().all(|d| named(d).is_some()).then_some("国民の休日")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(y: i32, m: u32, d: u32) -> Option<&'static str> {
        holiday(NaiveDate::from_ymd_opt(y, m, d).expect("a date"))
    }

    #[test]
    fn years_with_everything() {
        for (y, m, d, name) in [
            (2026, 1, 1, "元日"),
            (2026, 1, 12, "成人の日"),
            (2026, 2, 11, "建国記念の日"),
            (2026, 2, 23, "天皇誕生日"),
            (2026, 3, 20, "春分の日"),
            (2026, 4, 29, "昭和の日"),
            (2026, 5, 3, "憲法記念日"),
            (2026, 5, 4, "みどりの日"),
            (2026, 5, 5, "こどもの日"),
            (2026, 5, 6, "振替休日"),
            (2026, 7, 20, "海の日"),
            (2026, 8, 11, "山の日"),
            (2026, 9, 21, "敬老の日"),
            (2026, 9, 22, "国民の休日"),
            (2026, 9, 23, "秋分の日"),
            (2026, 10, 12, "スポーツの日"),
            (2026, 11, 3, "文化の日"),
            (2026, 11, 23, "勤労感謝の日"),
            (2019, 4, 30, "国民の休日"),
            (2019, 5, 1, "即位の日"),
            (2019, 5, 2, "国民の休日"),
            (2019, 5, 6, "振替休日"),
            (2019, 10, 22, "即位礼正殿の儀"),
            (2020, 7, 24, "スポーツの日"),
            (2021, 8, 9, "振替休日"),
            (2024, 9, 22, "秋分の日"),
            (2024, 9, 23, "振替休日"),
            (2025, 2, 24, "振替休日"),
            (2027, 3, 21, "春分の日"),
            (2027, 3, 22, "振替休日"),
            (2009, 9, 22, "国民の休日"),
            (2001, 5, 4, "国民の休日"),
            (2000, 12, 23, "天皇誕生日"),
        ] {
            assert_eq!(on(y, m, d), Some(name), "{y}-{m}-{d}");
        }
    }

    #[test]
    fn plain_days() {
        for (y, m, d) in [(2026, 5, 7), (2026, 9, 24), (2021, 10, 11), (2020, 10, 12), (2019, 12, 23), (2025, 12, 23), (1999, 1, 1)] {
            assert_eq!(on(y, m, d), None, "{y}-{m}-{d}");
        }
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        assert!(is_business_day(day(2026, 11, 4)));
        assert!(!is_business_day(day(2026, 11, 3)));
        assert!(!is_business_day(day(2026, 11, 7)));
    }

    #[test]
    fn every_year_has_a_plausible_number() {
        for y in 2000..=2099 {
            let first = NaiveDate::from_ymd_opt(y, 1, 1).expect("a date");
            let n = first.iter_days().take_while(|d| d.year() == y).filter(|d| holiday(*d).is_some()).count();
            assert!((15..=22).contains(&n), "{y}: {n}");
        }
    }
}
