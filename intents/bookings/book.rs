//! Booking: what the answers add up to, what it costs, and the deed.

use super::{bulky, draw, hold, registrant::{self, Registrant}, slot::{How, Slot}, slots, table::{self, New}, units::{self, Wish}};
use crate::{Context, ServiceError, facilities::{Catalogue, Facility, Room, Use, catalogue, groups, moment, price, slots_in, why_not}};
use chrono::{DateTime, TimeDelta, Utc};
use dialogue::{Answer, Offer, Outcome};
use model::{Bill, Choice, Lang, Part, Postback, Say};
use serde_json::json;
use std::collections::BTreeMap;

pub type Answers = BTreeMap<String, Answer>;

pub fn value<'a>(answers: &'a Answers, field: &str) -> &'a str {
    answers.get(field).map_or("", |answer| answer.value.as_str())
}

/// What the answers add up to, once a slot is chosen.
pub struct Plan<'a> {
    pub slot: Slot,
    pub room: &'a Room,
    pub facility: &'a Facility,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub people: Option<u32>,
    pub group: String,
    pub extras: String,
    pub yen: i64,
}

pub fn plan<'a>(context: &Context<'a>, answers: &Answers) -> Option<Plan<'a>> {
    let catalogue: &'a Catalogue = catalogue(context);
    let slot = Slot::parse(value(answers, "slot"))?;
    let (room, facility) = catalogue.room(&slot.room)?;
    let slots = slots_in(room, slot.day, slot.span)?;
    let group = match value(answers, "group") {
        "" => groups(room).first().copied().unwrap_or_default().to_owned(),
        chosen => chosen.to_owned(),
    };
    let extras = value(answers, "extra").to_owned();
    let had: Vec<&str> = extras.split(',').filter(|extra| !extra.is_empty() && *extra != "none").collect();
    let when = Use { day: slot.day, from: slot.span.0, to: slot.span.1, slots };
    let yen = if facility.sort == "bulky" { bulky::price(catalogue, value(answers, "items")) } else { price(room, &group, when, &had) };
    let zone = context.city.zone;
    Some(Plan {
        from: moment(zone, slot.day, slot.span.0),
        to: moment(zone, slot.day, slot.span.1),
        people: value(answers, "people").parse().ok(),
        slot,
        room,
        facility,
        group,
        extras,
        yen,
    })
}

/// `1,200円`, as the resident's language writes it.
pub fn yen(lang: Lang, amount: i64) -> String {
    let digits = model::Yen::new(amount.max(0)).map(|yen| yen.to_string()).unwrap_or_default();
    if lang.reads_japanese() { format!("{digits}円") } else { format!("¥{digits}") }
}

/// Who uses it: asked where the price depends on it.
pub fn offer_group(plan: &Plan<'_>, answers: &Answers) -> Offer {
    let all = groups(plan.room);
    match (all.as_slice(), value(answers, "group")) {
        ([], _) => Offer::worked_out("", ""),
        ([one], _) => Offer::worked_out(*one, ""),
        (all, chosen) if all.contains(&chosen) => Offer::worked_out(chosen, ""),
        (all, _) => Offer::Choose { say: None, choices: all.iter().map(|group| dialogue::Offered::new(*group, "").said(words_of(group))).collect() },
    }
}

/// What people call themselves, in every language.
fn words_of(group: &str) -> &'static [&'static str] {
    match group {
        "resident" => &["市内", "市民", "この市", "resident", "市内居民", "居民", "시민", "시내", "trong thành phố"],
        "nonresident" => &["市外", "ほかの市", "他の市", "outside", "nonresident", "市外人员", "시외", "ngoài thành phố"],
        "club" => &["登録団体", "団体", "クラブ", "サークル", "グループ", "registered group", "club", "登记团体", "단체", "nhóm"],
        _ => &["福祉団体", "福祉", "減免", "免除", "welfare", "福利", "복지", "phúc lợi"],
    }
}

/// What can be had with the room.
pub fn offer_extra(plan: &Plan<'_>, lang: Lang, answers: &Answers) -> Offer {
    let all = &plan.room.extras;
    let named = |id: &str| all.iter().find(|extra| extra.id == id).map(|extra| extra.name.clone());
    let chosen = value(answers, "extra");
    if all.is_empty() {
        return Offer::worked_out("", "");
    }
    if chosen == "none" {
        return Offer::worked_out("none", "");
    }
    let names: Option<Vec<String>> = chosen.split(',').map(named).collect();
    if let Some(names) = names {
        return Offer::worked_out(chosen, names.join("、"));
    }
    let none = ["なし", "ない", "いらない", "いりません", "不要", "使わない", "使いません", "none", "no", "nothing", "无", "没有", "없음", "없어요", "không"];
    let mut choices = vec![dialogue::Offered::new("none", "").said(&none)];
    choices.extend(all.iter().map(|extra| dialogue::Offered::new(extra.id.as_str(), extra.name.as_str()).say(Say::plain(format!("{} {}", extra.name, yen(lang, extra.yen))))));
    if all.len() > 1 {
        let (ids, names): (Vec<&str>, Vec<&str>) = all.iter().map(|extra| (extra.id.as_str(), extra.name.as_str())).unzip();
        choices.push(dialogue::Offered::new(ids.join(","), names.join("、")));
    }
    Offer::Choose { say: None, choices }
}

/// What kind of a request it is, where it is no plain booking.
pub fn offer_kind(plan: &Plan<'_>) -> Offer {
    Offer::worked_out(
        match plan.slot.how {
            How::Book => "",
            How::Wait => "wait",
            How::Lot => "lot",
        },
        "",
    )
}

/// The price; or why this person cannot have it.
pub async fn offer_fee(context: &mut Context<'_>, plan: &Plan<'_>, answers: &Answers) -> Result<Offer, ServiceError> {
    if let Some(refused) = refused(context, plan, answers).await? {
        return Ok(Offer::Over(vec![refused]));
    }
    let label = if plan.yen == 0 { String::new() } else { yen(context.lang, plan.yen) };
    Ok(Offer::worked_out(plan.yen.to_string(), label))
}

/// Minors where an adult is needed; more than one person may have.
async fn refused(context: &mut Context<'_>, plan: &Plan<'_>, answers: &Answers) -> Result<Option<Part>, ServiceError> {
    let choices = || vec![Choice::new(Say::key("human-label"), "human"), Choice::new(Say::key("menu-label"), "menu")];
    let today = context.now.date_naive();
    if plan.room.adult && registrant::of_answers(context, answers).await?.is_some_and(|who| who.is_minor(today)) {
        return Ok(Some(Part::Choices { text: Say::key("booking-adults-only").with("room", plan.room.name.as_str()), choices: choices() }));
    }
    let mine: Vec<_> = table::mine(context, &["held", "offered", "confirmed", "entered"]).await?.into_iter().filter(|booking| booking.facility_id == plan.facility.id).collect();
    let on_day = mine.iter().filter(|booking| booking.from_at.with_timezone(&context.city.zone).date_naive() == plan.slot.day).count();
    let over = |count: usize, most: Option<i32>| most.is_some_and(|most| i32::try_from(count).unwrap_or(i32::MAX) >= most);
    if over(mine.len(), plan.facility.per_person) || over(on_day, plan.facility.per_day) {
        let key = if over(mine.len(), plan.facility.per_person) { "booking-too-many" } else { "booking-too-many-a-day" };
        let most = if key == "booking-too-many" { plan.facility.per_person } else { plan.facility.per_day };
        let mut choices = choices();
        choices.insert(0, Choice::new(Say::key("facility-my-bookings-title"), Postback::begin("facility.my_bookings")));
        let text = Say::key(key).with("place", plan.facility.name.as_str()).with("most", i64::from(most.unwrap_or(0)));
        return Ok(Some(Part::Choices { text, choices }));
    }
    Ok(None)
}

/// Books, waits or enters, as the slot says. `again`: the same question once more, where somebody was faster.
pub async fn perform(context: &mut Context<'_>, answers: &Answers, query: &slots::Query<'_>) -> Result<Outcome, ServiceError> {
    let Some(plan) = plan(context, answers) else { return Ok(Outcome::Nothing) };
    if why_not(plan.room, plan.facility, plan.slot.day, context.now.date_naive()).is_some() || plan.from <= context.now {
        return rejected(context, answers, query).await;
    }
    if let Some(part) = refused(context, &plan, answers).await? {
        return Ok(Outcome::done(vec![part]));
    }
    let Some(who) = registrant::of_answers(context, answers).await? else { return Ok(Outcome::Nothing) };
    let sealed = seal(context, &who, answers).await?;
    if value(answers, "who") != "known" {
        registrant::save(context, who).await?;
    }
    let (city, now) = (context.city.id.clone(), context.now.to_utc());
    let until = (now + TimeDelta::minutes(i64::from(plan.facility.hold_minutes))).min(plan.from);
    let (state, round, hash) = match plan.slot.how {
        How::Book => ("held", None, String::new()),
        How::Wait => ("waiting", None, String::new()),
        How::Lot => match draw::state(context, plan.room, plan.slot.day).await? {
            draw::State::Open { closes } => {
                let (round, hash) = draw::open_round(context, plan.room, plan.slot.day, closes).await?;
                ("entered", Some(round), hash)
            }
            _ => return rejected(context, answers, query).await,
        },
    };
    let new = New {
        sort: &plan.facility.sort,
        facility: &plan.facility.id,
        room: &plan.room.id,
        conversation: Some(context.conversation),
        author: None,
        state,
        from: plan.from,
        to: plan.to,
        units: query.units,
        people: plan.people,
        group: &plan.group,
        options: &plan.extras,
        yen: plan.yen,
        held_until: (state == "held").then_some(until),
        round: round.as_deref(),
        sealed: Some(sealed),
        title: "",
    };
    let (id, number) = table::insert(context.db, context.tx, &city, &new, now).await?;
    let label = slots::label(context, &plan.slot, plan.room, plan.facility);
    let say = match state {
        "waiting" => vec![Part::text(Say::key("booking-waits").with("what", label).with("number", number.as_str()))],
        "entered" => vec![Part::text(Say::key("booking-entered").with("what", label).with("number", number.as_str()).with("hash", hash.chars().take(16).collect::<String>()))],
        _ => {
            let wish = Wish { room: plan.room, from: plan.from, to: plan.to, units: query.units, held_until: Some(until) };
            if !units::take(context.db, context.tx, &city, id, wish, now).await? {
                return rejected(context, answers, query).await;
            }
            let Some(booking) = table::find(context.tx, &city, id).await? else { return Ok(Outcome::Nothing) };
            let bill = hold::settle(context.db, context.tx, &city, plan.facility, plan.room, &booking, &["held"], until, now).await?;
            parts(taken(&label, &number, plan.facility, bill.as_ref(), until))
        }
    };
    Ok(Outcome::Done { say, alternatives: Vec::new(), receipt: Some(number) })
}

fn parts(outcome: Outcome) -> Vec<Part> {
    match outcome {
        Outcome::Done { say, .. } => say,
        _ => Vec::new(),
    }
}

/// It is taken: to be paid by then, or confirmed.
pub fn taken(what: &str, number: &str, facility: &Facility, bill: Option<&Bill>, until: DateTime<Utc>) -> Outcome {
    let mine = || Choice::new(Say::key("facility-my-bookings-title"), Postback::begin("facility.my_bookings"));
    let part = match bill {
        Some(bill) => {
            let before = facility.pay == "before";
            let key = if before { "booking-held" } else { "booking-confirmed-unpaid" };
            let text = Say::key(key).with("what", what).with("number", number).with("yen", bill.total.to_string()).with("until", if before { until } else { bill.due_at });
            let pay = Choice::new(Say::key("booking-pay-label"), Postback::begin("payment.pay").given("bill", bill.id.to_string()));
            Part::Choices { text, choices: vec![pay, mine(), Choice::new(Say::key("menu-label"), "menu")] }
        }
        None => {
            let text = Say::key("booking-confirmed").with("what", what).with("number", number);
            Part::Choices { text, choices: vec![mine(), Choice::new(Say::key("menu-label"), "menu")] }
        }
    };
    Outcome::done(vec![part])
}

/// Somebody was faster, or the rules have moved on: asked again with what is possible now.
pub async fn rejected(context: &mut Context<'_>, answers: &Answers, query: &slots::Query<'_>) -> Result<Outcome, ServiceError> {
    let offer = slots::offer(context, query, answers.get("slot")).await?;
    Ok(match offer {
        Offer::Choose { say, choices } => {
            let choices = choices.into_iter().map(|one| Choice::new(one.say.unwrap_or_else(|| Say::plain(one.label)), Postback::set(FORM_OF_CHOICES, "slot", one.value)));
            Outcome::Rejected { field: "slot".to_owned(), say: say.unwrap_or_else(|| Say::key("booking-just-taken-choose")), choices: choices.collect() }
        }
        Offer::Rejected { field, say, choices } => Outcome::Rejected { field, say, choices },
        Offer::Over(say) => Outcome::done(say),
        // It can be had after all: the engine asks for the yes again.
        Offer::Take { answer, .. } => {
            let choice = Choice::new(Say::plain(answer.label), Postback::set(FORM_OF_CHOICES, "slot", answer.value));
            Outcome::Rejected { field: "slot".to_owned(), say: Say::key("booking-just-taken-choose"), choices: vec![choice] }
        }
    })
}

/// Replaced by the form that runs; see [`for_form`].
const FORM_OF_CHOICES: &str = "booking.form";

/// Choices of a rejected booking belong to the form that was being filled in.
pub fn for_form(outcome: Outcome, form: &str) -> Outcome {
    match outcome {
        Outcome::Rejected { field, say, choices } => {
            let own = |choice: Choice| match Postback::parse(&choice.value) {
                Some(Postback::Set { form: of, field, value }) if of == FORM_OF_CHOICES => Choice { value: Postback::set(form, &field, value).into(), ..choice },
                _ => choice,
            };
            Outcome::Rejected { field, say, choices: choices.into_iter().map(own).collect() }
        }
        other => other,
    }
}

/// What the place must know of this booking, sealed.
async fn seal(context: &mut Context<'_>, who: &Registrant, answers: &Answers) -> Result<Vec<u8>, ServiceError> {
    let mut told = json!({ "name": who.name, "phone": who.phone, "address": who.address });
    for field in ["what", "child", "age", "allergy", "items"] {
        if let Some(answer) = answers.get(field).filter(|answer| !answer.value.is_empty()) {
            told[field] = json!(if field == "what" || field == "items" { &answer.label } else { &answer.value });
        }
    }
    let city = context.city.id.clone();
    Ok(store::seal_for_conversation(context.db, context.tx, &city, context.conversation, told.to_string().as_bytes(), "booking").await?)
}
