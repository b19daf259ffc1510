//! Ending a booking, and what goes back of what was paid.

use super::{book::{Answers, value, yen}, hold, table::{self, Booking}, units::BILL};
use crate::{City, Context, ServiceError, facilities::catalogue};
use chrono::{DateTime, NaiveDate, Utc};
use dialogue::{Candidate, Found, Offer, Offered, Outcome};
use model::{BillState, Choice, CityId, ConversationId, EntityKind, NewRefund, Part, Postback, RefundAsked, RefundWay, Say, Value, Yen};
use sqlx::PgConnection;
use store::{Db, bills};
use uuid::Uuid;

/// What can still be ended.
pub const LIVE: [&str; 5] = ["held", "offered", "confirmed", "waiting", "entered"];

/// One's own bookings: the one that was chosen, or the only one, or a choice.
pub async fn offer_booking(context: &mut Context<'_>, states: &[&str], sort: Option<&str>, answers: &Answers) -> Result<Offer, ServiceError> {
    let mine = own(context, states, sort).await?;
    let chosen = value(answers, "booking");
    let label = |booking: &Booking| hold::title(context.city.zone, context.lang, booking, catalogue(context));
    if let Some(booking) = mine.iter().find(|booking| booking.number == chosen) {
        return Ok(Offer::worked_out(booking.number.as_str(), label(booking)));
    }
    Ok(match mine.as_slice() {
        [] => {
            let choices = vec![Choice::new(Say::key("facility-vacancy-title"), Postback::begin("facility.vacancy")), Choice::new(Say::key("menu-label"), "menu")];
            Offer::Over(vec![Part::Choices { text: Say::key("booking-none"), choices }])
        }
        [one] => Offer::worked_out(one.number.as_str(), label(one)),
        several => Offer::Choose { say: None, choices: several.iter().take(11).map(|booking| Offered::new(booking.number.as_str(), label(booking))).collect() },
    })
}

async fn own(context: &mut Context<'_>, states: &[&str], sort: Option<&str>) -> Result<Vec<Booking>, ServiceError> {
    let mut mine = table::mine(context, states).await?;
    mine.retain(|booking| sort.is_none_or(|sort| booking.sort == sort));
    Ok(mine)
}

/// 「来週の体育館」「R-482913-7」: which of one's own bookings words mean. Of anybody else's number nothing is said but that it is not
/// one's own.
pub async fn find_booking(context: &mut Context<'_>, states: &[&str], sort: Option<&str>, text: &str) -> Result<Found, ServiceError> {
    let mine = own(context, states, sort).await?;
    let candidate = |booking: &Booking| Candidate { value: booking.number.clone(), label: hold::title(context.city.zone, context.lang, booking, catalogue(context)) };
    if let Some(number) = number_in(text) {
        return Ok(mine.iter().find(|booking| booking.number == number).map_or_else(|| Found::Refused(Say::key("booking-unknown").with("number", number.as_str())), |booking| Found::One(candidate(booking))));
    }
    let days: Vec<(NaiveDate, NaiveDate)> = context.understanding.iter().flat_map(|u| u.slots.iter()).filter_map(|slot| match slot.value {
        Value::Date(day) => Some((day, day)),
        Value::DateRange(from, to) => Some((from, to)),
        _ => None,
    }).collect();
    let places: Vec<String> = context.city.names.find(text, |kind| kind == EntityKind::Facility).iter().map(|found| found.name.id.clone()).collect();
    let folded = crate::names::key(text);
    let in_room = |booking: &Booking| catalogue(context).room(&booking.room_id).is_some_and(|(room, _)| folded.contains(&crate::names::key(&room.name)));
    let on_day = |booking: &Booking| {
        let day = booking.from_at.with_timezone(&context.city.zone).date_naive();
        days.is_empty() || days.iter().any(|(from, to)| (*from..=*to).contains(&day))
    };
    let said = !days.is_empty() || !places.is_empty() || mine.iter().any(in_room);
    let fits: Vec<&Booking> = mine.iter().filter(|booking| on_day(booking) && (places.is_empty() || places.contains(&booking.facility_id)) && (!mine.iter().any(in_room) || in_room(booking))).collect();
    Ok(match fits.as_slice() {
        [one] if said => Found::One(candidate(one)),
        [_, _, ..] if said && fits.len() < mine.len() => Found::Many(fits.into_iter().take(10).map(candidate).collect()),
        _ => Found::None,
    })
}

/// `R-482913-7`, however it is typed.
fn number_in(text: &str) -> Option<String> {
    let folded: String = normalise::fold(text).to_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
    folded.match_indices('R').find_map(|(at, _)| {
        let digits: String = folded.get(at + 1..)?.chars().take_while(|c| c.is_ascii_digit() || *c == '-').filter(char::is_ascii_digit).collect();
        (digits.len() == 7).then(|| format!("R-{}-{}", &digits[..6], &digits[6..]))
    })
}

/// What goes back if it is cancelled now.
pub async fn refund_of(context: &mut Context<'_>, booking: &Booking) -> Result<Yen, ServiceError> {
    let days = (booking.from_at.with_timezone(&context.city.zone).date_naive() - context.now.date_naive()).num_days();
    let mut back = Yen::ZERO;
    for bill in paid_bills(context.tx, &context.city.id, booking).await? {
        let left = bill.paid.minus(bill.refund_asked).unwrap_or(Yen::ZERO);
        back = back.plus(context.city.profile.payments.refund(bill.paid, days).min(left)).map_err(store::StoreError::from)?;
    }
    Ok(back)
}

async fn paid_bills(tx: &mut PgConnection, city: &CityId, booking: &Booking) -> Result<Vec<model::Bill>, ServiceError> {
    let all = bills::of_subject(tx, city, BILL, booking.booking_id).await?;
    Ok(all.into_iter().filter(|bill| matches!(bill.state, BillState::Paid | BillState::PartlyRefunded)).collect())
}

/// The line of the confirmation that says what goes back; nothing where nothing was paid.
pub async fn offer_back(context: &mut Context<'_>, answers: &Answers) -> Result<Offer, ServiceError> {
    let number = value(answers, "booking");
    let Some(booking) = table::mine(context, &LIVE).await?.into_iter().find(|booking| booking.number == number) else { return Ok(Offer::worked_out("", "")) };
    if paid_bills(context.tx, &context.city.id, &booking).await?.is_empty() {
        return Ok(Offer::worked_out("", ""));
    }
    let back = refund_of(context, &booking).await?;
    let label = if back == Yen::ZERO { String::new() } else { yen(context.lang, back.get()) };
    Ok(Offer::worked_out(back.get().to_string(), label))
}

/// How much goes back: by the city's rule of days, or all of it, because the city could not keep its word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    ByRule,
    All,
}

/// Asks for what goes back of what was paid, and says how much that is.
async fn give_back(db: &Db, tx: &mut PgConnection, city: &City, booking: &Booking, share: Share, now: DateTime<Utc>) -> Result<Yen, ServiceError> {
    let days = (booking.from_at.with_timezone(&city.zone).date_naive() - now.with_timezone(&city.zone).date_naive()).num_days();
    let mut back = Yen::ZERO;
    for bill in paid_bills(tx, &city.id, booking).await? {
        let left = bill.paid.minus(bill.refund_asked).unwrap_or(Yen::ZERO);
        let amount = if share == Share::All { left } else { city.profile.payments.refund(bill.paid, days).min(left) };
        let new = NewRefund { bill: bill.id, amount, way: RefundWay::AsPaid, reason: "cancelled".to_owned(), approval: city.profile.payments.approval, cause: format!("cancelled:{}", bill.id) };
        if amount > Yen::ZERO && matches!(bills::ask_refund(db, tx, &city.id, &new, now).await?, RefundAsked::Taken(_)) {
            back = back.plus(amount).map_err(store::StoreError::from)?;
        }
    }
    Ok(back)
}

/// Why staff end a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The resident asked for it, on the phone or at the counter.
    Request,
    /// The city needs the room, or cannot open it.
    City,
}

/// Ends anybody's booking, and tells whoever booked in a conversation. How much goes back; `None` where there is no such booking.
pub async fn by_staff(db: &Db, tx: &mut PgConnection, city: &City, number: &str, why: EndedBy, now: DateTime<Utc>) -> Result<Option<Yen>, ServiceError> {
    let id: Option<Uuid> = sqlx::query_scalar("SELECT booking_id FROM booking WHERE city_id = $1 AND number = $2 AND to_at > $3").bind(city.id.as_str()).bind(number).bind(now).fetch_optional(&mut *tx).await?;
    let Some(id) = id else { return Ok(None) };
    let Some(booking) = table::lock(tx, &city.id, id).await?.filter(|booking| LIVE.contains(&booking.state.as_str())) else { return Ok(None) };
    let (share, event) = match why {
        EndedBy::Request => (Share::ByRule, "by-request"),
        EndedBy::City => (Share::All, "by-city"),
    };
    let back = give_back(db, tx, city, &booking, share, now).await?;
    hold::end(db, tx, &city.id, &booking, &LIVE, "cancelled", now).await?;
    if let Some(conversation) = booking.conversation_id {
        crate::tell::tell(db, tx, &city.id, ConversationId(conversation), (super::SERVICE, event, &format!("{id}:{event}")), now).await?;
    }
    Ok(Some(back))
}

/// Cancels one of the resident's own bookings.
pub async fn cancel(context: &mut Context<'_>, number: &str) -> Result<Outcome, ServiceError> {
    let (city, now) = (context.city.id.clone(), context.now.to_utc());
    let found = table::mine(context, &LIVE).await?.into_iter().find(|booking| booking.number == number);
    let Some(id) = found.map(|booking| booking.booking_id) else { return Ok(Outcome::Nothing) };
    let Some(booking) = table::lock(context.tx, &city, id).await?.filter(|booking| LIVE.contains(&booking.state.as_str())) else { return Ok(Outcome::Nothing) };
    let back = give_back(context.db, context.tx, context.city, &booking, Share::ByRule, now).await?;
    hold::end(context.db, context.tx, &city, &booking, &LIVE, "cancelled", now).await?;
    let title = hold::title(context.city.zone, context.lang, &booking, catalogue(context));
    let mut lines = vec![Say::key("booking-cancelled").with("what", title).with("number", booking.number.as_str())];
    if back > Yen::ZERO {
        let key = if context.city.profile.payments.approval { "booking-refund-after-approval" } else { "booking-refund-asked" };
        lines.push(Say::key(key).with("yen", back.to_string()));
    }
    // Paid in cash: it can go to a bank account.
    let mut choices: Vec<Choice> = crate::payments::account_choice(context).await?.into_iter().collect();
    choices.push(Choice::new(Say::key("booking-another-label"), Postback::begin(super::form_of(&booking.sort))));
    choices.push(Choice::new(Say::key("menu-label"), "menu"));
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_known_however_they_are_typed() {
        for text in ["R-482913-7", "予約番号はＲ４８２９１３７です", "r 482913 7 をキャンセル"] {
            assert_eq!(number_in(text).as_deref(), Some("R-482913-7"), "{text}");
        }
        for text in ["B-482913-7", "R-48291", "予約をキャンセル", ""] {
            assert_eq!(number_in(text), None, "{text}");
        }
    }
}
