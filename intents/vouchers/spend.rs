//! Paying in a shop. The resident shows a code, the shop says how much, and the database sees that no yen is spent twice: the code
//! is used once, the purse never goes below nothing, and both happen in one commit.

use super::{BUY, ID, campaign::{self, yen}, shops, sorry};
use crate::{Context, ServiceError, payments::Providers, tell as have_told};
use chrono::{DateTime, TimeDelta, Utc};
use dialogue::{News, Outcome};
use model::{Choice, CityId, ConversationId, Part, Postback, Say, Urgency, Yen};
use sqlx::PgConnection;
use std::fmt::Write;
use store::{
    Db, StoreError,
    ledger::{Movement, account, book},
};
use uuid::Uuid;

/// A code is for standing at the till.
const LIFE: TimeDelta = TimeDelta::minutes(10);

async fn hash(db: &Db, tx: &mut PgConnection, city: &CityId, code: &str) -> Result<Vec<u8>, StoreError> {
    Ok(db.city_key(tx, city).await?.index("voucher-code", code.as_bytes()))
}

/// A link to a page with a code that is good once.
pub async fn show(context: &mut Context<'_>, providers: Option<&Providers>) -> Result<Outcome, ServiceError> {
    let (city, now) = (&context.city.id, context.now.to_utc());
    let Some(campaign) = campaign::current(context.tx, city, context.now.date_naive()).await? else { return Ok(sorry("voucher-none")) };
    let purse = campaign::purse(context.tx, city, context.conversation, &campaign.campaign_id).await?.filter(|purse| purse.balance > 0);
    let (Some(purse), Some(providers)) = (purse, providers) else { return Ok(sorry("voucher-show-none")) };
    // Nobody can guess it: made with the city's key, from an id that is made for nothing else.
    let secret = context.db.city_key(context.tx, city).await?.index("voucher-secret", context.ids.uuid().as_bytes());
    let mut code = String::new();
    for byte in secret.iter().take(16) {
        let _ = write!(code, "{byte:02x}");
    }
    let hash = hash(context.db, context.tx, city, &code).await?;
    // One at a time: what was shown before is void.
    sqlx::query("UPDATE voucher_code SET expires_at = $4 WHERE city_id = $1 AND campaign_id = $2 AND contact_id = $3 AND used_at IS NULL AND expires_at > $4")
        .bind(city.as_str())
        .bind(&campaign.campaign_id)
        .bind(purse.contact_id)
        .bind(now)
        .execute(&mut *context.tx)
        .await?;
    sqlx::query("INSERT INTO voucher_code (city_id, hash, campaign_id, contact_id, conversation_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(city.as_str())
        .bind(hash)
        .bind(&campaign.campaign_id)
        .bind(purse.contact_id)
        .bind(context.conversation.0)
        .bind(now + LIFE)
        .execute(&mut *context.tx)
        .await?;
    let text = Say::key("voucher-show").with("balance", yen(purse.balance)).with("until", now + LIFE);
    let url = format!("{}/vouchers/{city}/{code}", providers.public_url);
    Ok(Outcome::done(vec![Part::Link { text, label: Say::key("voucher-show-label"), url }]))
}

/// Whether a code can be used at this moment: until when, and what is in the purse.
pub async fn code_open(db: &Db, tx: &mut PgConnection, city: &CityId, code: &str, now: DateTime<Utc>) -> Result<Option<(DateTime<Utc>, i64)>, StoreError> {
    let hash = hash(db, tx, city, code).await?;
    Ok(sqlx::query_as(
        "SELECT c.expires_at, p.balance FROM voucher_code c JOIN voucher_purse p ON p.city_id = c.city_id AND p.campaign_id = c.campaign_id AND p.contact_id = c.contact_id
         WHERE c.city_id = $1 AND c.hash = $2 AND c.used_at IS NULL AND c.expires_at > $3",
    )
    .bind(city.as_str())
    .bind(hash)
    .bind(now)
    .fetch_optional(tx)
    .await?)
}

/// How it went in the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    Done { shop: String, amount: Yen },
    /// The shop or its secret number is wrong, or too many were.
    WrongShop,
    /// The code was used, is over, or never was.
    NoCode,
    /// There is not so much in the purse. What there is, the shop is not told.
    TooMuch,
    /// Nothing, or more than anything costs.
    BadAmount,
}

/// Takes money out of a purse for a shop. The caller commits whatever comes of it: wrong numbers are counted.
#[expect(clippy::too_many_arguments, reason = "what a shop enters, and where it counts")]
pub async fn spend(db: &Db, tx: &mut PgConnection, city: &CityId, code: &str, shop: &str, pin: &str, amount: i64, now: DateTime<Utc>) -> Result<Spent, ServiceError> {
    let Some(amount) = Yen::new(amount).ok().filter(|amount| *amount > Yen::ZERO) else { return Ok(Spent::BadAmount) };
    let Some(shop_name) = shops::enter(db, tx, city, shop, pin, now).await? else { return Ok(Spent::WrongShop) };
    let hash = hash(db, tx, city, code).await?;
    // The row of the code is locked: a second shop waits here, and then finds it used.
    let found: Option<(String, Uuid, Uuid)> =
        sqlx::query_as("SELECT campaign_id, contact_id, conversation_id FROM voucher_code WHERE city_id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3 FOR UPDATE")
            .bind(city.as_str())
            .bind(&hash)
            .bind(now)
            .fetch_optional(&mut *tx)
            .await?;
    let Some((campaign, contact, conversation)) = found else { return Ok(Spent::NoCode) };
    let left: Option<i64> = sqlx::query_scalar("UPDATE voucher_purse SET balance = balance - $4 WHERE city_id = $1 AND campaign_id = $2 AND contact_id = $3 AND balance >= $4 RETURNING balance")
        .bind(city.as_str())
        .bind(&campaign)
        .bind(contact)
        .bind(amount.get())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(left) = left else { return Ok(Spent::TooMuch) };
    sqlx::query("UPDATE voucher_code SET used_at = $3 WHERE city_id = $1 AND hash = $2").bind(city.as_str()).bind(&hash).bind(now).execute(&mut *tx).await?;
    let id = db.uuid();
    sqlx::query("INSERT INTO voucher_use (city_id, use_id, hash, campaign_id, contact_id, shop_id, amount, left_over, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(city.as_str())
        .bind(id)
        .bind(&hash)
        .bind(&campaign)
        .bind(contact)
        .bind(shop)
        .bind(amount.get())
        .bind(left)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    let cause = format!("use:{id}");
    book(db, tx, city, Movement { kind: "spent", cause: &cause, bill: None, at: now, debit: account::VOUCHERS, credit: account::SHOPS_DUE, amount }).await?;
    have_told(db, tx, city, ConversationId(conversation), (ID, "used", &id.to_string()), now).await?;
    Ok(Spent::Done { shop: shop_name, amount })
}

pub async fn balance(context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
    let city = &context.city.id;
    let Some(campaign) = campaign::current(context.tx, city, context.now.date_naive()).await? else { return Ok(sorry("voucher-none")) };
    let Some(purse) = campaign::purse(context.tx, city, context.conversation, &campaign.campaign_id).await? else { return Ok(sorry("voucher-balance-none")) };
    let left = purse.granted - purse.bought - purse.pending;
    let mut lines = vec![Say::key("voucher-balance").with("balance", yen(purse.balance)).with("use", campaign.use_to)];
    let mut choices = vec![Choice::new(Say::key("voucher-show-title"), Postback::begin(super::SHOW)), Choice::new(Say::key("voucher-shops-title"), Postback::begin(super::SHOPS))];
    if left > 0 && campaign.buy_to >= context.now.date_naive() {
        lines.push(Say::key("voucher-balance-buy").with("books", i64::from(left)).with("buy", campaign.buy_to));
        choices.insert(0, Choice::new(Say::key("voucher-buy-title"), Postback::begin(BUY)));
    }
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
}

/// What is told unasked: books were bought, or something was spent.
pub async fn tell(context: &mut Context<'_>, event: &str, key: &str) -> Result<News, ServiceError> {
    let Ok(id) = key.parse::<Uuid>() else { return Ok(News::default()) };
    let city = context.city.id.as_str();
    let say = match event {
        "bought" => {
            let row: Option<(i32, i64)> = sqlx::query_as(
                "SELECT p.books, u.balance FROM voucher_purchase p JOIN voucher_purse u ON u.city_id = p.city_id AND u.campaign_id = p.campaign_id AND u.contact_id = p.contact_id
                 WHERE p.city_id = $1 AND p.purchase_id = $2 AND p.state = 'paid'",
            )
            .bind(city)
            .bind(id)
            .fetch_optional(&mut *context.tx)
            .await?;
            row.map(|(books, balance)| Say::key("voucher-bought").with("books", i64::from(books)).with("balance", yen(balance)))
        }
        "used" => {
            let row: Option<(String, i64, i64)> =
                sqlx::query_as("SELECT s.name, u.amount, u.left_over FROM voucher_use u JOIN voucher_shop s ON s.city_id = u.city_id AND s.shop_id = u.shop_id WHERE u.city_id = $1 AND u.use_id = $2")
                    .bind(city)
                    .bind(id)
                    .fetch_optional(&mut *context.tx)
                    .await?;
            row.map(|(shop, amount, left)| Say::key("voucher-used").with("shop", shop).with("amount", yen(amount)).with("balance", yen(left)))
        }
        _ => None,
    };
    Ok(say.map(|say| News { say: vec![Part::text(say)], urgency: Urgency::Normal }).unwrap_or_default())
}
