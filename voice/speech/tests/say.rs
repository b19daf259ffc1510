//! The voice itself, from the folder that `make speech` makes.

use speech::Voice;
use std::{path::PathBuf, time::Instant};
use voice::{Mouth, RATE};

fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")), PathBuf::from);
    target.join("speech")
}

#[test]
fn sentences_sound_as_long_as_people_speak_and_are_made_much_faster() {
    let voice = Voice::load(&folder()).expect("a voice; `make speech` makes it");
    let seconds = |sentence: &str, speed: f32| voice.speak(sentence, speed).expect("sound").len() as f32 / RATE as f32;
    let sentence = "こんにちは、あおば市の窓口案内です。";
    let usual = seconds(sentence, 1.0);
    assert!((1.5..4.5).contains(&usual), "{usual} s");
    let slow = seconds(sentence, 0.7);
    assert!(slow > 1.15 * usual, "slower on request: {slow} s, {usual} s");
    assert!(seconds("06-0000-2000", 1.0) > 2.0, "digit by digit");
    // Nothing to say, and things that no reader expects.
    for odd in ["", "。", "https://www.city.aoba.example/", "…", "🙂", "\u{0}\u{1}", "a\u{301}", &"長".repeat(3_000)] {
        assert!(voice.speak(odd, 1.0).is_ok(), "{odd:.20}");
    }
    let sound = voice.speak(sentence, 1.0).expect("sound");
    let peak = sound.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    assert!((8_000..30_000).contains(&peak), "{peak}");
    let began = Instant::now();
    let made = seconds("図書館は、午前九時から午後七時まで開いています。月曜日は休みです。", 1.0);
    let factor = began.elapsed().as_secs_f32() / made;
    println!("real-time factor {factor:.3}");
    assert!(factor < 0.5, "real-time factor {factor}");
}

#[test]
fn a_missing_voice_says_how_to_make_it() {
    let error = Voice::load(&std::env::temp_dir().join("madoguchi-no-such-folder")).err().expect("an error");
    assert!(error.to_string().contains("make speech"), "{error}");
}
