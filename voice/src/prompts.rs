//! Sentences as sound. What is said to everybody is made once.

use crate::{Mouth, SpeechError};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Samples that are kept: 40 MB, some forty minutes.
const MOST: usize = 20_000_000;
/// A sentence with so many digits is somebody's own: it is not kept.
const PERSONAL: usize = 4;

pub struct Prompts {
    mouth: Arc<dyn Mouth>,
    kept: Mutex<Kept>,
}

/// A sentence, and its speed in hundredths.
type Key = (String, u32);

#[derive(Default)]
struct Kept {
    /// The sound, and when it was used last.
    sentences: HashMap<Key, (Arc<[i16]>, u64)>,
    samples: usize,
    used: u64,
}

impl Prompts {
    pub fn new(mouth: Arc<dyn Mouth>) -> Self {
        Self { mouth, kept: Mutex::default() }
    }

    /// The sound of a sentence, off the async threads.
    pub async fn sound(self: &Arc<Self>, sentence: &str, speed: f32) -> Result<Arc<[i16]>, SpeechError> {
        let key = (sentence.to_owned(), (speed * 100.0) as u32);
        if let Some(sound) = self.find(&key) {
            return Ok(sound);
        }
        let own = self.clone();
        tokio::task::spawn_blocking(move || {
            let sound: Arc<[i16]> = own.mouth.speak(&key.0, speed)?.into();
            if key.0.chars().filter(|c| c.is_numeric()).count() < PERSONAL {
                own.keep(key, &sound);
            }
            Ok(sound)
        })
        .await
        .unwrap_or_else(|error| Err(SpeechError(error.to_string())))
    }

    fn find(&self, key: &Key) -> Option<Arc<[i16]>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.used += 1;
        let now = kept.used;
        let (sound, used) = kept.sentences.get_mut(key)?;
        *used = now;
        Some(sound.clone())
    }

    fn keep(&self, key: Key, sound: &Arc<[i16]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let used = kept.used;
        let before = kept.sentences.insert(key, (sound.clone(), used)).map_or(0, |(sound, _)| sound.len());
        kept.samples = kept.samples + sound.len() - before;
        while kept.samples > MOST {
            // What was not used for longest goes.
            let Some(oldest) = kept.sentences.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone()) else { return };
            kept.samples -= kept.sentences.remove(&oldest).map_or(0, |(sound, _)| sound.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Mouth for Counting {
        fn speak(&self, _: &str, _: f32) -> Result<Vec<i16>, SpeechError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(vec![0; MOST / 4])
        }
    }

    #[tokio::test]
    async fn sentences_are_made_once_but_not_what_is_personal_and_not_without_end() {
        let mouth = Arc::new(Counting::default());
        let prompts = Arc::new(Prompts::new(mouth.clone()));
        let made = async |sentence: &str, speed| {
            prompts.sound(sentence, speed).await.expect("sound");
            mouth.0.load(Ordering::Relaxed)
        };
        assert_eq!((made("あ", 1.0).await, made("あ", 1.0).await, made("あ", 0.8).await), (1, 1, 2));
        assert_eq!((made("電話は0312345678です", 1.0).await, made("電話は0312345678です", 1.0).await), (3, 4));
        for sentence in ["い", "う", "え", "お"] {
            made(sentence, 1.0).await;
        }
        assert_eq!((made("お", 1.0).await, made("あ", 1.0).await), (8, 9), "the oldest went");
    }
}
