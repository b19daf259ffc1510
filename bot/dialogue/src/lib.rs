//! The dialogue engine: what a good clerk does. Pure: no I/O, no clock, no randomness.
//!
//! [`step`] takes the state of a conversation, what has just come in, and the facts gathered so far, and answers
//! either with a decision or with the one thing it needs to know next ([`Need`]). The caller finds that out
//! (in SQL, in memory) and calls again. The engine knows no service by name: everything it knows of them is the
//! [`Catalogue`] of forms.

#![forbid(unsafe_code)]

mod active;
mod after;
mod aloud;
mod asked;
mod catalogue;
mod control;
mod emergency;
mod explain;
mod facts;
mod elsewhere;
mod fill;
mod form;
mod interrupt;
mod named;
mod news;
mod offer;
mod pause;
mod perform;
mod phrases;
mod repair;
mod said;
mod several;
mod shown;
mod state;
mod step;
mod tapped;
mod texts;
mod timer;

pub use catalogue::{BadCatalogue, Catalogue};
pub use facts::{Candidate, Fact, Facts, Found, Need, News, Offer, Offered, Outcome};
pub use form::{Field, FieldKind, Form, FormKind, OptionSpec, Period, Reads, SEVERAL, SlotKind, When};
pub use state::{Answer, Asking, Event, Frame, Last, Stage, State, StateError, STATE_VERSION};
pub use texts::TEXTS;
pub use said::meant;
pub use step::{Alert, Clause, Decision, Input, Step, step};
