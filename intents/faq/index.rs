use crate::ServiceError;
use chrono::NaiveDate;
use model::CityId;
use search::{Doc, Encode, Synonyms};
use sqlx::PgConnection;
use std::{collections::HashMap, sync::Arc};

/// One answer of the city.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub entry_id: String,
    pub question: String,
    pub answer: String,
    pub also: String,
    pub keywords: String,
    pub desk_id: Option<String>,
    pub source: Option<String>,
    pub updated_on: Option<NaiveDate>,
    pub expires_on: Option<NaiveDate>,
}

/// A city's answers, searchable, in memory.
pub struct Index {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
    /// Questions and other wordings, folded, to the entry.
    by_wording: HashMap<String, usize>,
    search: search::Index,
}

fn wording_key(text: &str) -> String {
    crate::names::key(text).trim_matches(['?', '？', '。', '、', '!', '.']).to_owned()
}

impl Index {
    pub async fn load(tx: &mut PgConnection, city: &CityId, encoder: Option<Arc<dyn Encode>>) -> Result<Self, ServiceError> {
        let entries: Vec<Entry> = sqlx::query_as(
            "SELECT entry_id, question, answer, also, keywords, desk_id, source, updated_on, expires_on FROM faq WHERE city_id = $1 ORDER BY entry_id",
        )
        .bind(city.as_str())
        .fetch_all(tx)
        .await?;
        Ok(Self::build(entries, encoder))
    }

    pub fn build(entries: Vec<Entry>, encoder: Option<Arc<dyn Encode>>) -> Self {
        let docs = entries
            .iter()
            .map(|entry| Doc {
                id: entry.entry_id.clone(),
                question: entry.question.clone(),
                answer: entry.answer.clone(),
                extra: format!("{}\n{}", entry.also.replace('|', "\n"), entry.keywords),
            })
            .collect();
        let by_id = entries.iter().enumerate().map(|(n, entry)| (entry.entry_id.clone(), n)).collect();
        let by_wording = entries
            .iter()
            .enumerate()
            .flat_map(|(n, entry)| std::iter::once(entry.question.as_str()).chain(entry.also.split('|')).map(move |wording| (wording_key(wording), n)))
            .collect();
        Self { by_wording, search: search::Index::with(docs, Synonyms::ours(), encoder), entries, by_id }
    }

    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.by_id.get(id).map(|n| &self.entries[*n])
    }

    /// The entry whose question is asked word for word.
    pub fn asked_word_for_word(&self, text: &str, today: NaiveDate) -> Option<&Entry> {
        let entry = &self.entries[*self.by_wording.get(&wording_key(text))?];
        entry.expires_on.is_none_or(|last| last >= today).then_some(entry)
    }

    /// The best entries that are still true on `today`, with how sure each is (0 to 1).
    pub fn find(&self, query: &str, today: NaiveDate, limit: usize) -> Vec<(f32, &Entry)> {
        self.search
            .rank(query, limit + 8)
            .into_iter()
            .filter_map(|hit| Some((hit.confidence, self.entries.get(hit.doc)?)))
            .filter(|(_, entry)| entry.expires_on.is_none_or(|last| last >= today))
            .take(limit)
            .collect()
    }
}
