//! A talk that puts its caller through: waits with them, brings the two together, or takes them back.

use crate::{
    Connect, Event, NotReached, Order, Tried, Word,
    converse::{Ask, Talking},
    desks::{AtDesk, Progress},
    music,
};
use tokio::task::AbortHandle;

/// Steps of silence after which who talks while waiting is taken not to mean us.
const ASIDE: u32 = 25;

/// How far it is.
#[derive(Default)]
pub(crate) enum Transfer {
    #[default]
    None,
    /// After this answer.
    After { batch: u64, connect: Connect },
    Ringing { connect: Connect, _ringing: Ringing },
    Joined(AtDesk),
}

/// A telephone that is ringing; dropped, it stops.
pub(crate) struct Ringing(AbortHandle);

impl Drop for Ringing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Talking<'_> {
    /// Takes an event that belongs to the transfer; gives back what does not.
    pub(crate) fn in_transfer(&mut self, event: Event) -> Option<Event> {
        match &self.transfer {
            Transfer::None => return Some(event),
            Transfer::Joined(_) => {}
            Transfer::After { batch, .. } => match event {
                Event::Said { batch: said } if said == *batch => self.begin_transfer(),
                other => return Some(other),
            },
            Transfer::Ringing { connect, .. } => match event {
                Event::Digits(_) => {
                    let desk = connect.desk.clone();
                    self.end_transfer(desk, Tried::GivenUp);
                }
                Event::Paused { take, .. } => self.call.order(Order::Wait { take, steps: ASIDE }),
                Event::Ended { .. } => self.call.order(Order::Resume),
                Event::Said { .. } => self.play_music(),
                _ => {}
            },
        }
        None
    }

    fn begin_transfer(&mut self) {
        let Transfer::After { connect, .. } = std::mem::take(&mut self.transfer) else { return };
        let Some(desks) = self.line.desks.clone() else {
            return self.end_transfer(connect.desk, Tried::Not(NotReached::Failed));
        };
        let (own, prompts, told) = (connect.clone(), self.line.prompts.clone(), self.progress.clone());
        let ringing = tokio::spawn(async move { desks.reach(&own, &prompts, &told).await });
        self.transfer = Transfer::Ringing { connect, _ringing: Ringing(ringing.abort_handle()) };
        self.play_music();
    }

    /// What came of ringing. What a transfer that was given up still tells is no news.
    pub(crate) fn progress(&mut self, progress: Progress) {
        let Transfer::Ringing { connect, .. } = &self.transfer else { return };
        let desk = connect.desk.clone();
        match progress {
            Progress::Waiting { place } => {
                let words = self.word(Word::Place(place));
                self.speak(vec![words]);
            }
            Progress::Not(why) => self.end_transfer(desk, Tried::Not(why)),
            Progress::Reached(staff) => {
                self.hush();
                self.call.join(&staff.handle);
                self.transfer = Transfer::Joined(staff);
                self.put(Ask::Tried(desk, Tried::Talking));
            }
        }
    }

    fn end_transfer(&mut self, desk: String, tried: Tried) {
        self.transfer = Transfer::None;
        self.hush();
        self.put(Ask::Tried(desk, tried));
    }

    fn play_music(&mut self) {
        self.hush();
        self.call.order(Order::Say { batch: self.batch, audio: music::round(), last: true });
    }
}

/// The next event of the staff's side, once there is one.
pub(crate) async fn staff(transfer: &mut Transfer) -> Option<Event> {
    match transfer {
        Transfer::Joined(desk) => desk.events.recv().await,
        _ => std::future::pending().await,
    }
}
