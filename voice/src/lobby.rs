//! Where calls arrive, whatever trunk they came by.

use crate::{Connect, Event, Handle, Leg, Line, Media, NotReached, Order, converse};
use futures_util::future::BoxFuture;
use model::{CityId, Content, Expecting, Lang, Part, Private};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Who calls: a number is a hint, never an identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// `None`: withheld.
    pub number: Option<Private<String>>,
    /// The trunk's own name of the call.
    pub call_id: String,
}

#[derive(Clone, Debug)]
pub struct Incoming {
    pub city: CityId,
    pub caller: Caller,
}

/// Why a call is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No city has this number.
    NoSuchNumber,
    /// All lines are taken: the trunk's overflow takes it.
    Full,
}

/// What the dialogue said.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub parts: Vec<Part<String>>,
    /// What it waits for.
    pub expecting: Option<Expecting>,
    pub lang: Lang,
    /// Who the caller is put through to after these words.
    pub connect: Option<Connect>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TalkError(pub String);

/// The phone line's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// We cannot hear speech: please use the keys.
    KeysOnly,
    /// A moment, please.
    Wait,
    /// Nobody answered: good-bye.
    Farewell,
    /// Something broke: the number of a person.
    Failed,
    /// The desk is busy: so many are before you, and a key ends the waiting.
    Place(usize),
}

/// The phone line's own words.
pub trait Words: Send + Sync {
    fn word(&self, word: Word, lang: Lang) -> String;
}

/// What came of putting a caller through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// They talk.
    Talking,
    Not(NotReached),
    /// The caller did not want to wait any longer.
    GivenUp,
}

/// The dialogue of one call.
pub trait Talk: Send {
    fn say(&mut self, content: Content) -> BoxFuture<'_, Result<Answer, TalkError>>;
    /// The caller was to be put through to `desk`.
    fn tried<'a>(&'a mut self, desk: &'a str, tried: Tried) -> BoxFuture<'a, Result<Answer, TalkError>>;
    fn words(&self) -> Arc<dyn Words>;
}

/// Who takes calls.
pub trait Lobby: Send + Sync {
    /// The city with this number.
    fn city_of(&self, called: &str) -> Option<CityId>;
    fn open(&self, incoming: Incoming) -> BoxFuture<'static, Result<Box<dyn Talk>, TalkError>>;
}

/// Ends the call on the trunk's side.
pub type Ends = Box<dyn FnOnce() + Send>;

/// Takes calls from trunks and gives each its talk.
#[derive(Clone)]
pub struct Switchboard {
    lobby: Arc<dyn Lobby>,
    media: Media,
    line: Arc<Line>,
    most: usize,
    taken: Arc<AtomicUsize>,
}

/// A call that will be answered; the line is taken until this or what comes of it is dropped.
pub struct Admitted {
    board: Switchboard,
    incoming: Incoming,
    seat: Seat,
}

struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A running call, as its trunk holds it.
pub struct Connection(Arc<Handle>);

impl Connection {
    pub(crate) fn of(handle: Arc<Handle>) -> Self {
        Self(handle)
    }

    /// The other side has hung up.
    pub fn gone(&self) {
        self.0.tell(Event::Gone);
    }

    /// A key that the trunk tells of by itself.
    pub fn press(&self, key: char) {
        self.0.order(Order::Press(key));
    }

    pub fn hold(&self, hold: bool) {
        self.0.order(Order::Hold(hold));
    }
}

impl Switchboard {
    pub fn new(lobby: Arc<dyn Lobby>, media: Media, line: Arc<Line>, most: usize) -> Self {
        Self { lobby, media, line, most, taken: Arc::default() }
    }

    /// Calls that are being answered.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }

    pub fn full(&self) -> bool {
        self.taken() >= self.most
    }

    pub fn admit(&self, called: &str, caller: Caller) -> Result<Admitted, Refusal> {
        let city = self.lobby.city_of(called).ok_or(Refusal::NoSuchNumber)?;
        let before = self.taken.fetch_add(1, Ordering::AcqRel);
        let seat = Seat(self.taken.clone());
        if before >= self.most {
            return Err(Refusal::Full);
        }
        Ok(Admitted { board: self.clone(), incoming: Incoming { city, caller }, seat })
    }
}

impl Admitted {
    /// The call is answered: its talk begins. `ends` is called when it is over on our side.
    pub fn connect(self, leg: Box<dyn Leg>, ends: Ends) -> Connection {
        let Self { board, incoming, seat } = self;
        let (handle, events) = board.media.add(leg);
        let handle = Arc::new(handle);
        let connection = Connection(handle.clone());
        tokio::spawn(async move {
            let _seat = seat;
            let city = incoming.city.clone();
            match board.lobby.open(incoming).await {
                Ok(talk) => converse(&board.line, talk, &handle, events).await,
                Err(error) => tracing::error!(%city, %error, "a call could not be answered"),
            }
            ends();
        });
        connection
    }
}
