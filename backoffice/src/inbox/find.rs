//! Search in what was said: any substring of two or more characters, also in Japanese.

use crate::{error::Refusal, door::Me};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use store::{folded, grams};
use uuid::Uuid;

/// Messages that are looked at more closely, newest first; more of them only where the first few do not fill the list.
const FEW: i32 = 150;
const MANY: i32 = 2_000;
const MOST: usize = 60;

/// The conversations in which the words were said, newest first; also those with such a tag.
pub async fn conversations(tx: &mut PgConnection, me: &Me, words: &str, now: DateTime<Utc>) -> Result<Vec<Uuid>, Refusal> {
    let personal = me.staff.role.sees_personal_data();
    let needle = words.trim().replace('\0', "");
    let pairs = grams(&needle);
    let mut found: Vec<Uuid> = Vec::new();
    // The pairs name the candidates; the words themselves decide. A few are mostly enough.
    for most in [FEW, MANY].into_iter().filter(|_| !pairs.is_empty()) {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT l.conversation_id, i.content::text FROM said_like($2, $3) l
             JOIN inbox i ON i.city_id = $1 AND i.conversation_id = l.conversation_id AND i.seq = l.seq
             JOIN thread t ON t.city_id = $1 AND t.conversation_id = l.conversation_id AND ($4::text[] = '{{}}' OR t.desk_id = ANY($4))
                 AND (NOT t.protected OR EXISTS (SELECT 1 FROM staff_look s WHERE s.city_id = $1 AND s.staff_id = $5 AND s.conversation_id = t.conversation_id AND s.until > $6))
             {}",
            if personal { "" } else { "JOIN understood u ON u.city_id = $1 AND u.conversation_id = l.conversation_id AND u.seq = l.seq AND NOT u.personal" }
        )))
        .bind(me.id().as_str())
        .bind(&pairs)
        .bind(most)
        .bind(me.desks())
        .bind(me.staff.id)
        .bind(now)
        .fetch_all(&mut *tx)
        .await?;
        let (wanted, all) = (tight(&needle), i32::try_from(rows.len()).is_ok_and(|rows| rows < most));
        for (conversation, content) in rows {
            // Who sees no numbers finds none by asking for them.
            let content = if personal { content } else { crate::mask::masked(&content) };
            if found.len() < MOST && !found.contains(&conversation) && tight(&content).contains(&wanted) {
                found.push(conversation);
            }
        }
        if all || found.len() >= MOST {
            break;
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

fn tight(text: &str) -> String {
    folded(text).chars().filter(|c| !c.is_whitespace()).collect()
}
