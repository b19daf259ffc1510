//! The training command on a handful of sentences: the same weights every time; and a larger encoder from a local folder
//! in the place of the n-grams, trained upon, loaded, asked.

use chrono::DateTime;
use encoder::sample;
use model::{Channel, Understand, Utterance};
use nlu_models::{Nlu, NluError};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, id},
};

/// A folder of this test's own, gone when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("training-{}-{name}", id()));
        fs::create_dir_all(&path).expect("a scratch folder");
        Scratch(path)
    }

    fn put(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A handful of sentences in the layout of `data/`.
fn sentences(folder: &Scratch) {
    for part in ["intents", "validation"] {
        folder.put(&format!("data/{part}/waste.sort.txt"), "## ja typed\nこれはどうすてますか\nびんのすてかた\nなべのすてかた\n");
        folder.put(&format!("data/{part}/library.hours.txt"), "## ja typed\n図書館はあいてますか\n図書館のよやく\n図書館はどこ\n");
    }
    folder.put("data/emergency/fire.txt", "## ja typed\nもえています\nけむりがでています\n");
    folder.put("data/emergency/none.txt", "## ja typed\nもえるごみ\nけむりのはなし\n");
    folder.put("data/paraphrases/few.txt", "= 図書館の予約\nほんをよやく\n= 避難\nにげるところ\n");
    folder.put("data/calibration/emergency.jsonl", "{\"text\":\"もえてる\",\"kind\":\"fire\"}\n{\"text\":\"もえるごみ\",\"kind\":null}\n");
}

/// Trains into the folder `out`: whether it went well, and what it said.
fn train(folder: &Path, out: &str, more: &[&str]) -> (bool, String) {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let done = Command::new(env!("CARGO_BIN_EXE_train"))
        .args(["--data", &path("data"), "--out", &path(out), "--min-lines", "1", "--set", "bag.epochs=3,alarm.epochs=3"])
        .args(more)
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .expect("the training command");
    (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
}

#[test]
fn one_seed_gives_one_set_of_weights() {
    let folder = Scratch::new("seed");
    sentences(&folder);
    for (out, seed) in [("one", "7"), ("two", "7"), ("other", "8")] {
        let (fine, said) = train(&folder.0, out, &["--seed", seed]);
        assert!(fine, "{said}");
    }
    let bytes = |out: &str, file: &str| fs::read(folder.0.join(out).join(file)).expect("weights");
    for file in ["model.safetensors", "manifest.json"] {
        assert!(bytes("one", file) == bytes("two", file), "{file} differs between two runs of one seed");
    }
    assert!(bytes("one", "model.safetensors") != bytes("other", "model.safetensors"));
}

#[test]
fn a_wrong_label_or_setting_is_named() {
    let folder = Scratch::new("wrong");
    sentences(&folder);
    folder.put("data/emergency/flood.txt", "## ja typed\nみずがきた\n");
    let (fine, said) = train(&folder.0, "out", &[]);
    assert!(!fine && said.contains("flood.txt:2") && said.contains("not a kind of emergency"), "{said}");
    let (fine, said) = train(&folder.0, "out", &["--colour", "red"]);
    assert!(!fine && said.contains("--colour is not known"), "{said}");
}

#[test]
fn each_layout_is_trained_upon_and_answers() {
    for layout in sample::LAYOUTS {
        let folder = Scratch::new(layout);
        sentences(&folder);
        fs::create_dir_all(folder.0.join("encoder")).expect("a folder");
        sample::write(&folder.0.join("encoder"), layout).expect("a sample");
        let encoder = folder.0.join("encoder").to_string_lossy().into_owned();
        let (fine, said) = train(&folder.0, "out", &["--encoder", &encoder, "--members", "bag"]);
        assert!(fine, "{layout}: {said}");
        let nlu = Nlu::load(&folder.0.join("out")).unwrap_or_else(|e| panic!("{layout}: {e}"));
        let now = DateTime::parse_from_rfc3339("2026-11-03T10:00:00+09:00").expect("a time");
        for text in ["図書館はあいてますか", "", "🗾", &"あ".repeat(5_000)] {
            let answer = nlu.understand(&Utterance { text, now, channel: Channel::Web, city: None, expecting: None, own: None });
            assert!(["waste.sort", "library.hours"].contains(&answer.intent()), "{layout}: {}", answer.intent());
            assert!((0.0..=1.0).contains(&answer.confidence()), "{layout}: {}", answer.confidence());
        }
        // Weights and encoder belong together: without it they say what is missing.
        fs::remove_file(folder.0.join("encoder/tokenizer.json")).expect("it was there");
        let error = Nlu::load(&folder.0.join("out")).err();
        assert!(matches!(&error, Some(NluError::Encoder(e)) if e.to_string().contains("tokenizer.json")), "{layout}: {error:?}");
    }
}
