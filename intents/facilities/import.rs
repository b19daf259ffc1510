//! The files of what can be booked: facilities, rooms, fees, closures, bulky items.

use super::uses;
use crate::import::{ImportError, Report, Row, Table, Upsert, upsert};
use chrono::NaiveDate;
use model::{CityId, Hours};
use serde::Serialize;
use store::CityTx;

fn text(row: &Row<'_>, names: &[&str]) -> String {
    row.get(names).to_owned()
}

fn some(row: &Row<'_>, names: &[&str]) -> Option<String> {
    Some(text(row, names)).filter(|cell| !cell.is_empty())
}

/// A number within bounds; `usual` where the cell is empty.
fn number(row: &Row<'_>, name: &str, (least, most): (i64, i64), usual: i64) -> Result<i64, String> {
    let cell = normalise::fold(row.get(&[name])).replace(',', "");
    if cell.is_empty() {
        return Ok(usual);
    }
    let n: i64 = cell.parse().map_err(|_| format!("{name} must be a number, not `{cell}`"))?;
    if (least..=most).contains(&n) { Ok(n) } else { Err(format!("{name} must be from {least} to {most}, not {n}")) }
}

fn maybe(row: &Row<'_>, name: &str, bounds: (i64, i64)) -> Result<Option<i64>, String> {
    if row.get(&[name]).is_empty() { Ok(None) } else { number(row, name, bounds, 0).map(Some) }
}

fn flag(row: &Row<'_>, name: &str) -> Result<bool, String> {
    match row.get(&[name]) {
        "" | "0" => Ok(false),
        "1" | "○" | "〇" => Ok(true),
        other => Err(format!("{name} must be 1, 0 or empty, not `{other}`")),
    }
}

fn word(row: &Row<'_>, name: &str, known: &[&str]) -> Result<String, String> {
    let cell = row.get(&[name]);
    match known.iter().find(|word| **word == cell).or_else(|| known.first().filter(|_| cell.is_empty())) {
        Some(word) => Ok((*word).to_owned()),
        None => Err(format!("{name} must be one of {}, not `{cell}`", known.join(", "))),
    }
}

fn date(cell: &str) -> Result<NaiveDate, String> {
    cell.replace('/', "-").parse().map_err(|_| format!("`{cell}` is no date; write 2026-06-01"))
}

fn named(row: &Row<'_>, name: &str) -> Result<String, String> {
    some(row, &[name]).ok_or_else(|| format!("{name} must not be empty"))
}

/// Reads every row; those that are wrong are reported, the others are put in.
async fn load<T: Serialize>(tx: &mut CityTx, city: &CityId, table: &Table, spec: &Upsert, read: impl Fn(&Row<'_>) -> Result<(String, T), String>) -> Result<Report, ImportError> {
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    let mut rows = Vec::new();
    for row in table.rows() {
        match read(&row) {
            Ok((id, value)) => rows.push((row, id, value)),
            Err(reason) => report.reject(&row, reason),
        }
    }
    upsert(tx, city, spec, rows, &mut report).await?;
    Ok(report)
}

/// The ids that are there already: a room without its facility is reported, not refused by the database.
async fn known(tx: &mut CityTx, city: &CityId, ids: &'static str) -> Result<Vec<String>, ImportError> {
    Ok(sqlx::query_scalar(ids).bind(city.as_str()).fetch_all(&mut **tx).await?)
}

const FACILITY_IDS: &str = "SELECT facility_id FROM facility WHERE city_id = $1";
const ROOM_IDS: &str = "SELECT room_id FROM room WHERE city_id = $1";

#[derive(Serialize)]
struct FacilityRow {
    facility_id: String,
    sort: String,
    name: String,
    kana: String,
    also: String,
    address: String,
    lat: Option<f64>,
    lng: Option<f64>,
    phone: Option<String>,
    note: String,
    registration: String,
    pay: String,
    hold_minutes: i64,
    lead_days: i64,
    window_days: i64,
    per_person: Option<i64>,
    per_day: Option<i64>,
    offer_minutes: i64,
    door_before: i64,
    door_after: i64,
}

const FACILITIES: Upsert = Upsert {
    table: "facility",
    key: &[("facility_id", "text")],
    columns: &[
        ("sort", "text"), ("name", "text"), ("kana", "text"), ("also", "text"), ("address", "text"), ("lat", "float8"), ("lng", "float8"), ("phone", "text"), ("note", "text"),
        ("registration", "text"), ("pay", "text"), ("hold_minutes", "int"), ("lead_days", "int"), ("window_days", "int"), ("per_person", "int"), ("per_day", "int"),
        ("offer_minutes", "int"), ("door_before", "int"), ("door_after", "int"),
    ],
};

/// Facilities, and nurseries, courses and districts of bulky waste as facilities of other sorts:
/// `id,sort,name,kana,also,address,lat,lng,phone,note,registration,pay,hold_minutes,lead_days,window_days,per_person,per_day,offer_minutes,door_before,door_after`.
pub async fn facilities(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["name", "名称"]])?;
    load(tx, city, &table, &FACILITIES, |row| {
        let id = named(row, "id")?;
        let point = if row.get(&["lat", "緯度"]).is_empty() { None } else { Some(row.point(&["lat", "緯度"], &["lng", "経度"])?) };
        let value = FacilityRow {
            facility_id: id.clone(),
            sort: word(row, "sort", &["facility", "nursery", "course", "bulky"])?,
            name: some(row, &["name", "名称"]).ok_or("the name must not be empty")?,
            kana: text(row, &["kana", "かな"]),
            also: text(row, &["also", "別名"]),
            address: text(row, &["address", "住所"]),
            lat: point.map(|point| point.lat),
            lng: point.map(|point| point.lng),
            phone: some(row, &["phone", "電話番号"]),
            note: text(row, &["note", "備考"]),
            registration: word(row, "registration", &["phone", "address", "birthday"])?,
            pay: word(row, "pay", &["before", "later"])?,
            hold_minutes: number(row, "hold_minutes", (0, 10_080), 30)?,
            lead_days: number(row, "lead_days", (0, 400), 0)?,
            window_days: number(row, "window_days", (1, 400), 60)?,
            per_person: maybe(row, "per_person", (1, 1_000))?,
            per_day: maybe(row, "per_day", (1, 1_000))?,
            offer_minutes: number(row, "offer_minutes", (0, 10_080), 120)?,
            door_before: number(row, "door_before", (0, 720), 15)?,
            door_after: number(row, "door_after", (0, 720), 15)?,
        };
        Ok((id, value))
    })
    .await
}

#[derive(Serialize)]
struct RoomRow {
    room_id: String,
    facility_id: String,
    name: String,
    kana: String,
    uses: String,
    capacity: Option<i64>,
    units: i64,
    equipment: String,
    adult: bool,
    buffer: i64,
    hours: String,
    closed: String,
    step: i64,
    most: i64,
    lottery: bool,
    door: String,
    from_age: Option<i64>,
    to_age: Option<i64>,
    on_day: Option<NaiveDate>,
}

const ROOMS: Upsert = Upsert {
    table: "room",
    key: &[("room_id", "text")],
    columns: &[
        ("facility_id", "text"), ("name", "text"), ("kana", "text"), ("uses", "text"), ("capacity", "int"), ("units", "int"), ("equipment", "text"), ("adult", "bool"),
        ("buffer", "int"), ("hours", "text"), ("closed", "text"), ("step", "int"), ("most", "int"), ("lottery", "bool"), ("door", "text"), ("from_age", "int"), ("to_age", "int"),
        ("on_day", "date"),
    ],
};

/// Rooms, and what corresponds to them (places by age, sessions, pick-ups of a district), with what can be had with them in the
/// column `options` (`照明:500:hour;ピアノ:1000:slot`):
/// `id,facility,name,kana,uses,capacity,units,equipment,adult,buffer,hours,closed,step,most,lottery,door,from_age,to_age,on_day,options`.
pub async fn rooms(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["facility"], &["name", "名称"], &["hours", "時間"]])?;
    let facilities = known(tx, city, FACILITY_IDS).await?;
    let report = load(tx, city, &table, &ROOMS, |row| {
        let (id, facility) = (named(row, "id")?, named(row, "facility")?);
        if !facilities.contains(&facility) {
            return Err(format!("there is no facility `{facility}`"));
        }
        let (hours, closed, wanted) = (text(row, &["hours", "時間"]), text(row, &["closed", "休み"]), text(row, &["uses"]));
        if Hours::parse(&hours, &closed).map_err(|error| error.to_string())?.is_empty() {
            return Err("hours must not be empty".into());
        }
        if let Some(unknown) = wanted.split('・').find(|one| !one.is_empty() && !uses::is_known(one)) {
            return Err(format!("uses: `{unknown}` is none of {}", uses::USES.map(|(id, _)| id).join(", ")));
        }
        options(row)?;
        let (from_age, to_age) = (maybe(row, "from_age", (0, 18))?, maybe(row, "to_age", (0, 18))?);
        if from_age.is_some() != to_age.is_some() || from_age > to_age {
            return Err("from_age and to_age belong together, the smaller first".into());
        }
        let value = RoomRow {
            room_id: id.clone(),
            facility_id: facility,
            name: some(row, &["name", "名称"]).ok_or("the name must not be empty")?,
            kana: text(row, &["kana", "かな"]),
            uses: wanted,
            capacity: maybe(row, "capacity", (1, 100_000))?,
            units: number(row, "units", (1, 1_000), 1)?,
            equipment: text(row, &["equipment", "設備"]),
            adult: flag(row, "adult")?,
            buffer: number(row, "buffer", (0, 240), 0)?,
            hours,
            closed,
            step: number(row, "step", (0, 720), 0)?,
            most: number(row, "most", (1, 48), 1)?,
            lottery: flag(row, "lottery")?,
            door: text(row, &["door"]),
            from_age,
            to_age,
            on_day: some(row, &["on_day"]).map(|cell| date(&cell)).transpose()?,
        };
        Ok((id, value))
    })
    .await?;
    with_options(tx, city, &table, report).await
}

#[derive(Serialize)]
struct OptionRow {
    room_id: String,
    option_id: String,
    name: String,
    per: String,
    yen: i64,
}

const OPTIONS: Upsert = Upsert { table: "room_option", key: &[("room_id", "text"), ("option_id", "text")], columns: &[("name", "text"), ("per", "text"), ("yen", "int8")] };

fn options(row: &Row<'_>) -> Result<Vec<OptionRow>, String> {
    let cell = row.get(&["options"]);
    let one = |(n, text): (usize, &str)| {
        let wrong = || format!("options: `{text}` is not understood; write for example 照明:500:hour");
        let mut parts = text.split(':').map(str::trim);
        let (name, yen, per) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?);
        let yen: i64 = yen.parse().map_err(|_| wrong())?;
        if name.is_empty() || !["slot", "hour", "booking"].contains(&per) || !(0..=1_000_000).contains(&yen) {
            return Err(wrong());
        }
        Ok(OptionRow { room_id: row.get(&["id"]).to_owned(), option_id: format!("o{}", n + 1), name: name.to_owned(), per: per.to_owned(), yen })
    };
    cell.split(';').filter(|text| !text.trim().is_empty()).enumerate().map(one).collect()
}

/// The rooms that were loaded get what can be had with them.
async fn with_options(tx: &mut CityTx, city: &CityId, table: &Table, mut report: Report) -> Result<Report, ImportError> {
    let bad: Vec<u64> = report.rejected.iter().map(|rejection| rejection.line).collect();
    let mut rows = Vec::new();
    for row in table.rows().filter(|row| !bad.contains(&row.line())) {
        rows.extend(options(&row).unwrap_or_default().into_iter().map(|option| (row, format!("{}/{}", option.room_id, option.option_id), option)));
    }
    let loaded = report.loaded;
    upsert(tx, city, &OPTIONS, rows, &mut report).await?;
    report.loaded = loaded;
    Ok(report)
}

#[derive(Serialize)]
struct FeeRow {
    room_id: String,
    grp: String,
    days: String,
    per: String,
    yen: i64,
}

const FEES: Upsert = Upsert { table: "room_fee", key: &[("room_id", "text"), ("grp", "text"), ("days", "text")], columns: &[("per", "text"), ("yen", "int8")] };

/// What rooms cost: `room,group,days,per,yen`.
pub async fn fees(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["room"], &["group"], &["yen"]])?;
    let rooms = known(tx, city, ROOM_IDS).await?;
    load(tx, city, &table, &FEES, |row| {
        let room = named(row, "room")?;
        if !rooms.contains(&room) {
            return Err(format!("there is no room `{room}`"));
        }
        let (grp, days) = (word(row, "group", &super::fees::GROUPS)?, word(row, "days", &["all", "weekday", "weekend"])?);
        if row.get(&["yen"]).is_empty() {
            return Err("yen must not be empty; 0 is an exemption".into());
        }
        let value = FeeRow { per: word(row, "per", &["slot", "hour", "booking"])?, yen: number(row, "yen", (0, 1_000_000), 0)?, room_id: room.clone(), grp: grp.clone(), days: days.clone() };
        Ok((format!("{room}/{grp}/{days}"), value))
    })
    .await
}

#[derive(Serialize)]
struct ClosureRow {
    facility_id: String,
    room_id: String,
    from_date: NaiveDate,
    to_date: NaiveDate,
    reason: String,
}

const CLOSURES: Upsert =
    Upsert { table: "room_closure", key: &[("facility_id", "text"), ("room_id", "text"), ("from_date", "date")], columns: &[("to_date", "date"), ("reason", "text")] };

/// Days on which a facility or a room of it is closed: `facility,room,from,to,reason`.
pub async fn closures(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["facility"], &["from"], &["to"]])?;
    let (facilities, rooms) = (known(tx, city, FACILITY_IDS).await?, known(tx, city, ROOM_IDS).await?);
    load(tx, city, &table, &CLOSURES, |row| {
        let (facility, room) = (named(row, "facility")?, text(row, &["room"]));
        if !facilities.contains(&facility) || !room.is_empty() && !rooms.contains(&room) {
            return Err(format!("there is no `{}`", if facilities.contains(&facility) { &room } else { &facility }));
        }
        let (from_date, to_date) = (date(row.get(&["from"]))?, date(row.get(&["to"]))?);
        if to_date < from_date {
            return Err("the closure ends before it begins".into());
        }
        Ok((format!("{facility}/{room}/{from_date}"), ClosureRow { facility_id: facility.clone(), room_id: room, from_date, to_date, reason: text(row, &["reason"]) }))
    })
    .await
}

#[derive(Serialize)]
struct ItemRow {
    item_id: String,
    name: String,
    also: String,
    yen: i64,
}

const ITEMS: Upsert = Upsert { table: "bulky_item", key: &[("item_id", "text")], columns: &[("name", "text"), ("also", "text"), ("yen", "int8")] };

/// Bulky things and what their pick-up costs: `id,name,also,yen`.
pub async fn bulky_items(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["name"], &["yen"]])?;
    load(tx, city, &table, &ITEMS, |row| {
        let id = named(row, "id")?;
        if !id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            return Err(format!("the id `{id}` may hold letters, digits, - and _ only"));
        }
        Ok((id.clone(), ItemRow { item_id: id, name: named(row, "name")?, also: text(row, &["also"]), yen: number(row, "yen", (0, 100_000), 0)? }))
    })
    .await
}
