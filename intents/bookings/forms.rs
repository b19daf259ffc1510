//! The forms of bookings.

use super::registrant;
use dialogue::{Field, FieldKind, Form, OptionSpec, Period, SlotKind};

pub const BOOK: &str = "facility.book";
pub const CHANGE: &str = "facility.change";
pub const CANCEL: &str = "facility.cancel";
pub const MINE: &str = "facility.my_bookings";
pub const PASSCODE: &str = "facility.passcode";
pub const REFUND: &str = "facility.refund";
/// What becomes free is offered to the next who waits; begun by a tap only.
pub const OFFERED: &str = "facility.offered";
pub const VACANCY_CHILD: &str = "childcare.temporary_vacancy";
pub const BOOK_CHILD: &str = "childcare.temporary_book";
pub const CANCEL_CHILD: &str = "childcare.temporary_cancel";
pub const COURSE: &str = "course.book";
pub const BULKY: &str = "waste.bulky";

/// The forms that mean nothing where only these sorts of things can be booked.
pub fn without(sorts: &[String]) -> Vec<&'static str> {
    let of: [(&str, &[&'static str]); 4] = [("facility", &[BOOK, PASSCODE]), ("nursery", &[VACANCY_CHILD, BOOK_CHILD, CANCEL_CHILD]), ("course", &[COURSE]), ("bulky", &[BULKY])];
    let mut gone: Vec<&'static str> = of.iter().filter(|(sort, _)| !sorts.iter().any(|one| one == sort)).flat_map(|(_, forms)| forms.iter().copied()).collect();
    if sorts.is_empty() {
        gone.extend([CHANGE, CANCEL, MINE, REFUND, OFFERED]);
    }
    gone
}

fn date() -> Field {
    Field::new("date", FieldKind::Date { period: Period::Future }).slot(SlotKind::Date)
}

fn time() -> Field {
    Field::new("time", FieldKind::Time).optional().slot(SlotKind::Time)
}

fn offer(name: &'static str) -> Field {
    Field::new(name, FieldKind::Offer)
}

/// What follows from the rest: what kind of a request it is, and what it costs.
fn ending(form: Form) -> Form {
    registrant::fields().into_iter().fold(form, Form::field).field(offer("kind").optional()).field(offer("fee").optional())
}

pub fn all() -> Vec<Form> {
    let age = || Field::new("age", FieldKind::Number { min: 0, max: 6 }).slot(SlotKind::ChildAge);
    let allergies = vec![
        OptionSpec::new("none", &["なし", "ない", "ありません", "特にない", "no", "none", "没有", "없음", "없어요", "không"]),
        OptionSpec::new("egg", &["卵", "たまご", "egg", "鸡蛋", "계란", "trứng"]),
        OptionSpec::new("milk", &["乳", "牛乳", "ミルク", "milk", "牛奶", "우유", "sữa"]),
        OptionSpec::new("wheat", &["小麦", "wheat", "小麦粉", "밀", "lúa mì"]),
        OptionSpec::new("nuts", &["ナッツ", "ピーナッツ", "落花生", "くるみ", "そば", "nuts", "坚果", "견과", "hạt"]),
        OptionSpec::new("other", &["ほか", "その他", "other", "其他", "기타", "khác"]),
    ];
    let answers = vec![OptionSpec::new("yes", &["はい", "予約する", "取ります", "お願い", "yes"]), OptionSpec::new("no", &["いいえ", "いらない", "やめます", "no"])];
    vec![
        ending(
            Form::task(BOOK, &[BOOK])
                .field(offer("what"))
                .field(date())
                .field(time())
                .field(Field::new("people", FieldKind::Number { min: 1, max: 5_000 }).slot(SlotKind::Headcount))
                .field(offer("slot"))
                .field(offer("extra"))
                .field(offer("group"))
                .menu(21),
        ),
        Form::task(CHANGE, &[CHANGE]).field(offer("booking")).field(date().optional()).field(time()).field(Field::new("what", FieldKind::Lookup).optional()).field(offer("slot")).field(offer("fee").optional()),
        Form::task(CANCEL, &[CANCEL]).field(offer("booking")).field(offer("back").optional()),
        Form::answer(MINE, &[MINE]).menu(22),
        Form::answer(PASSCODE, &[PASSCODE]).field(offer("booking")),
        Form::answer(REFUND, &[REFUND]),
        Form::answer(OFFERED, &[]).field(Field::new("number", FieldKind::Text { max: 20 })).field(Field::new("answer", FieldKind::Choice { options: answers })),
        Form::answer(VACANCY_CHILD, &[VACANCY_CHILD]).field(age()).field(date().optional()),
        ending(
            Form::task(BOOK_CHILD, &[BOOK_CHILD])
                .field(age())
                .field(date())
                .field(time())
                .field(Field::new("nursery", FieldKind::Lookup).optional())
                .field(offer("slot"))
                .field(Field::new("child", FieldKind::KanaName))
                .field(Field::new("allergy", FieldKind::MultiChoice { options: allergies })),
        ),
        Form::task(CANCEL_CHILD, &[CANCEL_CHILD]).field(offer("booking")).field(offer("back").optional()),
        ending(Form::task(COURSE, &[COURSE]).field(offer("what")).field(date().optional()).field(offer("slot"))),
        ending(Form::task(BULKY, &[BULKY]).field(Field::new("items", FieldKind::Lookup)).field(date().optional()).field(offer("slot"))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_has_the_forms_of_what_it_offers() {
        assert_eq!(without(&[]).len(), all().len(), "nothing to book, nothing to say");
        let sports = without(&["facility".to_owned()]);
        assert!(sports.contains(&BULKY) && sports.contains(&COURSE) && !sports.contains(&BOOK) && !sports.contains(&CANCEL), "{sports:?}");
    }
}
