use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Weekday};

/// When a place is open, as a city writes it:
///
/// ```text
/// 月-金 8:45-12:00,12:45-17:15; 第2土 9:00-12:00       hours (several blocks a day, nth weekdays)
/// 毎日 0:00-24:00                                     around the clock
/// 月; 祝日; 年末年始(12/29-1/3); 第3水                  closed
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    open: Vec<Block>,
    closed: Vec<Closure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    days: Vec<Day>,
    /// Minutes of the day, end exclusive, up to 1440.
    spans: Vec<(u16, u16)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Every,
    Weekday(Weekday),
    /// The n-th such weekday of a month, 1..=5.
    Nth(u8, Weekday),
    PublicHoliday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closure {
    On(Day),
    /// From month/day to month/day, both included; may run over New Year.
    Season((u32, u32), (u32, u32)),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenState {
    /// Open now, until this minute of today.
    Open { until: u16 },
    /// Closed now; opens next on this day at this minute, if within four weeks.
    Closed { next: Option<(NaiveDate, u16)> },
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not understood as opening hours; write for example `月-金 9:00-17:30; 第2土 9:00-12:00`")]
pub struct BadHours(String);

impl Hours {
    /// Reads the two columns; both may be empty.
    pub fn parse(hours: &str, closed: &str) -> Result<Self, BadHours> {
        let mut read = Hours::default();
        for entry in entries(hours) {
            read.open.push(block(&entry).ok_or(BadHours(entry))?);
        }
        for entry in entries(closed) {
            read.closed.push(closure(&entry).ok_or(BadHours(entry))?);
        }
        Ok(read)
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The open spans of a day in minutes, in order; empty when closed.
    pub fn on(&self, date: NaiveDate) -> Vec<(u16, u16)> {
        if self.closed.iter().any(|closure| closure.covers(date)) {
            return Vec::new();
        }
        let holiday = normalise::holidays::holiday(date).is_some();
        // A line for public holidays replaces the weekday's line.
        let special = holiday && self.open.iter().any(|block| block.days.contains(&Day::PublicHoliday));
        let mut spans: Vec<_> = self
            .open
            .iter()
            .filter(|block| block.days.iter().any(|day| (*day == Day::PublicHoliday || !special) && day.covers(date)))
            .flat_map(|block| block.spans.iter().copied())
            .collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    pub fn at(&self, moment: NaiveDateTime) -> OpenState {
        let minute = u16::try_from(moment.hour() * 60 + moment.minute()).unwrap_or(0);
        let today = self.on(moment.date());
        if let Some((_, until)) = today.iter().find(|(from, to)| (*from..*to).contains(&minute)) {
            return OpenState::Open { until: *until };
        }
        let later_today = today.iter().find(|(from, _)| *from > minute).map(|(from, _)| (moment.date(), *from));
        let next = later_today.or_else(|| {
            (1..=28).find_map(|days| {
                let date = moment.date().checked_add_days(Days::new(days))?;
                self.on(date).first().map(|(from, _)| (date, *from))
            })
        });
        OpenState::Closed { next }
    }

    /// When so many minutes of opening time will have passed from this moment on; `None` if not within four weeks.
    pub fn after(&self, moment: NaiveDateTime, minutes: u32) -> Option<NaiveDateTime> {
        let mut left = minutes;
        let mut from = moment.hour() * 60 + moment.minute();
        for days in 0..=28 {
            let date = moment.date().checked_add_days(Days::new(days))?;
            for (open, close) in self.on(date) {
                let (begin, close) = (u32::from(open).max(from), u32::from(close));
                if begin >= close {
                    continue;
                }
                if close - begin >= left {
                    return Some(date.and_hms_opt(0, 0, 0)? + TimeDelta::minutes(i64::from(begin + left)));
                }
                left -= close - begin;
                from = close;
            }
            from = 0;
        }
        None
    }
}

impl Day {
    fn covers(self, date: NaiveDate) -> bool {
        match self {
            Day::Every => true,
            Day::Weekday(weekday) => date.weekday() == weekday,
            Day::Nth(n, weekday) => date.weekday() == weekday && (date.day() - 1) / 7 + 1 == u32::from(n),
            Day::PublicHoliday => normalise::holidays::holiday(date).is_some(),
        }
    }
}

impl Closure {
    fn covers(self, date: NaiveDate) -> bool {
        match self {
            Closure::On(day) => day.covers(date),
            Closure::Season(from, to) => {
                let day = (date.month(), date.day());
                if from <= to { (from..=to).contains(&day) } else { day >= from || day <= to }
            }
        }
    }
}

fn entries(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split([';', '；', '、', '\n']).map(normalise::fold).map(|e| e.trim().to_owned()).filter(|e| !e.is_empty())
}

/// `月-金 8:45-12:00,12:45-17:15`
fn block(entry: &str) -> Option<Block> {
    let (days, times) = entry.split_at(time_start(entry)?);
    let days = day_list(days.trim())?;
    let spans = times
        .split([',', ' '])
        .filter(|t| !t.is_empty())
        .map(|span| {
            let (from, to) = span.split_once(['-', '~', '〜', '～'])?;
            let (from, to) = (clock(from)?, clock(to)?);
            (from < to).then_some((from, to))
        })
        .collect::<Option<Vec<_>>>()?;
    (!spans.is_empty()).then_some(Block { days, spans })
}

/// Where the first `H:MM` begins.
fn time_start(entry: &str) -> Option<usize> {
    let colon = entry.find(':')?;
    let digits = entry[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
    (digits > 0).then_some(colon - digits)
}

fn clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours * 60 + minutes <= 1440).then_some(hours * 60 + minutes)
}

fn day_list(text: &str) -> Option<Vec<Day>> {
    if text.is_empty() || text == "毎日" || text == "年中無休" {
        return Some(vec![Day::Every]);
    }
    let mut days = Vec::new();
    for item in text.split([',', '・', '･', ' ']).filter(|item| !item.is_empty()) {
        if let Some((from, to)) = item.split_once(['-', '~', '〜', '～']) {
            let (from, to) = (weekday(from)?, weekday(to)?);
            let mut day = from;
            loop {
                days.push(Day::Weekday(day));
                if day == to {
                    break;
                }
                day = day.succ();
            }
        } else {
            days.push(single_day(item)?);
        }
    }
    Some(days)
}

fn single_day(item: &str) -> Option<Day> {
    let item = item.trim();
    match item {
        "毎日" => return Some(Day::Every),
        "祝" | "祝日" | "国民の祝日" => return Some(Day::PublicHoliday),
        _ => {}
    }
    if let Some(rest) = item.strip_prefix('第') {
        let mut chars = rest.chars();
        let n = u8::try_from(chars.next()?.to_digit(10)?).ok().filter(|n| (1..=5).contains(n))?;
        return Some(Day::Nth(n, weekday(chars.as_str())?));
    }
    weekday(item).map(Day::Weekday)
}

fn weekday(text: &str) -> Option<Weekday> {
    let text = text.trim();
    let stem = text.strip_suffix("曜日").or_else(|| text.strip_suffix("曜")).unwrap_or(text);
    Some(match stem {
        "月" => Weekday::Mon,
        "火" => Weekday::Tue,
        "水" => Weekday::Wed,
        "木" => Weekday::Thu,
        "金" => Weekday::Fri,
        "土" => Weekday::Sat,
        "日" => Weekday::Sun,
        _ => return None,
    })
}

/// `年末年始(12/29-1/3)`, `祝日`, `月`, `第3水`
fn closure(entry: &str) -> Option<Closure> {
    if let Some(open) = entry.find('(') {
        let inner = entry[open + 1..].trim_end_matches(')');
        let (from, to) = inner.split_once(['-', '~', '〜', '～']).unwrap_or((inner, inner));
        return Some(Closure::Season(month_day(from)?, month_day(to)?));
    }
    if entry.contains('/') {
        let (from, to) = entry.split_once(['-', '~', '〜', '～']).unwrap_or((entry, entry));
        return Some(Closure::Season(month_day(from)?, month_day(to)?));
    }
    if entry == "年末年始" {
        return Some(Closure::Season((12, 29), (1, 3)));
    }
    single_day(entry).map(Closure::On)
}

fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.trim().split_once('/')?;
    let (month, day) = (month.trim().parse().ok()?, day.trim().parse().ok()?);
    // 2024 is a leap year: 2/29 is a day that exists.
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().expect("a date and time")
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_desk_with_a_lunch_break() {
        let desk = Hours::parse("月-金 8:45-12:00,12:45-17:15; 第2土 9:00-12:00", "祝日; 年末年始(12/29-1/3)").expect("fine");
        assert_eq!(desk.at(at("2026-11-24T11:59:00")), OpenState::Open { until: 720 });
        assert_eq!(desk.at(at("2026-11-24T12:10:00")), OpenState::Closed { next: Some((date("2026-11-24"), 765)) });
        // Friday evening: the next opening is the second Saturday, not Monday.
        assert_eq!(desk.at(at("2026-11-13T18:00:00")), OpenState::Closed { next: Some((date("2026-11-14"), 540)) });
        // 2026-11-23 is a public holiday, a Monday.
        assert_eq!(desk.at(at("2026-11-23T10:00:00")), OpenState::Closed { next: Some((date("2026-11-24"), 525)) });
        // Over New Year.
        assert_eq!(desk.on(date("2027-01-03")), vec![]);
        assert_eq!(desk.on(date("2027-01-04")), vec![(525, 720), (765, 1035)]);
    }

    #[test]
    fn time_passes_only_while_open() {
        let desk = Hours::parse("月-金 8:45-12:00,12:45-17:15", "祝日").expect("fine");
        assert_eq!(desk.after(at("2026-11-24T11:50:00"), 30), Some(at("2026-11-24T13:05:00")));
        assert_eq!(desk.after(at("2026-11-24T12:10:00"), 30), Some(at("2026-11-24T13:15:00")));
        // Friday, a quarter of an hour before the end; Monday 2026-11-23 is a public holiday.
        assert_eq!(desk.after(at("2026-11-20T17:00:00"), 30), Some(at("2026-11-24T09:00:00")));
        assert_eq!(desk.after(at("2026-11-21T09:00:00"), 0), Some(at("2026-11-24T08:45:00")));
        assert_eq!(Hours::default().after(at("2026-11-24T11:50:00"), 30), None);
    }

    #[test]
    fn midnight_is_the_end_of_the_day() {
        let always = Hours::parse("毎日 0:00-24:00", "").expect("fine");
        assert_eq!(always.at(at("2026-11-23T23:59:00")), OpenState::Open { until: 1440 });
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for bad in ["月-金", "9時から", "月 25:00-26:00", "月 17:00-9:00", "第9月 9:00-10:00", "週末 9:00-10:00"] {
            assert!(Hours::parse(bad, "").is_err(), "{bad}");
        }
        assert!(Hours::parse("", "ときどき").is_err());
        assert!(Hours::parse("", "年始(1/1); 第4木").is_ok());
    }
}
