//! Campaigns, and each person's purse in one.

use crate::ServiceError;
use chrono::NaiveDate;
use model::{CityId, ConversationId, Say, Yen};
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Campaign {
    pub campaign_id: String,
    pub name: String,
    pub price: i64,
    pub worth: i64,
    pub per_person: i32,
    pub apply_from: NaiveDate,
    pub apply_to: NaiveDate,
    pub buy_to: NaiveDate,
    pub use_to: NaiveDate,
}

impl Campaign {
    pub fn says(&self) -> Say {
        Say::key("voucher-campaign")
            .with("name", self.name.as_str())
            .with("price", yen(self.price))
            .with("worth", yen(self.worth))
            .with("most", i64::from(self.per_person))
            .with("from", self.apply_from)
            .with("to", self.apply_to)
            .with("buy", self.buy_to)
            .with("use", self.use_to)
    }
}

pub fn yen(amount: i64) -> String {
    Yen::new(amount).unwrap_or_default().to_string()
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Purse {
    pub contact_id: Uuid,
    pub granted: i32,
    pub pending: i32,
    pub bought: i32,
    pub balance: i64,
}

const COLUMNS: &str = "campaign_id, name, price, worth, per_person, apply_from, apply_to, buy_to, use_to";

/// The campaign that residents can still do something with: the one that can be applied for first.
pub async fn current(tx: &mut PgConnection, city: &CityId, today: NaiveDate) -> Result<Option<Campaign>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM voucher_campaign WHERE city_id = $1 AND use_to >= $2 ORDER BY (apply_from <= $2 AND $2 <= apply_to) DESC, use_to LIMIT 1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(city.as_str()).bind(today).fetch_optional(tx).await?)
}

pub async fn find(tx: &mut PgConnection, city: &CityId, campaign: &str) -> Result<Option<Campaign>, ServiceError> {
    let sql = format!("SELECT {COLUMNS} FROM voucher_campaign WHERE city_id = $1 AND campaign_id = $2");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(city.as_str()).bind(campaign).fetch_optional(tx).await?)
}

/// The resident's purse, by whichever account it was made; its row is locked.
pub async fn purse(tx: &mut PgConnection, city: &CityId, conversation: ConversationId, campaign: &str) -> Result<Option<Purse>, ServiceError> {
    let contacts: Vec<Uuid> = store::contacts_of(tx, city, conversation).await?.into_iter().map(|contact| contact.0).collect();
    Ok(sqlx::query_as(
        "SELECT contact_id, granted, pending, bought, balance FROM voucher_purse WHERE city_id = $1 AND campaign_id = $2 AND contact_id = ANY($3) ORDER BY balance DESC, contact_id LIMIT 1 FOR UPDATE",
    )
    .bind(city.as_str())
    .bind(campaign)
    .bind(contacts)
    .fetch_optional(tx)
    .await?)
}
