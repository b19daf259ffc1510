use crate::{City, Name, Work};
use chrono::{DateTime, FixedOffset};
use dialogue::{Answer, Form, Found, News, Offer, Outcome};
use futures_util::future::BoxFuture;
use model::{Channel, ConversationId, Ids, Lang, Understanding};
use sqlx::PgConnection;
use std::{any::Any, collections::BTreeMap, sync::Arc};
use store::{Db, MigrationFile, StoreError};

/// What a service may use while it works: the turn's transaction, the city, and the moment. No clock, no channel.
pub struct Context<'a> {
    pub tx: &'a mut PgConnection,
    pub city: &'a City,
    pub conversation: ConversationId,
    /// When the resident's message arrived, in the city's zone.
    pub now: DateTime<FixedOffset>,
    pub lang: Lang,
    pub channel: Channel,
    /// What was understood of the words, if there were any.
    pub understanding: Option<&'a Understanding>,
    pub ids: &'a dyn Ids,
    /// For keys; statements go through `tx`.
    pub db: &'a Db,
}

/// One service of the city hall.
pub trait Service: Send + Sync {
    /// By which name it is addressed from within; needed only by a service that tells something unasked.
    fn id(&self) -> &'static str {
        ""
    }

    /// What a resident can begin.
    fn forms(&self) -> Vec<Form>;

    /// Its words: one Fluent file per language.
    fn texts(&self) -> Vec<(Lang, &'static str)>;

    fn migrations(&self) -> &'static [MigrationFile] {
        &[]
    }

    /// The names that it knows things by, for recognising them in what residents say.
    fn names<'a>(&'a self, _tx: &'a mut PgConnection, _city: &'a model::CityId) -> BoxFuture<'a, Result<Vec<Name>, ServiceError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// What of a city's content it wants in memory (a search index); found again by [`City::content`].
    fn content<'a>(&'a self, _tx: &'a mut PgConnection, _city: &'a model::CityId) -> BoxFuture<'a, Result<Option<Arc<dyn Any + Send + Sync>>, ServiceError>> {
        Box::pin(async { Ok(None) })
    }

    /// Which of its forms mean nothing in a city, because it has no content for them. Their intents are answered there as questions.
    fn without<'a>(&'a self, _tx: &'a mut PgConnection, _city: &'a model::CityId) -> BoxFuture<'a, Result<Vec<&'static str>, ServiceError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Forms that a city wrote itself, with their words; in the city's own catalogue only.
    fn own_forms<'a>(&'a self, _tx: &'a mut PgConnection, _city: &'a model::CityId) -> BoxFuture<'a, Result<Vec<OwnForm>, ServiceError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Whether a form that stands in a city's own catalogue is this service's.
    fn owns(&self, _form: &str) -> bool {
        false
    }

    /// Sentences, as (intent, text), that a city put beside what they mean.
    fn sentences<'a>(&'a self, _tx: &'a mut PgConnection, _city: &'a model::CityId) -> BoxFuture<'a, Result<Vec<(String, String)>, ServiceError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// The kinds of jobs that it schedules and does later.
    fn works(&self) -> Vec<Arc<dyn Work>> {
        Vec::new()
    }

    /// What it says of something that happened (see [`crate::tell`]), as it stands at this moment.
    fn tell<'a>(&'a self, _context: &'a mut Context<'_>, _event: &'a str, _key: &'a str) -> BoxFuture<'a, Result<News, ServiceError>> {
        Box::pin(async { Ok(News::default()) })
    }

    /// What words mean for a field. `asked`: they answer its question; otherwise they are a whole request.
    fn lookup<'a>(&'a self, _context: &'a mut Context<'_>, _form: &'a str, _field: &'a str, _text: &'a str, _asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async { Ok(Found::None) })
    }

    /// What can be answered to a field of the kind [`dialogue::FieldKind::Offer`], in the light of the answers so far.
    fn offer<'a>(&'a self, _context: &'a mut Context<'_>, form: &'a str, _field: &'a str, _answers: &'a BTreeMap<String, Answer>) -> BoxFuture<'a, Result<Offer, ServiceError>> {
        Box::pin(async { Err(ServiceError::NotMine(form.to_owned())) })
    }

    /// Takes back what was done under a receipt by this conversation. [`Outcome::Nothing`]: it cannot be taken back by a word.
    fn undo<'a>(&'a self, _context: &'a mut Context<'_>, _form: &'a str, _receipt: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async { Ok(Outcome::Nothing) })
    }

    /// Does what a form is for. Runs in a savepoint of the turn's transaction.
    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>>;
}

/// A form that a city wrote itself.
#[derive(Clone, Debug)]
pub struct OwnForm {
    pub form: Form,
    /// Its words by key.
    pub texts: Vec<(String, OwnText)>,
}

/// Words of a city's own form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnText {
    /// As the staff wrote them: Japanese at least.
    Words(BTreeMap<Lang, String>),
    /// The usual words of the house, by their key.
    Usual(&'static str),
}

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a form of the city's own: {0}")]
    OwnForm(#[from] dialogue::BadCatalogue),
    #[error("it cannot be written: {0}")]
    Export(String),
    #[error("the form `{0}` is not this service's")]
    NotMine(String),
}

/// A service's texts: `texts/<language>.ftl` beside the calling file.
#[macro_export]
macro_rules! service_texts {
    () => {
        vec![
            (model::Lang::Ja, include_str!("texts/ja.ftl")),
            (model::Lang::JaEasy, include_str!("texts/ja-easy.ftl")),
            (model::Lang::En, include_str!("texts/en.ftl")),
            (model::Lang::Zh, include_str!("texts/zh.ftl")),
            (model::Lang::Ko, include_str!("texts/ko.ftl")),
            (model::Lang::Vi, include_str!("texts/vi.ftl")),
        ]
    };
}
