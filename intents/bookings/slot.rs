//! A slot as an answer's value: `book/<room>/<day>/<from>-<to>`; `wait/…` for the waiting list, `lot/…` for a draw. One that was
//! just picked ends in `/picked`: day and room follow it, not it them.

use crate::facilities::{Span, read_span, span_value};
use chrono::NaiveDate;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Book,
    /// Taken; its next is told when it becomes free.
    Wait,
    /// Drawn by lot later.
    Lot,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub how: How,
    pub room: String,
    pub day: NaiveDate,
    pub span: Span,
    pub picked: bool,
}

impl Slot {
    pub fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split('/');
        let how = match parts.next()? {
            "book" => How::Book,
            "wait" => How::Wait,
            "lot" => How::Lot,
            _ => return None,
        };
        let (room, day, span) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?, read_span(parts.next()?)?);
        let picked = match parts.next() {
            None => false,
            Some("picked") => true,
            Some(_) => return None,
        };
        parts.next().is_none().then_some(Self { how, room, day, span, picked })
    }

    pub fn value(&self) -> String {
        let how = match self.how {
            How::Book => "book",
            How::Wait => "wait",
            How::Lot => "lot",
        };
        format!("{how}/{}/{}/{}{}", self.room, self.day, span_value(self.span), if self.picked { "/picked" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_written_and_read() {
        let slot = Slot { how: How::Wait, room: "kan-1".into(), day: "2026-12-05".parse().expect("a day"), span: (780, 1_020), picked: false };
        assert_eq!(slot.value(), "wait/kan-1/2026-12-05/1300-1700");
        for slot in [Slot { picked: true, ..slot.clone() }, slot] {
            assert_eq!(Slot::parse(&slot.value()), Some(slot));
        }
        for bad in ["", "book", "book/x/2026-06-31/0900-1200", "book/x/2026-06-30/1200-0900", "steal/x/2026-06-30/0900-1200", "book/x/2026-06-30/0900-1200/y"] {
            assert_eq!(Slot::parse(bad), None, "{bad}");
        }
    }
}
