//! A bank account as staff write it in one question: the bank, the branch, the kind, the number, and whose it is.

use super::file::Question;
use crate::OwnText;
use dialogue::{Field, FieldKind, Form, OptionSpec};

/// Number of digits of an account: seven at banks, up to eight at Japan Post Bank.
const DIGITS: (usize, usize) = (7, 8);

/// The fields that one such question stands for, each with its words. The city's own words open the first.
pub fn fields(form: &Form, question: &Question) -> Vec<(Field, Vec<(String, OwnText)>)> {
    let kinds = vec![
        OptionSpec::new("ordinary", &["普通", "ふつう"]),
        OptionSpec::new("current", &["当座", "とうざ"]),
    ];
    let parts = [
        ("bank", FieldKind::Text { max: 40 }, "procedures-bank-ask", "procedures-bank-name", "not-understood"),
        ("branch", FieldKind::Text { max: 40 }, "procedures-branch-ask", "procedures-branch-name", "not-understood"),
        ("type", FieldKind::Choice { options: kinds }, "procedures-account-type-ask", "procedures-account-type-name", "procedures-invalid-choice"),
        ("number", FieldKind::Digits { min: DIGITS.0, max: DIGITS.1 }, "procedures-account-number-ask", "procedures-account-number-name", "procedures-invalid-number"),
        ("holder", FieldKind::KanaName, "procedures-account-holder-ask", "procedures-account-holder-name", "not-understood"),
    ];
    parts
        .into_iter()
        .enumerate()
        .map(|(n, (part, kind, ask, name, invalid))| {
            let called = format!("{}-{part}", question.name.value);
            let key = |what: &str| form.text(&format!("{what}-{called}"));
            let ask = if n == 0 { OwnText::Words(question.ask.by_language()) } else { OwnText::Usual(ask) };
            let mut texts = vec![(key("ask"), ask.clone()), (key("which"), ask), (key("name"), OwnText::Usual(name)), (key("invalid"), OwnText::Usual(invalid))];
            if part == "type" {
                texts.push((form.text(&format!("{called}-ordinary")), OwnText::Usual("procedures-account-ordinary")));
                texts.push((form.text(&format!("{called}-current")), OwnText::Usual("procedures-account-current")));
            }
            let mut field = Field::new(called, kind);
            field.when = super::form::conditions(&question.when);
            (field, texts)
        })
        .collect()
}
