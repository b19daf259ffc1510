//! Search in what was said: any substring of two or more characters, also in Japanese.

use crate::{error::Refusal, door::Me};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use store::{folded, grams};
use uuid::Uuid;

/// Messages that are looked at more closely.
const CANDIDATES: i32 = 2_000;
const MOST: usize = 60;

/// The conversations in which the words were said, newest first; also those with such a tag.
pub async fn conversations(tx: &mut PgConnection, me: &Me, words: &str, now: DateTime<Utc>) -> Result<Vec<Uuid>, Refusal> {
    let personal = me.staff.role.sees_personal_data();
    let needle = words.trim().replace('\0', "");
    let pairs = grams(&needle);
    let mut found: Vec<Uuid> = Vec::new();
    if !pairs.is_empty() {
        // The pairs name the candidates; the words themselves decide.
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT l.conversation_id, i.content::text FROM said_like($2, $3) l
             JOIN inbox i ON i.city_id = $1 AND i.conversation_id = l.conversation_id AND i.seq = l.seq
             JOIN thread t ON t.city_id = $1 AND t.conversation_id = l.conversation_id AND ($4::text[] = '{}' OR t.desk_id = ANY($4))
                 AND (NOT t.protected OR EXISTS (SELECT 1 FROM staff_look s WHERE s.city_id = $1 AND s.staff_id = $5 AND s.conversation_id = t.conversation_id AND s.until > $6))
             JOIN understood u ON u.city_id = $1 AND u.conversation_id = l.conversation_id AND u.seq = l.seq AND ($7 OR NOT u.personal)",
        )
        .bind(me.id().as_str())
        .bind(&pairs)
        .bind(CANDIDATES)
        .bind(me.desks())
        .bind(me.staff.id)
        .bind(now)
        .bind(personal)
        .fetch_all(&mut *tx)
        .await?;
        let tight = |text: &str| folded(text).chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let wanted = tight(&needle);
        for (conversation, content) in rows {
            // Who sees no numbers finds none by asking for them.
            let content = if personal { content } else { crate::show::masked(&content) };
            if found.len() < MOST && !found.contains(&conversation) && tight(&content).contains(&wanted) {
                found.push(conversation);
            }
        }
    }
    let tagged: Vec<Uuid> = sqlx::query_scalar("SELECT conversation_id FROM thread WHERE city_id = $1 AND $2 = ANY(tags) ORDER BY last_at DESC LIMIT 60")
        .bind(me.id().as_str())
        .bind(&needle)
        .fetch_all(tx)
        .await?;
    found.extend(tagged);
    Ok(found)
}
