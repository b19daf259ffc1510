//! What is done later: bills that change, holds that run out, reminders, pass codes, freed places, draws.

use super::{door, draw, hold, table::{self, Booking}, units::{self, Wish}, waiting};
use crate::{Around, Work, WorkError, facilities::{Catalogue, Facility, Room}};
use futures_util::future::BoxFuture;
use model::{Bill, BillId, BillState, NewRefund, RefundWay};
use outer::locks::LockProvider;
use serde_json::Value;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{Job, bills};
use uuid::Uuid;

/// Comes at every change of a bill of ours; its key is the bill's id.
const BILL: &str = "bill.booking";
/// An offer that nobody took up in time; its key is the booking's id, as of those that follow.
pub const HOLD: &str = "booking.hold";
pub const REMINDER: &str = "booking.reminder";
pub const DOOR: &str = "booking.door";
pub const DOOR_END: &str = "booking.door_end";
/// A place became free.
pub const FREED: &str = "booking.freed";
/// Its key is the round's id.
pub const DRAW: &str = "booking.draw";

pub fn works(locks: Option<Arc<dyn LockProvider>>) -> Vec<Arc<dyn Work>> {
    let simple = |kind| Arc::new(Simple(kind)) as Arc<dyn Work>;
    let mut works: Vec<Arc<dyn Work>> = [BILL, HOLD, REMINDER, FREED, DRAW].into_iter().map(simple).collect();
    works.extend(door::works(locks));
    works
}

/// A job that calls nobody outside.
struct Simple(&'static str);

impl Work for Simple {
    fn kind(&self) -> &'static str {
        self.0
    }

    fn effect<'a>(&'a self, around: &'a Around, tx: &'a mut PgConnection, job: &'a Job, _called: Value) -> BoxFuture<'a, Result<(), WorkError>> {
        Box::pin(async move {
            match self.0 {
                BILL => bill_changed(around, tx, BillId(id_of(job)?)).await,
                FREED => waiting::freed(around, tx, &job.payload).await,
                DRAW => draw::draw(around, tx, &job.key).await,
                _ => {
                    let Some(booking) = table::lock(tx, &around.city.id, id_of(job)?).await? else { return Ok(()) };
                    if self.0 == HOLD { ran_out(around, tx, &booking).await } else { remind(around, tx, &booking).await }
                }
            }
        })
    }
}

pub fn id_of(job: &Job) -> Result<Uuid, WorkError> {
    job.key.parse().map_err(|_| WorkError::Never(format!("`{}` is no id", job.key)))
}

/// A room with its facility, or why there is nothing to do.
pub fn room_of<'a>(around: &'a Around, booking: &Booking) -> Result<(&'a Room, &'a Facility), WorkError> {
    let found = around.city.content::<Catalogue>().and_then(|catalogue| catalogue.room(&booking.room_id));
    found.ok_or_else(|| WorkError::Again(format!("the room `{}` is not in the catalogue", booking.room_id)))
}

async fn bill_changed(around: &Around, tx: &mut PgConnection, id: BillId) -> Result<(), WorkError> {
    let (db, city, now) = (&around.db, &around.city.id, around.now);
    // First the booking, then its bill: whoever takes a place locks in this order too.
    let Some(bill) = bills::find(tx, city, id).await? else { return Ok(()) };
    let Some(booking) = table::lock(tx, city, bill.subject).await? else { return Ok(()) };
    let Some(bill) = bills::lock(tx, city, id).await? else { return Ok(()) };
    let of = bill.id.to_string();
    match bill.state {
        // Its money is on its way back: this was decided before.
        _ if bill.refund_asked.get() > 0 => {}
        BillState::Paid if booking.state == "confirmed" => hold::tell(around, tx, &booking, "paid", &of).await?,
        BillState::Paid if bill.paid.get() > 0 && matches!(booking.state.as_str(), "held" | "offered" | "lapsed") => {
            let event = if regain(around, tx, &booking).await? { "paid" } else { "too-late" };
            if event == "too-late" {
                give_all_back(around, tx, &bill).await?;
            }
            hold::tell(around, tx, &booking, event, &of).await?;
        }
        BillState::Late => {
            let regained = regain(around, tx, &booking).await?;
            if regained {
                bills::accept_late(db, tx, city, bill.id, now).await?;
            } else {
                bills::decline_late(db, tx, city, bill.id, now).await?;
            }
            hold::tell(around, tx, &booking, if regained { "paid" } else { "too-late" }, &of).await?;
        }
        BillState::Expired if matches!(booking.state.as_str(), "held" | "offered") => {
            hold::end(db, tx, city, &booking, &["held", "offered"], "lapsed", now).await?;
            hold::tell(around, tx, &booking, "lapsed", &of).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Paid: what is held is theirs; what had lapsed is, if nobody has taken it meanwhile.
async fn regain(around: &Around, tx: &mut PgConnection, booking: &Booking) -> Result<bool, WorkError> {
    let (room, facility) = room_of(around, booking)?;
    let (city, now) = (&around.city.id, around.now);
    match booking.state.as_str() {
        "held" | "offered" => Ok(hold::confirm(tx, city, facility, room, booking, &["held", "offered"], now).await?),
        "lapsed" if booking.from_at > now => {
            let wish = Wish { room, from: booking.from_at, to: booking.to_at, units: booking.units.unsigned_abs(), held_until: None };
            let taken = units::take(&around.db, tx, city, booking.booking_id, wish, now).await?;
            Ok(taken && hold::confirm(tx, city, facility, room, booking, &["lapsed"], now).await?)
        }
        _ => Ok(false),
    }
}

async fn give_all_back(around: &Around, tx: &mut PgConnection, bill: &Bill) -> Result<(), WorkError> {
    let new = NewRefund { bill: bill.id, amount: bill.paid, way: RefundWay::AsPaid, reason: "taken".to_owned(), approval: false, cause: format!("taken:{}", bill.id) };
    bills::ask_refund(&around.db, tx, &around.city.id, &new, around.now).await?;
    Ok(())
}

/// Offered to one who waited, and not taken up.
async fn ran_out(around: &Around, tx: &mut PgConnection, booking: &Booking) -> Result<(), WorkError> {
    let over = booking.state == "offered" && booking.held_until.is_some_and(|until| until <= around.now);
    if over {
        hold::end(&around.db, tx, &around.city.id, booking, &["offered"], "lapsed", around.now).await?;
        hold::tell(around, tx, booking, "lapsed", "offer").await?;
    }
    Ok(())
}

async fn remind(around: &Around, tx: &mut PgConnection, booking: &Booking) -> Result<(), WorkError> {
    if booking.state == "confirmed" && booking.from_at > around.now {
        hold::tell(around, tx, booking, "reminder", &booking.from_at.timestamp().to_string()).await?;
    }
    Ok(())
}
