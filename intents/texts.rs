use crate::{OwnText, Service};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use model::{Arg, Channel, Lang, Part, Say};
use std::collections::{BTreeMap, HashMap};

/// Every text that a resident can read, in every language. A language that lacks a text falls back to Japanese.
pub struct Texts(HashMap<Lang, FluentBundle<FluentResource>>);

/// For whom and in whose name something is said.
#[derive(Clone, Debug)]
pub struct Speaker<'a> {
    pub lang: Lang,
    pub zone: Tz,
    pub channel: Channel,
    pub city: &'a str,
    pub greeting: &'a str,
    pub hotline: &'a str,
    /// The words of the city's own forms.
    pub own: &'a HashMap<String, OwnText>,
}

#[derive(Debug, thiserror::Error)]
#[error("the texts in {lang}: {problem}")]
pub struct BadTexts {
    lang: Lang,
    problem: String,
}

impl Texts {
    pub fn load(services: &[Box<dyn Service>]) -> Result<Self, BadTexts> {
        let mut bundles = HashMap::new();
        for lang in Lang::ALL {
            let tag = if lang == Lang::JaEasy { "ja" } else { lang.as_str() };
            let id = tag.parse().map_err(|e| BadTexts { lang, problem: format!("{e:?}") })?;
            let mut bundle = FluentBundle::new_concurrent(vec![id]);
            // The marks that keep mixed directions apart show as boxes on old phones; all six languages run left to right.
            bundle.set_use_isolating(false);
            let own = dialogue::TEXTS.iter().copied().chain(services.iter().flat_map(|s| s.texts()));
            for (_, source) in own.filter(|(l, _)| *l == lang) {
                let resource = FluentResource::try_new(source.to_owned())
                    .map_err(|(_, errors)| BadTexts { lang, problem: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ") })?;
                bundle.add_resource(resource).map_err(|errors| BadTexts {
                    lang,
                    problem: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
                })?;
            }
            bundles.insert(lang, bundle);
        }
        Ok(Self(bundles))
    }

    /// Puts something into words.
    pub fn say(&self, speaker: &Speaker<'_>, say: &Say) -> String {
        match say {
            Say::Plain(text) => text.clone(),
            Say::Lines(lines) => {
                lines.iter().map(|line| self.say(speaker, line)).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
            }
            Say::Key { key, args } => {
                // What reads badly aloud has a wording for the telephone beside it.
                let spoken = format!("{key}-phone");
                let aloud = speaker.channel == Channel::Phone && (speaker.own.contains_key(&spoken) || self.has(Lang::Ja, &spoken));
                let key = if aloud { &spoken } else { key.as_ref() };
                let key = match speaker.own.get(key) {
                    Some(OwnText::Words(words)) => return own_words(speaker.lang, words),
                    Some(OwnText::Usual(usual)) => usual,
                    None => key,
                };
                let mut values = FluentArgs::new();
                values.set("city", speaker.city);
                values.set("greeting", speaker.greeting);
                values.set("hotline", speaker.hotline);
                for (name, arg) in args {
                    values.set(name.as_ref(), self.value(speaker, arg));
                }
                self.format(speaker.lang, key, &values)
                    .or_else(|| self.format(Lang::Ja, key, &values))
                    // A missing text is a defect that the tests find; a resident must not see an empty bubble for it.
                    .unwrap_or_else(|| key.to_string())
            }
        }
    }

    pub fn part(&self, speaker: &Speaker<'_>, part: Part<Say>) -> Part<String> {
        part.map(&mut |say| self.say(speaker, &say))
    }

    /// A text in every language that has it, if it has no gaps to fill.
    pub fn wordings(&self, key: &str) -> Vec<String> {
        let words = |lang: Lang| self.format(lang, key, &FluentArgs::new()).filter(|text| !text.contains('{'));
        Lang::ALL.into_iter().filter_map(words).collect()
    }

    /// Whether a language has a text of its own for a key.
    pub fn has(&self, lang: Lang, key: &str) -> bool {
        self.0.get(&lang).is_some_and(|bundle| bundle.has_message(key))
    }

    fn format(&self, lang: Lang, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.0.get(&lang)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors);
        Some(text.into_owned())
    }

    fn value<'a>(&self, speaker: &Speaker<'_>, arg: &'a Arg) -> FluentValue<'a> {
        match arg {
            Arg::Str(text) => FluentValue::from(text.as_str()),
            Arg::Int(n) => FluentValue::from(*n),
            Arg::Date(date) => FluentValue::from(say_date(speaker.lang, *date)),
            Arg::Day(date) => FluentValue::from(say_day(speaker.lang, *date)),
            Arg::At(at) => FluentValue::from(say_moment(speaker, *at)),
            Arg::Clock(minutes) => FluentValue::from(say_clock(speaker.lang, *minutes)),
            Arg::Say(say) => FluentValue::from(self.say(speaker, say)),
        }
    }
}

/// What a city's staff wrote: in the resident's language if they did, else in Japanese, with a mark that it is.
fn own_words(lang: Lang, words: &BTreeMap<Lang, String>) -> String {
    match (words.get(&lang), words.get(&Lang::Ja)) {
        (Some(words), _) => words.clone(),
        (None, Some(words)) if lang.reads_japanese() => words.clone(),
        (None, Some(words)) => format!("[日本語] {words}"),
        (None, None) => String::new(),
    }
}

fn say_moment(speaker: &Speaker<'_>, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&speaker.zone);
    let minutes = u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0);
    format!("{} {}", say_date(speaker.lang, local.date_naive()), say_clock(speaker.lang, minutes))
}

/// A day as people write it, with its weekday.
pub fn say_date(lang: Lang, date: NaiveDate) -> String {
    let n = date.weekday().num_days_from_monday() as usize;
    let (month, day) = (date.month(), date.day());
    match lang {
        Lang::Ja => format!("{month}月{day}日（{}）", ["月", "火", "水", "木", "金", "土", "日"][n]),
        Lang::JaEasy => format!(
            "{month}月{day}日（{}）",
            ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"][n]
        ),
        Lang::En => format!(
            "{}, {} {day}",
            ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][n],
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][date.month0() as usize]
        ),
        Lang::Zh => format!("{month}月{day}日（周{}）", ["一", "二", "三", "四", "五", "六", "日"][n]),
        Lang::Ko => format!("{month}월 {day}일({})", ["월", "화", "수", "목", "금", "토", "일"][n]),
        Lang::Vi => format!(
            "{}, {day}/{month}",
            ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"][n]
        ),
    }
}

/// A day with its year.
fn say_day(lang: Lang, date: NaiveDate) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match lang {
        Lang::Ja | Lang::JaEasy => format!("{year}年{month}月{day}日{}", era(date).map(|era| format!("（{era}）")).unwrap_or_default()),
        Lang::En => date.format("%-d %B %Y").to_string(),
        Lang::Zh => format!("{year}年{month}月{day}日"),
        Lang::Ko => format!("{year}년 {month}월 {day}일"),
        Lang::Vi => format!("{day}/{month}/{year}"),
    }
}

/// The Japanese year of a day, as older people know their own: 昭和60年.
fn era(date: NaiveDate) -> Option<String> {
    const ERAS: [(&str, i32, u32, u32); 5] = [("令和", 2019, 5, 1), ("平成", 1989, 1, 8), ("昭和", 1926, 12, 25), ("大正", 1912, 7, 30), ("明治", 1868, 1, 25)];
    let (name, first, ..) = ERAS.into_iter().find(|(_, y, m, d)| NaiveDate::from_ymd_opt(*y, *m, *d).is_some_and(|from| date >= from))?;
    let year = date.year() - first + 1;
    Some(if year == 1 { format!("{name}元年") } else { format!("{name}{year}年") })
}

fn say_clock(lang: Lang, minutes: u16) -> String {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match (lang, minutes) {
        (Lang::Ja | Lang::JaEasy, 0) => format!("{hours}時"),
        (Lang::Ja | Lang::JaEasy, _) => format!("{hours}時{minutes}分"),
        _ => format!("{hours}:{minutes:02}"),
    }
}
