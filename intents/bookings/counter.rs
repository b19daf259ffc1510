//! What staff enter: bookings for somebody who called or came, and the city's own use of its rooms.

use super::{hold, table::{self, New}, units::{self, Wish}};
use crate::{ServiceError, facilities::{Catalogue, Use, groups, moment, price, read_span, slots_in, why_not}, import::{ImportError, Report, Table}};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use model::{CityId, CounterBooking};
use serde_json::json;
use sqlx::Connection;
use store::{CityTx, Db};

/// Why nothing was booked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBooked {
    #[error("その部屋はありません")]
    NoRoom,
    #[error("その時間の枠はありません")]
    NoSlot,
    #[error("定員は{0}人です")]
    TooMany(u32),
    #[error("その日は予約できません")]
    NotThen,
    #[error("もう予約が入っています")]
    Taken,
}

/// Books on behalf of somebody; they pay at the counter. The number is what they are told.
pub async fn book_for_caller(db: &Db, tx: &mut CityTx, city: &CityId, (catalogue, zone): (&Catalogue, Tz), caller: &CounterBooking, now: DateTime<Utc>) -> Result<Result<String, NotBooked>, ServiceError> {
    if let Some(before) = table::find(tx, city, caller.entry).await? {
        return Ok(Ok(before.number));
    }
    let Some((room, facility)) = catalogue.room(&caller.room) else { return Ok(Err(NotBooked::NoRoom)) };
    let slot = read_span(&caller.span).and_then(|span| slots_in(room, caller.day, span).map(|slots| (span, slots)));
    let Some((span, slots)) = slot else { return Ok(Err(NotBooked::NoSlot)) };
    if let Some(most) = room.capacity.filter(|most| caller.people.is_some_and(|people| people > *most)) {
        return Ok(Err(NotBooked::TooMany(most)));
    }
    let (from, to) = (moment(zone, caller.day, span.0), moment(zone, caller.day, span.1));
    if why_not(room, facility, caller.day, now.with_timezone(&zone).date_naive()).is_some() || from <= now {
        return Ok(Err(NotBooked::NotThen));
    }
    let group = if groups(room).contains(&caller.group.as_str()) { caller.group.as_str() } else { groups(room).first().copied().unwrap_or_default() };
    let yen = price(room, group, Use { day: caller.day, from: span.0, to: span.1, slots }, &[]);
    let told = json!({ "name": caller.name, "phone": caller.phone }).to_string();
    let mut savepoint = tx.begin().await?;
    let sealed = db.city_key(&mut savepoint, city).await?.seal(told.as_bytes(), "booking").map_err(store::StoreError::from)?;
    let new = New {
        sort: &facility.sort,
        facility: &facility.id,
        room: &room.id,
        conversation: None,
        author: Some(caller.author),
        state: "held",
        from,
        to,
        units: 1,
        people: caller.people,
        group,
        options: "",
        yen,
        held_until: Some(from),
        round: None,
        sealed: Some(sealed),
        title: "",
    };
    let (id, number) = table::insert_as(caller.entry, db, &mut savepoint, city, &new, now).await?;
    if !units::take(db, &mut savepoint, city, id, Wish { room, from, to, units: 1, held_until: None }, now).await? {
        savepoint.rollback().await?;
        return Ok(Err(NotBooked::Taken));
    }
    if let Some(booking) = table::find(&mut savepoint, city, id).await? {
        // Paid at the counter, before or after: the booking stands either way.
        let later = crate::facilities::Facility { pay: "later".to_owned(), ..facility.clone() };
        hold::settle(db, &mut savepoint, city, &later, room, &booking, &["held"], from, now).await?;
    }
    savepoint.commit().await?;
    Ok(Ok(number))
}

/// The city's own use of its rooms: `room,date,from,to,title`. A row that is there already changes nothing; one that is in the way of
/// a booking is reported.
pub async fn import_blocks(db: &Db, tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    // An import has no moment of its own.
    let (zone, now): (String, DateTime<Utc>) = sqlx::query_as("SELECT zone, now() FROM city WHERE city_id = $1").bind(city.as_str()).fetch_one(&mut **tx).await?;
    let zone: Tz = zone.parse().map_err(|_| store::StoreError::Inconsistent { table: "city", key: city.to_string(), problem: "unknown time zone" })?;
    table.require(&[&["room"], &["date"], &["from"], &["to"]])?;
    let catalogue = Catalogue::load(tx, city).await?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    for row in table.rows() {
        let clock = |name: &str| {
            let (hours, minutes) = row.get(&[name]).split_once(':')?;
            hours.parse::<u16>().ok()?.checked_mul(60)?.checked_add(minutes.parse::<u16>().ok()?).filter(|minute| *minute <= 1_440)
        };
        let read = (catalogue.room(row.get(&["room"])), row.get(&["date"]).parse::<NaiveDate>().ok(), clock("from"), clock("to"));
        let (Some((room, facility)), Some(day), Some(from), Some(to)) = read else {
            report.reject(&row, "room, date (2026-12-05), from and to (9:00) are needed; is the room known?");
            continue;
        };
        if from >= to {
            report.reject(&row, "it ends before it begins");
            continue;
        }
        let (from, to) = (moment(zone, day, from), moment(zone, day, to));
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM booking WHERE city_id = $1 AND room_id = $2 AND from_at = $3 AND to_at = $4 AND title <> '' AND state = 'confirmed')")
            .bind(city.as_str())
            .bind(&room.id)
            .bind(from)
            .bind(to)
            .fetch_one(&mut **tx)
            .await?;
        if known {
            report.loaded += 1;
            continue;
        }
        let title = Some(row.get(&["title"])).filter(|title| !title.is_empty()).unwrap_or("市の利用");
        let new = New {
            sort: &facility.sort, facility: &facility.id, room: &room.id, conversation: None, author: None, state: "confirmed", from, to, units: room.units, people: None, group: "", options: "", yen: 0,
            held_until: None, round: None, sealed: None, title,
        };
        let mut savepoint = tx.begin().await?;
        let (id, _) = table::insert(db, &mut savepoint, city, &new, now).await?;
        if units::take(db, &mut savepoint, city, id, Wish { room, from, to, units: room.units, held_until: None }, now).await? {
            savepoint.commit().await?;
            report.loaded += 1;
            report.changed += 1;
        } else {
            savepoint.rollback().await?;
            report.reject(&row, "something is booked there already");
        }
    }
    Ok(report)
}
