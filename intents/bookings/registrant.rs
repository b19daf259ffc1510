//! Who books: registered once per city, sealed, and used again after one question.

use crate::{Context, ServiceError, facilities::Facility};
use chrono::NaiveDate;
use dialogue::{Answer, Field, FieldKind, Offer, Offered, SlotKind, When};
use model::{ConversationId, Say};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::StoreError;
use uuid::Uuid;

const PLACE: &str = "registrant";
/// What a facility asks, the least first; each with what stands before it.
const LEVELS: [&str; 3] = ["phone", "address", "birthday"];
const ADULT: u32 = 18;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registrant {
    pub name: String,
    pub phone: String,
    pub address: String,
    pub birthday: Option<NaiveDate>,
}

impl Registrant {
    fn has(&self, level: usize) -> bool {
        !self.name.is_empty() && !self.phone.is_empty() && (level < 1 || !self.address.is_empty()) && (level < 2 || self.birthday.is_some())
    }

    pub fn is_minor(&self, today: NaiveDate) -> bool {
        self.birthday.and_then(|birthday| today.years_since(birthday)).is_some_and(|years| years < ADULT)
    }
}

/// The questions: who books, and for those who are new, what the place must know.
pub fn fields() -> Vec<Field> {
    let when = |levels: &[&str]| vec![When { field: "who".into(), is: levels.iter().map(|level| format!("new-{level}").into()).collect() }];
    let asked = |field: Field, levels: &[&str]| Field { when: when(levels), ..field };
    vec![
        Field::new("who", FieldKind::Offer),
        asked(Field::new("name", FieldKind::KanaName), &LEVELS),
        asked(Field::new("phone", FieldKind::Phone).slot(SlotKind::Phone), &LEVELS),
        asked(Field::new("address", FieldKind::Address), &LEVELS[1..]),
        asked(Field::new("birthday", FieldKind::Birthday).slot(SlotKind::Birthday), &LEVELS[2..]),
    ]
}

/// What a place asks; one for adults only asks for the birthday.
fn level(facility: &Facility, adult: bool) -> usize {
    if adult { 2 } else { LEVELS.iter().position(|level| *level == facility.registration).unwrap_or(0) }
}

pub async fn offer(context: &mut Context<'_>, facility: &Facility, adult: bool, answers: &BTreeMap<String, Answer>) -> Result<Offer, ServiceError> {
    let level = level(facility, adult);
    let new = format!("new-{}", LEVELS[level]);
    let known = load(context).await?.filter(|registrant| registrant.has(level));
    let chosen = answers.get("who").map(|answer| answer.value.as_str());
    Ok(match known {
        None => Offer::worked_out(new, ""),
        Some(known) if chosen == Some("known") => Offer::worked_out("known", known.name),
        Some(_) if chosen.is_some_and(|chosen| chosen.starts_with("new-")) => Offer::worked_out(new, ""),
        Some(known) => {
            // Enough of the number to know it again.
            let end: String = known.phone.chars().skip(known.phone.chars().count().saturating_sub(4)).collect();
            let say = Say::key("booking-who-known").with("name", known.name.as_str()).with("end", end);
            let yes = ["はい", "この名前", "お願い", "おねがい", "そうです", "大丈夫", "yes", "ok", "是", "네", "vâng"];
            let no = ["いいえ", "別の", "べつの", "違う", "違います", "ほかの", "no", "another", "不是", "아니요", "không"];
            let choices = vec![Offered::new("known", known.name).say(Say::key("booking-who-yes-label")).said(&yes), Offered::new(new, "").say(Say::key("booking-who-new-label")).said(&no)];
            Offer::Choose { say: Some(say), choices }
        }
    })
}

/// Who the answers say it is: as registered, or new.
pub async fn of_answers(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Option<Registrant>, ServiceError> {
    let value = |field: &str| answers.get(field).map_or("", |answer| answer.value.as_str());
    if value("who") == "known" {
        return load(context).await;
    }
    let registrant = Registrant { name: value("name").to_owned(), phone: value("phone").to_owned(), address: value("address").to_owned(), birthday: value("birthday").parse().ok() };
    Ok(registrant.has(0).then_some(registrant))
}

/// What is registered of the resident, by whichever account; the latest.
async fn load(context: &mut Context<'_>) -> Result<Option<Registrant>, ServiceError> {
    let contacts: Vec<Uuid> = store::contacts_of(context.tx, &context.city.id, context.conversation).await?.into_iter().map(|contact| contact.0).collect();
    let row: Option<(Uuid, Vec<u8>)> = sqlx::query_as("SELECT conversation_id, sealed FROM registrant WHERE city_id = $1 AND contact_id = ANY($2) ORDER BY updated_at DESC LIMIT 1")
        .bind(context.city.id.as_str())
        .bind(contacts)
        .fetch_optional(&mut *context.tx)
        .await?;
    let Some((conversation, sealed)) = row else { return Ok(None) };
    let plain = store::open_for_conversation(context.db, context.tx, &context.city.id, ConversationId(conversation), &sealed, PLACE).await?;
    Ok(serde_json::from_slice(&plain).map(Some).map_err(StoreError::from)?)
}

/// Keeps who it is for the next time. What was known before and was not asked now stays.
pub async fn save(context: &mut Context<'_>, mut registrant: Registrant) -> Result<(), ServiceError> {
    if let Some(before) = load(context).await?.filter(|before| before.name == registrant.name) {
        if registrant.address.is_empty() {
            registrant.address = before.address;
        }
        registrant.birthday = registrant.birthday.or(before.birthday);
    }
    let plain = serde_json::to_vec(&registrant).map_err(StoreError::from)?;
    let sealed = store::seal_for_conversation(context.db, context.tx, &context.city.id, context.conversation, &plain, PLACE).await?;
    sqlx::query(
        "INSERT INTO registrant (city_id, contact_id, conversation_id, sealed, updated_at)
         SELECT $1, contact_id, conversation_id, $3, $4 FROM conversation WHERE city_id = $1 AND conversation_id = $2
         ON CONFLICT (city_id, contact_id) DO UPDATE SET conversation_id = excluded.conversation_id, sealed = excluded.sealed, updated_at = excluded.updated_at",
    )
    .bind(context.city.id.as_str())
    .bind(context.conversation.0)
    .bind(sealed)
    .bind(context.now.to_utc())
    .execute(&mut *context.tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_known_rises_and_minors_are_known_by_their_birthday() {
        let mut who = Registrant { name: "ヤマダ ハナコ".into(), phone: "0600001111".into(), ..Registrant::default() };
        assert!(who.has(0) && !who.has(1));
        who.address = "さくら町1-1".into();
        assert!(who.has(1) && !who.has(2));
        who.birthday = "2009-12-04".parse().ok();
        let on = |day: &str| who.is_minor(day.parse().expect("a day"));
        assert!(who.has(2) && on("2027-12-03") && !on("2027-12-04"));
    }
}
