//! Hand-written word families in five languages: what makes "library", 图书馆 and としょかん one thing to the model.
//!
//! A few hundred sentences of a foreign language teach little by their letters alone; through the families they share
//! what the Japanese sentences have taught. The families are features like n-grams: what each means is learnt.

use crate::{
    prepare::{is_dense, prepare},
    reading::Readings,
};
use std::{collections::HashMap, sync::OnceLock};

pub(crate) const CITY: &str = include_str!("../concepts/city.txt");
pub(crate) const EMERGENCY: &str = include_str!("../concepts/emergency.txt");
pub(crate) const DAILY: &str = include_str!("../concepts/daily.txt");

/// In Latin script a form of at most this many letters must be a whole word; a longer one may be its beginning.
const WHOLE_WORD: usize = 3;
/// A form is looked for by its sound only from this many kana on; shorter ones turn up by accident.
const LONG_SOUND: usize = 4;

struct Form {
    rest: Vec<char>,
    family: u32,
}

/// By the first two characters (the second is NUL for a form of one).
type Forms = HashMap<(char, char), Vec<Form>>;

/// The word families, ready for looking up.
pub struct Concepts {
    written: Forms,
    sounds: Forms,
    names: Vec<&'static str>,
    /// The first so many families are coarse: see [`Concepts::is_coarse`].
    coarse: u32,
}

impl Concepts {
    /// The families that the crate was built with, parsed once per process; they never change.
    pub fn shipped() -> &'static Concepts {
        static SHIPPED: OnceLock<Concepts> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let mut concepts = Concepts::parse(&[CITY, EMERGENCY]);
            concepts.coarse = concepts.names.len() as u32;
            concepts.add(DAILY);
            concepts
        })
    }

    fn parse(files: &[&'static str]) -> Concepts {
        let mut concepts = Concepts { written: Forms::new(), sounds: Forms::new(), names: Vec::new(), coarse: 0 };
        files.iter().for_each(|file| concepts.add(file));
        concepts
    }

    fn add(&mut self, file: &'static str) {
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, forms)) = line.split_once(':') else { continue };
            let family = self.names.len() as u32;
            self.names.push(name.trim());
            for form in forms.split(',') {
                let form = prepare(form);
                add(&mut self.written, &form, family);
                let kana = |c: &char| matches!(c, '\u{3041}'..='\u{309f}');
                if let Some(sound) = Readings::shipped().read(&form)
                    && sound.len() >= LONG_SOUND
                    && sound.iter().all(|c| kana(c) || *c == 'ー')
                {
                    add(&mut self.sounds, &sound, family);
                }
            }
        }
    }

    /// Whether a family is one of the few that say what is wanted, and not one of the many that say of what things. Only
    /// they are worth looking at in pairs.
    #[must_use]
    pub fn is_coarse(&self, family: u32) -> bool {
        family < self.coarse
    }

    /// The families found in a text and in its sound, ascending, each once.
    #[must_use]
    pub fn find(&self, prepared: &[char], sound: Option<&[char]>) -> Vec<u32> {
        let mut found = Vec::new();
        search(&self.written, prepared, &mut found);
        if let Some(sound) = sound {
            search(&self.sounds, sound, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The name of a family as its file has it.
    #[must_use]
    pub fn name(&self, family: u32) -> &'static str {
        self.names.get(family as usize).copied().unwrap_or_default()
    }
}

fn add(forms: &mut Forms, form: &[char], family: u32) {
    if let Some((&first, rest)) = form.split_first() {
        let same = forms.entry((first, rest.first().copied().unwrap_or('\0'))).or_default();
        if !same.iter().any(|known| known.rest == rest && known.family == family) {
            same.push(Form { rest: rest.to_vec(), family });
        }
    }
}

fn search(forms: &Forms, text: &[char], found: &mut Vec<u32>) {
    for (at, first) in text.iter().enumerate() {
        let inside_word = is_letter(*first) && at > 0 && is_letter(text[at - 1]);
        if inside_word {
            continue;
        }
        let after = &text[at + 1..];
        let second = after.first().copied().unwrap_or('\0');
        let alone = (second != '\0').then_some('\0');
        let keys = [Some(second), alone].into_iter().flatten();
        for form in keys.filter_map(|second| forms.get(&(*first, second))).flatten() {
            let fits = after.starts_with(&form.rest)
                && (form.rest.len() >= WHOLE_WORD
                    || !is_letter(*first)
                    || !after.get(form.rest.len()).copied().is_some_and(is_letter));
            if fits {
                found.push(form.family);
            }
        }
    }
}

/// A letter of a script that separates words by blanks and has short ones: Latin, with its marks.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_dense(c) && !matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let prepared = prepare(text);
        let concepts = Concepts::shipped();
        let sound = Readings::shipped().read(&prepared);
        concepts.find(&prepared, sound.as_deref()).into_iter().map(|family| concepts.name(family)).collect()
    }

    #[test]
    fn five_languages_meet() {
        for text in ["図書館の本", "としょかん の ほん", "a library book", "图书馆的书", "도서관 책", "sách thư viện"] {
            assert!(names(text).contains(&"library"), "{text}: {:?}", names(text));
        }
    }

    #[test]
    fn short_latin_forms_are_whole_words() {
        assert!(names("thank you").contains(&"thanks"));
        assert!(!names("this is fine").contains(&"greet"));
        assert!(names("").is_empty());
    }
}
