//! Applying for books: as long as there are some, and no more than a person may have.

use super::{APPLY, BUY, campaign, sorry};
use crate::{Context, ServiceError};
use dialogue::{Answer, Outcome};
use model::{Choice, Part, Postback, Say};
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn apply(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let (city, today) = (&context.city.id, context.now.date_naive());
    let value = |field: &str| answers.get(field).map_or("", |answer| answer.value.as_str());
    let Some(campaign) = campaign::current(context.tx, city, today).await? else { return Ok(sorry("voucher-none")) };
    if !(campaign.apply_from..=campaign.apply_to).contains(&today) {
        return Ok(sorry("voucher-apply-closed"));
    }
    let books: i32 = value("books").parse().unwrap_or(0);
    if !(1..=campaign.per_person).contains(&books) {
        let choices = (1..=campaign.per_person.min(10)).map(|n| Choice::new(Say::plain(n.to_string()), Postback::set(APPLY, "books", n.to_string()))).collect();
        return Ok(Outcome::Rejected { field: "books".to_owned(), say: Say::key("voucher-apply-too-many").with("most", i64::from(campaign.per_person)), choices });
    }
    if campaign::purse(context.tx, city, context.conversation, &campaign.campaign_id).await?.is_some() {
        return Ok(sorry("voucher-apply-twice"));
    }
    // The same person on another account is the same person.
    let person = format!("{}/{}", value("name").chars().filter(|c| !c.is_whitespace()).collect::<String>(), value("birthday"));
    let person = context.db.city_key(context.tx, city).await?.index("voucher-person", person.as_bytes());
    let contact: Option<Uuid> = sqlx::query_scalar("SELECT contact_id FROM conversation WHERE city_id = $1 AND conversation_id = $2").bind(city.as_str()).bind(context.conversation.0).fetch_optional(&mut *context.tx).await?;
    let Some(contact) = contact else { return Ok(Outcome::Nothing) };
    // The row of the campaign is the queue of all who apply: nobody gets a book that is not there.
    let left = sqlx::query("UPDATE voucher_campaign SET granted = granted + $3 WHERE city_id = $1 AND campaign_id = $2 AND granted + $3 <= books")
        .bind(city.as_str())
        .bind(&campaign.campaign_id)
        .bind(books)
        .execute(&mut *context.tx)
        .await?;
    if left.rows_affected() == 0 {
        return Ok(sorry("voucher-apply-gone"));
    }
    let made = sqlx::query("INSERT INTO voucher_purse (city_id, campaign_id, contact_id, person, granted) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")
        .bind(city.as_str())
        .bind(&campaign.campaign_id)
        .bind(contact)
        .bind(person)
        .bind(books)
        .execute(&mut *context.tx)
        .await?;
    if made.rows_affected() == 0 {
        // What was taken for nothing is given back.
        sqlx::query("UPDATE voucher_campaign SET granted = granted - $3 WHERE city_id = $1 AND campaign_id = $2").bind(city.as_str()).bind(&campaign.campaign_id).bind(books).execute(&mut *context.tx).await?;
        return Ok(sorry("voucher-apply-twice"));
    }
    let text = Say::key("voucher-apply-done").with("books", i64::from(books)).with("name", campaign.name.as_str()).with("buy", campaign.buy_to);
    let choices = vec![Choice::new(Say::key("voucher-buy-title"), Postback::begin(BUY).given("books", books.to_string())), Choice::new(Say::key("menu-label"), "menu")];
    Ok(Outcome::done(vec![Part::Choices { text, choices }]))
}
