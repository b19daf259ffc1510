//! What residents owe: the words that services and the payments side share. A service opens a bill for something of its own
//! and hears of every change; how it is paid is none of its business.

use crate::{BadYen, BillId, ConversationId, RefundId, Yen};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use uuid::Uuid;

/// One line of a bill and of its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    /// What it is for, in the city's words: `第1会議室 9:00-12:00`.
    pub text: String,
    pub quantity: u32,
    /// Tax included.
    pub unit: Yen,
    /// The rate of consumption tax that is in it; `None`: not subject to it (certificates, fees by law).
    pub tax_percent: Option<u8>,
}

impl BillLine {
    pub fn amount(&self) -> Result<Yen, BadYen> {
        self.unit.times(self.quantity)
    }
}

/// A bill to be opened.
#[derive(Clone, Debug)]
pub struct NewBill {
    /// Whose it is: `facility.booking`. The job `bill.<kind>` with the bill's id as its key is scheduled at every change.
    pub kind: &'static str,
    /// What it is for, by the service's own id.
    pub subject: Uuid,
    /// Who pays and is told; `None` where only the counter knows the person.
    pub conversation: Option<ConversationId>,
    /// In one line: what a resident with several bills chooses by.
    pub title: String,
    pub lines: Vec<BillLine>,
    pub due_at: DateTime<Utc>,
    /// What was reserved is let go then, and the bill with it; `None`: nothing is reserved.
    pub hold_until: Option<DateTime<Utc>>,
}

/// Where a bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillState {
    Open,
    Paid,
    /// The money came after the bill had lapsed. The service that owns it decides: accept it, or decline and it goes back.
    Late,
    PartlyRefunded,
    Refunded,
    /// Withdrawn before it was paid.
    Cancelled,
    /// Not paid before `hold_until`.
    Expired,
}

impl BillState {
    pub const ALL: [BillState; 7] =
        [BillState::Open, BillState::Paid, BillState::Late, BillState::PartlyRefunded, BillState::Refunded, BillState::Cancelled, BillState::Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            BillState::Open => "open",
            BillState::Paid => "paid",
            BillState::Late => "late",
            BillState::PartlyRefunded => "partly_refunded",
            BillState::Refunded => "refunded",
            BillState::Cancelled => "cancelled",
            BillState::Expired => "expired",
        }
    }
}

impl FromStr for BillState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        BillState::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("`{text}` is no state of a bill"))
    }
}

/// A bill as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    pub id: BillId,
    /// What people call it: `B-48291300-7`.
    pub number: String,
    pub kind: String,
    pub subject: Uuid,
    pub conversation: Option<ConversationId>,
    pub title: String,
    pub lines: Vec<BillLine>,
    pub total: Yen,
    pub state: BillState,
    /// All of it, or nothing yet.
    pub paid: Yen,
    /// Asked back and not refused: no more than was paid.
    pub refund_asked: Yen,
    /// Gone back.
    pub refunded: Yen,
    pub due_at: DateTime<Utc>,
    pub hold_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    /// By which way: the provider's name, or `cash`.
    pub paid_by: Option<String>,
}

/// How money goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundWay {
    /// As it came: through the provider, or cash at the counter.
    AsPaid,
    /// To a bank account; what it is was sealed for the bill's conversation (place `refund`).
    Bank { sealed: Vec<u8> },
}

/// A refund that is asked for.
#[derive(Clone, Debug)]
pub struct NewRefund {
    pub bill: BillId,
    pub amount: Yen,
    pub way: RefundWay,
    /// Why, in one of the service's own words: `cancelled`, `weather`.
    pub reason: String,
    /// A member of staff must say yes first.
    pub approval: bool,
    /// Names the wish: the same once more is the same refund.
    pub cause: String,
}

/// What became of the wish for a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAsked {
    Taken(RefundId),
    /// The bill is not paid, or cannot be refunded any more.
    NotPaid,
    /// More than is left of what was paid; this is what is left.
    TooMuch { left: Yen },
    /// Nothing, or less.
    Nothing,
}
