//! The units of a text that are looked for: words by their base form, and pairs of characters.

use crate::{lexicon::Kind, segment::segment};
use std::collections::HashMap;

/// Texts longer than this (characters) say nothing new at their end.
const LONGEST: usize = 4_000;
/// Verbs say less than nouns: everybody «wants» and «does».
const VERB: f32 = 0.5;

/// A word as it sounds says less than as it is written: many sound alike.
const SOUND: f32 = 0.4;

/// How much of each unit a text has.
pub(crate) type Counts = HashMap<String, f32>;

/// Words and, apart from them, pairs of characters.
#[derive(Default)]
pub(crate) struct Units {
    pub words: Counts,
    pub pairs: Counts,
}

impl Units {
    /// Adds a text; `times` counts it more than once.
    pub fn add(&mut self, text: &str, times: f32) {
        let cut: String = text.chars().take(LONGEST).collect();
        let folded = normalise::fold(&cut).to_lowercase();
        for morph in segment(&folded) {
            let weight = match morph.kind {
                Kind::Function => continue,
                Kind::Verb => VERB,
                _ => 1.0,
            };
            // The same word in kana: 「すいどう」 finds 水道.
            let sound = if morph.reading.is_empty() { &morph.base } else { &morph.reading };
            let sound = format!("~{}", normalise::kana::to_hiragana(sound));
            *self.words.entry(sound).or_default() += SOUND * weight * times;
            *self.words.entry(morph.base).or_default() += weight * times;
        }
        // Kana script makes no difference here: ゴミ and ごみ are the same pair.
        let signs: Vec<char> = folded.chars().map(normalise::kana::hiragana).collect();
        for run in signs.split(|c| !c.is_alphanumeric() && *c != 'ー') {
            for pair in run.windows(2).filter(|pair| !pair.iter().all(|c| is_function_kana(*c))) {
                *self.pairs.entry(pair.iter().collect()).or_default() += times;
            }
            if let [only] = run {
                *self.pairs.entry(only.to_string()).or_default() += times;
            }
        }
    }
}

/// The kana that endings and particles are made of: pairs of them are noise.
fn is_function_kana(c: char) -> bool {
    "はがをにでとのもやかなすだしたてまいるれらんっよねけりさせこそあ".contains(c)
}
