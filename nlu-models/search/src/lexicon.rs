//! The word list that comes with the crate: spellings, base forms, readings, and what it costs to put two beside each other.
//!
//! `lexicon.bin` is made by `examples/lexicon.rs` from the IPA dictionary (licence: `lexicon.LICENSE`) and is deflated.
//! Inside, numbers are little-endian, a *list* is a u32 length in bytes and the bytes:
//! u32 side, side × side joining costs (one byte each, 128 = none, steps of 64); lists for the base forms: bytes shared with
//! the one before, bytes following, those bytes, kinds, lengths of readings, readings (one byte a kana, from U+3000; empty =
//! as written); lists for the spellings: shared, following, bytes, number of words; and seven lists, a byte of each word in
//! each: context (2), cost (2), base form (3).

use std::{ops::Range, sync::OnceLock};

/// What part a word plays in a sentence, as far as a search cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Noun,
    Name,
    Number,
    Verb,
    Adjective,
    Adverb,
    /// After a noun: 証, 料, 課.
    Suffix,
    /// どこ, 何, この.
    Pronoun,
    Prefix,
    /// Particles, auxiliaries, signs: nothing to search for.
    Function,
}

impl Kind {
    fn of(byte: u8) -> Kind {
        use Kind::{Adjective, Adverb, Function, Name, Noun, Number, Prefix, Pronoun, Suffix, Verb};
        [Noun, Name, Number, Verb, Adjective, Adverb, Suffix, Pronoun, Prefix].get(usize::from(byte)).copied().unwrap_or(Function)
    }
}

/// One word of one spelling.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    /// Row and column in the joining costs.
    pub(crate) context: u16,
    pub(crate) cost: i16,
    /// The base form, for [`Lexicon::base`].
    pub(crate) lemma: u32,
}

#[derive(Default)]
pub(crate) struct Lexicon {
    side: usize,
    links: Vec<u8>,
    bases: Texts,
    readings: Texts,
    kinds: Vec<u8>,
    /// All spellings, sorted, as UTF-16 units (the packer leaves out what needs two).
    units: Vec<u16>,
    starts: Vec<u32>,
    /// Where the spellings that begin with a unit begin in `starts`; one more than there are units.
    first: Vec<u32>,
    /// Where the words of a spelling begin in `words`.
    word_starts: Vec<u32>,
    words: Vec<Word>,
}

/// Many short strings in one.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    fn get(&self, n: usize) -> &str {
        let end = self.ends.get(n).map_or(0, |&e| e as usize);
        let start = if n == 0 { 0 } else { self.ends.get(n - 1).map_or(0, |&e| e as usize) };
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Lexicon {
    /// The list in the binary, unpacked when first asked for (some 50 ms).
    pub(crate) fn get() -> &'static Lexicon {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        // A broken list cannot get past the tests; without words, text is cut by kinds of characters.
        LEXICON.get_or_init(|| Lexicon::unpack(include_bytes!("../lexicon.bin")).unwrap_or_default())
    }

    fn unpack(packed: &[u8]) -> Option<Lexicon> {
        let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, 1 << 26).ok()?;
        let mut read = Reader(&bytes);
        let side = read.number()?;
        let links = read.take(side.checked_mul(side)?)?.to_vec();
        let mut lexicon = Lexicon { side, links, ..Lexicon::default() };
        lexicon.bases = read.strings()?;
        lexicon.kinds = read.list()?.to_vec();
        let (sizes, mut kana) = (read.list()?, Reader(read.list()?));
        for &size in sizes {
            let reading: Option<String> = kana.take(size.into())?.iter().map(|&k| char::from_u32(0x3000 + u32::from(k))).collect();
            lexicon.readings.push(&reading?);
        }
        let spellings = read.strings()?;
        let counts = read.list()?;
        let mut columns: [&[u8]; 7] = [&[]; 7];
        for column in &mut columns {
            *column = read.list()?;
        }
        let [c0, c1, k0, k1, l0, l1, l2] = columns;
        for n in 0..c0.len() {
            lexicon.words.push(Word {
                context: u16::from_le_bytes([*c0.get(n)?, *c1.get(n)?]),
                cost: i16::from_le_bytes([*k0.get(n)?, *k1.get(n)?]),
                lemma: u32::from_le_bytes([*l0.get(n)?, *l1.get(n)?, *l2.get(n)?, 0]),
            });
        }
        let known = |w: &Word| usize::from(w.context) < side && (w.lemma as usize) < lexicon.kinds.len();
        if !lexicon.words.iter().all(known) {
            return None;
        }
        lexicon.index(&spellings, counts)?;
        Some(lexicon)
    }

    fn index(&mut self, spellings: &Texts, counts: &[u8]) -> Option<()> {
        self.first = vec![0; 0x1_0001];
        let mut word = 0;
        for (n, &count) in counts.iter().enumerate() {
            self.starts.push(u32::try_from(self.units.len()).ok()?);
            self.units.extend(spellings.get(n).encode_utf16());
            self.word_starts.push(word);
            word += u32::from(count);
            let first = *self.units.get(*self.starts.last()? as usize)?;
            self.first[usize::from(first) + 1] += 1;
        }
        for n in 1..self.first.len() {
            self.first[n] += self.first[n - 1];
        }
        self.starts.push(u32::try_from(self.units.len()).ok()?);
        self.word_starts.push(word);
        (word as usize == self.words.len()).then_some(())
    }

    /// Calls `found` with the length and the words of each spelling that `text` begins with, short ones first.
    pub(crate) fn prefixes(&self, text: &[u16], mut found: impl FnMut(usize, &[Word])) {
        let Some(&head) = text.first() else { return };
        let head = usize::from(head);
        let Some(&[from, to]) = self.first.get(head..head + 2) else { return };
        let (mut from, mut to) = (from as usize, to as usize);
        let mut depth = 1;
        while from < to {
            if self.spelling(from).len() == depth {
                let words = self.word_starts[from] as usize..self.word_starts[from + 1] as usize;
                found(depth, &self.words[words]);
                from += 1;
            }
            let Some(&next) = text.get(depth) else { return };
            let here = from..to;
            from = self.split(here.clone(), |s| s.get(depth).is_some_and(|&u| u < next));
            to = self.split(from..here.end, |s| s.get(depth).is_some_and(|&u| u <= next));
            depth += 1;
        }
    }

    fn spelling(&self, n: usize) -> &[u16] {
        &self.units[self.starts[n] as usize..self.starts[n + 1] as usize]
    }

    /// The first of `range` for which `before` no longer holds.
    fn split(&self, range: Range<usize>, before: impl Fn(&[u16]) -> bool) -> usize {
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low.midpoint(high);
            if before(self.spelling(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// What it costs to have a word of context `after` follow one of context `before`.
    pub(crate) fn link(&self, before: u16, after: u16) -> i32 {
        let at = usize::from(before) * self.side + usize::from(after);
        self.links.get(at).map_or(0, |&b| (i32::from(b) - 128) * 64)
    }

    /// Base form, reading in katakana (empty: as written) and kind.
    pub(crate) fn base(&self, lemma: u32) -> (&str, &str, Kind) {
        let n = lemma as usize;
        (self.bases.get(n), self.readings.get(n), self.kinds.get(n).map_or(Kind::Function, |&k| Kind::of(k)))
    }

    /// Whether this is one whole noun of the list.
    pub(crate) fn is_noun(&self, text: &[u16]) -> bool {
        let mut noun = false;
        self.prefixes(text, |size, words| {
            noun |= size == text.len() && words.iter().any(|w| self.base(w.lemma).2 == Kind::Noun);
        });
        noun
    }
}

/// Takes pieces off the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (piece, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(piece)
    }

    fn number(&mut self) -> Option<usize> {
        self.take(4)?.try_into().ok().map(|b| u32::from_le_bytes(b) as usize)
    }

    fn list(&mut self) -> Option<&'a [u8]> {
        let size = self.number()?;
        self.take(size)
    }

    fn strings(&mut self) -> Option<Texts> {
        let (shared, sizes, mut tails) = (self.list()?, self.list()?, Reader(self.list()?));
        let mut texts = Texts::default();
        let mut word: Vec<u8> = Vec::new();
        for (&same, &size) in shared.iter().zip(sizes) {
            word.truncate(same.into());
            word.extend_from_slice(tails.take(size.into())?);
            texts.push(std::str::from_utf8(&word).ok()?);
        }
        Some(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packed_list_opens_and_knows_words() {
        let lexicon = Lexicon::get();
        assert!(lexicon.words.len() > 200_000);
        let text: Vec<u16> = "粗大ごみの".encode_utf16().collect();
        let mut sizes = Vec::new();
        lexicon.prefixes(&text, |size, words| {
            assert!(words.iter().all(|w| text.starts_with(&text[..size]) && !lexicon.base(w.lemma).0.is_empty()));
            sizes.push(size);
        });
        assert_eq!(sizes, [1, 2, 4]);
        assert!(lexicon.is_noun(&text[..4]) && !lexicon.is_noun(&text));
    }

    #[test]
    fn a_broken_list_is_refused() {
        assert!(Lexicon::unpack(&[]).is_none());
        assert!(Lexicon::unpack(&include_bytes!("../lexicon.bin")[..1000]).is_none());
    }
}
