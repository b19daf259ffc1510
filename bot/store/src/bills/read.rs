//! Finding bills.

use crate::StoreError;
use model::{Bill, BillId, BillLine, CityId, ConversationId, Yen};
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgRow, types::Json};
use uuid::Uuid;

const SELECT: &str = "SELECT b.bill_id, b.number, b.kind, b.subject, b.conversation_id, b.title, b.lines, b.total, b.state, b.paid, b.refund_asked, b.refunded,
    b.due_at, b.hold_until, b.created_at, b.paid_at, b.paid_by FROM bill b ";

fn read(row: &PgRow) -> Result<Bill, StoreError> {
    let id: Uuid = row.try_get("bill_id")?;
    let inconsistent = |problem| StoreError::Inconsistent { table: "bill", key: id.to_string(), problem };
    let yen = |column: &str| -> Result<Yen, StoreError> { Ok(Yen::new(row.try_get(column)?)?) };
    let Json(lines): Json<Vec<BillLine>> = row.try_get("lines")?;
    Ok(Bill {
        id: BillId(id),
        number: row.try_get("number")?,
        kind: row.try_get("kind")?,
        subject: row.try_get("subject")?,
        conversation: row.try_get::<Option<Uuid>, _>("conversation_id")?.map(ConversationId),
        title: row.try_get("title")?,
        lines,
        total: yen("total")?,
        state: row.try_get::<&str, _>("state")?.parse().map_err(|_| inconsistent("unknown state"))?,
        paid: yen("paid")?,
        refund_asked: yen("refund_asked")?,
        refunded: yen("refunded")?,
        due_at: row.try_get("due_at")?,
        hold_until: row.try_get("hold_until")?,
        created_at: row.try_get("created_at")?,
        paid_at: row.try_get("paid_at")?,
        paid_by: row.try_get("paid_by")?,
    })
}

pub async fn find(tx: &mut PgConnection, city: &CityId, bill: BillId) -> Result<Option<Bill>, StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE b.city_id = $1 AND b.bill_id = $2"))).bind(city.as_str()).bind(bill.0).fetch_optional(tx).await?;
    row.as_ref().map(read).transpose()
}

/// As [`find`], and nobody else changes it before the transaction ends.
pub async fn lock(tx: &mut PgConnection, city: &CityId, bill: BillId) -> Result<Option<Bill>, StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE b.city_id = $1 AND b.bill_id = $2 FOR UPDATE"))).bind(city.as_str()).bind(bill.0).fetch_optional(tx).await?;
    row.as_ref().map(read).transpose()
}

pub async fn find_number(tx: &mut PgConnection, city: &CityId, number: &str) -> Result<Option<Bill>, StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE b.city_id = $1 AND b.number = $2"))).bind(city.as_str()).bind(number).fetch_optional(tx).await?;
    row.as_ref().map(read).transpose()
}

/// All bills of one thing that a service knows, newest first.
pub async fn of_subject(tx: &mut PgConnection, city: &CityId, kind: &str, subject: Uuid) -> Result<Vec<Bill>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!("{SELECT} WHERE b.city_id = $1 AND b.kind = $2 AND b.subject = $3 ORDER BY b.created_at DESC, b.bill_id DESC")))
        .bind(city.as_str())
        .bind(kind)
        .bind(subject)
        .fetch_all(tx)
        .await?;
    rows.iter().map(read).collect()
}

/// The latest bills of the resident of a conversation, by whichever account, newest first.
pub async fn of_person(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, limit: i64) -> Result<Vec<Bill>, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "{SELECT} JOIN conversation c ON c.city_id = b.city_id AND c.conversation_id = b.conversation_id
         JOIN contact o ON o.city_id = c.city_id AND o.contact_id = c.contact_id
         WHERE b.city_id = $1 AND COALESCE(o.person_id, o.contact_id) = (
             SELECT COALESCE(k.person_id, k.contact_id) FROM conversation m JOIN contact k ON k.city_id = m.city_id AND k.contact_id = m.contact_id
             WHERE m.city_id = $1 AND m.conversation_id = $2)
         ORDER BY b.created_at DESC, b.bill_id DESC LIMIT $3"
    )))
    .bind(city.as_str())
    .bind(conversation.0)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    rows.iter().map(read).collect()
}
