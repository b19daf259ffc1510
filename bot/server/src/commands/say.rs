use crate::settings::Settings;
use anyhow::Context;
use model::Part;
use std::path::Path;
use voice::Mouth;

/// Speaks a text as a caller would hear it, sentence by sentence.
pub fn say(settings: &Settings, text: &str, out: &Path, speed: f32) -> anyhow::Result<()> {
    let mouth = speech::Voice::load(&settings.voice.speech)?;
    let spec = hound::WavSpec { channels: 1, sample_rate: u32::try_from(voice::RATE)?, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut file = hound::WavWriter::create(out, spec).with_context(|| format!("{} cannot be written", out.display()))?;
    for sentence in voice::sentences(&[Part::Text { text: text.to_owned() }]) {
        let pause = vec![0; voice::RATE / 5];
        for sample in mouth.speak(&sentence, speed)?.into_iter().chain(pause) {
            file.write_sample(sample)?;
        }
    }
    file.finalize()?;
    Ok(())
}
