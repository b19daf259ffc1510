//! What other programs may have: the catalogue of what can be booked, what is taken of it (busy, and no more), a draw for checking.

use crate::{boot::Booted, settings::Settings};
use anyhow::{Context, bail};
use intents::{bookings, facilities};
use model::CityId;

pub async fn export(settings: &Settings, what: &str, of: Option<&str>, city: &CityId) -> anyhow::Result<()> {
    let booted = Booted::new(settings).await?;
    let text = text(&booted, what, of, city).await;
    booted.close().await;
    print!("{}", text?);
    Ok(())
}

async fn text(booted: &Booted, what: &str, of: Option<&str>, city: &CityId) -> anyhow::Result<String> {
    let engine = &booted.engine;
    let loaded = engine.cities.find(&engine.db, &engine.house(), city).await?;
    let mut tx = engine.db.city(city).await?;
    let text = match (what, of) {
        ("ical", Some(of)) => {
            let catalogue = loaded.content::<facilities::Catalogue>().context("nothing can be booked in this city")?;
            facilities::export_icalendar(&mut tx, city, catalogue, of, engine.now()).await?.with_context(|| format!("there is no room or facility `{of}`"))?
        }
        ("ical", None) => bail!("say of which room or facility: bot export ical --of ROOM --city {city}"),
        ("draw", Some(of)) => {
            let draw = bookings::published_draw(&mut tx, city, of).await?.with_context(|| format!("there is no draw `{of}`; write ROOM/2027-02"))?;
            format!("{}\n", serde_json::to_string_pretty(&draw)?)
        }
        _ => facilities::export_csv(&mut tx, city, what).await?.with_context(|| format!("`{what}` cannot be exported; there are: facilities, rooms, fees, closures, bulky-items, ical, draw"))?,
    };
    tx.commit().await?;
    Ok(text)
}
