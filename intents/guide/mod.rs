//! What cannot be done here yet: an honest word, what the resident can do today, and the desk. A service that takes
//! over one of these intents removes it from [`INTENTS`].

mod import;

pub use import::import;

use crate::{Context, FaqIndex, Service, ServiceError};
use dialogue::{Answer, Form, Outcome};
use futures_util::future::BoxFuture;
use model::{Choice, Lang, Part, Postback, Say};
use std::collections::BTreeMap;
use store::MigrationFile;

pub struct Guide;

/// The intents that no service serves yet; each is a form without questions.
pub const INTENTS: &[&str] = &[
    "shelter.checkin",
    "disaster.damage_report",
    "disaster.safety_report",
    "disaster.info",
    "disaster.hazard_map",
    "disaster.river",
    "waste.reminder",
    "report.new",
    "report.status",
    "childcare.nursery_apply",
    "childcare.afterschool_apply",
    "childcare.absence",
    "application.certificate",
    "application.moving",
    "application.care",
    "application.allowance",
    "application.status",
    "application.withdraw",
    "application.navi",
    "application.prefill",
    "screening.book",
    "library.search",
    "library.reserve",
    "library.my_account",
    "library.cancel_hold",
    "library.renew",
    "library.card",
    "library.link_card",
    "map.public",
    "subscription.set",
    "subscription.stop",
];

/// An answer of the city as like as this to what was asked is offered beside the desk.
const RELATED: f32 = 0.3;

impl Service for Guide {
    fn forms(&self) -> Vec<Form> {
        INTENTS.iter().map(|intent| Form::answer(intent, &[intent])).collect()
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261101000500, name: "guide", sql: include_str!("migrations/20261101000500_guide.sql") }]
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, _answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(guide(context, form, text))
    }
}

async fn guide(context: &mut Context<'_>, intent: &str, text: &str) -> Result<Outcome, ServiceError> {
    let row: Option<(Option<String>, Option<String>, String)> =
        sqlx::query_as("SELECT desk_id, page, body FROM guide WHERE city_id = $1 AND intent = $2")
            .bind(context.city.id.as_str())
            .bind(intent)
            .fetch_optional(&mut *context.tx)
            .await?;
    let (desk_id, page, body) = row.unwrap_or_default();
    let desk = match desk_id {
        Some(id) => store::desk(context.tx, &context.city.id, &id).await?,
        None => None,
    };
    let title = Say::dynamic(format!("{}-title", intent.replace(['.', '_'], "-")));
    let mut lines = vec![Say::key("guide-not-yet").with("what", title)];
    if !body.is_empty() {
        if !context.lang.reads_japanese() {
            lines.push(Say::key("in-japanese-only"));
        }
        lines.push(Say::plain(body));
    }
    let mut say = vec![Part::text(Say::Lines(lines))];
    if let Some(url) = page.filter(|url| url.starts_with("https://")) {
        say.push(Part::Link { text: Say::key("faq-source"), label: Say::key("faq-open-source"), url });
    }
    let hotline = &context.city.profile.hotline;
    let (name, phone, hours) = match desk {
        Some(desk) => (desk.name, desk.phone, desk.hours),
        None => (hotline.name.clone(), Some(hotline.phone.clone()), Some(hotline.hours.clone())),
    };
    say.push(Part::Handoff { text: Say::key("guide-desk").with("desk", name.as_str()), desk: name, phone, hours, extension: None });
    let alternatives = related(context, text);
    if !alternatives.is_empty() {
        say.push(Part::Choices { text: Say::key("guide-related"), choices: alternatives.clone() });
    }
    Ok(Outcome::Done { say, alternatives, receipt: None })
}

/// What the city has answered that is close to the question.
fn related(context: &Context<'_>, text: &str) -> Vec<Choice> {
    let Some(index) = context.city.content::<FaqIndex>().filter(|_| !text.is_empty()) else { return Vec::new() };
    index
        .find(text, context.now.date_naive(), 2)
        .into_iter()
        .filter(|(confidence, _)| *confidence >= RELATED)
        .map(|(_, entry)| {
            Choice::new(Say::plain(&entry.question), Postback::begin(crate::faq::FORM).given("entry", entry.entry_id.as_str()))
        })
        .collect()
}
