//! Days: which mention counts, ranges, births.

use crate::correction;
use crate::day_written;
use crate::date::{Base, Day, Days1, Said, plus};
use crate::scan::{Mention, What};
use crate::settle::{linked, push};
use crate::slots::{Precision, Slot, Value};
use crate::text::Text;
use chrono::{Datelike, NaiveDate};

/// A day or a range that was read, and where.
#[derive(Clone, Copy)]
struct Read {
    days: Days1,
    start: usize,
    end: usize,
    vague: bool,
    negated: bool,
    birth: bool,
}

pub(crate) fn settle(text: &Text, mentions: &[Mention], today: NaiveDate, found: &mut Vec<Slot>) {
    let reads = read_all(text, mentions, today);
    let births: Vec<&Read> = reads.iter().filter(|r| r.birth).collect();
    if let Some(read) = births.iter().rev().find(|r| !r.negated || births.len() == 1)
        && let Days1::One(day) = read.days
    {
        push(text, found, Value::Birthday(day), read.start, read.end, Precision::Exact);
    }
    let days: Vec<&Read> = reads.iter().filter(|r| !r.birth).collect();
    let standing: Vec<&&Read> = days.iter().filter(|r| !r.negated).collect();
    let Some(read) = chosen(text, &standing, today).or(days.last().copied().filter(|_| days.len() == 1 && standing.is_empty())) else { return };
    let precision = if read.vague { Precision::Range } else { Precision::Exact };
    let value = match read.days {
        Days1::One(day) => Value::Date(day),
        Days1::Span(first, last) if first == last => Value::Date(first),
        Days1::Span(first, last) => Value::DateRange(first, last),
    };
    push(text, found, value, read.start, read.end, precision);
}

/// The last one said; but a day in the past only tells why, when a coming day is named too.
fn chosen<'a>(text: &Text, reads: &[&&'a Read], today: NaiveDate) -> Option<&'a Read> {
    let last = reads.last()?;
    let past = |r: &Read| match r.days {
        Days1::One(d) | Days1::Span(_, d) => d < today,
    };
    if past(last)
        && let Some(coming) = reads.iter().rev().find(|r| !past(r))
        && !correction::between(text, coming.end, last.start)
    {
        return Some(coming);
    }
    Some(last)
}

fn read_all(text: &Text, mentions: &[Mention], today: NaiveDate) -> Vec<Read> {
    let mut reads: Vec<Read> = Vec::new();
    let mut previous: Option<(Said, usize)> = None;
    // The era that was named last, and whether it was of a birth.
    let (mut era, mut born) = (None, false);
    let mut k = 0;
    let days: Vec<&Mention> = mentions.iter().filter(|m| matches!(m.what, What::Day(_) | What::Days(_))).collect();
    while k < days.len() {
        let mention = days[k];
        k += 1;
        let What::Day(said) = mention.what else { continue };
        let mut said = said;
        if let Some((old, end)) = previous {
            let marked = correction::between(text, end, mention.start);
            // 「昭和30年…、失礼、31年…」 stays in its era.
            if let (true, Some(base), Some(year @ 2001..=2064), None) = (marked, era, said.year, day_written::era(text, mention.start)) {
                said.year = Some(base + year - 2000);
            }
            if marked || !born && mention.start <= end + 12 && !apart(text, end, mention.start) {
                let full = said.inherit(old);
                // A week or month alone takes the old day only in a correction.
                if marked || said.day.is_some() {
                    said = full;
                }
            }
        }
        previous = Some((said, mention.end));
        era = day_written::era(text, mention.start).or(era);
        let births = birth_words(text, mention);
        if births && matches!(said, Said { base: Base::Month(_), day: Some(Day::Num(_)), .. }) {
            match said.year {
                // A birthday without its year is no date of birth, and no date either.
                None => continue,
                // 「65年2月1日生まれ」
                Some(year) if year > today.year() && year < 2100 => said.year = Some(year - 100),
                Some(_) => {}
            }
        }
        let Some(days_read) = said.resolve(today, None) else { continue };
        let vague = matches!(said.day, Some(Day::Whole | Day::Third(_) | Day::Weekend));
        let birth = is_birth(text, mention, said, today, days_read);
        born = birth;
        let mut read = Read { days: days_read, start: mention.start, end: mention.end, vague, negated: mention.negated, birth };
        if let (Days1::One(first), Some(next)) = (days_read, days.get(k)) {
            match next.what {
                What::Day(end_said) if linked(text, mention.end, next.start, next.end) && !birth => {
                    let end_said = shared_base(end_said, said);
                    if let Some(last) = range_end(end_said, today, first) {
                        read.days = Days1::Span(first, last);
                        read.end = next.end;
                        read.negated = next.negated;
                        // 「7日から9日、いや10日まで」 goes on from the end.
                        previous = Some((Said { day: end_said.day, ..if end_said.base == Base::None { said } else { end_said } }, next.end));
                        k += 1;
                        k = corrected_end(text, &days, k, today, first, &mut read);
                    }
                }
                What::Day(end_said) if !birth && consecutive(text, mention.end, next.start) => {
                    let end_said = end_said.inherit(said);
                    if let Some(Days1::One(last)) = end_said.resolve(today, None)
                        && plus(first, 1) == Some(last)
                    {
                        read.days = Days1::Span(first, last);
                        read.end = next.end;
                        previous = Some((end_said, next.end));
                        k += 1;
                    }
                }
                What::Days(n) if next.start <= mention.end + 10 && text.within(mention.end, next.start, &["から", "より", "~"]) => {
                    read.days = Days1::Span(first, plus(first, i64::from(n) - 1).unwrap_or(first));
                    read.end = next.end;
                    k += 1;
                    while let Some(more) = days.get(k).filter(|m| matches!(m.what, What::Days(_)) && correction::between(text, read.end, m.start)) {
                        if let What::Days(n) = more.what {
                            read.days = Days1::Span(first, plus(first, i64::from(n) - 1).unwrap_or(first));
                            read.end = more.end;
                        }
                        k += 1;
                    }
                }
                _ => {}
            }
        }
        // 「3日間、明日から」
        if let (Days1::One(first), Some(before)) = (read.days, k.checked_sub(2).and_then(|b| days.get(b)))
            && let What::Days(n) = before.what
            && read.start <= before.end + 6
            && reads.last().is_none_or(|r| r.end < before.start)
            && text.has(text.blank(read.end), &["から"])
        {
            read.days = Days1::Span(first, plus(first, i64::from(n) - 1).unwrap_or(first));
        }
        // A new start for the range said before: 「7日から9日、いや8日から」.
        if let (Days1::One(first), Some(Days1::Span(_, last))) =
            (read.days, reads.last().filter(|r| !r.vague && correction::between(text, r.end, read.start)).map(|r| r.days))
            && text.has(text.blank(read.end), &["から"])
            && first < last
        {
            read.days = Days1::Span(first, last);
        }
        reads.push(read);
    }
    // One birthday said in two goes is one birthday.
    if let Some(at) = reads.iter().rposition(|r| r.birth) {
        for i in (0..at).rev() {
            if !reads[i].birth && correction::between(text, reads[i].end, reads[i + 1].start) && reads[i + 1].birth {
                reads[i].birth = true;
            }
        }
        for i in at + 1..reads.len() {
            if correction::between(text, reads[i - 1].end, reads[i].start) && reads[i - 1].birth && matches!(reads[i].days, Days1::One(d) if d < today) {
                reads[i].birth = true;
            }
        }
    }
    reads
}

/// 「…、いや10日まで」 after a range moves its end.
fn corrected_end(text: &Text, days: &[&Mention], mut k: usize, today: NaiveDate, first: NaiveDate, read: &mut Read) -> usize {
    while let Some(next) = days.get(k) {
        let What::Day(said) = next.what else { break };
        let until = text.has(text.blank(next.end), &["まで", "迄"]);
        let bare = !text.has(text.blank(next.end), &["から", "~"]);
        let small = matches!(said.day, Some(Day::Num(_) | Day::Weekday(_))) && said.base == Base::None;
        if !(correction::between(text, read.end, next.start) && (until || bare && small)) {
            break;
        }
        let Some(last) = range_end(said, today, first) else { break };
        read.days = Days1::Span(first, last);
        read.end = next.end;
        k += 1;
    }
    k
}

/// The end of a range stands in the month of its start when it names none; 「来週の月曜から水曜」 likewise.
fn shared_base(end: Said, start: Said) -> Said {
    match (end.base, end.day) {
        // A bare end is the first such date after the start, which `resolve` finds.
        (Base::None, Some(Day::Num(_) | Day::Weekday(_))) => end,
        (Base::Month(_), Some(Day::Num(_))) => end,
        _ => end.inherit(start),
    }
}

fn range_end(said: Said, today: NaiveDate, first: NaiveDate) -> Option<NaiveDate> {
    let last = match said.resolve(today, Some(first))? {
        Days1::One(day) | Days1::Span(_, day) => day,
    };
    (last >= first).then_some(last)
}

/// Joined by a word that lists days.
fn consecutive(text: &Text, from: usize, to: usize) -> bool {
    let words: String = text.slice(from, to).iter().collect();
    matches!(words.trim(), "と" | "・" | "、" | "か" | "および" | "または" | "と、" | "、と" | "," | "とか" | "もしくは" | "と " | "&")
}

/// A sentence or another thing stands between: the month of the one is not that of the other.
fn apart(text: &Text, from: usize, to: usize) -> bool {
    text.within(from, to, &["。", "に申", "から", "生まれ", "生れ", "に出し"]) && !correction::between(text, from, to)
}

/// Whether a day is a date of birth.
fn is_birth(text: &Text, mention: &Mention, said: Said, today: NaiveDate, days: Days1) -> bool {
    let Days1::One(day) = days else { return false };
    let (Some(_), Base::Month(_), Some(Day::Num(_))) = (said.year, said.base, said.day) else { return false };
    if day > today {
        return false;
    }
    if birth_words(text, mention) {
        return true;
    }
    let p = text.pause(mention.end);
    let building = text.within(
        0,
        text.len(),
        &[
            "建て", "建っ", "築", "竣工", "結婚", "転入", "転出", "入居", "購入", "取得", "設立", "開設", "できた", "から住", "婚姻", "離婚", "亡くな", "死亡",
            "死去", "発行", "交付", "登記",
        ],
    );
    let family = text.within(
        mention.start.saturating_sub(12),
        mention.start,
        &["子", "息子", "娘", "母", "父", "祖母", "祖父", "私", "本人", "夫", "妻", "長男", "長女", "次男", "次女", "わたし", "僕"],
    );
    let tells = text.has(p, &["です", "だ", "になります", "。"]) || p == text.len();
    let old = today.year() - day.year();
    // Nobody books 昭和: a full date that far back is somebody's birth.
    old >= 38 && !building || old >= 1 && family && tells && !building
}

/// 「…生まれ」「生年月日は…」.
fn birth_words(text: &Text, mention: &Mention) -> bool {
    let p = text.pause(mention.end);
    let follows = &[
        "生まれ", "生れ", "うまれ", "に生", "にうまれ", "に誕生", "に出生", "生ま", "生です", "生の", "生、", "生,", "が誕生日", "が生年月日", "が産まれ",
        "に産まれ", "産まれ", "誕生", "が私の誕", "生 ", "生)",
    ];
    let named = &[
        "生年月日", "誕生日", "生まれは", "生まれが", "生まれた日", "うまれは", "せいねんがっぴ", "たんじょうび", "birth", "born", "生日", "생년월일", "생일",
        "ngày sinh", "dob",
    ];
    let from = (0..mention.start).rev().take(20).take_while(|k| text.at(*k) != '。').last().unwrap_or(mention.start);
    text.has(p, follows)
        || text.at(p) == '生' && p + 1 == text.len()
        || text.within(p, p + 12, &["生まれ", "生年月日", "産まれ", "うまれ"]) && !text.within(p, p + 12, &["。", "、", "に"])
        || text.within(from, mention.start, named)
}
