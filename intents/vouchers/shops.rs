//! The shops that take vouchers, and how one shows that it is one.

use crate::{Context, ServiceError, whereabouts};
use chrono::{DateTime, TimeDelta, Utc};
use dialogue::{Answer, Outcome};
use model::{Action, Card, CardPlace, CityId, Part, Point, Say};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use store::{Db, StoreError};

/// Shops that are shown.
const MOST: usize = 5;
/// So many wrong numbers in so long, and the shop waits.
const MISSES: i32 = 5;
const WAIT: TimeDelta = TimeDelta::minutes(15);
/// The secret number of every shop of the demo city.
pub const DEMO_PIN: &str = "246810";

/// The nearest shops that take vouchers.
pub async fn nearest(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let Some((answer, here)) = answers.get("place").and_then(|answer| Some((answer, whereabouts::point(&answer.value)?))) else { return Ok(Outcome::Nothing) };
    let rows: Vec<(String, String, String, f64, f64)> =
        sqlx::query_as("SELECT name, kind, address, lat, lng FROM voucher_shop WHERE city_id = $1").bind(context.city.id.as_str()).fetch_all(&mut *context.tx).await?;
    let mut shops: Vec<_> = rows.into_iter().filter_map(|(name, kind, address, lat, lng)| Some((Point::new(lat, lng)?, name, kind, address))).collect();
    shops.sort_by(|a, b| here.metres_to(a.0).total_cmp(&here.metres_to(b.0)));
    shops.truncate(MOST);
    if shops.is_empty() {
        return Ok(super::sorry("voucher-shops-none"));
    }
    let card = |(point, name, kind, address): (Point, String, String, String)| {
        let metres = here.metres_to(point);
        #[expect(clippy::cast_possible_truncation, reason = "a distance within a city")]
        let walk = Say::key("place-walk").with("minutes", whereabouts::walking_minutes(metres)).with("metres", metres.round() as i64);
        Card {
            title: Say::plain(name),
            subtitle: Some(Say::plain(kind)).filter(|kind| *kind != Say::plain("")),
            lines: vec![Say::plain(&address), walk],
            place: Some(CardPlace { lat: point.lat, lng: point.lng, address }),
            actions: vec![Action::Link { label: Say::key("route"), url: point.route_url() }],
        }
    };
    let text = Say::key("voucher-shops-found").with("place", answer.label.as_str());
    Ok(Outcome::done(vec![Part::Cards { text, cards: shops.into_iter().map(card).collect() }]))
}

/// What is known of a shop that says that it is one.
#[derive(sqlx::FromRow)]
struct Door {
    name: String,
    pin: Option<Vec<u8>>,
    misses: i32,
    missed_at: Option<DateTime<Utc>>,
}

/// The shop's name, if the secret number is its own. Wrong ones are counted.
pub(super) async fn enter(db: &Db, tx: &mut PgConnection, city: &CityId, shop: &str, pin: &str, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
    let hash = db.city_key(tx, city).await?.index("voucher-pin", format!("{shop}/{pin}").as_bytes());
    let row: Option<Door> =
        sqlx::query_as("SELECT name, pin, misses, missed_at FROM voucher_shop WHERE city_id = $1 AND shop_id = $2 FOR UPDATE").bind(city.as_str()).bind(shop).fetch_optional(&mut *tx).await?;
    let Some(Door { name, pin: right, misses, missed_at }) = row else { return Ok(None) };
    let waits = missed_at.is_some_and(|at| now - at < WAIT);
    if misses >= MISSES && waits {
        return Ok(None);
    }
    let fits = right.as_ref() == Some(&hash);
    sqlx::query("UPDATE voucher_shop SET misses = CASE WHEN $3 THEN 0 WHEN $4 THEN misses + 1 ELSE 1 END, missed_at = CASE WHEN $3 THEN NULL ELSE $5 END WHERE city_id = $1 AND shop_id = $2")
        .bind(city.as_str())
        .bind(shop)
        .bind(fits)
        .bind(waits)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(fits.then_some(name))
}

/// Gives a shop its secret number. `false`: there is no such shop.
pub async fn set_pin(db: &Db, tx: &mut PgConnection, city: &CityId, shop: &str, pin: &str) -> Result<bool, StoreError> {
    let hash = db.city_key(tx, city).await?.index("voucher-pin", format!("{shop}/{pin}").as_bytes());
    let done = sqlx::query("UPDATE voucher_shop SET pin = $3, misses = 0, missed_at = NULL WHERE city_id = $1 AND shop_id = $2").bind(city.as_str()).bind(shop).bind(hash).execute(tx).await?;
    Ok(done.rows_affected() == 1)
}

/// The shops of the demo city that have no secret number get the same.
pub async fn demo_pins(db: &Db, city: &CityId) -> Result<(), StoreError> {
    let mut tx = db.city(city).await?;
    let shops: Vec<String> = sqlx::query_scalar("SELECT shop_id FROM voucher_shop WHERE city_id = $1 AND pin IS NULL").bind(city.as_str()).fetch_all(&mut *tx).await?;
    for shop in shops {
        set_pin(db, &mut tx, city, &shop, DEMO_PIN).await?;
    }
    Ok(tx.commit().await?)
}
