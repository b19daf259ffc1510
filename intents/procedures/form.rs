//! A procedure as a form of the dialogue, with its words.

use super::file::{Procedure, Question, Span, Words, stretch};
use crate::{OwnForm, OwnText};
use dialogue::{Field, FieldKind, Form, FormKind, OptionSpec, Period, SlotKind, When};
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// Forms of procedures are called so, with the procedure's id behind.
pub const PREFIX: &str = "procedure.";

/// How much text a resident may write for one question (characters).
const LONGEST: u32 = 400;

pub fn form(procedure: &Procedure, version: u32) -> OwnForm {
    let id = format!("{PREFIX}{}", procedure.id.value);
    let mut form = Form::answer("", &[]);
    // Only what is handed in is read back first.
    form.kind = if procedure.done.is_some() { FormKind::Task } else { FormKind::Answer };
    form.version = version;
    form.intents = vec![id.clone().into()];
    form.id = id.into();
    let mut texts = vec![(form.text("title"), words(&procedure.title))];
    let confirm = procedure.confirm.as_ref().map_or(OwnText::Usual("procedures-confirm"), words);
    texts.push((form.text("confirm"), confirm));
    form.ends = procedure.answers.iter().map(|ending| conditions(&ending.when)).collect();
    for question in &procedure.questions {
        let several = match question.kind.value.as_str() {
            "bank_account" => Some(super::bank_account::fields(&form, question)),
            super::acting::KIND => Some(super::acting::fields(&form, question)),
            _ => None,
        };
        if let Some(several) = several {
            for (field, own) in several {
                form.fields.push(field);
                texts.extend(own);
            }
            continue;
        }
        texts.extend(question_texts(&form, question));
        form.fields.push(field(question));
    }
    OwnForm { form, texts }
}

fn words(words: &Words) -> OwnText {
    OwnText::Words(words.by_language())
}

fn question_texts(form: &Form, question: &Question) -> Vec<(String, OwnText)> {
    let key = |what: &str| form.text(&format!("{what}-{}", question.name.value));
    let label = question.label.as_ref().unwrap_or(&question.ask);
    let invalid = question.invalid.as_ref().map_or(OwnText::Usual(usual(&question.kind.value)), words);
    let help = question.help.as_ref().map(|help| (key("help"), words(help)));
    let mut texts = vec![(key("ask"), words(&question.ask)), (key("which"), words(&question.ask)), (key("name"), words(label)), (key("invalid"), invalid)];
    texts.extend(question.options.iter().map(|option| (form.text(&format!("{}-{}", question.name.value, option.value.value)), words(&option.label))));
    texts.extend(help);
    texts.extend(question.ask_phone.iter().flat_map(|ask| [(key("ask") + "-phone", words(ask)), (key("which") + "-phone", words(ask))]));
    texts
}

/// What is said of an answer that cannot be used, where the city says nothing of its own.
fn usual(kind: &str) -> &'static str {
    match kind {
        "date" => "procedures-invalid-date",
        "time" | "time_slot" => "procedures-invalid-time",
        "choice" | "multi_choice" => "procedures-invalid-choice",
        "phone" => "procedures-invalid-phone",
        "email" => "procedures-invalid-email",
        "number" | "digits" => "procedures-invalid-number",
        "birthday" => "procedures-invalid-birthday",
        "photo" | "file" => "procedures-invalid-photo",
        "location" => "procedures-invalid-location",
        "signature" => "procedures-invalid-signature",
        "consent" => "procedures-invalid-consent",
        super::known::KIND => "procedures-invalid-known",
        _ => "not-understood",
    }
}

fn field(question: &Question) -> Field {
    let options = || {
        let option = |option: &super::file::Choice| {
            OptionSpec::of(option.value.value.clone(), option.label.by_language().into_values().chain(option.said.iter().cloned()))
        };
        question.options.iter().map(option).collect()
    };
    let period = match question.period {
        None => Period::Any,
        Some(Span::Past) => Period::Past,
        Some(Span::Future) => Period::Future,
    };
    let max = question.max.unwrap_or(LONGEST);
    let (kind, slot) = match question.kind.value.as_str() {
        "kana_name" => (FieldKind::KanaName, None),
        "date" => (FieldKind::Date { period }, Some(SlotKind::Date)),
        "time_slot" => (FieldKind::TimeSlot { slots: question.slots.iter().filter_map(|slot| stretch(&slot.value)).collect() }, None),
        "digits" => (FieldKind::Digits { min: question.min.unwrap_or(1) as usize, max: question.max.unwrap_or(20) as usize }, None),
        "location" => (FieldKind::Location, None),
        "file" => (FieldKind::File, None),
        "signature" => (FieldKind::Signature, None),
        "time" => (FieldKind::Time, Some(SlotKind::Time)),
        "choice" => (FieldKind::Choice { options: options() }, None),
        "multi_choice" => (FieldKind::MultiChoice { options: options() }, None),
        "phone" => (FieldKind::Phone, Some(SlotKind::Phone)),
        "email" => (FieldKind::Email, Some(SlotKind::Email)),
        "number" => (FieldKind::Number { min: question.min.unwrap_or(0), max: question.max.unwrap_or(u32::MAX) }, None),
        "birthday" => (FieldKind::Birthday, Some(SlotKind::Birthday)),
        "address" => (FieldKind::Address, None),
        "photo" => (FieldKind::Photo, None),
        "consent" => (FieldKind::Consent, None),
        super::known::KIND => (FieldKind::Lookup, None),
        _ => (FieldKind::Text { max: max as usize }, None),
    };
    let mut field = Field::new(question.name.value.clone(), kind);
    if let Some(slot) = slot {
        field = field.slot(slot);
    }
    if question.optional {
        field = field.skippable();
    }
    field.when = conditions(&question.when);
    field.help = question.help.is_some();
    field
}

pub(super) fn conditions(when: &BTreeMap<String, Spanned<Vec<String>>>) -> Vec<When> {
    let condition = |(name, values): (&String, &Spanned<Vec<String>>)| When {
        field: name.clone().into(),
        is: values.value.iter().map(|value| value.clone().into()).collect(),
    };
    when.iter().map(condition).collect()
}
