use chrono::NaiveDate;
use uuid::Uuid;

/// A booking that staff enter for somebody who called or came.
#[derive(Clone, Debug)]
pub struct CounterBooking {
    /// The form's own id: sent twice, it is one booking.
    pub entry: Uuid,
    /// The member of staff who enters it.
    pub author: Uuid,
    pub room: String,
    pub day: NaiveDate,
    /// `0900-1200`
    pub span: String,
    pub people: Option<u32>,
    pub group: String,
    pub name: String,
    pub phone: String,
}
