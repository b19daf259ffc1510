use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A language that the counter answers in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    #[serde(rename = "ja")]
    Ja,
    /// やさしい日本語 (yasashii nihongo): plain Japanese with short sentences and readings, for people who are learning it.
    #[serde(rename = "ja-easy")]
    JaEasy,
    #[serde(rename = "en")]
    En,
    /// Chinese, simplified script.
    #[serde(rename = "zh")]
    Zh,
    #[serde(rename = "ko")]
    Ko,
    #[serde(rename = "vi")]
    Vi,
}

impl Lang {
    pub const ALL: [Lang; 6] = [Lang::Ja, Lang::JaEasy, Lang::En, Lang::Zh, Lang::Ko, Lang::Vi];

    pub fn as_str(self) -> &'static str {
        match self {
            Lang::Ja => "ja",
            Lang::JaEasy => "ja-easy",
            Lang::En => "en",
            Lang::Zh => "zh",
            Lang::Ko => "ko",
            Lang::Vi => "vi",
        }
    }

    /// Its own name for itself.
    pub fn endonym(self) -> &'static str {
        match self {
            Lang::Ja => "日本語",
            Lang::JaEasy => "やさしい日本語",
            Lang::En => "English",
            Lang::Zh => "中文",
            Lang::Ko => "한국어",
            Lang::Vi => "Tiếng Việt",
        }
    }

    /// Whether text of the city, which is written in Japanese, can be shown without a word of warning.
    pub fn reads_japanese(self) -> bool {
        matches!(self, Lang::Ja | Lang::JaEasy)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Lang::ALL
            .into_iter()
            .find(|lang| lang.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no language here; use one of ja, ja-easy, en, zh, ko, vi"))
    }
}
