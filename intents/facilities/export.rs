//! What can be booked, and what is taken, for other programs: CSV as it is imported, and iCalendar that says no more than «busy».

use super::catalogue::Catalogue;
use crate::ServiceError;
use chrono::{DateTime, Utc};
use model::CityId;
use sqlx::PgConnection;

/// A table of the catalogue as the importer reads it.
pub async fn csv(tx: &mut PgConnection, city: &CityId, what: &str) -> Result<Option<String>, ServiceError> {
    let sql = match what {
        "facilities" => {
            "SELECT facility_id AS id, sort, name, kana, also, address, lat, lng, phone, note, registration, pay, hold_minutes, lead_days, window_days, per_person, per_day,
                 offer_minutes, door_before, door_after FROM facility WHERE city_id = $1 ORDER BY facility_id"
        }
        "rooms" => {
            "SELECT room_id AS id, facility_id AS facility, name, kana, uses, capacity, units, equipment, adult::int, buffer, hours, closed, step, most, lottery::int, door, from_age,
                 to_age, on_day, (SELECT string_agg(o.name || ':' || o.yen || ':' || o.per, ';' ORDER BY option_id) FROM room_option o
                 WHERE o.city_id = r.city_id AND o.room_id = r.room_id) AS options FROM room r WHERE city_id = $1 ORDER BY room_id"
        }
        "fees" => "SELECT room_id AS room, grp AS group, days, per, yen FROM room_fee WHERE city_id = $1 ORDER BY room_id, grp, days",
        "closures" => r#"SELECT facility_id AS facility, room_id AS room, from_date AS "from", to_date AS "to", reason FROM room_closure WHERE city_id = $1 ORDER BY 1, 2, 3"#,
        "bulky-items" => "SELECT item_id AS id, name, also, yen FROM bulky_item WHERE city_id = $1 ORDER BY item_id",
        _ => return Ok(None),
    };
    // Rows as JSON keep the columns' order in `json` (not jsonb), and one query serves all tables.
    let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT row_to_json(t)::text FROM ({sql}) t"))).bind(city.as_str()).fetch_all(tx).await?;
    let mut out = csv::Writer::from_writer(Vec::new());
    let broken = |error: csv::Error| ServiceError::Export(error.to_string());
    for (n, row) in rows.iter().enumerate() {
        let row: Vec<(String, serde_json::Value)> = ordered(row);
        if n == 0 {
            out.write_record(row.iter().map(|(name, _)| name)).map_err(broken)?;
        }
        out.write_record(row.iter().map(|(_, value)| cell(value))).map_err(broken)?;
    }
    let bytes = out.into_inner().map_err(|error| ServiceError::Export(error.to_string()))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The members of a JSON object in the order in which they stand.
fn ordered(json: &str) -> Vec<(String, serde_json::Value)> {
    struct Members(Vec<(String, serde_json::Value)>);
    impl<'de> serde::Deserialize<'de> for Members {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visit;
            impl<'de> serde::de::Visitor<'de> for Visit {
                type Value = Members;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a row")
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                    let mut all = Vec::new();
                    while let Some(member) = map.next_entry()? {
                        all.push(member);
                    }
                    Ok(Members(all))
                }
            }
            deserializer.deserialize_map(Visit)
        }
    }
    serde_json::from_str::<Members>(json).map(|members| members.0).unwrap_or_default()
}

fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is taken of a room (or of all rooms of a facility) from a moment on, as iCalendar (RFC 5545). Nothing of whose it is.
pub async fn icalendar(tx: &mut PgConnection, city: &CityId, catalogue: &Catalogue, of: &str, now: DateTime<Utc>) -> Result<Option<String>, ServiceError> {
    let rooms: Vec<&str> = catalogue.rooms.values().filter(|room| room.id == of || room.facility == of).map(|room| room.id.as_str()).collect();
    if rooms.is_empty() {
        return Ok(None);
    }
    let taken: Vec<(String, i32, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(
        "SELECT room_id, unit, from_at, to_at FROM booking_unit
         WHERE city_id = $1 AND room_id = ANY($2) AND to_at > $3 AND (held_until IS NULL OR held_until > $3) ORDER BY from_at, room_id, unit",
    )
    .bind(city.as_str())
    .bind(&rooms)
    .bind(now)
    .fetch_all(tx)
    .await?;
    let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), "PRODID:-//Madoguchi//bookings//JA".to_owned()];
    for (room, unit, from, to) in taken {
        let name = catalogue.room(&room).map(|(room, facility)| format!("{} {}", facility.name, room.name)).unwrap_or_default();
        lines.extend(["BEGIN:VEVENT".to_owned(), format!("UID:{room}-{unit}-{}@{city}", from.timestamp()), format!("DTSTAMP:{}", stamp(now)), format!("DTSTART:{}", stamp(from)), format!("DTEND:{}", stamp(to))]);
        lines.extend([format!("LOCATION:{}", escaped(&name)), "SUMMARY:予約あり".to_owned(), "CLASS:PUBLIC".to_owned(), "TRANSP:OPAQUE".to_owned(), "END:VEVENT".to_owned()]);
    }
    lines.push("END:VCALENDAR".to_owned());
    Ok(Some(lines.iter().map(|line| folded(line)).collect()))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line of at most 75 octets; what is more goes on in the next, after a blank.
fn folded(line: &str) -> String {
    let (mut out, mut length) = (String::new(), 0);
    for c in line.chars() {
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_calendar_are_short_and_escaped() {
        assert_eq!(escaped("a,b;c"), "a\\,b\\;c");
        let long = folded(&format!("LOCATION:{}", "あ".repeat(40)));
        assert!(long.split("\r\n").all(|line| line.len() <= 75), "{long}");
        assert_eq!(long.replace("\r\n ", "").trim_end().chars().filter(|c| *c == 'あ').count(), 40);
    }

    #[test]
    fn a_row_keeps_the_order_of_its_columns() {
        let row = ordered(r#"{"z":1,"a":null,"m":"x"}"#);
        assert_eq!(row.iter().map(|(name, value)| format!("{name}={}", cell(value))).collect::<Vec<_>>(), ["z=1", "a=", "m=x"]);
    }
}
