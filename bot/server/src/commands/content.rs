use crate::{boot::Booted, settings::Settings};
use anyhow::bail;
use intents::import::{Kind, Report, add_city as add, import as import_file};
use model::CityId;
use std::{path::Path, process::ExitCode};

pub async fn add_city(settings: &Settings, dir: &Path) -> anyhow::Result<()> {
    let booted = Booted::new(settings).await?;
    let added = add(&booted.engine.db, dir).await;
    booted.close().await;
    let (city, report) = added?;
    print(&report);
    println!("{city}: {} rows loaded, {} of them new or changed, {} rejected", report.loaded, report.changed, report.rejected.len());
    Ok(())
}

pub async fn import(settings: &Settings, kind: &str, file: &Path, city: &CityId) -> anyhow::Result<ExitCode> {
    let Some(kind) = Kind::parse(kind) else {
        let known: Vec<_> = Kind::ALL.iter().map(|(name, _)| *name).collect();
        bail!("`{kind}` cannot be imported; there are: {}", known.join(", "));
    };
    let booted = Booted::new(settings).await?;
    let done = import_file(&booted.engine.db, city, kind, file).await;
    booted.close().await;
    let report = done?;
    print(&report);
    println!("{} rows loaded, {} of them new or changed, {} rejected", report.loaded, report.changed, report.rejected.len());
    Ok(if report.loaded == 0 && !report.rejected.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(report: &Report) {
    for rejection in &report.rejected {
        eprintln!("{rejection}");
    }
}
