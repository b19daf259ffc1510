//! The words that every part of the counter shares: what comes in ([`Inbound`]), what was understood
//! ([`Understanding`]), what goes out ([`Reply`]), who is who, and whose clock it is.
//!
//! Nothing here does I/O. Channels translate a platform's wire format into these types; services answer in
//! them; no service knows a channel and no channel knows a service.

#![forbid(unsafe_code)]

mod bill;
mod channel;
mod clock;
mod desk;
mod entry;
mod geo;
mod hours;
mod ids;
mod inbound;
mod lang;
mod money;
mod number;
mod postback;
mod redact;
mod reply;
mod say;
mod understanding;

pub use bill::{Bill, BillLine, BillState, NewBill, NewRefund, RefundAsked, RefundWay};
pub use channel::Channel;
pub use clock::{Clock, ManualClock};
pub use desk::Desk;
pub use geo::{Bounds, Point};
pub use hours::{BadHours, Hours, OpenState};
pub use ids::{BadCityId, BillId, CityId, ContactId, ConversationId, EventId, Ids, MessageId, RefundId, SequentialIds};
pub use entry::CounterBooking;
pub use inbound::{Author, CallResult, Closing, Content, Inbound, Media, PutThrough, Reach, ReplyToken, StaffAct};
pub use lang::Lang;
pub use money::{BadYen, Yen};
pub use number::receipt_number;
pub use postback::Postback;
pub use redact::Private;
pub use reply::{Action, Card, CardPlace, Choice, DateMode, Part, Reply, Urgency};
pub use say::{Arg, Say};
pub use understanding::{
    Emergency, Entity, EntityKind, Expecting, Scored, Recall, Understand, Understanding, Utterance,
};

pub use normalise::{Slots, Value};
