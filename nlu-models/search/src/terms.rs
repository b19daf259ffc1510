//! What a text is searched by: words, neighbouring words, characters, sounds and ideas.

use crate::{
    lexicon::{Kind, Lexicon},
    segment::{Morph, segment},
    synonyms::Synonyms,
};
use normalise::kana::{hiragana, to_katakana};

/// A unit of one of the spaces below, hashed. Two units of 64 bits do not meet by chance in a city's texts.
pub(crate) type Key = u64;

/// A unit and how much it counts, 0 to 1.
pub(crate) type Unit = (Key, f32);

/// A text taken apart. Units stand in the order of the text and repeat as they do there.
#[derive(Default)]
pub(crate) struct Terms {
    /// Content words, spelt one way.
    pub(crate) words: Vec<Unit>,
    /// Words inside long words: 保険 in 健康保険証.
    pub(crate) parts: Vec<Unit>,
    /// Two content words in a row, particles between them not counted.
    pub(crate) pairs: Vec<Unit>,
    /// Single kanji and two characters in a row.
    pub(crate) grams: Vec<Unit>,
    /// Ideas of the synonym list.
    pub(crate) concepts: Vec<Unit>,
    /// How each of `words` sounds: three kana in a row.
    pub(crate) sounds: Vec<Vec<Unit>>,
    /// Which of `words` are written in kana only, so that the sound is all there is to go by.
    pub(crate) in_kana: Vec<bool>,
    /// How the whole text sounds, if it has no kanji: where its words begin is anyone's guess.
    pub(crate) spoken: Vec<Unit>,
}

/// Words that stand in every second question and say nothing about what it asks.
const EMPTY: [&str; 46] = [
    "する", "いる", "ある", "なる", "できる", "出来る", "くださる", "下さる", "いただく", "頂く", "もらう", "教える", "知る", "思う",
    "言う", "いう", "願う", "聞く", "行う", "おこなう", "ない", "よい", "良い", "いい", "場合", "とき", "時", "こと", "もの", "ため", "方法",
    "どう", "どの", "この", "その", "あの", "これ", "それ", "ここ", "そこ", "ところ", "やる", "くれる", "ほしい", "欲しい", "詳しい",
];

/// How much a word of this kind says about what is asked.
fn weight(morph: &Morph) -> f32 {
    if EMPTY.contains(&morph.base.as_str()) {
        return 0.0;
    }
    match morph.kind {
        Kind::Noun | Kind::Name => 1.0,
        Kind::Adjective => 0.6,
        Kind::Verb | Kind::Suffix => 0.5,
        Kind::Number => 0.4,
        Kind::Adverb | Kind::Pronoun | Kind::Prefix => 0.3,
        Kind::Function => 0.0,
    }
}

/// Spellings that city halls mix and that cutting into words would tear apart or bring too close, and what is read instead, in this order.
const SPELLINGS: [(&str, &str); 17] = [
    ("障がい", "障害"),
    ("障碍", "障害"),
    ("燃えない", "不燃"),
    ("燃やさない", "不燃"),
    ("燃やせない", "不燃"),
    ("もえない", "不燃"),
    ("もやさない", "不燃"),
    ("もえる", "燃える"),
    ("もやす", "燃やす"),
    ("り災", "罹災"),
    // Coming and going: the words alone, 引っ越す and くる, do not tell.
    ("引越し", "引っ越し"),
    ("引っ越してき", "転入"),
    ("引っ越してく", "転入"),
    ("越してき", "転入"),
    ("越してく", "転入"),
    ("から引っ越", "から転入引っ越"),
    ("へ引っ越", "へ転出引っ越"),
];

/// One spelling in small letters, as every text is brought to before it is compared.
pub(crate) fn plain(text: &str) -> String {
    let mut text = normalise::fold(text).to_lowercase();
    for (written, read) in SPELLINGS {
        if text.contains(written) {
            text = text.replace(written, read);
        }
    }
    text
}

/// The content words of a plain text.
pub(crate) fn content(text: &str) -> Vec<Morph> {
    let mut morphs = segment(text);
    morphs.retain(|m| weight(m) > 0.0);
    morphs
}

/// Takes a text apart.
pub(crate) fn terms(text: &str, synonyms: &Synonyms) -> Terms {
    let text = plain(text);
    let morphs = content(&text);
    let mut terms = Terms::default();
    for morph in &morphs {
        let key = word_key(morph);
        terms.words.push((key, weight(morph)));
        let kana = !has_kanji(&morph.base);
        let sound = if kana { to_katakana(&morph.base) } else { morph.reading.clone() };
        terms.sounds.push(sounds(&sound));
        terms.in_kana.push(kana && morph.reading.is_empty());
        parts(morph, &mut terms.parts);
    }
    let pair = |w: &[Unit]| (w[0].0.rotate_left(17) ^ w[1].0, w[0].1.min(w[1].1));
    terms.pairs = terms.words.windows(2).map(pair).collect();
    terms.grams = grams(&text);
    if !has_kanji(&text) {
        terms.spoken = text.split(|c: char| !c.is_alphanumeric() && c != 'ー').flat_map(|run| sounds(&to_katakana(run))).collect();
    }
    let keys: Vec<Key> = terms.words.iter().map(|w| w.0).collect();
    terms.concepts = synonyms.find(&keys);
    terms
}

/// The key of a word, the same for all its spellings that differ in kana endings: 引っ越し 引越し 引越, 払い 払う, 取れる 取る.
pub(crate) fn word_key(morph: &Morph) -> Key {
    let base = &morph.base;
    let kanji = base.chars().filter(|&c| is_kanji(c)).count();
    let ends_in_kana = base.chars().any(|c| matches!(c, 'ぁ'..='ゖ'));
    match kanji {
        0 => hash('w', &to_katakana(base)),
        1 if ends_in_kana && base.chars().next().is_some_and(is_kanji) => {
            let spelt: String = base.chars().take(2).map(row).collect();
            hash('w', &spelt)
        }
        2.. if ends_in_kana => hash('w', &base.chars().filter(|&c| is_kanji(c)).collect::<String>()),
        _ => hash('w', base),
    }
}

/// A kana that stands for its row, voiced or not: verbs move only inside it.
fn row(c: char) -> char {
    const ROWS: [&str; 10] = [
        "あいうえおわゐゑをぁぃぅぇぉ", "かきくけこがぎぐげご", "さしすせそざじずぜぞ", "たちつてとだぢづでどっ", "なにぬねの",
        "はひふへほばびぶべぼぱぴぷぺぽ", "まみむめも", "やゆよゃゅょ", "らりるれろ", "ん",
    ];
    ROWS.iter().find(|r| r.contains(c)).and_then(|r| r.chars().next()).unwrap_or(c)
}

/// Nouns of the lexicon that a long noun is made of, each of two characters or more.
fn parts(morph: &Morph, out: &mut Vec<Unit>) {
    let chars: Vec<char> = morph.base.chars().collect();
    if morph.kind != Kind::Noun || !(3..=12).contains(&chars.len()) {
        return;
    }
    let units: Vec<u16> = morph.base.encode_utf16().collect();
    if units.len() != chars.len() {
        return;
    }
    let lexicon = Lexicon::get();
    let mut add = |from: usize, to: usize| {
        let piece: String = chars[from..to].iter().collect();
        let piece = Morph { surface: piece.clone(), base: piece, reading: String::new(), kind: Kind::Noun };
        out.push((word_key(&piece), 0.6));
    };
    // Kanji are cut anywhere the lexicon agrees; kana only where another writing begins.
    let may_cut = |at: usize| is_kanji(chars[at - 1]) || is_kanji(chars[at]);
    for cut in 2..chars.len() {
        if !may_cut(cut) || !lexicon.is_noun(&units[..cut]) {
            continue;
        }
        let rest = chars.len() - cut;
        if rest == 1 || lexicon.is_noun(&units[cut..]) {
            add(0, cut);
            if rest > 1 {
                add(cut, chars.len());
            }
            return;
        }
    }
}

/// Three katakana in a row; long vowel signs do not count.
fn sounds(kana: &str) -> Vec<Unit> {
    let kana: Vec<char> = kana.chars().filter(|&c| matches!(c, 'ァ'..='ヺ')).collect();
    kana.windows(3).map(|w| (w.iter().copied().fold(hash_start('s'), mix), 1.0)).collect()
}

fn grams(text: &str) -> Vec<Unit> {
    let chars: Vec<char> = text.chars().map(hiragana).collect();
    let mut grams = Vec::with_capacity(chars.len() * 2);
    let mut before = None;
    for &c in &chars {
        if !(c.is_alphanumeric() || c == 'ー') {
            before = None;
            continue;
        }
        if is_kanji(c) {
            grams.push((mix(hash_start('g'), c), 0.5));
        }
        if let Some(b) = before {
            // Kana in a row are mostly endings.
            let kana = |c: char| matches!(c, 'ぁ'..='ゖ');
            let weight = if kana(b) && kana(c) { 0.3 } else { 1.0 };
            grams.push((mix(mix(hash_start('g'), b), c), weight));
        }
        before = Some(c);
    }
    grams
}

fn has_kanji(text: &str) -> bool {
    text.chars().any(is_kanji)
}

pub(crate) fn is_kanji(c: char) -> bool {
    matches!(c, '々' | '〆' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn hash_start(space: char) -> Key {
    mix(0xcbf2_9ce4_8422_2325, space)
}

fn mix(hash: Key, c: char) -> Key {
    let h = (hash ^ Key::from(u32::from(c))).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    h ^ (h >> 29)
}

/// The key of a text in one space.
pub(crate) fn hash(space: char, text: &str) -> Key {
    text.chars().fold(hash_start(space), mix)
}

/// A whole text as one key: signs and blanks do not count, nor which kana it is in. `None` if nothing else is there.
pub(crate) fn exactly(text: &str) -> Option<Key> {
    let plain = plain(text);
    let mut said = plain.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').map(hiragana).peekable();
    said.peek()?;
    Some(said.fold(hash_start('x'), mix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Vec<Key> {
        content(&plain(text)).iter().map(word_key).collect()
    }

    #[test]
    fn spellings_of_a_word_share_a_key() {
        for (a, b) in [("引っ越し", "引越し"), ("引っ越し", "引越"), ("申込み", "申し込み"), ("ゴミ", "ごみ"), ("取れる", "取る"), ("払い", "払う")] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("転入"), key("転出"));
    }

    #[test]
    fn endings_and_empty_words_are_not_searched_for() {
        assert!(key("どうすればいいですか。教えてください").is_empty());
        assert_eq!(key("ゴミを捨てたいのですが"), key("ごみ 捨てる"));
    }
}
