use crate::settings::Settings;
use anyhow::{Context, ensure};
use serde_json::json;
use std::{path::{Path, PathBuf}, process::ExitCode, time::Instant};
use voice::{Heard, Hints};
use whisper::Whisper;

/// A line of JSON for each file. A file that cannot be read is named, and the others are still written down.
pub fn transcribe(settings: &Settings, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let model = settings.voice.model.as_ref().context("there is no speech model; name one with voice.model (BOT_VOICE__MODEL)")?;
    let ears = Whisper::load(model, settings.voice.threads)?;
    let mut fine = true;
    for file in files {
        let began = Instant::now();
        match hear(&ears, file) {
            Ok(heard) => println!("{}", json!({ "file": file, "text": heard.text, "ms": began.elapsed().as_millis() })),
            Err(error) => {
                fine = false;
                println!("{}", json!({ "file": file, "error": format!("{error:#}") }));
            }
        }
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn hear(ears: &Whisper, file: &Path) -> anyhow::Result<Heard> {
    let mut wav = hound::WavReader::open(file).context("no WAV file")?;
    let spec = wav.spec();
    ensure!(spec.channels == 1 && spec.bits_per_sample == 16 && spec.sample_format == hound::SampleFormat::Int, "16-bit mono is needed");
    let samples = wav.samples::<i16>().map(|sample| sample.map(|sample| f32::from(sample) / 32_768.0)).collect::<Result<Vec<f32>, _>>()?;
    let wide = match spec.sample_rate {
        16_000 => samples,
        8_000 => voice::up(&samples, 2),
        other => anyhow::bail!("its rate is {other} Hz; 8000 or 16000 is needed"),
    };
    Ok(ears.transcribe(&wide, &Hints::default())?)
}
