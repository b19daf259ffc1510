//! Fields whose answers a service offers: free slots, one's own bookings, a price.

use crate::{Answer, Asking, FieldKind, Form, Need, Offer, Offered, Stage, control::{cancel_choice, human_choice}, step::Turn};
use model::{Choice, Part, Postback, Say};

impl Turn<'_> {
    /// Looks at the offers of the running form as far as what they depend on is answered, in the form's order. `true`: one of
    /// them was asked, or ended the form.
    pub(crate) fn look_at_offers(&mut self, form: &Form) -> Result<bool, Need> {
        for field in &form.fields {
            let Some(frame) = self.state.stack.last_mut() else { return Ok(true) };
            if !field.matters(&frame.answers) {
                // What no longer matters is not offered either; a question before it will tell.
                continue;
            }
            if !matches!(field.kind, FieldKind::Offer) {
                if field.required && !frame.answers.contains_key(field.name.as_ref()) {
                    return Ok(false);
                }
                continue;
            }
            let need = Need::Offer { form: form.id.to_string(), field: field.name.to_string(), answers: frame.answers.clone() };
            let offer = self.facts.offer(need)?;
            let Some(frame) = self.state.stack.last_mut() else { return Ok(true) };
            match offer {
                Offer::Take { answer, also } => {
                    frame.answers.insert(field.name.to_string(), answer);
                    frame.answers.extend(also);
                }
                Offer::Choose { say, choices } => {
                    self.offer(form, &field.name, say, choices);
                    return Ok(true);
                }
                Offer::Rejected { field, say, choices } => {
                    self.ask_instead(field, say, choices);
                    return Ok(true);
                }
                Offer::Over(say) => {
                    self.form = self.state.stack.pop().map(|frame| frame.form);
                    self.say.extend(say);
                    if !self.state.stack.is_empty() {
                        self.resume()?;
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn offer(&mut self, form: &Form, field: &str, say: Option<Say>, choices: Vec<Offered>) {
        let Some(frame) = self.state.stack.last_mut() else { return };
        frame.answers.remove(field);
        // Asked again after an answer that was none: the tries count on.
        let misses = frame.asking().filter(|asking| asking.field == field).map_or(0, |asking| asking.misses);
        let offered = choices.iter().map(|one| (one.value.clone(), one.label.clone())).collect();
        let said = choices.iter().flat_map(|one| one.said.iter().map(|word| (one.value.clone(), word.clone()))).collect();
        frame.stage = Stage::Asking(Asking { field: field.to_owned(), misses, offered, said, ..Asking::default() });
        let text = say.unwrap_or_else(|| Say::dynamic(form.text(&format!("ask-{field}"))));
        let named = |one: Offered| {
            let label = match one.say {
                Some(say) => say,
                None if one.label.is_empty() => Say::dynamic(form.text(&format!("{field}-{}", one.value))),
                None => Say::plain(one.label),
            };
            Choice::new(label, Postback::set(&form.id, field, one.value))
        };
        let mut all: Vec<Choice> = choices.into_iter().map(named).collect();
        if misses > 0 {
            all.push(human_choice());
        }
        all.push(cancel_choice());
        self.say.push(Part::Choices { text, choices: all });
    }
}

impl Offer {
    /// What was worked out, shown as it is.
    pub fn worked_out(value: impl Into<String>, label: impl Into<String>) -> Self {
        Offer::Take { answer: Answer { value: value.into(), label: label.into() }, also: Vec::new() }
    }
}
