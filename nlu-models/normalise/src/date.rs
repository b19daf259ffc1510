//! What was said of a day, before it is tied to a calendar.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::weekday::{monday, nth_weekday};

/// The month or week a day is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Base {
    #[default]
    None,
    /// 12月.
    Month(u32),
    /// 来月 is 1.
    MonthOffset(i32),
    /// 来週 is 1.
    Week(i64),
}

/// The day within its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    Num(u32),
    Weekday(Weekday),
    /// 第2日曜.
    Nth(u32, Weekday),
    /// 第2, said alone in a correction.
    NthOnly(u32),
    /// 月末.
    End,
    /// 上旬, 中旬, 下旬 are 0, 1, 2.
    Third(u32),
    /// 週末.
    Weekend,
    /// 来週中, 来月のどこか.
    Whole,
    /// 明日 is 1.
    Offset(i64),
    /// 2か月後 is 2.
    MonthsOn(i32),
    /// この前の日曜.
    Last(Weekday),
}

/// A day as it was said; `day` is missing in 「来週」, which names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Said {
    pub(crate) year: Option<i32>,
    pub(crate) base: Base,
    pub(crate) day: Option<Day>,
}

/// One day, or the first and the last of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days1 {
    One(NaiveDate),
    Span(NaiveDate, NaiveDate),
}

impl Said {
    pub(crate) fn offset(days: i64) -> Said {
        Said { day: Some(Day::Offset(days)), ..Said::default() }
    }

    /// The same day read in the light of what was said before: 「12月3日」…「4日」 is 12月4日, 「来週の月曜」…「木曜」 is in 来週.
    pub(crate) fn inherit(self, old: Said) -> Said {
        let mut new = self;
        let old_month = matches!(old.base, Base::Month(_) | Base::MonthOffset(_));
        match new.day {
            None => {
                // Only the week or the month is said anew; the day stays if it can stand there.
                new.day = match (new.base, old.day) {
                    (Base::Week(_), Some(Day::Weekday(w))) => Some(Day::Weekday(w)),
                    (Base::Week(_), Some(Day::Weekend)) => Some(Day::Weekend),
                    (Base::Month(_) | Base::MonthOffset(_), Some(Day::Num(_) | Day::Nth(..) | Day::End | Day::Third(_) | Day::Whole)) => old.day,
                    _ => None,
                };
            }
            Some(Day::Num(_) | Day::End | Day::Third(_)) if new.base == Base::None && new.year.is_none() && old_month => {
                (new.year, new.base) = (old.year, old.base);
            }
            Some(Day::Num(_)) if new.year.is_none() && matches!(new.base, Base::Month(_)) && matches!(old.base, Base::Month(_)) => new.year = old.year,
            Some(Day::Weekday(w)) if new.base == Base::None => match (old.base, old.day) {
                (Base::Week(_), _) => new.base = old.base,
                (_, Some(Day::Nth(n, _))) => (new.year, new.base, new.day) = (old.year, old.base, Some(Day::Nth(n, w))),
                _ => {}
            },
            Some(Day::Weekend) if new.base == Base::None && matches!(old.base, Base::Week(_)) => new.base = old.base,
            Some(Day::Nth(..)) if new.base == Base::None && old_month => (new.year, new.base) = (old.year, old.base),
            Some(Day::NthOnly(n)) => {
                if let Some(Day::Nth(_, w)) = old.day {
                    (new.year, new.base, new.day) = (old.year, old.base, Some(Day::Nth(n, w)));
                }
            }
            _ => {}
        }
        new
    }

    /// Ties the words to the calendar. `today` is the day of the utterance; with `after` (the start of a range) a bare
    /// end is the first such day after it.
    pub(crate) fn resolve(self, today: NaiveDate, after: Option<NaiveDate>) -> Option<Days1> {
        let from = after.map_or(Some(today), |d| d.checked_add_days(Days::new(1)))?;
        let one = |d: Option<NaiveDate>| d.map(Days1::One);
        match self.day? {
            Day::Offset(n) => one(plus(today, n)),
            Day::MonthsOn(n) => one(months_on(today, n)),
            Day::Num(d) => one(self.numbered(d, today, from)),
            Day::Weekday(w) => match self.base {
                Base::Week(k) => one(plus(monday(today), 7 * k + i64::from(w.num_days_from_monday()))),
                Base::None => {
                    let first = if after.is_some() { from } else { plus(today, 1)? };
                    one(first.iter_days().take(7).find(|d| d.weekday() == w))
                }
                Base::Month(_) | Base::MonthOffset(_) => None,
            },
            Day::Last(w) => one((1..=7).filter_map(|n| plus(today, -n)).find(|d| d.weekday() == w)),
            Day::Nth(n, w) => one(self.nth(n, w, from)),
            Day::NthOnly(_) => None,
            Day::End => {
                let (y, m) = self.month(today, |y, m| last_day(y, m).is_some_and(|d| d >= from))?;
                one(last_day(y, m))
            }
            Day::Third(k) => {
                let bounds = |y, m| {
                    let last = if k == 2 { last_day(y, m)? } else { ymd(y, m, 10 * (k + 1))? };
                    Some((ymd(y, m, 10 * k + 1)?, last))
                };
                let (y, m) = self.month(today, |y, m| bounds(y, m).is_some_and(|(_, last)| last >= from))?;
                bounds(y, m).map(|(a, b)| Days1::Span(a, b))
            }
            Day::Weekend => {
                let Base::Week(k) = self.base else { return Said { base: Base::Week(0), ..self }.resolve(today, after) };
                let start = monday(today);
                Some(Days1::Span(plus(start, 7 * k + 5)?, plus(start, 7 * k + 6)?))
            }
            Day::Whole => match self.base {
                Base::Week(k) => {
                    let start = plus(monday(today), 7 * k)?;
                    Some(Days1::Span(start, plus(start, 6)?))
                }
                Base::None => None,
                _ => {
                    let (y, m) = self.month(today, |y, m| last_day(y, m).is_some_and(|d| d >= from))?;
                    Some(Days1::Span(ymd(y, m, 1)?, last_day(y, m)?))
                }
            },
        }
    }

    /// The year and month of the base; a bare month is the next one that `fits`.
    fn month(self, today: NaiveDate, fits: impl Fn(i32, u32) -> bool) -> Option<(i32, u32)> {
        match (self.base, self.year) {
            (Base::Month(m), Some(y)) => Some((y, m)),
            (Base::Month(m), None) => (today.year()..today.year() + 2).find(|y| fits(*y, m)).map(|y| (y, m)),
            (Base::MonthOffset(k), _) => {
                let first = months_on(today.with_day(1)?, k)?;
                Some((first.year(), first.month()))
            }
            (Base::None, None) => Some((today.year(), today.month())),
            _ => None,
        }
    }

    fn numbered(self, d: u32, today: NaiveDate, from: NaiveDate) -> Option<NaiveDate> {
        match (self.base, self.year) {
            (Base::Month(m), Some(y)) => ymd(y, m, d),
            // Nine years reach the next 29 February from anywhere.
            (Base::Month(m), None) => (from.year()..from.year() + 9).filter_map(|y| ymd(y, m, d)).find(|day| *day >= from),
            (Base::MonthOffset(k), _) => months_on(today.with_day(1)?, k)?.with_day(d),
            (Base::None, None) => {
                let first = from.with_day(1)?;
                (0..4).filter_map(|k| months_on(first, k)?.with_day(d)).find(|day| *day >= from)
            }
            _ => None,
        }
    }

    fn nth(self, n: u32, w: Weekday, from: NaiveDate) -> Option<NaiveDate> {
        let first = from.with_day(1)?;
        match (self.base, self.year) {
            (Base::None, None) => (0..7).filter_map(|k| months_on(first, k)).filter_map(|m| nth_weekday(m.year(), m.month(), n, w)).find(|d| *d >= from),
            (Base::Month(m), None) => (from.year()..from.year() + 3).filter_map(|y| nth_weekday(y, m, n, w)).find(|d| *d >= from),
            _ => {
                let (y, m) = self.month(from, |_, _| true)?;
                nth_weekday(y, m, n, w)
            }
        }
    }
}

pub(crate) fn ymd(y: i32, m: u32, d: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(y, m, d)
}

pub(crate) fn plus(day: NaiveDate, n: i64) -> Option<NaiveDate> {
    let days = Days::new(n.unsigned_abs());
    if n < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
}

/// The same day `n` months on, or the last of a shorter month.
pub(crate) fn months_on(day: NaiveDate, n: i32) -> Option<NaiveDate> {
    let months = Months::new(n.unsigned_abs());
    if n < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
}

fn last_day(y: i32, m: u32) -> Option<NaiveDate> {
    months_on(ymd(y, m, 1)?, 1)?.pred_opt()
}
