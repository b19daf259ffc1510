//! Procedures that a city's staff wrote themselves: questions, conditions, endings, and a form that is handed in.

mod acting;
mod bank_account;
mod file;
mod form;
mod known;
mod submit;
mod versions;

pub use file::{Problem, Procedure, Words, read};
pub use form::{PREFIX, form};
pub(crate) use versions::import;
pub use versions::{Version, is_form_of_the_house, list, publish};

use crate::{Context, OwnForm, Service, ServiceError, faq};
use dialogue::{Answer, Form, Found, Outcome, SEVERAL};
use futures_util::future::BoxFuture;
use model::{Choice, CityId, Lang, Part, Postback, Say};
use sqlx::PgConnection;
use std::{any::Any, collections::BTreeMap, sync::Arc};
use store::MigrationFile;

pub struct Procedures;

/// A city's published procedures, by id, with their versions.
struct Published(BTreeMap<String, (u32, Procedure)>);

async fn published(tx: &mut PgConnection, city: &CityId) -> Result<Published, ServiceError> {
    let rows: Vec<(String, i32, String)> =
        sqlx::query_as("SELECT procedure_id, version, source FROM procedure WHERE city_id = $1 AND published ORDER BY procedure_id").bind(city.as_str()).fetch_all(tx).await?;
    let mut all = BTreeMap::new();
    for (id, version, source) in rows {
        // It was checked when it was loaded; a later program may be stricter, and must not take the counter down.
        match read(&source, is_form_of_the_house) {
            Ok(procedure) => drop(all.insert(id, (version.unsigned_abs(), procedure))),
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                tracing::error!(city = city.as_str(), procedure = id, version, problems = problems.join("; "), "a published procedure cannot be used");
            }
        }
    }
    Ok(Published(all))
}

impl Service for Procedures {
    fn forms(&self) -> Vec<Form> {
        Vec::new()
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[
            MigrationFile { version: 20261128000200, name: "procedure", sql: include_str!("migrations/20261128000200_procedure.sql") },
            MigrationFile { version: 20261128000500, name: "submission_withdrawn", sql: include_str!("migrations/20261128000500_submission_withdrawn.sql") },
        ]
    }

    fn owns(&self, form: &str) -> bool {
        form.starts_with(PREFIX)
    }

    fn content<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Option<Arc<dyn Any + Send + Sync>>, ServiceError>> {
        Box::pin(async move {
            let content: Arc<dyn Any + Send + Sync> = Arc::new(published(tx, city).await?);
            Ok(Some(content))
        })
    }

    fn own_forms<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<OwnForm>, ServiceError>> {
        Box::pin(async move { Ok(published(tx, city).await?.0.values().map(|(version, procedure)| form(procedure, *version)).collect()) })
    }

    fn sentences<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<(String, String)>, ServiceError>> {
        Box::pin(async move {
            let all = published(tx, city).await?.0;
            let said = |(id, (_, procedure)): (&String, &(u32, Procedure))| {
                let titles = procedure.title.by_language().into_values();
                titles.chain(procedure.says.iter().cloned()).map(|said| (format!("{PREFIX}{id}"), said)).collect::<Vec<_>>()
            };
            Ok(all.iter().flat_map(said).collect())
        })
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move {
            let procedure = form.strip_prefix(PREFIX).and_then(|id| context.city.content::<Published>()?.0.get(id));
            Ok(procedure.map_or(Found::None, |(_, procedure)| known::lookup(context.city, procedure, field, text, asked)))
        })
    }

    fn undo<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, receipt: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(crate::withdraw::withdraw(context, submit::WITHDRAW, receipt))
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, _text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            let id = form.strip_prefix(PREFIX).ok_or_else(|| ServiceError::NotMine(form.to_owned()))?;
            let published = context.city.content::<Published>();
            // It was withdrawn while the resident was answering.
            let Some((version, procedure)) = published.and_then(|published| published.0.get(id)) else { return Ok(Outcome::Nothing) };
            if let Some(ending) = procedure.answers.iter().find(|ending| fits(&ending.when, answers)) {
                return Ok(end(context.lang, ending));
            }
            match &procedure.done {
                Some(done) => submit::submit(context, procedure, *version, answers, done).await,
                None => Ok(Outcome::Nothing),
            }
        })
    }
}

fn fits(when: &BTreeMap<String, serde_saphyr::Spanned<Vec<String>>>, answers: &BTreeMap<String, Answer>) -> bool {
    when.iter().all(|(name, values)| {
        answers.get(name).is_some_and(|answer| answer.value.split(SEVERAL).any(|one| values.value.iter().any(|wanted| wanted == one)))
    })
}

/// An end that needs no form: its words, and where to go on.
fn end(lang: Lang, ending: &file::Ending) -> Outcome {
    let text = Say::plain(spoken(lang, &ending.text));
    let faq = ending.faq.iter().map(|entry| Choice::new(Say::key("procedures-faq-label"), Postback::begin(faq::FORM).given("entry", &entry.value)));
    let go = ending.go.iter().map(|go| Choice::new(Say::dynamic(format!("{}-title", go.value.replace(['.', '_'], "-"))), Postback::begin(&go.value)));
    let mut choices: Vec<_> = faq.chain(go).collect();
    if choices.is_empty() {
        return Outcome::done(vec![Part::text(text)]);
    }
    choices.push(Choice::new(Say::key("menu-label"), "menu"));
    Outcome::done(vec![Part::Choices { text, choices }])
}

/// The staff's words in the resident's language, or in Japanese.
fn spoken(lang: Lang, words: &file::Words) -> String {
    let all = words.by_language();
    all.get(&lang).or_else(|| all.get(&Lang::Ja)).cloned().unwrap_or_default()
}
