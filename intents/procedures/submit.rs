//! Handing in: the answers, sealed, for the desk; a receipt for the resident.

use super::file::{Procedure, Words};
use crate::{Context, ServiceError, people::receipt};
use dialogue::{Answer, Outcome};
use model::{Part, Say};
use std::collections::BTreeMap;

pub(super) const WITHDRAW: &str = "UPDATE submission SET withdrawn_at = $4 WHERE city_id = $1 AND conversation_id = $2 AND receipt = $3 AND withdrawn_at IS NULL";

pub(super) async fn submit(
    context: &mut Context<'_>,
    procedure: &Procedure,
    version: u32,
    answers: &BTreeMap<String, Answer>,
    done: &Words,
) -> Result<Outcome, ServiceError> {
    let mut given: BTreeMap<String, String> = answers.iter().map(|(name, answer)| (name.clone(), answer.value.clone())).collect();
    // To what somebody agreed is kept in the words that they read; no question's name holds a dot.
    given.extend(super::acting::consents(procedure, answers, context.lang, context.channel).into_iter().map(|(name, words)| (format!("{name}.words"), words)));
    let plain = serde_json::to_vec(&given).map_err(store::StoreError::from)?;
    let sealed = store::seal_for_conversation(context.db, context.tx, &context.city.id, context.conversation, &plain, "submission").await?;
    let id = context.ids.uuid();
    let receipt = receipt('P', id);
    sqlx::query(
        "INSERT INTO submission (city_id, submission_id, conversation_id, procedure_id, version, receipt, sealed, desk_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(context.city.id.as_str())
    .bind(id)
    .bind(context.conversation.0)
    .bind(&procedure.id.value)
    .bind(i32::try_from(version).unwrap_or(i32::MAX))
    .bind(&receipt)
    .bind(sealed)
    .bind(&procedure.desk)
    .bind(context.now.to_utc())
    .execute(&mut *context.tx)
    .await?;
    let text = Say::Lines(vec![Say::plain(super::spoken(context.lang, done)), Say::key("procedures-receipt").with("receipt", receipt.as_str())]);
    Ok(Outcome::Done { say: vec![Part::text(text)], alternatives: Vec::new(), receipt: Some(receipt) })
}
