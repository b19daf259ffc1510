//! Calling out: somebody's telephone is rung.

use crate::{Connection, Ends, Leg};
use futures_util::future::BoxFuture;
use model::Private;
use tokio::sync::oneshot;

/// Rings other telephones.
pub trait Dial: Send + Sync {
    /// `to`: an extension (`201`), a number or a SIP address; `from`: the number of who is put through, if it is known. Dropped
    /// before it is answered, it stops ringing.
    fn dial(&self, to: &str, from: Option<&Private<String>>) -> BoxFuture<'static, Result<Dialled, NotReached>>;
}

/// Somebody has answered.
pub struct Dialled {
    pub leg: Box<dyn Leg>,
    /// Hangs up.
    pub ends: Ends,
    /// The trunk wants to know of the call, to tell it when the other side hangs up.
    pub connected: oneshot::Sender<Connection>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReached {
    Busy,
    NoAnswer,
    /// No such telephone, or no way there.
    Failed,
}
