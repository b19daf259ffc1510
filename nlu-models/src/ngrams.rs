//! Character n-grams (and words, for scripts with blanks) as 32-bit hashes.

use crate::{concepts::Concepts, fillers::without_fillers, prepare::is_dense, reading::Readings};

/// Longest character n-gram of the text as written.
pub const MAX_N: usize = 4;
/// Longest n-gram of the text as it sounds: two kana are worth about one kanji.
pub const MAX_SOUND_N: usize = 5;
const SOUND: u32 = 50;
/// What is wanted comes last in Japanese: the last so many kana of a longer text are a view of their own.
const TAIL: usize = 20;
const SOUND_TAIL: u32 = 60;

const START: char = '\u{2}';
const END: char = '\u{3}';

/// Every n-gram of a prepared text, repeated as often as it occurs, in no particular order.
///
/// n is 1 to [`MAX_N`] over characters with a start and an end mark; words and pairs of words are added where the
/// script separates them, because four letters of English say little; Japanese is also cut as it sounds.
#[must_use]
pub fn ngrams(prepared: &[char]) -> Vec<u32> {
    let prepared = &without_fillers(prepared)[..];
    let mut out = Vec::with_capacity(prepared.len() * 12);
    characters(prepared, MAX_N, 0, &mut out);
    words(prepared, &mut out);
    let sound = Readings::shipped().read(prepared);
    if let Some(sound) = &sound {
        characters(sound, MAX_SOUND_N, SOUND, &mut out);
        if sound.len() > TAIL {
            characters(&sound[sound.len() - TAIL..], MAX_N, SOUND_TAIL, &mut out);
        }
    }
    families(prepared, sound.as_deref(), &mut out);
    out
}

/// Only the word families of a text and their pairs: the part of its features that no language owns.
#[must_use]
pub fn families_only(prepared: &[char]) -> Vec<u32> {
    let mut out = Vec::new();
    families(prepared, Readings::shipped().read(prepared).as_deref(), &mut out);
    out
}

/// A family counts as said several times: it tells more than one n-gram among hundreds.
const FAMILY_COUNT: usize = 4;
/// Pairs are made of this many families at most, so that their number stays bounded.
const PAIRED: usize = 12;

fn families(prepared: &[char], sound: Option<&[char]>, out: &mut Vec<u32>) {
    let found = Concepts::shipped().find(prepared, sound);
    let coarse: Vec<u32> = found.iter().copied().filter(|&family| Concepts::shipped().is_coarse(family)).collect();
    for &one in &found {
        out.extend(std::iter::repeat_n(finish(step(BASIS, one), 200), FAMILY_COUNT));
    }
    for (at, &one) in coarse.iter().enumerate().take(PAIRED) {
        out.extend(coarse[..at].iter().map(|&other| finish(step(step(BASIS, one), other), 201)));
    }
}

/// The n-grams up to `longest` of one view; `view` keeps those of different views apart.
fn characters(text: &[char], longest: usize, view: u32, out: &mut Vec<u32>) {
    let mut marked = Vec::with_capacity(text.len() + 2);
    marked.push(START);
    marked.extend_from_slice(text);
    marked.push(END);
    for start in 0..marked.len() {
        let mut hash = BASIS;
        for (n, &c) in marked[start..].iter().take(longest).enumerate() {
            hash = step(hash, u32::from(c));
            // A lone mark says nothing.
            if n > 0 || !matches!(c, START | END) {
                out.push(finish(hash, view + n as u32 + 1));
            }
        }
    }
}

/// Fingerprint of what the features are made with: weights belong to one state of these tables.
#[must_use]
pub fn tables() -> String {
    let texts = [crate::reading::TABLE, crate::concepts::CITY, crate::concepts::EMERGENCY, crate::concepts::DAILY];
    let hash = texts.iter().flat_map(|text| text.bytes()).fold(BASIS, |hash, byte| step(hash, u32::from(byte)));
    format!("{hash:016x}")
}

fn words(prepared: &[char], out: &mut Vec<u32>) {
    let mut before: Option<u64> = None;
    for word in prepared.split(|&c| c == ' ' || c == '?') {
        if word.is_empty() || word.iter().any(|&c| is_dense(c)) {
            before = None;
            continue;
        }
        let hash = word.iter().fold(BASIS, |hash, &c| step(hash, u32::from(c)));
        out.push(finish(hash, 100));
        if let Some(before) = before {
            out.push(finish(before.rotate_left(17) ^ hash, 101));
        }
        before = Some(hash);
    }
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, c: u32) -> u64 {
    (hash ^ u64::from(c)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// FNV's low bits are weak: mix before cutting to 32. `kind` keeps a word apart from the same letters as an n-gram.
fn finish(hash: u64, kind: u32) -> u32 {
    let mut z = hash ^ (u64::from(kind) << 56);
    z = (z ^ (z >> 31)).wrapping_mul(0x7fb5_d329_728e_a185);
    (z ^ (z >> 29)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_as_expected() {
        // ^ごみ$: 2 unigrams, 3 bigrams, 2 trigrams, 1 four-gram; once as written, once as it sounds.
        assert_eq!(ngrams(&['ご', 'み']).len() - families_only(&['ご', 'み']).len(), 16);
        let english: Vec<char> = "my id of residence".chars().collect();
        // 18 + 19 + 18 + 17 character n-grams, four words, three pairs.
        assert_eq!(ngrams(&english).len() - families_only(&english).len(), 79);
        assert!(ngrams(&[]).len() <= 2);
    }
}
