//! Putting a caller through to a desk: whose turn it is, ringing, and a word to the staff before the two hear each other.

use crate::{Connection, Dial, Ends, Event, Handle, Media, NotReached, Order, Prompts};
use model::Private;
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::{Instant, sleep, timeout},
};

/// Until a busy desk is rung again.
const AGAIN: Duration = Duration::from_secs(3);
/// Steps after which a sound of the staff's does not hold the word to them up any longer.
const SHORT: u32 = 15;

/// Who a caller is put through to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// The desk's name.
    pub desk: String,
    /// Its extension.
    pub to: String,
    pub from: Option<Private<String>>,
    /// What the staff hear first: who calls, and what it is about.
    pub summary: Private<String>,
}

/// How long is waited.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A telephone that nobody answers.
    pub ring: Duration,
    /// A desk that is busy.
    pub wait: Duration,
}

/// The telephones of the desks, and who waits for them.
pub struct Desks {
    dial: Arc<dyn Dial>,
    media: Media,
    patience: Patience,
    queues: Mutex<HashMap<String, VecDeque<u64>>>,
    next: AtomicU64,
}

/// What a waiting caller learns.
pub(crate) enum Progress {
    /// Others are being talked to; `1`: next.
    Waiting { place: usize },
    Reached(AtDesk),
    Not(NotReached),
}

/// The staff's side of a call that is put through; dropped, it is hung up.
pub(crate) struct AtDesk {
    pub handle: Arc<Handle>,
    pub events: UnboundedReceiver<Event>,
    ends: Option<Ends>,
}

impl Drop for AtDesk {
    fn drop(&mut self) {
        if let Some(ends) = self.ends.take() {
            ends();
        }
    }
}

/// A place in a desk's queue, until it is dropped.
struct Ticket<'a> {
    desks: &'a Desks,
    to: &'a str,
    number: u64,
}

impl Ticket<'_> {
    fn place(&self) -> usize {
        let queues = self.desks.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.get(self.to).and_then(|queue| queue.iter().position(|number| *number == self.number)).map_or(1, |before| before + 1)
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut queues = self.desks.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get_mut(self.to) {
            queue.retain(|number| *number != self.number);
            if queue.is_empty() {
                queues.remove(self.to);
            }
        }
    }
}

impl Desks {
    pub fn new(dial: Arc<dyn Dial>, media: Media, patience: Patience) -> Self {
        Self { dial, media, patience, queues: Mutex::default(), next: AtomicU64::default() }
    }

    fn ticket<'a>(&'a self, to: &'a str) -> Ticket<'a> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).entry(to.to_owned()).or_default().push_back(number);
        Ticket { desks: self, to, number }
    }

    /// Rings the desk when it is this caller's turn. Aborted, it stops ringing and leaves the queue.
    pub(crate) async fn reach(&self, connect: &Connect, prompts: &Arc<Prompts>, told: &UnboundedSender<Progress>) {
        let reached = match self.ring(connect, told).await {
            Ok(desk) => brief(desk, connect, prompts).await,
            Err(why) => Err(why),
        };
        // Nobody listens: the caller has hung up, and the desk with it.
        let _ = told.send(reached.map_or_else(Progress::Not, Progress::Reached));
    }

    async fn ring(&self, connect: &Connect, told: &UnboundedSender<Progress>) -> Result<AtDesk, NotReached> {
        let ticket = self.ticket(&connect.to);
        let until = Instant::now() + self.patience.wait;
        let mut said = None;
        loop {
            let place = ticket.place();
            if place == 1 {
                match timeout(self.patience.ring, self.dial.dial(&connect.to, connect.from.as_ref())).await {
                    Err(_) => return Err(NotReached::NoAnswer),
                    Ok(Err(NotReached::Busy)) => {}
                    Ok(Err(why)) => return Err(why),
                    Ok(Ok(dialled)) => {
                        let (handle, events) = self.media.add(dialled.leg);
                        let handle = Arc::new(handle);
                        // A trunk that has gone away meanwhile hears nothing more of it.
                        let _ = dialled.connected.send(Connection::of(handle.clone()));
                        return Ok(AtDesk { handle, events, ends: Some(dialled.ends) });
                    }
                }
            }
            if Instant::now() >= until {
                return Err(NotReached::Busy);
            }
            if said != Some(place) {
                said = Some(place);
                let _ = told.send(Progress::Waiting { place });
            }
            sleep(AGAIN).await;
        }
    }
}

/// The staff hear what it is about, while the caller still hears music; a key skips it.
async fn brief(mut desk: AtDesk, connect: &Connect, prompts: &Arc<Prompts>) -> Result<AtDesk, NotReached> {
    if connect.summary.is_empty() {
        return Ok(desk);
    }
    match prompts.sound(&connect.summary, 1.0).await {
        Ok(audio) => desk.handle.order(Order::Say { batch: 1, audio, last: true }),
        Err(error) => {
            tracing::warn!(%error, "the word to a desk could not be spoken");
            return Ok(desk);
        }
    }
    loop {
        match desk.events.recv().await {
            Some(Event::Said { .. } | Event::Digits(_)) => return Ok(desk),
            // 「はい、市民課です」: we go on after it.
            Some(Event::Paused { take, .. }) => desk.handle.order(Order::Wait { take, steps: SHORT }),
            Some(Event::Ended { .. }) => desk.handle.order(Order::Resume),
            Some(Event::Resumed { .. } | Event::Quiet) => {}
            Some(Event::Gone | Event::Dead) | None => return Err(NotReached::NoAnswer),
        }
    }
}
