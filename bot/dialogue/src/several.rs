//! Several things said at once: two requests in two sentences, an answer and a question.

use crate::{FormKind, Need, control::{ACCEPT, SURE}, step::{Clause, Turn}};
use model::{Content, Understanding};
use std::collections::BTreeMap;

/// More than this in one answer nobody reads.
const MOST: usize = 3;

/// Besides a number and its like, words of no more characters say nothing.
const REST: usize = 8;

/// A number, a day, a time, and little else: no request of its own.
pub(crate) fn is_bare_value(text: &str) -> bool {
    let folded = normalise::fold(text);
    folded.chars().any(|c| c.is_ascii_digit()) && folded.chars().filter(|c| c.is_alphabetic()).count() <= REST
}

/// A question or a wish; in the middle of a form anything else is more likely an answer.
pub(crate) fn asks_for_something(text: &str) -> bool {
    let text = text.trim_end_matches(['。', '.', '!', '！', ' ']).to_lowercase();
    text.ends_with(['?', '？', 'か', '吗']) || ["教えて", "知りたい", "ください", "ほしい", "どこ", "いつ", "いくら", "please", "where", "when", "how"].iter().any(|word| text.contains(word))
}

impl Turn<'_> {
    /// 「折り返しの電話をお願いします。保育料のことです。番号は06-…で、午後がいいです」: one task, and the answers to what it will ask.
    fn task_with_answers(&mut self) -> Result<bool, Need> {
        let Some((first, rest)) = self.input.clauses.split_first() else { return Ok(false) };
        let sure = first.understanding.confidence() >= ACCEPT && !rest.is_empty();
        // Who wants a person may want to be called: that asks for more.
        let person = first.understanding.intent() == "control.human";
        let Some(form) = self.catalogue.for_intent(first.understanding.intent()).filter(|form| sure && (person || form.kind == FormKind::Task)) else { return Ok(false) };
        let id = form.id.to_string();
        if rest.iter().any(|clause| asks_for_something(&clause.text) && clause.understanding.confidence() >= SURE) {
            return Ok(false);
        }
        let (state, said) = (self.state.clone(), self.say.len());
        self.begin(&id, &first.understanding, &first.text, BTreeMap::new())?;
        let mut taken = false;
        for clause in rest {
            if self.running().is_none_or(|(form, _)| form.kind != FormKind::Task) {
                break;
            }
            let intent = clause.understanding.intent();
            let small = intent.starts_with("control.") && intent != "control.human" || intent.starts_with("smalltalk.");
            let asking = self.state.stack.last().and_then(crate::Frame::asking).cloned();
            let Some(asking) = asking.filter(|_| !small || clause.understanding.confidence() < ACCEPT) else { continue };
            let filled = self.fill(&clause.understanding, &clause.text, Some(&asking))?;
            if filled.any() || filled.unclear.is_some() {
                // What was asked is answered already.
                self.say.pop();
                self.go_on(filled)?;
                taken = true;
            }
        }
        if !taken && !person {
            self.state = state;
            self.say.truncate(said);
        }
        Ok(taken || person)
    }

    /// 「粗大ごみを出したい。あと、図書館は何時までですか」: what is to be known is told, then what is to be done begins.
    fn answers_and_a_task(&mut self, wanted: &[Option<String>], enough: f32) -> Result<bool, Need> {
        let clauses = self.input.clauses;
        let task = |clause: &Clause| self.catalogue.for_intent(clause.understanding.intent()).filter(|form| form.kind == FormKind::Task && clause.understanding.confidence() >= enough).map(|form| form.id.to_string());
        let mut others = clauses.iter().zip(wanted).filter(|(_, wanted)| wanted.is_none());
        let (Some((last, _)), None) = (others.next(), others.next()) else { return Ok(false) };
        let Some(task) = task(last).filter(|_| wanted.len() > 1) else { return Ok(false) };
        for (clause, form) in clauses.iter().zip(wanted).take(MOST) {
            if let Some(form) = form {
                self.begin(form, &clause.understanding, &clause.text, BTreeMap::new())?;
            }
        }
        self.begin(&task, &last.understanding, &last.text, BTreeMap::new())?;
        Ok(true)
    }

    /// Sentences that ask for different things are answered one after the other. `false`: there is one thing to answer.
    pub(crate) fn several_requests(&mut self) -> Result<bool, Need> {
        let clauses = self.input.clauses;
        let idle = self.state.stack.is_empty();
        let enough = if idle { ACCEPT } else { SURE };
        let request = |clause: &Clause| {
            let sure = clause.understanding.confidence() >= enough && !is_bare_value(&clause.text) && (idle || asks_for_something(&clause.text));
            let form = self.catalogue.for_intent(clause.understanding.intent()).filter(|_| sure);
            form.filter(|form| form.kind == FormKind::Answer && (idle || form.id != self.catalogue.search())).map(|form| form.id.to_string())
        };
        let wanted: Vec<_> = clauses.iter().map(request).collect();
        if let Some((last, before)) = wanted.split_last()
            && let (Some(form), Some((asked, answers))) = (last, clauses.split_last())
            && !self.state.stack.is_empty()
            && before.iter().all(Option::is_none)
            && self.state.stack.iter().all(|frame| frame.form != *form) {
                // An answer to the question first, then something to know.
                for clause in answers {
                    self.answer(&clause.understanding, &clause.text)?;
                }
                // What would be asked next is asked after the other thing is answered.
                if !self.state.stack.is_empty() {
                    self.say.pop();
                }
                self.begin(form, &asked.understanding, &asked.text, BTreeMap::new())?;
                return Ok(true);
            }
        let mut forms: Vec<_> = wanted.iter().flatten().collect();
        forms.dedup();
        if !idle {
            return Ok(false);
        }
        // 「折り返し電話をください。午前中、090-…です」: one request, and what belongs to it.
        if let [form] = forms.as_slice()
            && let Some(at) = wanted.iter().position(|wanted| wanted.as_ref() == Some(*form))
            && clauses.iter().enumerate().all(|(n, clause)| n == at || is_bare_value(&clause.text))
            && let (Some(clause), Content::Text { text }, Some(whole)) = (clauses.get(at), self.input.content, self.input.understanding) {
                let understanding = Understanding { intents: clause.understanding.intents.clone(), ..whole.clone() };
                self.fresh(&understanding, text)?;
                return Ok(true);
            }
        if self.task_with_answers()? {
            return Ok(true);
        }
        if self.answers_and_a_task(&wanted, enough)? {
            return Ok(true);
        }
        if forms.len() < 2 || wanted.iter().any(Option::is_none) {
            return Ok(false);
        }
        for (clause, form) in clauses.iter().zip(&wanted).take(MOST) {
            // One that must ask something waits on the stack below the next.
            if let Some(form) = form {
                self.begin(form, &clause.understanding, &clause.text, BTreeMap::new())?;
            }
        }
        Ok(true)
    }
}
