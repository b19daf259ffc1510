//! A model of the shipped size with random weights: proves loading, limits and threads; what it hears is nonsense.

use std::{fs, path::PathBuf, sync::Arc, time::Instant};
use voice::{Ears, Hints, RATE};
use whisper::Whisper;

const WIDTH: usize = 128;
const MELS: usize = 80;

struct Model(Vec<u8>, u64);

impl Model {
    fn number(&mut self, number: usize) {
        self.0.extend(u32::try_from(number).expect("a small number").to_le_bytes());
    }

    /// Small numbers, the same each time.
    fn random(&mut self) -> f32 {
        self.1 = self.1.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.1 >> 40) as f32 / 16_777_216.0 - 0.5) * 0.1
    }

    /// Its sizes as ggml writes them: the innermost first.
    fn tensor(&mut self, name: &str, sizes: &[usize], half: bool) {
        [sizes.len(), name.len(), usize::from(half)].into_iter().for_each(|n| self.number(n));
        sizes.iter().for_each(|size| self.number(*size));
        self.0.extend(name.as_bytes());
        for _ in 0..sizes.iter().product() {
            let value = self.random();
            if half {
                self.0.extend(f16(value).to_le_bytes());
            } else {
                self.0.extend(value.to_le_bytes());
            }
        }
    }

    fn norm(&mut self, name: &str) {
        self.tensor(&format!("{name}.weight"), &[WIDTH], false);
        self.tensor(&format!("{name}.bias"), &[WIDTH], false);
    }

    fn linear(&mut self, name: &str, from: usize, to: usize, bias: bool) {
        self.tensor(&format!("{name}.weight"), &[from, to], true);
        if bias {
            self.tensor(&format!("{name}.bias"), &[to], false);
        }
    }

    fn attention(&mut self, name: &str) {
        self.norm(&format!("{name}_ln"));
        for (part, bias) in [("query", true), ("key", false), ("value", true), ("out", true)] {
            self.linear(&format!("{name}.{part}"), WIDTH, WIDTH, bias);
        }
    }

    fn block(&mut self, name: &str, crossed: bool) {
        self.attention(&format!("{name}.attn"));
        if crossed {
            self.attention(&format!("{name}.cross_attn"));
        }
        self.norm(&format!("{name}.mlp_ln"));
        self.linear(&format!("{name}.mlp.0"), WIDTH, 4 * WIDTH, true);
        self.linear(&format!("{name}.mlp.2"), 4 * WIDTH, WIDTH, true);
    }
}

/// Half precision, for numbers below 1.
fn f16(value: f32) -> u16 {
    let bits = value.to_bits();
    let exponent = i32::try_from(bits >> 23 & 0xff).expect("eight bits") - 112;
    let sign = (bits >> 16 & 0x8000) as u16;
    if exponent <= 0 { sign } else { sign | (exponent as u16) << 10 | (bits >> 13 & 0x3ff) as u16 }
}

fn model(words: usize, positions: usize) -> Vec<u8> {
    let mut model = Model(Vec::new(), 7);
    let (encoder, decoder) = (4, 2);
    for number in [0x6767_6d6c, words, positions, WIDTH, 4, encoder, 128, WIDTH, 4, decoder, MELS, 1, MELS, 201] {
        model.number(number);
    }
    for _ in 0..MELS * 201 {
        let weight = model.random().abs();
        model.0.extend(weight.to_le_bytes());
    }
    let spelt = words.min(50_257);
    model.number(spelt);
    for word in 0..spelt {
        let text = format!("{word} ");
        model.number(text.len());
        model.0.extend(text.as_bytes());
    }
    model.tensor("encoder.positional_embedding", &[WIDTH, positions], false);
    model.tensor("encoder.conv1.weight", &[3, MELS, WIDTH], true);
    model.tensor("encoder.conv1.bias", &[1, WIDTH], false);
    model.tensor("encoder.conv2.weight", &[3, WIDTH, WIDTH], true);
    model.tensor("encoder.conv2.bias", &[1, WIDTH], false);
    (0..encoder).for_each(|n| model.block(&format!("encoder.blocks.{n}"), false));
    model.norm("encoder.ln_post");
    model.tensor("decoder.positional_embedding", &[WIDTH, 128], false);
    model.tensor("decoder.token_embedding.weight", &[WIDTH, words], true);
    (0..decoder).for_each(|n| model.block(&format!("decoder.blocks.{n}"), true));
    model.norm("decoder.ln");
    model.0
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("madoguchi-{name}-{}.bin", std::process::id()));
    fs::write(&path, bytes).expect("a file");
    path
}

#[test]
fn a_model_is_loaded_and_hears_in_several_threads_at_once() {
    let path = written("model", &model(51_865, 400));
    let ears = Arc::new(Whisper::load(&path, 1).expect("a model"));
    fs::remove_file(&path).expect("removed");
    assert_eq!((ears.shape().audio_positions, ears.shape().encoder_layers), (400, 4));
    let voice: Vec<i16> = (0..3 * RATE).map(|n| ((n as f32 * 0.11).sin() * 8_000.0 * (n as f32 * 0.002).sin()) as i16).collect();
    let hints = Hints { words: vec!["燃えるごみ".to_owned(), "\0".to_owned()] };
    let began = Instant::now();
    let alone = ears.hear(&voice, &hints).expect("something");
    println!("3 s of sound: {} ms, {:?}", began.elapsed().as_millis(), alone.text.chars().take(20).collect::<String>());
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn({ let (ears, voice, hints) = (ears.clone(), voice.clone(), hints.clone()); move || ears.hear(&voice, &hints) })).collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no panic").expect("something").text, alone.text, "the same sound is heard alike");
    }
    // Nothing, almost nothing, and more than the model has positions for.
    for samples in [0, 100, 30 * RATE] {
        ears.hear(&vec![0; samples], &Hints::default()).expect("no error");
    }
}

#[test]
fn files_that_would_end_the_process_are_refused_with_the_reason() {
    let good = model(51_865, 400);
    let with = |at: usize, number: u32| {
        let mut bytes = good.clone();
        bytes[at * 4..at * 4 + 4].copy_from_slice(&number.to_le_bytes());
        bytes
    };
    for (name, bytes, reason) in [
        ("empty", Vec::new(), "too short"),
        ("text", vec![b'x'; 4_000], "ggml"),
        ("vocabulary", with(1, 300), "tokens"),
        ("width", with(3, 192), "do not fit"),
        ("heads", with(4, 0), "do not fit"),
        ("float", with(11, 0), "F16"),
        ("cut", good[..1_000_000].to_vec(), "cut off"),
    ] {
        let path = written(name, &bytes);
        let error = Whisper::load(&path, 1).err().expect("an error").to_string();
        fs::remove_file(&path).expect("removed");
        assert!(error.contains(reason), "{name}: {error}");
    }
    // Cut off where only whisper.cpp notices.
    let path = written("half", &good[..good.len() - 100_000]);
    assert!(Whisper::load(&path, 1).is_err());
    fs::remove_file(&path).expect("removed");
}
