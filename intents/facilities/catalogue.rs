//! What a city lends, in memory: facilities and their rooms, with the rules of each. Nurseries, courses and the districts of
//! bulky waste are facilities of other sorts.

use super::fees::{Extra, Fee};
use crate::ServiceError;
use chrono::NaiveDate;
use model::{CityId, Hours};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// All of it. Found by `City::content`; loaded anew when the content changes.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub facilities: BTreeMap<String, Facility>,
    pub rooms: BTreeMap<String, Room>,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Facility {
    #[sqlx(rename = "facility_id")]
    pub id: String,
    pub sort: String,
    pub name: String,
    pub kana: String,
    pub also: String,
    pub address: String,
    pub phone: Option<String>,
    pub note: String,
    pub registration: String,
    pub pay: String,
    pub hold_minutes: i32,
    pub lead_days: i32,
    pub window_days: i32,
    pub per_person: Option<i32>,
    pub per_day: Option<i32>,
    pub offer_minutes: i32,
    pub door_before: i32,
    pub door_after: i32,
}

#[derive(Clone, Debug)]
pub struct Room {
    pub id: String,
    pub facility: String,
    pub name: String,
    pub kana: String,
    pub uses: Vec<String>,
    pub capacity: Option<u32>,
    pub units: u32,
    pub equipment: String,
    pub adult: bool,
    /// Minutes.
    pub buffer: u16,
    pub hours: Hours,
    pub step: u16,
    pub most: usize,
    pub lottery: bool,
    pub door: String,
    pub ages: Option<(u32, u32)>,
    pub on_day: Option<NaiveDate>,
    pub fees: Vec<Fee>,
    pub extras: Vec<Extra>,
    pub closures: Vec<Closure>,
}

#[derive(Clone, Debug)]
pub struct Closure {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    pub item_id: String,
    pub name: String,
    pub also: String,
    pub yen: i64,
}

#[derive(sqlx::FromRow)]
struct RoomRow {
    room_id: String,
    facility_id: String,
    name: String,
    kana: String,
    uses: String,
    capacity: Option<i32>,
    units: i32,
    equipment: String,
    adult: bool,
    buffer: i32,
    hours: String,
    closed: String,
    step: i32,
    most: i32,
    lottery: bool,
    door: String,
    from_age: Option<i32>,
    to_age: Option<i32>,
    on_day: Option<NaiveDate>,
}

impl RoomRow {
    /// What it says was checked when it was imported.
    fn room(self) -> Room {
        let count = |n: i32| u32::try_from(n).unwrap_or(0);
        Room {
            hours: Hours::parse(&self.hours, &self.closed).unwrap_or_default(),
            uses: self.uses.split('・').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            capacity: self.capacity.map(count),
            units: count(self.units),
            buffer: u16::try_from(self.buffer).unwrap_or(0),
            step: u16::try_from(self.step).unwrap_or(0),
            most: usize::try_from(self.most).unwrap_or(1),
            ages: self.from_age.zip(self.to_age).map(|(from, to)| (count(from), count(to))),
            id: self.room_id,
            facility: self.facility_id,
            name: self.name,
            kana: self.kana,
            equipment: self.equipment,
            adult: self.adult,
            lottery: self.lottery,
            door: self.door,
            on_day: self.on_day,
            fees: Vec::new(),
            extras: Vec::new(),
            closures: Vec::new(),
        }
    }
}

impl Catalogue {
    pub async fn load(tx: &mut PgConnection, city: &CityId) -> Result<Self, ServiceError> {
        let facilities: Vec<Facility> = sqlx::query_as(
            "SELECT facility_id, sort, name, kana, also, address, phone, note, registration, pay, hold_minutes, lead_days, window_days, per_person, per_day,
                 offer_minutes, door_before, door_after FROM facility WHERE city_id = $1",
        )
        .bind(city.as_str())
        .fetch_all(&mut *tx)
        .await?;
        let rooms: Vec<RoomRow> = sqlx::query_as(
            "SELECT room_id, facility_id, name, kana, uses, capacity, units, equipment, adult, buffer, hours, closed, step, most, lottery, door, from_age, to_age, on_day
             FROM room WHERE city_id = $1",
        )
        .bind(city.as_str())
        .fetch_all(&mut *tx)
        .await?;
        let mut catalogue = Self {
            facilities: facilities.into_iter().map(|one| (one.id.clone(), one)).collect(),
            rooms: rooms.into_iter().map(|row| (row.room_id.clone(), row.room())).collect(),
            items: sqlx::query_as("SELECT item_id, name, also, yen FROM bulky_item WHERE city_id = $1 ORDER BY item_id").bind(city.as_str()).fetch_all(&mut *tx).await?,
        };
        catalogue.add_prices(tx, city).await?;
        catalogue.add_closures(tx, city).await?;
        Ok(catalogue)
    }

    async fn add_prices(&mut self, tx: &mut PgConnection, city: &CityId) -> Result<(), ServiceError> {
        let fees: Vec<(String, Fee)> = sqlx::query_as("SELECT room_id, grp, days, per, yen FROM room_fee WHERE city_id = $1 ORDER BY room_id, grp, days")
            .bind(city.as_str())
            .fetch_all(&mut *tx)
            .await?
            .into_iter()
            .map(|(room, grp, days, per, yen)| (room, Fee { group: grp, days, per, yen }))
            .collect();
        for (room, fee) in fees {
            self.rooms.entry(room).and_modify(|room| room.fees.push(fee));
        }
        let extras: Vec<(String, String, String, String, i64)> =
            sqlx::query_as("SELECT room_id, option_id, name, per, yen FROM room_option WHERE city_id = $1 ORDER BY room_id, option_id").bind(city.as_str()).fetch_all(tx).await?;
        for (room, id, name, per, yen) in extras {
            self.rooms.entry(room).and_modify(|room| room.extras.push(Extra { id, name, per, yen }));
        }
        Ok(())
    }

    async fn add_closures(&mut self, tx: &mut PgConnection, city: &CityId) -> Result<(), ServiceError> {
        let closures: Vec<(String, String, NaiveDate, NaiveDate, String)> =
            sqlx::query_as("SELECT facility_id, room_id, from_date, to_date, reason FROM room_closure WHERE city_id = $1").bind(city.as_str()).fetch_all(tx).await?;
        for (facility, room, from, to, reason) in closures {
            for one in self.rooms.values_mut().filter(|one| one.facility == facility && (room.is_empty() || one.id == room)) {
                one.closures.push(Closure { from, to, reason: reason.clone() });
            }
        }
        Ok(())
    }

    /// A room with its facility.
    pub fn room(&self, id: &str) -> Option<(&Room, &Facility)> {
        let room = self.rooms.get(id)?;
        Some((room, self.facilities.get(&room.facility)?))
    }

    pub fn rooms_of<'a>(&'a self, sort: &'a str) -> impl Iterator<Item = (&'a Room, &'a Facility)> {
        self.rooms.values().filter_map(|room| Some((room, self.facilities.get(&room.facility)?))).filter(move |(_, facility)| facility.sort == sort)
    }
}
