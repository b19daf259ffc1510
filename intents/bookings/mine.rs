//! One's own bookings: the list, what goes back of those that were cancelled, and what is told of them unasked.

use super::{book::yen, cancel::LIVE, forms::{CANCEL, CHANGE, OFFERED, PASSCODE}, hold, table::{self, Booking}, units::BILL};
use crate::{Context, ServiceError, facilities::catalogue};
use dialogue::{News, Outcome};
use model::{Action, BillState, Card, Choice, Part, Postback, Say, Urgency};
use sqlx::AssertSqlSafe;
use store::bills;
use uuid::Uuid;

/// LINE shows so many cards.
const SHOWN: usize = 10;

fn menu() -> Choice {
    Choice::new(Say::key("menu-label"), "menu")
}

fn title(context: &Context<'_>, booking: &Booking) -> String {
    hold::title(context.city.zone, context.lang, booking, catalogue(context))
}

pub async fn list(context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
    let mine = table::mine(context, &LIVE).await?;
    if mine.is_empty() {
        let choices = vec![Choice::new(Say::key("facility-vacancy-title"), Postback::begin("facility.vacancy")), menu()];
        return Ok(Outcome::done(vec![Part::Choices { text: Say::key("booking-none"), choices }]));
    }
    let mut cards = Vec::new();
    for booking in mine.iter().take(SHOWN) {
        let mut lines = vec![Say::dynamic(format!("booking-state-{}", booking.state)), Say::key("booking-number").with("number", booking.number.as_str())];
        let mut actions = Vec::new();
        let open = bills::of_subject(context.tx, &context.city.id, BILL, booking.booking_id).await?.into_iter().find(|bill| bill.state == BillState::Open);
        if let Some(bill) = open {
            lines.push(Say::key("booking-unpaid").with("yen", bill.total.to_string()).with("until", bill.hold_until.unwrap_or(bill.due_at)));
            actions.push(Action::Postback { label: Say::key("booking-pay-label"), value: Postback::begin("payment.pay").given("bill", bill.id.to_string()).into() });
        } else if booking.state == "confirmed" && catalogue(context).room(&booking.room_id).is_some_and(|(room, _)| !room.door.is_empty()) {
            actions.push(Action::Postback { label: Say::key("facility-passcode-title"), value: Postback::begin(PASSCODE).given("booking", booking.number.as_str()).into() });
        }
        if matches!(booking.state.as_str(), "held" | "confirmed") {
            actions.push(Action::Postback { label: Say::key("booking-change-label"), value: Postback::begin(CHANGE).given("booking", booking.number.as_str()).into() });
        }
        actions.push(Action::Postback { label: Say::key("booking-cancel-label"), value: Postback::begin(CANCEL).given("booking", booking.number.as_str()).into() });
        cards.push(Card { title: Say::plain(title(context, booking)), subtitle: None, lines, place: None, actions });
    }
    let count = i64::try_from(mine.len()).unwrap_or(0);
    Ok(Outcome::done(vec![Part::Cards { text: Say::key("booking-mine").with("count", count), cards }]))
}

/// What goes back of what was cancelled, and how it stands.
pub async fn refunds(context: &mut Context<'_>) -> Result<Outcome, ServiceError> {
    let contacts: Vec<Uuid> = store::contacts_of(context.tx, &context.city.id, context.conversation).await?.into_iter().map(|contact| contact.0).collect();
    let ended: Vec<(Uuid, String)> = sqlx::query_as(AssertSqlSafe(
        "SELECT b.booking_id, b.number FROM booking b JOIN conversation c ON c.city_id = b.city_id AND c.conversation_id = b.conversation_id
         WHERE b.city_id = $1 AND c.contact_id = ANY($2) AND b.state IN ('cancelled', 'lapsed') ORDER BY b.ended_at DESC LIMIT 10",
    ))
    .bind(context.city.id.as_str())
    .bind(contacts)
    .fetch_all(&mut *context.tx)
    .await?;
    let mut lines = Vec::new();
    for (id, number) in ended {
        for bill in bills::of_subject(context.tx, &context.city.id, BILL, id).await? {
            let (asked, done) = (bill.refund_asked.get(), bill.refunded.get());
            if bill.paid.get() > 0 {
                let key = match () {
                    () if asked == 0 => "booking-refund-none",
                    () if done >= asked => "booking-refund-done",
                    () => "booking-refund-under-way",
                };
                lines.push(Say::key(key).with("what", bill.title.as_str()).with("number", number.as_str()).with("yen", yen(context.lang, if done > 0 { done } else { asked })));
            }
        }
    }
    let cancel = Choice::new(Say::key("facility-cancel-title"), Postback::begin(CANCEL));
    let account = crate::payments::account_choice(context).await?;
    let choices = account.into_iter().chain([cancel, Choice::new(Say::key("human-label"), "human"), menu()]).collect();
    let text = if lines.is_empty() { Say::key("booking-refund-nothing") } else { Say::Lines(lines) };
    Ok(Outcome::done(vec![Part::Choices { text, choices }]))
}

/// What is said of something that happened, as it stands now; nothing where it is no longer true.
pub async fn tell(context: &mut Context<'_>, event: &str, key: &str) -> Result<News, ServiceError> {
    let Some(id) = hold::booking_of(key) else { return Ok(News::default()) };
    let Some(booking) = table::find(context.tx, &context.city.id, id).await?.filter(|booking| booking.conversation_id == Some(context.conversation.0)) else { return Ok(News::default()) };
    let (what, now) = (title(context, &booking), context.now.to_utc());
    let mine = || Choice::new(Say::key("facility-my-bookings-title"), Postback::begin("facility.my_bookings"));
    let say = |key: &'static str| Say::key(key).with("what", what.as_str()).with("number", booking.number.as_str());
    let open = bills::of_subject(context.tx, &context.city.id, BILL, id).await?.into_iter().find(|bill| bill.state == BillState::Open);
    let pay = open.as_ref().map(|bill| Choice::new(Say::key("booking-pay-label"), Postback::begin("payment.pay").given("bill", bill.id.to_string())));
    let until = booking.held_until.unwrap_or(booking.from_at);
    let due = |key: &'static str| say(key).with("yen", open.as_ref().map_or_else(|| "0".to_owned(), |bill| bill.total.to_string())).with("until", until);
    let text_of = |text: Say, choices: Vec<Choice>| vec![Part::Choices { text, choices }];
    let mut urgency = Urgency::Normal;
    let parts = match (event, booking.state.as_str()) {
        ("paid", "confirmed") => {
            let receipt = Choice::new(Say::key("booking-receipt-label"), Postback::begin("payment.receipt"));
            text_of(say("booking-paid"), vec![mine(), receipt, menu()])
        }
        ("too-late", _) => text_of(say("booking-paid-too-late"), vec![Choice::new(Say::key("facility-vacancy-title"), Postback::begin("facility.vacancy")), Choice::new(Say::key("human-label"), "human"), menu()]),
        ("by-city", "cancelled") => text_of(say("booking-cancelled-by-city"), vec![Choice::new(Say::key("facility-refund-title"), Postback::begin("facility.refund")), Choice::new(Say::key("human-label"), "human"), menu()]),
        ("by-request", "cancelled") => text_of(say("booking-cancelled"), vec![Choice::new(Say::key("facility-refund-title"), Postback::begin("facility.refund")), menu()]),
        ("lapsed", "lapsed") => text_of(say("booking-lapsed"), vec![Choice::new(Say::key("booking-another-label"), Postback::begin(super::form_of(&booking.sort))), menu()]),
        ("offered", "offered") if until > now => {
            let answer = |answer: &str| Postback::begin(OFFERED).given("number", booking.number.as_str()).given("answer", answer);
            text_of(say("booking-offered").with("until", until), vec![Choice::new(Say::key("booking-offer-yes-label"), answer("yes")), Choice::new(Say::key("booking-offer-no-label"), answer("no"))])
        }
        ("won", "held") => text_of(due("booking-won-unpaid"), pay.into_iter().chain([mine(), menu()]).collect()),
        ("won", "confirmed") => text_of(say("booking-won"), vec![mine(), menu()]),
        ("lost", "lost") => text_of(say("booking-lost"), vec![Choice::new(Say::key("facility-vacancy-title"), Postback::begin("facility.vacancy")), menu()]),
        ("reminder", "confirmed") if booking.from_at > now => {
            urgency = Urgency::Low;
            let change = Choice::new(Say::key("booking-change-label"), Postback::begin(CHANGE).given("booking", booking.number.as_str()));
            let cancel = Choice::new(Say::key("booking-cancel-label"), Postback::begin(CANCEL).given("booking", booking.number.as_str()));
            text_of(say("booking-reminder"), pay.into_iter().chain([change, cancel, menu()]).collect())
        }
        ("door", "confirmed") if booking.to_at > now => {
            let show = Choice::new(Say::key("facility-passcode-title"), Postback::begin(PASSCODE).given("booking", booking.number.as_str()));
            text_of(say("booking-door-ready"), vec![show, menu()])
        }
        _ => Vec::new(),
    };
    Ok(News { say: parts, urgency })
}
