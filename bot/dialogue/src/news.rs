//! What a service tells unasked: a payment came in, a place became free. What runs stays as it is and is asked again after it.

use crate::{Event, Need, step::Turn};
use model::{PutThrough, Reach};

/// More than this is not told at once; the oldest goes first.
const MOST_UNTOLD: usize = 8;

impl Turn<'_> {
    /// Told at once, or, where nobody listens, when the resident is heard again.
    pub(crate) fn hear_of(&mut self, event: Event) -> Result<(), Need> {
        if self.input.reach == Reach::Not {
            self.state.untold.retain(|before| *before != event);
            self.state.untold.push(event);
            let over = self.state.untold.len().saturating_sub(MOST_UNTOLD);
            self.state.untold.drain(..over);
            return Ok(());
        }
        if self.tell(event)? && !self.input.silent && !self.state.stack.is_empty() {
            return self.resume();
        }
        Ok(())
    }

    /// A caller is back from being put through (or talks there): the service of the people says what is possible now.
    pub(crate) fn put_through(&mut self, desk: &str, result: PutThrough) -> Result<(), Need> {
        // A form is named after its service.
        let service = self.catalogue.person().split('.').next().unwrap_or_default().to_owned();
        self.tell(Event { service, event: result.as_str().to_owned(), key: desk.to_owned() }).map(drop)
    }

    /// What happened while nobody listened.
    pub(crate) fn tell_untold(&mut self) -> Result<(), Need> {
        for event in std::mem::take(&mut self.state.untold) {
            self.tell(event)?;
        }
        Ok(())
    }

    /// Whether there was anything to say: what is no longer true is not told.
    fn tell(&mut self, event: Event) -> Result<bool, Need> {
        let news = self.facts.news(Need::Tell(event))?;
        let told = !news.say.is_empty();
        self.urgency = self.urgency.max(news.urgency);
        self.say.extend(news.say);
        Ok(told)
    }
}
