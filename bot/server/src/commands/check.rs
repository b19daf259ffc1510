use crate::{boot::Booted, models, phone, settings::Settings};
use std::process::ExitCode;

/// Looks at everything and says what is wrong; fails if anything is.
pub async fn check(settings: Settings) -> anyhow::Result<ExitCode> {
    println!("settings: fine (listen {}, data {})", settings.listen, settings.data.display());
    let models = models::understanding(&settings.models).and_then(|nlu| models::encoder(&settings.models, &nlu).map(|_| nlu));
    match models {
        Ok(nlu) => {
            println!("models: fine ({})", serde_json::to_string(nlu.manifest())?);
            if let Some(folder) = &settings.models.encoder {
                println!("encoder: fine ({})", folder.display());
            }
        }
        Err(error) => {
            println!("models: {error:#}");
            return Ok(ExitCode::FAILURE);
        }
    }
    let booted = match Booted::new(&settings).await {
        Ok(booted) => booted,
        Err(error) => {
            println!("start: {error:#}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!("database: fine");
    let mut wrong = usize::from(!phone(&settings));
    let cities = booted.engine.cities.all();
    if cities.is_empty() {
        println!("cities: none yet; load one with `bot city add DIR`");
    }
    for city in cities {
        println!("city {}: {} ({} names known)", city.id, city.name, city.names.len());
        let line = &city.profile.line;
        if line.channel_secret.is_empty() != line.access_token.is_empty() {
            println!("city {}: [line] needs both channel_secret and access_token", city.id);
            wrong += 1;
        }
        if city.profile.hotline.phone.is_empty() {
            println!("city {}: [hotline] has no phone; residents have no way to a person", city.id);
            wrong += 1;
        }
    }
    booted.close().await;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether the telephone could be answered.
fn phone(settings: &Settings) -> bool {
    if settings.phone.lines == 0 {
        println!("phone: switched off (phone.lines is 0)");
        return true;
    }
    let fine = phone::line_settings(settings).and_then(|_| {
        speech::Voice::load(&settings.voice.speech)?;
        phone::ears(settings)
    });
    match fine {
        Ok(Some(_)) => println!("phone: fine (voice, speech model)"),
        Ok(None) => println!("phone: the voice is fine; there is no speech model (voice.model), so callers answer with keys"),
        Err(error) => {
            println!("phone: {error:#}");
            return false;
        }
    }
    true
}
