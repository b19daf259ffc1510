//! What is said or tapped while a form is running.

use crate::{
    Answer, Asking, FieldKind, FormKind, Need, Stage,
    control::{ACCEPT, SURE},
    fill::Filled,
    step::Turn,
};
use model::{Lang, Part, Point, Postback, Say, Understanding};
use std::collections::BTreeMap;

/// An answer of so few characters is an answer, whatever intent it resembles.
const SHORT: usize = 8;

impl Turn<'_> {
    /// Words while a form is running.
    pub(crate) fn answer(&mut self, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let Some(stage) = self.state.stack.last().map(|frame| frame.stage.clone()) else { return Ok(()) };
        match stage {
            Stage::Asking(asking) => self.answer_question(&asking, understanding, text),
            Stage::Confirming { misses } => self.answer_confirmation(misses, understanding, text),
            Stage::Editing => self.answer_editing(understanding, text),
        }
    }

    fn answer_question(&mut self, asking: &Asking, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let free_text = self
            .running()
            .and_then(|(form, _)| form.find(&asking.field).map(|f| matches!(f.kind, FieldKind::Text { .. } | FieldKind::Query | FieldKind::KanaName | FieldKind::Address)))
            .unwrap_or(false);
        // A pick from what was offered is an answer, whatever else it resembles.
        if self.is_pick(asking, understanding, text) {
            let filled = self.fill(understanding, text, Some(asking))?;
            self.say_changes(&filled);
            return self.advance(filled.unclear);
        }
        // 「やめます」 is no waste item, and a wish for a person is no address.
        let commands = ["control.cancel", "control.back", "control.human", "control.menu", "control.repeat", "control.language", "control.wait", "control.slower"];
        let brief = text.chars().count() <= 20;
        // A mistyped answer can look like the name of a language; only one that is named is meant.
        let meant = understanding.intent() != "control.language" || crate::control::speaks_of_language(text);
        if meant && commands.contains(&understanding.intent()) && understanding.confidence() >= ACCEPT && (brief || !free_text) && self.control(understanding, text)? {
            return Ok(());
        }
        if !free_text && self.digress(understanding, text)? {
            return Ok(());
        }
        if self.skips(asking, text) {
            return self.take(&asking.field, Answer::same(""));
        }
        let filled = self.fill(understanding, text, Some(asking))?;
        if filled.any() {
            if self.refuses() {
                return self.leave_unwilling();
            }
            self.say_changes(&filled);
            return self.advance(filled.unclear);
        }
        if filled.unclear.is_some() {
            return self.advance(filled.unclear);
        }
        if let Some(why) = filled.refused {
            self.say.push(Part::text(why));
            return self.missed_question(false);
        }
        if self.control(understanding, text)? {
            return Ok(());
        }
        self.missed_question(true)
    }

    /// Another request in the middle of this one: it goes on top, and this one waits.
    fn digress(&mut self, understanding: &Understanding, text: &str) -> Result<bool, Need> {
        if text.chars().count() <= SHORT || understanding.confidence() < SURE {
            return Ok(false);
        }
        let Some(form) = self.catalogue.for_intent(understanding.intent()) else { return Ok(false) };
        let running = self.state.stack.last().is_some_and(|frame| frame.form == form.id);
        if running || form.id == self.catalogue.search() {
            return Ok(false);
        }
        let (id, kind) = (form.id.to_string(), form.kind);
        if kind == FormKind::Task {
            let title = self.title(&id);
            self.say.push(Part::text(Say::key("parked").with("what", title)));
        }
        self.begin(&id, understanding, text, BTreeMap::new())?;
        Ok(true)
    }

    fn missed_question(&mut self, say_so: bool) -> Result<(), Need> {
        let Some(Stage::Asking(asking)) = self.state.stack.last_mut().map(|frame| &mut frame.stage) else { return Ok(()) };
        asking.misses += 1;
        let (misses, field) = (asking.misses, asking.field.clone());
        if say_so {
            let specific = self.running().map(|(form, _)| form.text(&format!("invalid-{field}")));
            let text = specific.map_or(Say::key("not-understood"), Say::dynamic);
            self.say.push(Part::text(text));
        }
        if misses >= 3 {
            return self.offer_person();
        }
        self.reprompt()
    }

    fn answer_confirmation(&mut self, misses: u8, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let says_yes = understanding.confidence_in("control.yes") >= ACCEPT;
        let says_no = understanding.confidence_in("control.no") >= ACCEPT;
        // 「いいえ、21日です」: what is said beside the yes or no counts first.
        let filled = self.fill(understanding, text, None)?;
        if !filled.changed.is_empty() || !filled.new.is_empty() {
            self.say_changes(&filled);
            return self.advance(None);
        }
        if says_yes {
            return self.perform();
        }
        if says_no || understanding.intent() == "control.back" {
            return self.edit();
        }
        if self.control(understanding, text)? || self.digress(understanding, text)? {
            return Ok(());
        }
        if let Some(frame) = self.state.stack.last_mut() {
            frame.stage = Stage::Confirming { misses: misses + 1 };
        }
        if misses >= 2 {
            return self.offer_person();
        }
        self.text("yes-or-no");
        self.reprompt()
    }

    fn answer_editing(&mut self, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let filled = self.fill(understanding, text, None)?;
        if filled.any() {
            self.say_changes(&filled);
            return self.advance(filled.unclear);
        }
        if self.control(understanding, text)? {
            return Ok(());
        }
        self.text("not-understood");
        self.reprompt()
    }

    pub(crate) fn edit(&mut self) -> Result<(), Need> {
        if let Some(frame) = self.state.stack.last_mut() {
            frame.stage = Stage::Editing;
        }
        self.reprompt()
    }

    /// One step back: the question before this one, or what to change.
    pub(crate) fn back(&mut self) -> Result<(), Need> {
        let Some((form, _)) = self.running() else {
            self.text("nothing-to-undo");
            self.menu();
            return Ok(());
        };
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        if !matches!(frame.stage, Stage::Asking(_)) {
            return self.edit();
        }
        let before = form.fields.iter().rev().find(|field| field.required && frame.answers.contains_key(field.name.as_ref()));
        match before {
            Some(field) => {
                frame.answers.remove(field.name.as_ref());
                self.text("back");
                self.advance(None)
            }
            None => {
                self.text("nothing-to-undo");
                self.reprompt()
            }
        }
    }

    fn say_changes(&mut self, filled: &Filled) {
        let Some((form, _)) = self.running() else { return };
        let Some(frame) = self.state.stack.last() else { return };
        let changes: Vec<_> = filled
            .changed
            .iter()
            .filter_map(|name| frame.answers.get(name).map(|answer| (name, answer)))
            .map(|(name, answer)| {
                Say::key("changed").with("name", Say::dynamic(form.text(&format!("name-{name}")))).with("value", answer.label.as_str())
            })
            .collect();
        self.say.extend(changes.into_iter().map(Part::text));
    }

    /// 「とばす」「なし」 where a question may be left out.
    fn skips(&self, asking: &Asking, text: &str) -> bool {
        const SKIP: [&str; 14] = ["とばす", "飛ばす", "スキップ", "なし", "ない", "ないです", "ありません", "特になし", "特にない", "特にありません", "skip", "none", "跳过", "건너뛰기"];
        let skippable = self.running().is_some_and(|(form, _)| form.find(&asking.field).is_some_and(|field| field.skippable));
        let said = normalise::fold(text).to_lowercase();
        skippable && SKIP.contains(&said.trim().trim_end_matches(['。', '.', '!']))
    }

    /// Puts an answer to a field of the running form and goes on.
    pub(crate) fn take(&mut self, field: &str, answer: Answer) -> Result<(), Need> {
        if let Some(frame) = self.state.stack.last_mut() {
            frame.answers.insert(field.to_owned(), answer);
        }
        if self.refuses() { self.leave_unwilling() } else { self.advance(None) }
    }

    /// Whether a consent that the running form needs was refused.
    fn refuses(&self) -> bool {
        let Some((form, _)) = self.running() else { return false };
        let Some(frame) = self.state.stack.last() else { return false };
        let no = |name: &str| frame.answers.get(name).is_some_and(|answer| answer.value != "yes");
        form.fields.iter().any(|field| matches!(field.kind, FieldKind::Consent) && no(&field.name))
    }

    /// Without the consent it cannot be done here: says so, and shows the way to a person.
    fn leave_unwilling(&mut self) -> Result<(), Need> {
        let Some(frame) = self.state.stack.pop() else { return Ok(()) };
        self.form = Some(frame.form);
        self.text("consent-needed");
        if self.state.stack.is_empty() { self.offer_person() } else { self.resume() }
    }

    /// A picture or file: the answer to a question for one.
    pub(crate) fn received(&mut self, id: &str) -> Result<(), Need> {
        let wanted = self.running().and_then(|(form, _)| {
            let asked = self.state.stack.last()?.asking()?.field.clone();
            form.find(&asked).filter(|field| matches!(field.kind, FieldKind::Photo)).map(|_| asked)
        });
        match wanted {
            Some(field) => self.take(&field, Answer { value: id.to_owned(), label: "📷".to_owned() }),
            None => {
                self.text("media-received");
                self.reprompt_or_menu()
            }
        }
    }

    /// A tapped choice.
    pub(crate) fn tap(&mut self, tap: Postback) -> Result<(), Need> {
        let nothing = Understanding::default();
        match tap {
            Postback::Lang(lang) => match lang.parse::<Lang>() {
                Ok(lang) => self.set_lang(lang),
                Err(_) => {
                    self.menu();
                    Ok(())
                }
            },
            Postback::Do { form, given } => self.begin(&form, &nothing, "", given),
            Postback::Set { form, field, value } => self.set(&form, &field, value),
            Postback::Control(word) => match word.as_str() {
                "menu" => {
                    self.menu();
                    Ok(())
                }
                "human" => {
                    let person = self.catalogue.person().to_owned();
                    self.begin(&person, &nothing, "", BTreeMap::new())
                }
                "cancel" => self.cancel(),
                "back" => self.back(),
                "edit" | "no" if !self.state.stack.is_empty() => self.edit(),
                "yes" => match self.state.stack.last().map(|frame| &frame.stage) {
                    Some(Stage::Confirming { .. }) => self.perform(),
                    _ => self.reprompt_or_menu(),
                },
                _ => self.wrong_answer(),
            },
        }
    }

    /// A tapped answer to a question; of an older question too, if its form still runs.
    fn set(&mut self, form: &str, field: &str, value: String) -> Result<(), Need> {
        let Some(at) = self.state.stack.iter().rposition(|frame| frame.form == form) else {
            // An old button: its form has ended. Begin it anew with this answer.
            return self.begin(form, &Understanding::default(), "", BTreeMap::from([(field.to_owned(), value)]));
        };
        self.state.stack.truncate(at + 1);
        let Some((spec, _)) = self.running() else { return self.reprompt_or_menu() };
        let Some(frame) = self.state.stack.last_mut() else { return Ok(()) };
        if field == "edit" {
            frame.answers.remove(&value);
            return self.advance(None);
        }
        let Some(known) = spec.find(field) else { return self.reprompt() };
        // Only what was on offer can be tapped; anything else is an old button or a forged one.
        let fixed = crate::perform::options(&spec, known);
        let on_offer = fixed.is_empty() || value.split(crate::SEVERAL).all(|one| fixed.iter().any(|(offered, _)| offered == one));
        if !(on_offer || known.skippable && value.is_empty()) {
            return self.reprompt();
        }
        let label = frame
            .asking()
            .and_then(|asking| asking.offered.iter().find(|(offered, _)| *offered == value))
            .map_or_else(|| value.clone(), |(_, label)| label.clone());
        let answer = Answer { value, label };
        if known.remember {
            self.state.remembered.insert(field.to_owned(), answer.clone());
        }
        self.take(field, answer)
    }

    /// A location sent from the phone.
    pub(crate) fn located(&mut self, point: Point, label: Option<&str>) -> Result<(), Need> {
        let value = format!("{:.6},{:.6}", point.lat, point.lng);
        let place = self.running().and_then(|(form, _)| {
            form.fields.iter().find(|field| matches!(field.kind, FieldKind::Place)).map(|field| (form.id.to_string(), field.name.to_string()))
        });
        let Some((form, field)) = place else {
            self.offer_for_location(&value);
            return Ok(());
        };
        let need = Need::Lookup { form, field: field.clone(), text: format!("geo:{value}"), asked: true };
        match self.facts.found(need)? {
            crate::Found::One(found) => {
                let shown = label.map_or(found.label, str::to_owned);
                if let Some(frame) = self.state.stack.last_mut() {
                    frame.answers.insert(field, Answer { value: found.value, label: shown });
                }
                self.advance(None)
            }
            crate::Found::Refused(why) => {
                self.say.push(Part::text(why));
                self.missed_question(false)
            }
            _ => self.missed_question(true),
        }
    }
}
