//! The utterance as the readers see it: characters, hesitations dropped, with the way back to bytes.

use crate::slots::Span;

/// Stands where something was taken out. No reader matches it, and it is a word boundary.
pub(crate) const HIDDEN: char = '\u{fffc}';

/// Sounds of thinking. They carry nothing and stand anywhere, also inside a date.
const FILLERS: &[&str] = &[
    "えーっと", "ええっと", "えーーと", "えーと", "ええと", "えっと", "えっとー", "えとー", "えと", "うーんと", "うーん", "あのですね", "あのー", "あのう",
    "あのぉ", "そのー", "んーと", "んーっと", "んーと", "んー", "んっと", "ですね", "まあ", "なんか", "なんていうか", "えー", "エー", "ええ、", "あの、",
    "あの ", "その、", "ま、", "うんと", "そうですね", "なんだっけ", "何だっけ", "……", "...", "…",
];

pub(crate) struct Text {
    folded: String,
    chars: Vec<char>,
    /// Byte where each character starts, and one more for the end.
    starts: Vec<usize>,
}

impl Text {
    pub(crate) fn new(folded: String) -> Text {
        let raw: Vec<(usize, char)> = folded.char_indices().collect();
        let mut chars = Vec::with_capacity(raw.len());
        let mut starts = Vec::with_capacity(raw.len() + 1);
        let mut i = 0;
        while i < raw.len() {
            starts.push(raw[i].0);
            let skip = filler(&raw, i);
            if skip > 0 {
                chars.push(' ');
                i += skip;
            } else {
                chars.push(raw[i].1.to_ascii_lowercase());
                i += 1;
            }
        }
        starts.push(folded.len());
        Text { folded, chars, starts }
    }

    pub(crate) fn into_folded(self) -> String {
        self.folded
    }

    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The character at `i`, or NUL outside.
    pub(crate) fn at(&self, i: usize) -> char {
        self.chars.get(i).copied().unwrap_or('\0')
    }

    /// The character before `i`, or NUL at the start.
    pub(crate) fn before(&self, i: usize) -> char {
        if i == 0 { '\0' } else { self.at(i - 1) }
    }

    pub(crate) fn slice(&self, from: usize, to: usize) -> &[char] {
        let to = to.min(self.chars.len());
        &self.chars[from.min(to)..to]
    }

    /// If `word` stands at `i`, where it ends.
    pub(crate) fn lit(&self, i: usize, word: &str) -> Option<usize> {
        let mut end = i;
        for c in word.chars() {
            if self.at(end) != c {
                return None;
            }
            end += 1;
        }
        Some(end)
    }

    /// The first of `words` that stands at `i`: list the longer ones first.
    pub(crate) fn any(&self, i: usize, words: &[&str]) -> Option<usize> {
        words.iter().find_map(|w| self.lit(i, w))
    }

    pub(crate) fn has(&self, i: usize, words: &[&str]) -> bool {
        self.any(i, words).is_some()
    }

    /// Whether one of `words` ends within `slack` characters before `i`.
    pub(crate) fn preceded(&self, i: usize, words: &[&str], slack: usize) -> bool {
        (0..=slack.min(i)).any(|s| words.iter().any(|w| self.ends(i - s, w)))
    }

    /// Whether `word` ends at `i`.
    fn ends(&self, i: usize, word: &str) -> bool {
        let mut p = i;
        word.chars().rev().all(|c| {
            let same = p > 0 && self.chars.get(p - 1) == Some(&c);
            p = p.wrapping_sub(1);
            same
        })
    }

    /// Whether one of `words` stands somewhere in `from..to`.
    pub(crate) fn within(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to.min(self.len())).any(|i| words.iter().any(|w| self.lit(i, w).is_some_and(|e| e <= to)))
    }

    /// Whether a hiragana word may start at `i`: no kana stands before, or a particle or an ending does.
    pub(crate) fn word_start(&self, i: usize) -> bool {
        kana_boundary(self.before(i))
            || self.preceded(
                i,
                &["から", "まで", "より", "けど", "です", "ます", "って", "なら", "じゃ", "くて", "いや", "いえ", "した", "えっと", "はい", "あと", "やっぱり", "やっぱ", "やはり"],
                0,
            )
    }

    /// Past blanks.
    pub(crate) fn blank(&self, mut i: usize) -> usize {
        while self.at(i) == ' ' {
            i += 1;
        }
        i
    }

    /// Past blanks and commas.
    pub(crate) fn pause(&self, mut i: usize) -> usize {
        while matches!(self.at(i), ' ' | '、' | ',') {
            i += 1;
        }
        i
    }

    /// Past pauses and the の that ties 「12月」 to 「3日」.
    pub(crate) fn tie(&self, i: usize) -> usize {
        let mut p = self.pause(i);
        if self.at(p) == 'の' {
            p = self.pause(p + 1);
        }
        p
    }

    pub(crate) fn hide(&mut self, from: usize, to: usize) {
        let to = to.min(self.chars.len());
        for c in &mut self.chars[from.min(to)..to] {
            *c = HIDDEN;
        }
    }

    pub(crate) fn span(&self, from: usize, to: usize) -> Span {
        let last = self.chars.len();
        let (mut from, mut to) = (from.min(last), to.min(last));
        while from < to && self.at(from) == ' ' {
            from += 1;
        }
        while to > from && self.at(to - 1) == ' ' {
            to -= 1;
        }
        Span { start: self.starts[from], end: self.starts[to] }
    }
}

fn filler(raw: &[(usize, char)], i: usize) -> usize {
    let at = |k: usize| raw.get(k).map_or('\0', |p| p.1);
    if !matches!(at(i), 'え' | 'エ' | 'う' | 'あ' | 'そ' | 'ん' | 'で' | 'ま' | 'な' | '何' | '…' | '.') {
        return 0;
    }
    let found = FILLERS.iter().find(|w| w.chars().enumerate().all(|(k, c)| at(i + k) == c));
    let Some(word) = found else { return 0 };
    let n = word.chars().count();
    let before = if i == 0 { '\0' } else { at(i - 1) };
    match *word {
        // 「えーの207」 is the letter A, and エー inside a word (エーエム) is no hesitation.
        "えー" | "エー" if matches!(at(i + n), 'の' | '-' | 'エ') || (*word == "エー" && is_katakana(before)) || at(i + n) == 'ハ' => 0,
        "エー" if is_katakana(at(i + n)) && at(i + n) != 'ゼ' => 0,
        "えと" | "まあ" | "ええ、" | "ま、" if is_hiragana(before) && !"はがをにでのと".contains(before) => 0,
        "まあ" if "りる".contains(at(i + n)) => 0,
        _ => n,
    }
}

pub(crate) fn is_hiragana(c: char) -> bool {
    ('ぁ'..='ゖ').contains(&c)
}

pub(crate) fn is_katakana(c: char) -> bool {
    ('ァ'..='ヺ').contains(&c) || c == 'ー'
}

pub(crate) fn is_kanji(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c) || ('\u{3400}'..='\u{4dbf}').contains(&c) || c == '々'
}

/// A hiragana word starts here: what stands before is no hiragana, or a particle.
pub(crate) fn kana_boundary(before: char) -> bool {
    !(is_hiragana(before) || is_katakana(before)) || "はがをにでのともやかね".contains(before)
}
