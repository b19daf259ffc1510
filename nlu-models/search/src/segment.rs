//! Cuts a text into words: the cheapest way through the lexicon, as morphological analysers do it.

use crate::lexicon::{Kind, Lexicon};

/// One word as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Morph {
    /// How it is written, folded and in small letters.
    pub(crate) surface: String,
    /// Its base form.
    pub(crate) base: String,
    /// The base form in katakana; empty where it is not known or the base form is in kana.
    pub(crate) reading: String,
    pub(crate) kind: Kind,
}

/// Longer pieces without a stop are cut here (UTF-16 units), to keep the work linear.
const LONGEST: usize = 400;

/// Kinds of characters that make up words which the lexicon lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Kanji,
    Hiragana,
    Katakana,
    Digit,
    Letter,
    Sign,
}

fn class(c: char) -> Class {
    match c {
        'ぁ'..='ゖ' => Class::Hiragana,
        'ァ'..='ヺ' | 'ー' => Class::Katakana,
        '0'..='9' => Class::Digit,
        '々' | '〆' | '〇' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => Class::Kanji,
        c if c.is_alphabetic() => Class::Letter,
        _ => Class::Sign,
    }
}

/// Cost of an unknown word, and the context of a common noun, in the dictionary's own units (its `unk.def`).
fn unknown(class: Class) -> (u16, i32) {
    match class {
        Class::Kanji => (1285, 11_426),
        Class::Hiragana => (1285, 13_069),
        Class::Katakana => (1285, 9_461),
        Class::Digit => (1295, 10_000),
        Class::Letter => (1285, 9_000),
        Class::Sign => (5, 4_769),
    }
}

/// The words of a folded text in small letters; signs and blanks are left out.
pub(crate) fn segment(text: &str) -> Vec<Morph> {
    let mut morphs = Vec::new();
    // Outside the basic plane there are rare kanji and emoji: no word of the lexicon has them.
    let chars: Vec<char> = text.chars().map(|c| if u32::from(c) > 0xffff { '　' } else { c }).collect();
    for piece in chars.split(|&c| class(c) == Class::Sign && c != '・') {
        for part in piece.chunks(LONGEST) {
            cut(part, &mut morphs);
        }
    }
    morphs
}

/// A word that may stand between two places of the text.
struct Node {
    start: usize,
    context: u16,
    lemma: Option<u32>,
    class: Class,
    total: i32,
    before: usize,
}

fn cut(part: &[char], morphs: &mut Vec<Morph>) {
    let lexicon = Lexicon::get();
    let units: Vec<u16> = part.iter().map(|&c| u16::try_from(u32::from(c)).unwrap_or(0x3000)).collect();
    let mut nodes = vec![Node { start: 0, context: 0, lemma: None, class: Class::Sign, total: 0, before: 0 }];
    // The nodes that end at each place.
    let mut ends: Vec<Vec<usize>> = vec![Vec::new(); part.len() + 1];
    ends[0].push(0);
    for start in 0..part.len() {
        if ends[start].is_empty() {
            continue;
        }
        let here = class(part[start]);
        let mut known = false;
        let mut add = |size: usize, context: u16, cost: i32, lemma: Option<u32>| {
            let best = ends[start].iter().map(|&n| (nodes[n].total + lexicon.link(nodes[n].context, context), n)).min();
            if let Some((total, before)) = best {
                ends[start + size].push(nodes.len());
                nodes.push(Node { start, context, lemma, class: here, total: total + cost, before });
            }
        };
        let run = part[start..].iter().take_while(|&&c| class(c) == here).count();
        // The list has single digits and letters, which would break up numbers and names.
        let whole = matches!(here, Class::Digit | Class::Letter) && run > 1;
        lexicon.prefixes(&units[start..], |size, words| {
            if whole && size < run {
                return;
            }
            known = true;
            for word in words {
                add(size, word.context, word.cost.into(), Some(word.lemma));
            }
        });
        let (context, cost) = unknown(here);
        match here {
            Class::Katakana | Class::Digit | Class::Letter => add(run, context, cost, None),
            _ if known => {}
            Class::Kanji | Class::Hiragana => (1..=run.min(2)).for_each(|size| add(size, context, cost, None)),
            Class::Sign => add(1, context, cost, None),
        }
    }
    let end = part.len();
    let last = ends[end].iter().map(|&n| (nodes[n].total + lexicon.link(nodes[n].context, 0), n)).min();
    let mut way = Vec::new();
    let (mut stop, mut node) = (end, last.map_or(0, |l| l.1));
    while node != 0 {
        way.push((node, stop));
        stop = nodes[node].start;
        node = nodes[node].before;
    }
    morphs.extend(way.iter().rev().filter_map(|&(node, stop)| morph(&nodes[node], &part[nodes[node].start..stop], lexicon)));
}

fn morph(node: &Node, written: &[char], lexicon: &Lexicon) -> Option<Morph> {
    let surface: String = written.iter().collect();
    if let Some(lemma) = node.lemma {
        let (base, reading, kind) = lexicon.base(lemma);
        // A sign in the list, such as ・, is no word.
        let kind = if node.class == Class::Digit { Kind::Number } else { kind };
        return (node.class != Class::Sign).then(|| Morph { surface, base: base.to_owned(), reading: reading.to_owned(), kind });
    }
    let kind = match node.class {
        Class::Digit => Kind::Number,
        // Unknown kana of one sign is a slip of the cutting, not a word.
        Class::Hiragana if written.len() == 1 => Kind::Function,
        Class::Sign => return None,
        _ => Kind::Noun,
    };
    Some(Morph { base: surface.clone(), surface, reading: String::new(), kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(text: &str) -> Vec<String> {
        segment(text).into_iter().filter(|m| m.kind != Kind::Function).map(|m| m.base).collect()
    }

    #[test]
    fn sentences_fall_into_words() {
        assert_eq!(bases("国民健康保険に入りたいのですが"), ["国民", "健康", "保険", "入る"]);
        assert_eq!(bases("住民票はどこで取れますか"), ["住民", "票", "どこ", "取れる"]);
        assert_eq!(bases("75歳のhp"), ["75", "歳", "hp"]);
        assert_eq!(bases("マイナンバーカードを作ります"), ["マイナンバーカード", "作る"]);
    }

    #[test]
    fn odd_input_gives_words_or_nothing() {
        assert!(segment("").is_empty());
        assert!(segment("。、!? 😀\u{0}").is_empty());
        assert!(!segment(&"あ".repeat(5000)).is_empty());
        assert!(!segment(&"鬱".repeat(5000)).is_empty());
    }
}
