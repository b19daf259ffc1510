//! Bookings of rooms, places of a nursery, seats of courses and pick-ups of bulky waste, on one machinery. See README.md.

mod book;
mod bulky;
mod cancel;
mod change;
mod counter;
mod door;
mod draw;
mod forms;
mod hold;
mod jobs;
mod mine;
mod registrant;
mod slot;
mod slots;
mod table;
mod units;
mod waiting;

pub use cancel::{EndedBy, by_staff};
pub use counter::{NotBooked, book_for_caller, import_blocks};
pub use draw::{Published, order as draw_order, published as published_draw, sha256 as draw_hash};

use crate::{Context, Service, ServiceError, Work, facilities::{Facility, Room, catalogue, find_wanted, offer_what, time_range}};
use book::{Answers, value};
use dialogue::{Answer, Candidate, Form, Found, News, Offer, Offered, Outcome};
use forms::{BOOK, BOOK_CHILD, BULKY, CANCEL, CANCEL_CHILD, CHANGE, COURSE, MINE, OFFERED, PASSCODE, REFUND, VACANCY_CHILD};
use futures_util::future::BoxFuture;
use model::{CityId, EntityKind, Lang, Part, Say};
use outer::locks::LockProvider;
use sqlx::PgConnection;
use std::{collections::BTreeMap, sync::Arc};
use store::MigrationFile;

/// By which name this service is addressed from within.
pub(crate) const SERVICE: &str = "bookings";

#[derive(Default)]
pub struct Bookings {
    /// `None`: no door opens by a code.
    pub locks: Option<Arc<dyn LockProvider>>,
}

/// The form that books another of the same sort.
pub(crate) fn form_of(sort: &str) -> &'static str {
    match sort {
        "nursery" => BOOK_CHILD,
        "course" => COURSE,
        "bulky" => BULKY,
        _ => BOOK,
    }
}

impl Service for Bookings {
    fn id(&self) -> &'static str {
        SERVICE
    }

    fn forms(&self) -> Vec<Form> {
        forms::all()
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20_261_128_040_200, name: "booking", sql: include_str!("migrations/20261128040200_booking.sql") }]
    }

    fn without<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<&'static str>, ServiceError>> {
        Box::pin(async move {
            // What was booked can be seen and ended, even if it cannot be booked any more.
            let sorts: Vec<String> = sqlx::query_scalar("SELECT sort FROM facility WHERE city_id = $1 UNION SELECT sort FROM booking WHERE city_id = $1").bind(city.as_str()).fetch_all(tx).await?;
            Ok(forms::without(&sorts))
        })
    }

    fn works(&self) -> Vec<Arc<dyn Work>> {
        jobs::works(self.locks.clone())
    }

    fn tell<'a>(&'a self, context: &'a mut Context<'_>, event: &'a str, key: &'a str) -> BoxFuture<'a, Result<News, ServiceError>> {
        Box::pin(mine::tell(context, event, key))
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            match (form, field) {
                (BULKY, "items") => Ok(bulky::find(catalogue(context), text, asked)),
                (COURSE, "what") => Ok(find_named(context, "course", text)),
                (BOOK_CHILD, "nursery") => Ok(find_named(context, "nursery", text)),
                (BOOK | CHANGE, "what") => Ok(find_wanted(catalogue(context), &context.city.names, text, asked)),
                (_, "booking") => {
                    let (states, sort) = of_form(form);
                    cancel::find_booking(context, states, sort, text).await
                }
                _ => Ok(Found::None),
            }
        })
    }

    fn offer<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, answers: &'a BTreeMap<String, Answer>) -> BoxFuture<'a, Result<Offer, ServiceError>> {
        Box::pin(offer(context, form, field, answers))
    }

    fn undo<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, receipt: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(cancel::cancel(context, receipt))
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                BOOK | BOOK_CHILD | COURSE | BULKY => match query(context, form, answers) {
                    Some(query) => Ok(book::for_form(book::perform(context, answers, &query).await?, form)),
                    None => Ok(Outcome::Nothing),
                },
                CHANGE => Ok(book::for_form(change::perform(context, answers).await?, form)),
                CANCEL | CANCEL_CHILD => cancel::cancel(context, value(answers, "booking")).await,
                MINE => mine::list(context).await,
                REFUND => mine::refunds(context).await,
                PASSCODE => {
                    let number = value(answers, "booking");
                    match table::mine(context, &["confirmed"]).await?.into_iter().find(|booking| booking.number == number) {
                        Some(booking) => door::show(context, &booking).await,
                        None => Ok(Outcome::done(vec![Part::text(Say::key("booking-none"))])),
                    }
                }
                OFFERED => waiting::answer(context, value(answers, "number"), value(answers, "answer") == "yes").await,
                VACANCY_CHILD => child_vacancy(context, answers).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }
}

/// Which of one's own bookings a form is about.
fn of_form(form: &str) -> (&'static [&'static str], Option<&'static str>) {
    match form {
        CHANGE => (&change::MOVABLE, None),
        PASSCODE => (&["confirmed"], None),
        CANCEL_CHILD => (&cancel::LIVE, Some("nursery")),
        _ => (&cancel::LIVE, None),
    }
}

async fn offer(context: &mut Context<'_>, form: &str, field: &str, answers: &Answers) -> Result<Offer, ServiceError> {
    match (form, field) {
        (COURSE, "what") => return Ok(offer_course(context, answers)),
        (_, "what") => return Ok(offer_what(catalogue(context), answers)),
        (_, "booking") => {
            let (states, sort) = of_form(form);
            return cancel::offer_booking(context, states, sort, answers).await;
        }
        (_, "back") => return cancel::offer_back(context, answers).await,
        (CHANGE, "slot") => return change::offer_slot(context, answers).await,
        (CHANGE, "fee") => return change::offer_fee(context, answers).await,
        (_, "slot") => return offer_slot(context, form, answers).await,
        _ => {}
    }
    let Some(plan) = book::plan(context, answers) else { return Ok(slots::over("booking-gone")) };
    match field {
        "extra" => Ok(book::offer_extra(&plan, context.lang, answers)),
        "group" => Ok(book::offer_group(&plan, answers)),
        "who" => registrant::offer(context, plan.facility, plan.room.adult, answers).await,
        "kind" => Ok(book::offer_kind(&plan)),
        "fee" => book::offer_fee(context, &plan, answers).await,
        other => Err(ServiceError::NotMine(other.to_owned())),
    }
}

/// What a form looks for.
fn query<'a>(context: &Context<'a>, form: &str, answers: &Answers) -> Option<slots::Query<'a>> {
    let all = catalogue(context);
    let day = value(answers, "date").parse().ok();
    let time = time_range(value(answers, "time"));
    let of = |sort: &'static str| all.rooms_of(sort).collect::<Vec<_>>();
    let query = |rooms, others, units| slots::Query { rooms, others, day, time, units, room_field: None, moving: None };
    Some(match form {
        BOOK => {
            let wanted = crate::facilities::Wanted::parse(value(answers, "what"))?;
            let people = people(answers);
            let roomy = |(room, _): &(&Room, &Facility)| room.capacity.is_none_or(|most| people <= most);
            let named = wanted.rooms(all);
            let alike: Vec<String> = named.iter().flat_map(|(room, _)| room.uses.clone()).collect();
            let rooms: Vec<_> = named.into_iter().filter(roomy).collect();
            let fits = |(room, _): &(&Room, &Facility)| match &wanted.purpose {
                Some(purpose) => room.uses.contains(purpose),
                None => room.uses.iter().any(|one| alike.contains(one)),
            };
            let others = of("facility").into_iter().filter(roomy).filter(fits).filter(|(room, _)| !rooms.iter().any(|(known, _)| known.id == room.id)).collect();
            slots::Query { room_field: Some("what"), ..query(rooms, others, 1) }
        }
        BOOK_CHILD => {
            let age: u32 = value(answers, "age").parse().ok()?;
            let fits = |(room, _): &(&Room, &Facility)| room.ages.is_some_and(|(from, to)| (from..=to).contains(&age));
            let nursery = value(answers, "nursery");
            let fitting: Vec<_> = of("nursery").into_iter().filter(fits).collect();
            let (rooms, others) = fitting.into_iter().partition(|(_, facility)| nursery.is_empty() || facility.id == nursery);
            query(rooms, others, 1)
        }
        COURSE => {
            let course = value(answers, "what");
            query(of("course").into_iter().filter(|(_, facility)| facility.id == course).collect(), Vec::new(), 1)
        }
        BULKY => query(of("bulky"), Vec::new(), bulky::count(all, value(answers, "items"))),
        _ => return None,
    })
}

fn people(answers: &Answers) -> u32 {
    value(answers, "people").parse().unwrap_or(1)
}

async fn offer_slot(context: &mut Context<'_>, form: &str, answers: &Answers) -> Result<Offer, ServiceError> {
    let Some(query) = query(context, form, answers) else { return Ok(slots::over("booking-gone")) };
    if query.rooms.is_empty() && query.others.is_empty() {
        return Ok(match form {
            // More people than any of the rooms holds.
            BOOK => {
                let named = crate::facilities::Wanted::parse(value(answers, "what")).map(|wanted| wanted.rooms(catalogue(context))).unwrap_or_default();
                let alike = |room: &Room| named.iter().any(|(one, _)| one.uses.iter().any(|purpose| room.uses.contains(purpose)));
                let most = catalogue(context).rooms_of("facility").filter(|(room, _)| alike(room)).filter_map(|(room, _)| room.capacity).max();
                Offer::Rejected { field: "people".to_owned(), say: Say::key("booking-too-many-people").with("most", i64::from(most.unwrap_or(0))), choices: Vec::new() }
            }
            BOOK_CHILD => Offer::Rejected { field: "age".to_owned(), say: Say::key("booking-no-such-age"), choices: Vec::new() },
            _ => slots::over("booking-nothing-offered"),
        });
    }
    if form == BOOK && query.rooms.is_empty() {
        // Larger rooms of the same use, elsewhere.
        let query = slots::Query { rooms: query.others, others: Vec::new(), ..query };
        return slots::offer(context, &query, answers.get("slot")).await;
    }
    slots::offer(context, &query, answers.get("slot")).await
}

/// A course or a nursery by its name.
fn find_named(context: &Context<'_>, sort: &str, text: &str) -> Found {
    let all = catalogue(context);
    let of = |id: &str| all.facilities.get(id).filter(|facility| facility.sort == sort);
    let mut found: Vec<Candidate> = Vec::new();
    for one in context.city.names.find(text, |kind| kind == EntityKind::Facility) {
        if let Some(facility) = of(&one.name.id).filter(|facility| !found.iter().any(|known| known.value == facility.id)) {
            found.push(Candidate { value: facility.id.clone(), label: facility.name.clone() });
        }
    }
    match found.len() {
        0 => Found::None,
        1 => found.pop().map_or(Found::None, Found::One),
        _ => Found::Many(found),
    }
}

fn offer_course(context: &Context<'_>, answers: &Answers) -> Offer {
    let all = catalogue(context);
    let today = context.now.date_naive();
    let open = |id: &str| all.rooms.values().any(|room| room.facility == id && room.on_day.is_none_or(|day| day >= today));
    let courses: Vec<&Facility> = all.facilities.values().filter(|facility| facility.sort == "course" && open(&facility.id)).collect();
    let chosen = value(answers, "what");
    if let Some(course) = courses.iter().find(|course| course.id == chosen) {
        return Offer::worked_out(course.id.as_str(), course.name.as_str());
    }
    match courses.as_slice() {
        [] => slots::over("booking-nothing-offered"),
        all => Offer::Choose { say: None, choices: all.iter().take(11).map(|course| Offered::new(course.id.as_str(), course.name.as_str())).collect() },
    }
}

/// Free places for a child, each a tap away from its booking.
async fn child_vacancy(context: &mut Context<'_>, answers: &Answers) -> Result<Outcome, ServiceError> {
    let Some(query) = query(context, BOOK_CHILD, answers) else { return Ok(Outcome::Nothing) };
    if query.rooms.is_empty() {
        return Ok(Outcome::done(vec![Part::text(Say::key("booking-no-such-age"))]));
    }
    let offer = slots::offer(context, &query, None).await?;
    let go = |slot: &str, day: String| model::Postback::begin(BOOK_CHILD).given("age", value(answers, "age")).given("date", day).given("slot", slot);
    Ok(match offer {
        Offer::Choose { say, choices } => {
            let choice = |one: Offered| {
                let day = slot::Slot::parse(&one.value).map(|slot| slot.day.to_string()).unwrap_or_default();
                model::Choice::new(one.say.unwrap_or_else(|| Say::plain(one.label)), go(&one.value, day))
            };
            let text = say.unwrap_or_else(|| Say::key("childcare-temporary-vacancy-found"));
            Outcome::done(vec![Part::Choices { text, choices: choices.into_iter().map(choice).collect() }])
        }
        Offer::Rejected { say, .. } => Outcome::done(vec![Part::text(say)]),
        Offer::Over(say) => Outcome::done(say),
        Offer::Take { .. } => Outcome::Nothing,
    })
}
