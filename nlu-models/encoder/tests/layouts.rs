//! Each layout loads and answers; a folder that is not right says what and where.

use encoder::{Encoder, EncoderError, sample};
use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

/// A folder of this test's own, gone when the test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("encoder-{}-{name}", process::id()));
        fs::create_dir_all(&path).expect("a scratch folder");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn problem(folder: &Path) -> String {
    Encoder::load(folder).err().map_or_else(String::new, |e| e.to_string())
}

#[test]
fn every_layout_answers() {
    for layout in sample::LAYOUTS {
        let folder = Scratch::new(layout);
        sample::write(&folder.0, layout).expect("a sample");
        let encoder = Encoder::load(&folder.0).unwrap_or_else(|e| panic!("{layout}: {e}"));
        assert_eq!(encoder.width(), 32);
        let (a, again, b) = (encoder.query("図書館"), encoder.query("図書館"), encoder.query("ひなんじょ"));
        let (a, again, b) = (a.expect("a vector"), again.expect("a vector"), b.expect("a vector"));
        assert_eq!(a, again, "{layout}");
        assert_ne!(a, b, "{layout}");
        assert!((a.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-3, "{layout}");
        for odd in ["", "🗾", "\u{0}", &"あ".repeat(5_000)] {
            assert!(encoder.passage(odd).is_ok_and(|v| v.len() == 32 && v.iter().all(|x| x.is_finite())), "{layout} {odd:?}");
        }
    }
}

#[test]
fn prompts_and_pooling_of_the_folder_are_obeyed() {
    let folder = Scratch::new("prompts");
    sample::write(&folder.0, "bert").expect("a sample");
    let plain = Encoder::load(&folder.0).expect("plain");
    let prompts = r#"{"prompts":{"query":"とい","passage":"こたえ"}}"#;
    fs::write(folder.0.join("config_sentence_transformers.json"), prompts).expect("a file");
    let prompted = Encoder::load(&folder.0).expect("prompted");
    assert_eq!(prompted.query("予約").expect("a vector"), plain.query("とい予約").expect("a vector"));
    assert_eq!(prompted.passage("予約").expect("a vector"), plain.query("こたえ予約").expect("a vector"));
    fs::create_dir_all(folder.0.join("1_Pooling")).expect("a folder");
    fs::write(folder.0.join("1_Pooling/config.json"), r#"{"pooling_mode_cls_token":true}"#).expect("a file");
    assert_ne!(Encoder::load(&folder.0).expect("first").query("予約").expect("a vector"), prompted.query("予約").expect("a vector"));
}

#[test]
fn a_wrong_folder_says_which_file_and_why() {
    let folder = Scratch::new("wrong");
    assert!(problem(&folder.0).contains("tokenizer.json: cannot be read"), "{}", problem(&folder.0));
    sample::write(&folder.0, "modernbert").expect("a sample");
    let weights = folder.0.join("model.safetensors");
    let whole = fs::read(&weights).expect("weights");
    fs::write(&weights, &whole[..whole.len() / 2]).expect("half of it");
    assert!(problem(&folder.0).contains("model.safetensors: damaged"), "{}", problem(&folder.0));
    fs::write(&weights, whole).expect("all of it");
    let config = fs::read_to_string(folder.0.join("config.json")).expect("a config");
    fs::write(folder.0.join("config.json"), config.replace("modernbert", "bert")).expect("another layout");
    assert!(problem(&folder.0).contains("model.safetensors"), "{}", problem(&folder.0));
    fs::write(folder.0.join("config.json"), config.replace("modernbert", "gpt2")).expect("an unknown layout");
    assert!(matches!(Encoder::load(&folder.0), Err(EncoderError::Layout { .. })));
    fs::write(folder.0.join("config.json"), "{").expect("no JSON");
    assert!(problem(&folder.0).contains("config.json: damaged"), "{}", problem(&folder.0));
}
