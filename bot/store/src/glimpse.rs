//! What turns leave for the staff's eyes: the last words of each conversation, and what was understood.

use crate::{Handled, StoreError};
use chrono::{DateTime, Utc};
use model::CityId;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// What a list shows of a conversation's latest turn.
#[derive(Clone, Debug, Default)]
pub struct Glimpse {
    /// The last event's time; `None` when there was none.
    pub at: Option<DateTime<Utc>>,
    /// The resident's last words; `None` leaves what was there.
    pub preview: Option<String>,
    pub lang: &'static str,
    /// So many messages of the resident that staff have not seen.
    pub unread: i32,
    pub understood: Vec<Understood>,
}

/// What the machine made of one event.
#[derive(Clone, Debug)]
pub struct Understood {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub intent: Option<String>,
    pub confidence: Option<f32>,
    pub form: Option<String>,
    pub emergency: Option<&'static str>,
    pub missed: bool,
    pub silent: bool,
    /// Answers a question about the person.
    pub personal: bool,
    /// What can be searched for later.
    pub words: String,
}

/// Characters of the last words that are kept for lists.
const PREVIEW: usize = 80;
/// Characters of a message that can be searched.
const SEARCHED: usize = 5_000;

/// Pairs of neighbouring characters, folded as a search folds them: every substring of two or more characters has some.
pub fn grams(text: &str) -> Vec<String> {
    let chars: Vec<char> = folded(text).chars().filter(|c| !c.is_whitespace()).take(SEARCHED).collect();
    let pairs: BTreeSet<String> = chars.windows(2).map(|pair| pair.iter().collect()).collect();
    pairs.into_iter().collect()
}

/// How texts and needles are made alike before they are compared.
pub fn folded(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').flat_map(char::to_lowercase).collect()
}

/// Writes the glimpses of a city's turns, in their transaction and before the conversations' own rows: staff take the same
/// order.
pub(crate) async fn save(tx: &mut PgConnection, city: &CityId, handled: &[Handled]) -> Result<(), StoreError> {
    let seen: Vec<(&Handled, DateTime<Utc>)> = handled.iter().filter_map(|h| h.glimpse.at.map(|at| (h, at))).collect();
    if seen.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO thread AS t (city_id, conversation_id, channel, last_at, preview, lang, unread)
         SELECT $1, n.id, n.channel, n.at, COALESCE(n.preview, ''), n.lang, n.unread
         FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::int[]) AS n (id, channel, at, preview, lang, unread)
         ORDER BY n.id
         ON CONFLICT (city_id, conversation_id) DO UPDATE SET
             last_at = GREATEST(t.last_at, EXCLUDED.last_at), preview = COALESCE(NULLIF(EXCLUDED.preview, ''), t.preview), lang = EXCLUDED.lang,
             unread = t.unread + EXCLUDED.unread, talked_at = CASE WHEN t.mode = 'staff' THEN EXCLUDED.last_at ELSE t.talked_at END,
             snoozed_until = CASE WHEN EXCLUDED.unread > 0 THEN NULL ELSE t.snoozed_until END,
             waiting_since = CASE WHEN t.mode = 'staff' AND EXCLUDED.unread > 0 THEN COALESCE(t.waiting_since, EXCLUDED.last_at) ELSE t.waiting_since END",
    )
    .bind(city.as_str())
    .bind(seen.iter().map(|(h, _)| h.turn.conversation.0).collect::<Vec<_>>())
    .bind(seen.iter().map(|(h, _)| h.turn.channel.as_str()).collect::<Vec<_>>())
    .bind(seen.iter().map(|(_, at)| *at).collect::<Vec<_>>())
    .bind(seen.iter().map(|(h, _)| h.glimpse.preview.as_deref().map(short)).collect::<Vec<_>>())
    .bind(seen.iter().map(|(h, _)| h.glimpse.lang).collect::<Vec<_>>())
    .bind(seen.iter().map(|(h, _)| h.glimpse.unread).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    save_understood(tx, city, handled).await
}

async fn save_understood(tx: &mut PgConnection, city: &CityId, handled: &[Handled]) -> Result<(), StoreError> {
    let all: Vec<(&Handled, &Understood)> = handled.iter().flat_map(|h| h.glimpse.understood.iter().map(move |u| (h, u))).collect();
    if all.is_empty() {
        return Ok(());
    }
    // An array of arrays must be rectangular in PostgreSQL: the pairs travel as one text, separated by what no text holds.
    let joined = |u: &Understood| grams(&u.words).join("\u{1F}");
    sqlx::query(
        "INSERT INTO understood (city_id, conversation_id, seq, at, channel, intent, confidence, form, emergency, missed, silent, personal, grams)
         SELECT $1, n.id, n.seq, n.at, n.channel, n.intent, n.confidence, n.form, n.emergency, n.missed, n.silent, n.personal, string_to_array(n.grams, E'\\x1f')
         FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::real[], $8::text[], $9::text[], $10::bool[], $11::bool[], $12::bool[], $13::text[])
             AS n (id, seq, at, channel, intent, confidence, form, emergency, missed, silent, personal, grams)
         ON CONFLICT DO NOTHING",
    )
    .bind(city.as_str())
    .bind(all.iter().map(|(h, _)| h.turn.conversation.0).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.seq).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.at).collect::<Vec<_>>())
    .bind(all.iter().map(|(h, _)| h.turn.channel.as_str()).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.intent.as_deref()).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.confidence).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.form.as_deref()).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.emergency).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.missed).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.silent).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| u.personal).collect::<Vec<_>>())
    .bind(all.iter().map(|(_, u)| joined(u)).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// The beginning of a text on one line.
fn short(text: &str) -> String {
    let line = text.chars().filter(|c| *c != '\0').map(|c| if c.is_control() { ' ' } else { c });
    line.take(PREVIEW).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_substring_of_two_characters_has_its_pairs() {
        let whole = grams("引っ越しの手続き ABC");
        for part in ["越し", "手続き", "きab", "引っ越し"] {
            assert!(grams(part).iter().all(|pair| whole.contains(pair)), "{part}");
        }
        assert!(!grams("転居").iter().all(|pair| whole.contains(pair)));
        assert!(grams("あ").is_empty());
    }

    #[test]
    fn a_glimpse_is_one_short_line() {
        assert_eq!(short("一行目\n二行目"), "一行目 二行目");
        assert_eq!(short(&"あ".repeat(10_000)).chars().count(), PREVIEW);
    }
}
