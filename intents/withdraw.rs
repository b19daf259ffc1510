//! Taking back what a resident handed in, by its receipt.

use crate::{Context, ServiceError};
use dialogue::Outcome;

/// Runs a statement that marks one row of this conversation as withdrawn. It gets the city ($1), the conversation ($2), the
/// receipt ($3) and the moment ($4). [`Outcome::Nothing`] where no row fits: it is somebody else's, or too late.
pub(crate) async fn withdraw(context: &mut Context<'_>, statement: &'static str, receipt: &str) -> Result<Outcome, ServiceError> {
    let done = sqlx::query(statement)
        .bind(context.city.id.as_str())
        .bind(context.conversation.0)
        .bind(receipt)
        .bind(context.now.to_utc())
        .execute(&mut *context.tx)
        .await?;
    Ok(if done.rows_affected() == 1 { Outcome::done(Vec::new()) } else { Outcome::Nothing })
}
