//! Days that are in no calendar: 6月31日, 13月1日, 11/31.

use crate::fold;

/// The most days that a month has.
const LENGTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Whether words name a day by month and number that is in no year.
#[must_use]
pub fn names_no_day(text: &str) -> bool {
    let folded: Vec<char> = fold(text).chars().collect();
    folded.iter().enumerate().filter(|(_, c)| matches!(c, '月' | '/')).any(|(at, c)| {
        let before = number(folded[..at].iter().rev()).map(|digits| digits.chars().rev().collect::<String>());
        let after = number(folded[at + 1..].iter());
        let (Some(month), Some(day)) = (before, after.clone()) else { return false };
        let end = folded.get(at + 1 + after.map_or(0, |digits| digits.len()));
        // 「3/31/2」 and 「1/2」 may be anything; a day is said with its sign, or stands alone behind the month.
        let is_day = if *c == '月' { end == Some(&'日') } else { !end.is_some_and(|c| *c == '/' || c.is_ascii_digit()) && month.len() <= 2 && day.len() == 2 };
        let (Ok(month), Ok(day)) = (month.parse::<usize>(), day.parse::<u32>()) else { return false };
        let length = month.checked_sub(1).and_then(|month| LENGTHS.get(month));
        is_day && (day == 0 || length.map_or(*c == '月', |length| day > *length))
    })
}

fn number<'a>(chars: impl Iterator<Item = &'a char>) -> Option<String> {
    let digits: String = chars.take_while(|c| c.is_ascii_digit()).collect();
    (1..=2).contains(&digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::names_no_day;

    #[test]
    fn days_that_are_in_no_calendar() {
        for text in ["6月31日に体育館を借りたい", "２月３０日", "13月1日", "11/31は空いてますか", "4月0日"] {
            assert!(names_no_day(text), "{text}");
        }
        for text in ["6月30日に", "2月29日", "12/31", "来月31日", "1/2の人数", "24/31人", "3月で31人", "2026/11/30", "月曜日", ""] {
            assert!(!names_no_day(text), "{text}");
        }
    }
}
