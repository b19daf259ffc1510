//! What a question means, for those who ask or do not know.

use crate::{FieldKind, Form, Need, Stage, step::Turn};
use model::{Part, Say};

impl Turn<'_> {
    /// Explains what is asked, with an example, and asks again. Whoever does not know is shown the way to a person in the end.
    pub(crate) fn explain(&mut self, field: &str, knows_not: bool) -> Result<(), Need> {
        let Some((form, _)) = self.running() else { return Ok(()) };
        let Some(field) = form.find(field) else { return self.reprompt() };
        self.say.push(Part::text(help(&form, field)));
        if knows_not
            && let Some(Stage::Asking(asking)) = self.state.stack.last_mut().map(|frame| &mut frame.stage) {
                asking.misses += 1;
                if asking.misses >= 3 {
                    return self.offer_person();
                }
            }
        self.reprompt()
    }
}

fn help(form: &Form, field: &crate::Field) -> Say {
    if field.help {
        return Say::dynamic(form.text(&format!("help-{}", field.name)));
    }
    Say::key(match field.kind {
        FieldKind::Choice { .. } | FieldKind::Offer | FieldKind::TimeSlot { .. } => "explain-choice",
        FieldKind::MultiChoice { .. } => "explain-choices",
        FieldKind::Date { .. } => "explain-date",
        FieldKind::Time => "explain-time",
        FieldKind::Phone => "explain-phone",
        FieldKind::Email => "explain-email",
        FieldKind::Number { .. } | FieldKind::Digits { .. } => "explain-number",
        FieldKind::KanaName => "explain-kana",
        FieldKind::Signature => "explain-signature",
        FieldKind::Birthday => "explain-birthday",
        FieldKind::Address => "explain-address",
        FieldKind::Place | FieldKind::Location => "explain-place",
        FieldKind::Photo | FieldKind::File => "explain-photo",
        FieldKind::Consent => "explain-consent",
        FieldKind::Lookup => "explain-name",
        FieldKind::Text { .. } | FieldKind::Query => "explain-text",
    })
}
