//! Moving a booking: the new slot is taken before the old one is let go, in one transaction. If it cannot be had, the savepoint
//! of the deed takes everything back, and the old one was never free.

use super::{book::{Answers, Plan, value, yen}, hold, slot::{How, Slot}, slots, table::{self, Booking}, units::{self, BILL, Wish}};
use crate::{Context, ServiceError, facilities::{Use, Wanted, catalogue, moment, overlaps, price, slots_in, time_range}};
use dialogue::{Offer, Outcome};
use model::{BillLine, BillState, Choice, NewBill, NewRefund, Part, Postback, RefundWay, Say, Yen};
use store::bills;

/// What can be moved.
pub const MOVABLE: [&str; 2] = ["held", "confirmed"];

pub async fn booking(context: &mut Context<'_>, answers: &Answers) -> Result<Option<Booking>, ServiceError> {
    let number = value(answers, "booking");
    Ok(table::mine(context, &MOVABLE).await?.into_iter().find(|booking| booking.number == number))
}

/// Where a booking could move to.
pub fn query<'a>(context: &Context<'a>, booking: &Booking, answers: &Answers) -> Option<slots::Query<'a>> {
    let catalogue = catalogue(context);
    let (room, facility) = catalogue.room(&booking.room_id)?;
    let people = booking.people.map_or(0, i32::unsigned_abs);
    let roomy = |candidate: &crate::facilities::Room| candidate.capacity.is_none_or(|most| people <= most) && candidate.ages == room.ages;
    let alike: Vec<_> = catalogue.rooms_of(&facility.sort).filter(|(other, of)| roomy(other) && (of.id == facility.id || other.uses.iter().any(|one| room.uses.contains(one)))).collect();
    let wanted = answers.get("what").and_then(|answer| Wanted::parse(&answer.value)).map(|wanted| wanted.rooms(catalogue)).filter(|rooms| !rooms.is_empty());
    let own_day = booking.from_at.with_timezone(&context.city.zone).date_naive();
    Some(slots::Query {
        rooms: wanted.unwrap_or_else(|| vec![(room, facility)]),
        others: alike,
        day: Some(value(answers, "date").parse().unwrap_or(own_day)),
        time: time_range(value(answers, "time")),
        units: booking.units.unsigned_abs(),
        room_field: None,
        moving: Some(booking.booking_id),
    })
}

pub async fn offer_slot(context: &mut Context<'_>, answers: &Answers) -> Result<Offer, ServiceError> {
    let Some(booking) = booking(context, answers).await? else { return Ok(slots::over("booking-none")) };
    let Some(query) = query(context, &booking, answers) else { return Ok(slots::over("booking-gone")) };
    let said = ["date", "time", "what", "slot"].iter().any(|field| !value(answers, field).is_empty());
    if !said {
        return Ok(Offer::Rejected { field: "date".to_owned(), say: Say::key("facility-change-ask-date"), choices: Vec::new() });
    }
    // The same length at another time, if nothing else was said.
    let local = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&context.city.zone);
    let keeps = query.time.is_none() && answers.get("slot").is_none();
    if keeps && let [(room, _)] = query.rooms.as_slice() {
        use chrono::Timelike;
        let minute = |at: chrono::DateTime<chrono_tz::Tz>| u16::try_from(at.hour() * 60 + at.minute()).unwrap_or(0);
        let day = query.day.unwrap_or_else(|| local(booking.from_at).date_naive());
        let end = match minute(local(booking.to_at)) {
            0 => 1_440,
            minute => minute,
        };
        let same = Slot { how: How::Book, room: room.id.clone(), day, span: (minute(local(booking.from_at)), end), picked: false };
        if (day != local(booking.from_at).date_naive() || room.id != booking.room_id) && slots_in(room, day, same.span).is_some() {
            return slots::offer(context, &query, Some(&dialogue::Answer::same(same.value()))).await;
        }
    }
    let current = answers.get("slot").filter(|answer| query.time.is_none_or(|range| Slot::parse(&answer.value).is_some_and(|slot| slot.picked || overlaps(slot.span, range))));
    slots::offer(context, &query, current).await
}

/// The new price beside what it was.
pub async fn offer_fee(context: &mut Context<'_>, answers: &Answers) -> Result<Offer, ServiceError> {
    let Some(booking) = booking(context, answers).await? else { return Ok(Offer::worked_out("", "")) };
    let Some(plan) = plan(context, &booking, answers) else { return Ok(Offer::worked_out("", "")) };
    let label = if plan.yen == 0 { String::new() } else { yen(context.lang, plan.yen) };
    Ok(if plan.yen == booking.yen { Offer::worked_out("", "") } else { Offer::worked_out(plan.yen.to_string(), label) })
}

fn plan<'a>(context: &Context<'a>, booking: &Booking, answers: &Answers) -> Option<Plan<'a>> {
    let slot = Slot::parse(value(answers, "slot")).filter(|slot| slot.how == How::Book)?;
    let (room, facility) = catalogue(context).room(&slot.room)?;
    let slots = slots_in(room, slot.day, slot.span)?;
    let had: Vec<&str> = booking.options.split(',').collect();
    let yen = if facility.sort == "bulky" { booking.yen } else { price(room, &booking.grp, Use { day: slot.day, from: slot.span.0, to: slot.span.1, slots }, &had) };
    let zone = context.city.zone;
    Some(Plan { from: moment(zone, slot.day, slot.span.0), to: moment(zone, slot.day, slot.span.1), slot, room, facility, people: None, group: booking.grp.clone(), extras: booking.options.clone(), yen })
}

pub async fn perform(context: &mut Context<'_>, answers: &Answers) -> Result<Outcome, ServiceError> {
    let (city, now) = (context.city.id.clone(), context.now.to_utc());
    let Some(found) = booking(context, answers).await? else { return Ok(Outcome::Nothing) };
    let Some(before) = table::lock(context.tx, &city, found.booking_id).await?.filter(|booking| MOVABLE.contains(&booking.state.as_str())) else { return Ok(Outcome::Nothing) };
    let Some(plan) = plan(context, &before, answers) else { return Ok(Outcome::Nothing) };
    // Its own units are in its own way; they come back with the savepoint if the new slot cannot be had.
    units::give_back(context.tx, &city, before.booking_id).await?;
    let wish = Wish { room: plan.room, from: plan.from, to: plan.to, units: before.units.unsigned_abs(), held_until: before.held_until };
    if plan.from <= now || !units::take(context.db, context.tx, &city, before.booking_id, wish, now).await? {
        let Some(query) = query(context, &before, answers) else { return Ok(Outcome::Nothing) };
        return super::book::rejected(context, answers, &query).await;
    }
    sqlx::query("UPDATE booking SET room_id = $3, facility_id = $4, from_at = $5, to_at = $6, yen = $7 WHERE city_id = $1 AND booking_id = $2")
        .bind(city.as_str())
        .bind(before.booking_id)
        .bind(&plan.room.id)
        .bind(&plan.facility.id)
        .bind(plan.from)
        .bind(plan.to)
        .bind(plan.yen)
        .execute(&mut *context.tx)
        .await?;
    hold::forget_rest(context.tx, &city, &before, now).await?;
    hold::free(context.tx, &city, &before, now).await?;
    let Some(after) = table::find(context.tx, &city, before.booking_id).await? else { return Ok(Outcome::Nothing) };
    if after.state == "confirmed" {
        hold::schedule_rest(context.tx, &city, plan.facility, plan.room, &after, now).await?;
    }
    let label = slots::label(context, &plan.slot, plan.room, plan.facility);
    let mut lines = vec![Say::key("booking-changed").with("what", label).with("number", after.number.as_str())];
    let mut choices = Vec::new();
    lines.extend(money(context, &before, &plan, &mut choices).await?);
    choices.push(Choice::new(Say::key("facility-my-bookings-title"), Postback::begin("facility.my_bookings")));
    choices.push(Choice::new(Say::key("menu-label"), "menu"));
    Ok(Outcome::done(vec![Part::Choices { text: Say::Lines(lines), choices }]))
}

/// What more is due, or goes back; a bill that is not paid yet is replaced.
async fn money(context: &mut Context<'_>, before: &Booking, plan: &Plan<'_>, choices: &mut Vec<Choice>) -> Result<Option<Say>, ServiceError> {
    let (city, now) = (context.city.id.clone(), context.now.to_utc());
    let all = bills::of_subject(context.tx, &city, BILL, before.booking_id).await?;
    let paid: i64 = all.iter().filter(|bill| matches!(bill.state, BillState::Paid | BillState::PartlyRefunded)).map(|bill| bill.paid.get() - bill.refund_asked.get()).sum();
    let open: i64 = all.iter().filter(|bill| bill.state == BillState::Open).map(|bill| bill.total.get()).sum();
    if plan.yen == paid + open {
        return Ok(None);
    }
    units::cancel_bills(context.db, context.tx, &city, before.booking_id, now).await?;
    let text = format!("{} {}", plan.facility.name, plan.room.name);
    if plan.yen > paid {
        let unit = Yen::new(plan.yen - paid).map_err(store::StoreError::from)?;
        let new = NewBill {
            kind: BILL,
            subject: before.booking_id,
            conversation: Some(context.conversation),
            title: format!("{text}（{}）", before.number),
            lines: vec![BillLine { text, quantity: 1, unit, tax_percent: (plan.facility.sort != "nursery").then_some(10) }],
            due_at: before.held_until.unwrap_or(plan.from),
            hold_until: before.held_until,
        };
        let bill = bills::open(context.db, context.tx, &city, &new, now).await?;
        choices.push(Choice::new(Say::key("booking-pay-label"), Postback::begin("payment.pay").given("bill", bill.id.to_string())));
        return Ok(Some(Say::key("booking-change-more").with("yen", unit.to_string())));
    }
    let mut left = paid - plan.yen;
    for bill in all.iter().filter(|bill| matches!(bill.state, BillState::Paid | BillState::PartlyRefunded)) {
        let amount = left.min(bill.paid.get() - bill.refund_asked.get());
        if amount > 0 {
            let amount = Yen::new(amount).map_err(store::StoreError::from)?;
            let cause = format!("changed:{}:{}", bill.id, plan.from.timestamp());
            let new = NewRefund { bill: bill.id, amount, way: RefundWay::AsPaid, reason: "changed".to_owned(), approval: context.city.profile.payments.approval, cause };
            bills::ask_refund(context.db, context.tx, &city, &new, now).await?;
            left -= amount.get();
        }
    }
    let back = Yen::new(paid - plan.yen).map_err(store::StoreError::from)?;
    Ok((back > Yen::ZERO).then(|| Say::key("booking-refund-asked").with("yen", back.to_string())))
}
