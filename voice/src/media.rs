//! The thread that steps all calls. It does nothing else, so that no turn, no model and no query makes a call stutter.

use crate::{Call, Event, Frame, InBand, Jitter, Order, SILENCE, call::DEAD};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const STEP: Duration = Duration::from_millis(20);
/// Later than this is not made up for: the machine slept.
const HOPELESS: Duration = Duration::from_millis(400);

/// What a trunk hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Packet {
    Audio { sequence: u16, samples: Vec<i16> },
    Key(char),
}

/// The way of a call's sound to and from the other side. Its methods are called on the media thread and must not wait.
pub trait Leg: Send {
    /// Hands over everything that has come since.
    fn receive(&mut self, sink: &mut dyn FnMut(Packet));
    fn send(&mut self, frame: &Frame);
    /// What was sent and not played yet must not be played.
    fn hush(&mut self) {}
    /// The other side sends keys only as tones.
    fn tones(&self) -> bool {
        false
    }
}

/// How evenly the steps come.
#[derive(Default)]
pub struct Pace {
    calls: AtomicU64,
    worst: AtomicU64,
}

impl Pace {
    /// Calls that are being stepped.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The longest time between two steps since last asked.
    pub fn worst(&self) -> Duration {
        Duration::from_micros(self.worst.swap(0, Ordering::Relaxed))
    }
}

enum Todo {
    Add { id: u64, leg: Box<dyn Leg>, events: UnboundedSender<Event> },
    Order { id: u64, order: Order },
    Tell { id: u64, event: Event },
    Join { id: u64, other: u64 },
    Remove { id: u64 },
}

/// All calls of the process.
#[derive(Clone)]
pub struct Media {
    todo: mpsc::Sender<Todo>,
    ids: Arc<AtomicU64>,
    pace: Arc<Pace>,
}

/// A call that is being stepped, until this is dropped.
pub struct Handle {
    id: u64,
    todo: mpsc::Sender<Todo>,
}

impl Media {
    pub fn start() -> std::io::Result<Self> {
        let (todo, orders) = mpsc::channel();
        let pace = Arc::new(Pace::default());
        let shown = pace.clone();
        thread::Builder::new().name("media".to_owned()).spawn(move || Deck { orders, slots: HashMap::new(), passing: HashMap::new(), pace: shown }.run())?;
        Ok(Self { todo, ids: Arc::default(), pace })
    }

    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    pub fn add(&self, leg: Box<dyn Leg>) -> (Handle, UnboundedReceiver<Event>) {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        let (sender, events) = unbounded_channel();
        // The thread ends only after the last of its senders.
        let _ = self.todo.send(Todo::Add { id, leg, events: sender });
        (Handle { id, todo: self.todo.clone() }, events)
    }
}

impl Handle {
    pub fn order(&self, order: Order) {
        let _ = self.todo.send(Todo::Order { id: self.id, order });
    }

    /// Something that the trunk knows and the sound does not.
    pub fn tell(&self, event: Event) {
        let _ = self.todo.send(Todo::Tell { id: self.id, event });
    }
}

impl Handle {
    /// From now on the two hear each other, and nobody else hears or speaks.
    pub fn join(&self, other: &Handle) {
        for (id, other) in [(self.id, other.id), (other.id, self.id)] {
            let _ = self.todo.send(Todo::Join { id, other });
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let _ = self.todo.send(Todo::Remove { id: self.id });
    }
}

#[cfg(test)]
impl Media {
    /// Without a thread: the test steps the calls itself, in its own time.
    pub(crate) fn by_hand() -> (Self, Deck) {
        let (todo, orders) = mpsc::channel();
        let pace = Arc::new(Pace::default());
        (Self { todo, ids: Arc::default(), pace: pace.clone() }, Deck { orders, slots: HashMap::new(), passing: HashMap::new(), pace })
    }
}

#[cfg(test)]
impl Deck {
    pub(crate) fn step(&mut self) {
        while let Ok(todo) = self.orders.try_recv() {
            self.handle(todo);
        }
        self.step_all();
    }

    pub(crate) fn calls(&self) -> usize {
        self.slots.len()
    }
}

struct Slot {
    id: u64,
    call: Call,
    leg: Box<dyn Leg>,
    /// Who is put through to whom.
    joined: Option<u64>,
    /// Steps without any packet, while joined.
    silent: u32,
    jitter: Jitter,
    tones: InBand,
    events: UnboundedSender<Event>,
}

pub(crate) struct Deck {
    orders: mpsc::Receiver<Todo>,
    slots: HashMap<u64, Slot>,
    /// What those who are put through said in the last step.
    passing: HashMap<u64, Frame>,
    pace: Arc<Pace>,
}

impl Deck {
    fn run(mut self) {
        let mut next = Instant::now();
        let mut last = next;
        loop {
            if self.slots.is_empty() {
                let Ok(todo) = self.orders.recv() else { return };
                self.handle(todo);
                next = Instant::now();
                last = next;
            }
            while let Some(left) = next.checked_duration_since(Instant::now()) {
                match self.orders.recv_timeout(left) {
                    Ok(todo) => self.handle(todo),
                    Err(mpsc::RecvTimeoutError::Timeout) => break,
                    Err(mpsc::RecvTimeoutError::Disconnected) => return,
                }
            }
            while let Ok(todo) = self.orders.try_recv() {
                self.handle(todo);
            }
            let now = Instant::now();
            let gap = u64::try_from((now - last).as_micros()).unwrap_or(u64::MAX);
            self.pace.worst.fetch_max(gap, Ordering::Relaxed);
            self.pace.calls.store(self.slots.len() as u64, Ordering::Relaxed);
            last = now;
            self.step_all();
            next += STEP;
            if now.saturating_duration_since(next) > HOPELESS {
                next = now;
            }
        }
    }

    fn step_all(&mut self) {
        for slot in self.slots.values_mut() {
            match slot.joined {
                None => slot.step(),
                Some(other) => {
                    let heard = slot.pass(self.passing.get(&other));
                    self.passing.insert(slot.id, heard);
                }
            }
        }
    }

    fn handle(&mut self, todo: Todo) {
        match todo {
            Todo::Add { id, leg, events } => {
                self.slots.insert(id, Slot { id, call: Call::default(), leg, joined: None, silent: 0, jitter: Jitter::default(), tones: InBand::default(), events });
            }
            Todo::Order { id, order } => {
                if let Some(slot) = self.slots.get_mut(&id) {
                    slot.call.order(order);
                }
            }
            Todo::Tell { id, event } => {
                if let Some(slot) = self.slots.get_mut(&id) {
                    if event == Event::Gone {
                        // What was pressed before hanging up counts, though the good-bye travelled faster.
                        slot.step();
                    }
                    let _ = slot.events.send(event);
                }
            }
            Todo::Join { id, other } => {
                if let Some(slot) = self.slots.get_mut(&id) {
                    slot.joined = Some(other);
                }
            }
            Todo::Remove { id } => {
                self.passing.remove(&id);
                self.slots.remove(&id);
            }
        }
    }
}

impl Slot {
    /// A step of a call that is put through: what it says, and it hears the other one.
    fn pass(&mut self, other: Option<&Frame>) -> Frame {
        let jitter = &mut self.jitter;
        self.leg.receive(&mut |packet| {
            if let Packet::Audio { sequence, samples } = packet {
                jitter.push(sequence, samples);
            }
        });
        let heard = self.jitter.pop();
        self.silent = if heard.is_some() || self.call.on_hold() { 0 } else { self.silent + 1 };
        if self.silent == DEAD {
            let _ = self.events.send(Event::Dead);
        }
        self.leg.send(other.unwrap_or(&SILENCE));
        heard.unwrap_or(SILENCE)
    }

    fn step(&mut self) {
        let mut pressed = Vec::new();
        let jitter = &mut self.jitter;
        self.leg.receive(&mut |packet| match packet {
            Packet::Audio { sequence, samples } => jitter.push(sequence, samples),
            Packet::Key(key) => pressed.push(key),
        });
        let heard = self.jitter.pop();
        if self.leg.tones() {
            pressed.extend(heard.as_ref().and_then(|frame| self.tones.hear(frame)));
        }
        let mut events = Vec::new();
        let playing = self.call.step(heard.as_ref(), &pressed, &mut events);
        if playing.broken_off {
            self.leg.hush();
        }
        self.leg.send(&playing.frame);
        for event in events {
            // Nobody listens any more: the call is about to be removed.
            let _ = self.events.send(event);
        }
    }
}
