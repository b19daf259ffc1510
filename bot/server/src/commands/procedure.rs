use crate::{boot::Booted, settings::Settings};
use anyhow::{Context, ensure};
use intents::procedures;
use model::{CityId, Lang};
use std::{fs, path::Path, process::ExitCode};

/// Shows what a procedure asks, under which condition; fails, naming line and field, if it is not right.
pub fn preview(file: &Path) -> anyhow::Result<ExitCode> {
    let source = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let procedure = match procedures::read(&source, procedures::is_form_of_the_house) {
        Ok(procedure) => procedure,
        Err(problems) => {
            for problem in problems {
                eprintln!("{}:{}: {}", file.display(), problem.line, problem.text);
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let japanese = |words: &procedures::Words| words.by_language().remove(&Lang::Ja).unwrap_or_default();
    println!("{} ({})", japanese(&procedure.title), procedure.id.value);
    for (n, question) in procedure.questions.iter().enumerate() {
        let conditions: Vec<String> = question.when.iter().map(|(name, values)| format!("{name} = {}", values.value.join(" / "))).collect();
        let condition = if conditions.is_empty() { String::new() } else { format!("  [{}]", conditions.join(", ")) };
        println!("{:>2}. {}  ({}{}){condition}", n + 1, japanese(&question.ask), question.kind.value, if question.optional { ", optional" } else { "" });
        for option in &question.options {
            println!("      - {}", japanese(&option.label));
        }
    }
    for ending in &procedure.answers {
        println!(" => {}", japanese(&ending.text));
    }
    if let Some(done) = &procedure.done {
        println!(" => {}", japanese(done));
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn list(settings: &Settings, city: &CityId) -> anyhow::Result<()> {
    let booted = Booted::new(settings).await?;
    let listed = procedures::list(&booted.engine.db, city).await;
    booted.close().await;
    for version in listed? {
        println!("{} {}{}", version.procedure_id, version.version, if version.published { " published" } else { "" });
    }
    Ok(())
}

pub async fn publish(settings: &Settings, id: &str, version: i32, city: &CityId) -> anyhow::Result<()> {
    let booted = Booted::new(settings).await?;
    let done = procedures::publish(&booted.engine.db, city, id, version).await;
    booted.close().await;
    ensure!(done?, "there is no version {version} of `{id}`; `bot procedure list --city {city}` shows what there is");
    println!("{id} {version} is published");
    Ok(())
}
