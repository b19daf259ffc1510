use crate::{boot::Booted, settings::Settings};
use anyhow::Context;
use backoffice::{NewStaff, Role};
use model::CityId;

/// Makes an account, or gives an existing one a new initial password; prints the password, once.
pub async fn add(settings: &Settings, city: &CityId, login: &str, name: &str, role: Role, desks: &[String]) -> anyhow::Result<()> {
    let booted = Booted::new(settings).await?;
    let made = make(&booted, city, NewStaff { login: login.to_lowercase(), name: name.to_owned(), role, desks: desks.to_vec() }).await;
    booted.close().await;
    let password = made?;
    println!("{} ({role}) may log in at /backoffice; the initial password, shown only here: {password}", login.to_lowercase());
    Ok(())
}

async fn make(booted: &Booted, city: &CityId, new: NewStaff) -> anyhow::Result<String> {
    let engine = &booted.engine;
    store::find_city(&engine.db, city).await?;
    let mut tx = engine.db.city(city).await?;
    for desk in &new.desks {
        let known = store::desk(&mut tx, city, desk).await?;
        known.with_context(|| format!("there is no desk `{desk}` in {city}"))?;
    }
    tx.commit().await?;
    let at_least_two = new.login.len() >= 2 && new.login.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    anyhow::ensure!(at_least_two, "`{}` is no login; use a-z, 0-9, dot, hyphen and underscore", new.login);
    Ok(backoffice::add_staff(&engine.db, city, &new, engine.clock.now()).await?)
}
