use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Collection days, as 5374.jp writes them: `月 木` (every Monday and Thursday), `水2` (second Wednesday), `火1 火3`,
/// `20261225` (one day). Real files also say `月木`, `月･木`, full-width digits, and for «none» `?`, `*`, `収集なし`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionDays(Vec<Rule>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Weekly(Weekday),
    /// The n-th such weekday of a month.
    Monthly(u8, Weekday),
    Once(NaiveDate),
}

impl CollectionDays {
    /// Reads the writing; `Err` names the part that is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let folded = normalise::fold(text);
        let mut rules = Vec::new();
        if ["収集なし", "収集していません", "?", "*", "※", "-", ""].iter().any(|none| folded.trim() == *none) {
            return Ok(Self(rules));
        }
        for part in folded.split([' ', '\u{3000}', '・', '･', ',', '、', '/']).filter(|p| !p.is_empty()) {
            read(part, &mut rules).ok_or_else(|| format!("`{part}` in `{text}` is no collection day; write for example `月 木` or `水2`"))?;
        }
        Ok(Self(rules))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn on(&self, date: NaiveDate) -> bool {
        self.0.iter().any(|rule| match *rule {
            Rule::Weekly(weekday) => date.weekday() == weekday,
            Rule::Monthly(n, weekday) => date.weekday() == weekday && (date.day() - 1) / 7 + 1 == u32::from(n),
            Rule::Once(day) => date == day,
        })
    }

    /// The next `count` days from `from` on (that day included) that are not in a closure.
    pub fn next(&self, from: NaiveDate, count: usize, closures: &[(NaiveDate, NaiveDate)]) -> Vec<NaiveDate> {
        (0..200)
            .filter_map(|n| from.checked_add_days(Days::new(n)))
            .filter(|date| self.on(*date) && !closed(*date, closures))
            .take(count)
            .collect()
    }
}

pub fn closed(date: NaiveDate, closures: &[(NaiveDate, NaiveDate)]) -> bool {
    closures.iter().any(|(from, to)| (*from..=*to).contains(&date))
}

/// One part, such as `月木` or `水2`; a digit belongs to the weekday before it. Repeats are fine.
fn read(part: &str, rules: &mut Vec<Rule>) -> Option<()> {
    if part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit()) {
        rules.push(Rule::Once(NaiveDate::parse_from_str(part, "%Y%m%d").ok()?));
        return Some(());
    }
    let part = part.replace("毎週", "").replace("曜日", "").replace('曜', "");
    if let Some(nth) = part.strip_prefix('第') {
        let mut chars = nth.chars();
        let n = ordinal(chars.next()?)?;
        rules.push(Rule::Monthly(n, weekday(chars.next()?)?));
        return chars.next().is_none().then_some(());
    }
    let chars: Vec<char> = part.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let day = weekday(chars[at])?;
        at += 1;
        let mut monthly = false;
        while let Some(n) = chars.get(at).copied().and_then(ordinal) {
            rules.push(Rule::Monthly(n, day));
            monthly = true;
            at += 1;
        }
        if !monthly {
            rules.push(Rule::Weekly(day));
        }
    }
    Some(())
}

fn ordinal(c: char) -> Option<u8> {
    c.to_digit(10).and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=5).contains(n))
}

fn weekday(c: char) -> Option<Weekday> {
    Some(match c {
        '月' => Weekday::Mon,
        '火' => Weekday::Tue,
        '水' => Weekday::Wed,
        '木' => Weekday::Thu,
        '金' => Weekday::Fri,
        '土' => Weekday::Sat,
        '日' => Weekday::Sun,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn next(text: &str, from: &str, count: usize) -> Vec<String> {
        let closures = [(date("2026-12-30"), date("2027-01-03"))];
        CollectionDays::parse(text).expect("days").next(date(from), count, &closures).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn weekly_and_monthly_days() {
        assert_eq!(next("月 木", "2026-11-24", 2), ["2026-11-26", "2026-11-30"]);
        assert_eq!(next("水2", "2026-11-24", 2), ["2026-12-09", "2027-01-13"]);
        assert_eq!(next("火1 火3", "2026-11-24", 2), ["2026-12-01", "2026-12-15"]);
        assert_eq!(next("火13", "2026-11-24", 2), ["2026-12-01", "2026-12-15"]);
        assert_eq!(next("第２水曜日", "2026-11-24", 1), ["2026-12-09"]);
    }

    #[test]
    fn nothing_is_collected_over_new_year() {
        assert_eq!(next("木", "2026-12-25", 2), ["2027-01-07", "2027-01-14"]);
    }

    #[test]
    fn the_writings_of_real_files() {
        for same in ["月木", "月･木", "月・木", "月　木", "毎週月曜日 木曜日"] {
            assert_eq!(CollectionDays::parse(same), CollectionDays::parse("月 木"), "{same}");
        }
        for none in ["?", "*", "※", "収集なし", "収集していません", ""] {
            assert!(CollectionDays::parse(none).expect("none").is_empty());
        }
        assert_eq!(CollectionDays::parse("火２").expect("days"), CollectionDays(vec![Rule::Monthly(2, Weekday::Tue)]));
        assert!(CollectionDays::parse("隔週月").is_err());
    }
}
