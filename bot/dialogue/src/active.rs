//! What is said while a form is running.

use crate::{
    Answer, Asking, FieldKind, FormKind, Need, Stage,
    control::{ACCEPT, SURE},
    fill::Filled,
    named, phrases,
    said::Said,
    step::Turn,
};
use model::{Media, Part, Point, Say, Understanding};
use std::collections::BTreeMap;

/// An answer of so few characters is an answer, whatever intent it resembles.
const SHORT: usize = 8;
/// A command of so few characters is one even where free words are asked for.
const COMMAND: usize = 20;
/// One that says what it is about may be wordier: 「すみません、もういっぺん言うてくれはりますか」.
const POLITE_COMMAND: usize = 30;

/// Whether words name what a command is about; asked for where any words can be an answer.
fn names_the_command(intent: &str, text: &str) -> bool {
    let words: &[&str] = match intent {
        "control.human" => &["職員", "人と", "人に", "係", "担当", "オペレーター", "窓口", "電話で", "staff", "person", "human", "工作人员", "人工", "직원", "사람", "nhân viên"],
        "control.menu" => &["メニュー", "最初", "menu", "菜单", "메뉴"],
        "control.repeat" => &["もう一度", "もう一回", "もういちど", "もういっかい", "もういっぺん", "もっかい", "もう1回", "もう1度", "繰り返", "くりかえ", "聞こえ", "聞き取れ", "何て", "なんて", "again", "repeat", "pardon", "再说", "重复", "다시", "nhắc lại", "lặp lại"],
        "control.slower" => &["ゆっくり", "やさし", "優し", "簡単", "かんたん", "遅", "slow", "simple", "慢", "천천히", "쉬운", "chậm"],
        _ => return true,
    };
    let text = text.to_lowercase();
    text.chars().count() <= POLITE_COMMAND && words.iter().any(|word| text.contains(word))
}

impl Turn<'_> {
    /// Words while a form is running.
    pub(crate) fn answer(&mut self, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let Some(stage) = self.state.stack.last().map(|frame| frame.stage.clone()) else { return Ok(()) };
        match stage {
            Stage::Asking(asking) => self.answer_question(&asking, understanding, text),
            Stage::Confirming { misses } => self.answer_confirmation(misses, understanding, text),
            Stage::Editing => self.answer_editing(understanding, text),
            Stage::Paused { was } => self.answer_pause(*was, understanding, text),
            Stage::Interrupting { .. } => self.answer_interruption(understanding, text),
            Stage::Undoing { .. } => self.answer_undoing(understanding, text),
        }
    }

    fn answer_question(&mut self, asking: &Asking, understanding: &Understanding, text: &str) -> Result<(), Need> {
        let free_text = self.asks_freely(asking);
        // A pick from what was offered is an answer, whatever else it resembles.
        if self.is_pick(asking, understanding, text) || self.holds_the_answer(asking, understanding, text) {
            let filled = self.fill(understanding, text, Some(asking))?;
            return self.go_on(filled);
        }
        if phrases::goes_on(text) {
            return self.reprompt();
        }
        if phrases::puts_off(text) {
            return self.put_off();
        }
        if phrases::asks_what(text) {
            return self.explain(&asking.field, false);
        }
        if phrases::knows_not(text) && !self.may_skip(asking) {
            return self.explain(&asking.field, true);
        }
        // 「やめます」 is no waste item, and a wish for a person is no address.
        let commands = ["control.cancel", "control.back", "control.human", "control.menu", "control.repeat", "control.language", "control.wait", "control.slower"];
        let wordy = matches!(understanding.intent(), "control.repeat" | "control.slower") && names_the_command(understanding.intent(), text);
        let brief = text.chars().count() <= COMMAND || wordy;
        // A mistyped answer can look like the name of a language; only one that is named is meant.
        let said = Said::of(text);
        let meant = match understanding.intent() {
            "control.language" => crate::control::speaks_of_language(text),
            // 「間違えました。緑野町です」 says what is right.
            "control.back" => (!said.corrects || said.meant.is_empty()) && !self.names_another(asking, &said.meant),
            // 「はやし まり」 is a name, however much it sounds like a command.
            intent => !free_text || names_the_command(intent, text),
        };
        if meant && commands.contains(&understanding.intent()) && understanding.confidence() >= ACCEPT && (brief || !free_text) && self.control(understanding, text)? {
            return Ok(());
        }
        if let Some(done) = self.repair(Some(asking), understanding, text)? {
            return Ok(done);
        }
        let another_day = self.asks_an_offer(asking) && phrases::only_days_and_times(text);
        if !another_day && (!free_text || self.clearly_another(understanding, text)) && self.digress(understanding, text)? {
            return Ok(());
        }
        if self.may_skip(asking) && phrases::skips(text) {
            return self.take(&asking.field, Answer::same(""));
        }
        let filled = self.fill(understanding, text, Some(asking))?;
        if filled.any() || filled.unclear.is_some() {
            return self.go_on(filled);
        }
        if let Some(why) = filled.refused {
            // A question is no bad answer: 「費用はいくらですか」 where a name is asked.
            if self.clearly_another(understanding, text) && self.digress(understanding, text)? {
                return Ok(());
            }
            self.say.push(Part::text(why));
            return self.missed_question(false);
        }
        if self.control(understanding, text)? {
            return Ok(());
        }
        self.missed_question(true)
    }

    /// Whether words name a field other than the one that is asked.
    fn names_another(&self, asking: &Asking, words: &str) -> bool {
        self.running().and_then(|(form, _)| named::of(&form, words)).is_some_and(|named| named.field != asking.field)
    }

    /// 「違います。X」「XではなくてY」「電話番号は…」: an earlier answer, or this one, set right. `None`: it is no repair.
    fn repair(&mut self, asking: Option<&Asking>, understanding: &Understanding, text: &str) -> Result<Option<()>, Need> {
        let said = Said::of(text);
        let Some((form, _)) = self.running() else { return Ok(None) };
        if said.corrects && said.meant.is_empty() {
            // A bare no corrects nothing.
            return if phrases::is_no(text) { Ok(None) } else { self.back().map(Some) };
        }
        let named = named::of(&form, &said.meant).filter(|named| asking.is_none_or(|asking| asking.field != named.field));
        if !said.corrects && named.is_none() {
            return Ok(None);
        }
        let filled = self.fill(understanding, text, asking)?;
        if let Some(field) = filled.wrong.clone().filter(|_| !filled.any()) {
            return self.reopen(&field).map(Some);
        }
        if filled.any() || filled.unclear.is_some() {
            return self.go_on(filled).map(Some);
        }
        Ok(None)
    }

    /// After words were read: what was changed, then the next question.
    pub(crate) fn go_on(&mut self, filled: Filled) -> Result<(), Need> {
        if filled.any() {
            if self.refuses() {
                return self.leave_unwilling();
            }
            self.say_changes(&filled);
        }
        if let Some(why) = filled.refused {
            self.say.push(Part::text(why));
        }
        self.advance(filled.unclear)
    }

    /// Whether the question takes any words.
    fn asks_freely(&self, asking: &Asking) -> bool {
        let free = |kind: &FieldKind| matches!(kind, FieldKind::Text { .. } | FieldKind::Query | FieldKind::KanaName | FieldKind::Address | FieldKind::Location | FieldKind::Signature);
        self.running().and_then(|(form, _)| form.find(&asking.field).map(|field| free(&field.kind))).unwrap_or(false)
    }

    /// Whether the question is for one of what the service offers: another day or time then changes the offer.
    fn asks_an_offer(&self, asking: &Asking) -> bool {
        self.running().is_some_and(|(form, _)| form.find(&asking.field).is_some_and(|field| matches!(field.kind, FieldKind::Offer)))
    }

    fn may_skip(&self, asking: &Asking) -> bool {
        self.running().is_some_and(|(form, _)| form.find(&asking.field).is_some_and(|field| field.skippable))
    }

    /// A sure request in the form of a question, where free words were asked for: 「手数料はいくらですか」 is no name.
    fn clearly_another(&self, understanding: &Understanding, text: &str) -> bool {
        let asked = self.state.stack.last().and_then(crate::Frame::asking).map(|asking| asking.field.clone());
        let topic = self.running().is_some_and(|(form, _)| asked.is_some_and(|asked| form.find(&asked).is_some_and(|field| matches!(field.kind, FieldKind::Text { .. } | FieldKind::Query))));
        let question = text.trim_end_matches(['。', ' ']).ends_with(['?', '？', 'か']) || text.contains("教えて");
        !topic && question && understanding.confidence() >= SURE
    }

    /// Another request in the middle of this one: it goes on top, and this one waits.
    pub(crate) fn digress(&mut self, understanding: &Understanding, text: &str) -> Result<bool, Need> {
        // A number, right or wrong, answers what was asked.
        if text.chars().count() <= SHORT || understanding.confidence() < SURE || crate::several::is_bare_value(text) {
            return Ok(false);
        }
        let Some(form) = self.catalogue.for_intent(understanding.intent()) else { return Ok(false) };
        let running = self.state.stack.last().is_some_and(|frame| frame.form == form.id);
        if running || form.id == self.catalogue.search() && !self.clearly_another(understanding, text) {
            return Ok(false);
        }
        let (id, kind) = (form.id.to_string(), form.kind);
        if kind == FormKind::Task && !self.would_lose(&id) {
            let title = self.title(&id);
            self.say.push(Part::text(Say::key("parked").with("what", title)));
        }
        self.begin(&id, understanding, text, BTreeMap::new())?;
        Ok(true)
    }

    pub(crate) fn missed_question(&mut self, say_so: bool) -> Result<(), Need> {
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
        if let Some(field) = filled.wrong.clone().filter(|_| !filled.any()) {
            return self.reopen(&field);
        }
        if filled.any() {
            return self.go_on(filled);
        }
        if let Some(why) = filled.refused {
            self.say.push(Part::text(why));
            return self.reprompt();
        }
        if says_yes {
            return self.perform();
        }
        let bare = Said::of(text);
        if says_no || understanding.intent() == "control.back" || bare.corrects && bare.meant.is_empty() {
            return self.edit();
        }
        if phrases::puts_off(text) {
            return self.put_off();
        }
        if phrases::goes_on(text) || phrases::asks_what(text) {
            return self.reprompt();
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
        let Some((form, _)) = self.running() else { return Ok(()) };
        if let Some(field) = named::alone(&form, text) {
            return self.reopen(&field);
        }
        let filled = self.fill(understanding, text, None)?;
        if let Some(field) = filled.wrong.clone().filter(|_| !filled.any()) {
            return self.reopen(&field);
        }
        if filled.any() {
            return self.go_on(filled);
        }
        if understanding.confidence_in("control.yes") >= ACCEPT || phrases::goes_on(text) {
            // Nothing is to be changed after all.
            return self.advance(None);
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

    /// Asks a field again whose answer is wrong.
    pub(crate) fn reopen(&mut self, field: &str) -> Result<(), Need> {
        if let Some(frame) = self.state.stack.last_mut() {
            frame.answers.remove(field);
        }
        self.advance(None)
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

    pub(crate) fn say_changes(&mut self, filled: &Filled) {
        let Some((form, _)) = self.running() else { return };
        let Some(frame) = self.state.stack.last() else { return };
        let changes: Vec<_> = filled
            .changed
            .iter()
            .filter_map(|name| frame.answers.get(name).zip(form.find(name)))
            .map(|(answer, field)| {
                Say::key("changed").with("name", Say::dynamic(form.text(&format!("name-{}", field.name)))).with("value", crate::shown::answer(&form, field, answer))
            })
            .collect();
        self.say.extend(changes.into_iter().map(Part::text));
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
    pub(crate) fn received(&mut self, id: &str, media: Media) -> Result<(), Need> {
        let wanted = self.running().and_then(|(form, _)| {
            let asked = self.state.stack.last()?.asking()?.field.clone();
            let fits = |kind: &FieldKind| match kind {
                FieldKind::Photo => media == Media::Image,
                FieldKind::File => matches!(media, Media::Image | Media::File),
                _ => false,
            };
            form.find(&asked).map(|field| (asked, fits(&field.kind), matches!(field.kind, FieldKind::Photo | FieldKind::File)))
        });
        match wanted {
            Some((field, true, _)) => self.take(&field, Answer { value: id.to_owned(), label: "📷".to_owned() }),
            Some((_, false, true)) => self.missed_question(true),
            _ => {
                self.text("media-received");
                self.reprompt_or_menu()
            }
        }
    }

    /// A location sent from the phone.
    pub(crate) fn located(&mut self, point: Point, label: Option<&str>) -> Result<(), Need> {
        let value = format!("{:.6},{:.6}", point.lat, point.lng);
        let asked = self.state.stack.last().and_then(crate::Frame::asking).map(|asking| asking.field.clone());
        let spot = self.running().and_then(|(form, _)| form.find(&asked?).filter(|field| matches!(field.kind, FieldKind::Location)).map(|field| field.name.to_string()));
        if let Some(field) = spot {
            return self.take(&field, Answer { value: format!("geo:{value}"), label: label.map_or_else(|| "📍".to_owned(), |label| format!("📍 {label}")) });
        }
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
