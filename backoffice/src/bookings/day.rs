//! One day's bookings, and the form that enters one.

use crate::{Office, door::Me, error::Refusal, page, show};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use maud::{Markup, html};
use model::ConversationId;
use serde::Deserialize;
use store::CityTx;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Found {
    number: String,
    place: String,
    conversation_id: Option<Uuid>,
    state: String,
    from_at: DateTime<Utc>,
    to_at: DateTime<Utc>,
    people: Option<i32>,
    yen: i64,
    title: String,
    sealed: Option<Vec<u8>>,
    protected: bool,
    bill: Option<String>,
    bill_state: Option<String>,
}

/// A booking as it is shown.
pub struct Row {
    found: Found,
    who: Option<Who>,
}

/// What was sealed; a registrant's other answers are not shown in a list.
#[derive(Deserialize)]
struct Who {
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
}

pub async fn of(office: &Office, tx: &mut CityTx, me: &Me, on: NaiveDate) -> Result<Vec<Row>, Refusal> {
    let midnight = |day: NaiveDate| me.city.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map(|at| at.to_utc()).unwrap_or_default();
    let found: Vec<Found> = sqlx::query_as(
        "SELECT b.number, COALESCE(f.name || ' ' || r.name, b.room_id) AS place, b.conversation_id, b.state, b.from_at, b.to_at, b.people, b.yen, b.title, b.sealed,
                COALESCE(t.protected, false) AS protected, l.number AS bill, l.state AS bill_state
         FROM booking b LEFT JOIN room r ON r.city_id = b.city_id AND r.room_id = b.room_id LEFT JOIN facility f ON f.city_id = b.city_id AND f.facility_id = b.facility_id
         LEFT JOIN thread t ON t.city_id = b.city_id AND t.conversation_id = b.conversation_id
         LEFT JOIN LATERAL (SELECT number, state FROM bill WHERE city_id = b.city_id AND kind = 'booking' AND subject = b.booking_id ORDER BY created_at DESC LIMIT 1) l ON true
         WHERE b.city_id = $1 AND b.from_at < $3 AND b.to_at > $2 AND b.state IN ('held', 'offered', 'confirmed') ORDER BY place, b.from_at, b.number LIMIT 1000",
    )
    .bind(me.id().as_str())
    .bind(midnight(on))
    .bind(midnight(on + Days::new(1)))
    .fetch_all(&mut **tx)
    .await?;
    let mut rows = Vec::new();
    for found in found {
        let plain = match (&found.sealed, found.conversation_id) {
            // Nothing of a person under protection stands in a list.
            _ if found.protected => None,
            (Some(sealed), Some(conversation)) => store::open_for_conversation(&office.db, tx, me.id(), ConversationId(conversation), sealed, "booking").await.ok(),
            (Some(sealed), None) => office.db.city_key(tx, me.id()).await?.open(sealed, "booking").ok(),
            (None, _) => None,
        };
        let who = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        rows.push(Row { found, who });
    }
    Ok(rows)
}

/// Rooms that can be booked: id, name.
pub async fn rooms(tx: &mut CityTx, me: &Me) -> Result<Vec<(String, String)>, Refusal> {
    Ok(sqlx::query_as("SELECT r.room_id, f.name || ' ' || r.name FROM room r JOIN facility f ON f.city_id = r.city_id AND f.facility_id = r.facility_id WHERE r.city_id = $1 AND f.sort = 'facility' ORDER BY 2")
        .bind(me.id().as_str())
        .fetch_all(&mut **tx)
        .await?)
}

fn state(row: &Found) -> &'static str {
    match (row.state.as_str(), row.bill_state.as_deref()) {
        _ if !row.title.is_empty() => "市の利用",
        ("held", _) => "支払い待ち（仮）",
        ("offered", _) => "順番待ちの方に案内中",
        (_, Some("open")) => "確定・未払い",
        (_, Some("paid" | "partly_refunded" | "late")) => "確定・支払い済み",
        _ => "確定",
    }
}

pub fn list(me: &Me, on: NaiveDate, rows: &[Row]) -> Markup {
    let base = format!("/backoffice/{}", me.id());
    let hours = |at: DateTime<Utc>| at.with_timezone(&me.city.zone).format("%-H:%M").to_string();
    let noon = me.city.zone.from_local_datetime(&on.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default())).earliest().map(|at| at.to_utc()).unwrap_or_default();
    html! {
        form.row method="get" action={ (base) "/bookings" } {
            @if let Some(before) = on.pred_opt() { a.pill href={ (base) "/bookings?day=" (before) } { "前の日" } }
            input type="date" name="day" value=(on) aria-label="日付" required;
            button type="submit" { "見る" }
            @if let Some(after) = on.succ_opt() { a.pill href={ (base) "/bookings?day=" (after) } { "次の日" } }
        }
        h2 { (on.format("%Y年")) (show::day(noon, me.city.zone)) "：" (rows.len()) "件" }
        @if rows.is_empty() { p.nothing { "この日の予約はありません。" } }
        @else {
            table {
                thead { tr { th { "場所" } th { "時間" } th { "番号" } th { "状態" } th { "人数" } th { "料金" } th { "予約した方" } th { "取り消し" } } }
                tbody { @for Row { found, who } in rows { tr {
                    td { (found.place) } td { (hours(found.from_at)) "–" (hours(found.to_at)) } td { (found.number) } td { (state(found)) }
                    td.n { @if let Some(people) = found.people { (people) } }
                    td.n { @if found.title.is_empty() { (found.yen) "円" @if let Some(bill) = &found.bill { br; span.small { (bill) } } } }
                    td {
                        @if found.protected { "保護対象の方" }
                        @else if !found.title.is_empty() { (show::line(&found.title)) }
                        @else if let Some(who) = who { (show::line(&who.name)) " " span.small { (show::line(&who.phone)) } }
                        @if let Some(conversation) = found.conversation_id { " " a href={ (base) "/talks/" (conversation) } aria-label={ (found.number) "の会話" } { "会話" } }
                    }
                    td { form.inline method="post" action={ (base) "/bookings/end" } {
                        (page::token(me)) input type="hidden" name="number" value=(found.number); input type="hidden" name="day" value=(on);
                        select name="why" aria-label={ (found.number) "を取り消す理由" } required { option value="" { "理由" } option value="request" { "本人の希望" } option value="city" { "市の都合（全額返金）" } }
                        button type="submit" { "取り消す" }
                    } }
                } } }
            }
        }
    }
}

pub fn entry(me: &Me, on: NaiveDate, rooms: &[(String, String)], entry: Uuid) -> Markup {
    let groups = [("resident", "市民"), ("nonresident", "市外の方"), ("club", "登録団体"), ("welfare", "福祉団体（減免）")];
    html! {
        @if rooms.is_empty() { p { "予約できる部屋が登録されていません。IT担当に、部屋の表（rooms.csv）の取り込みを頼んでください。" } }
        @else {
            form.stack.thin method="post" action={ "/backoffice/" (me.id()) "/bookings" } {
                (page::token(me)) input type="hidden" name="entry" value=(entry);
                label { "部屋" select name="room" required { @for (id, name) in rooms { option value=(id) { (name) } } } }
                div.row {
                    label { "日付" input type="date" name="day" value=(on) required; }
                    label { "始まり" input type="time" name="from" step="900" required; }
                    label { "終わり" input type="time" name="to" step="900" required; }
                    label { "人数" input type="number" name="people" min="1" max="5000"; }
                }
                label { "料金の区分" select name="group" { @for (id, name) in groups { option value=(id) { (name) } } } }
                div.row {
                    label { "お名前" input name="name" maxlength="60" autocomplete="off" required; }
                    label { "電話番号" input name="phone" type="tel" maxlength="20" autocomplete="off" required; }
                }
                p.small { "時間は、部屋の枠のとおりに入れてください（例：9:00から12:00）。料金は窓口で受け取り、「お金」の部屋で入力します。" }
                div { button.main type="submit" { "予約する" } }
            }
        }
    }
}
