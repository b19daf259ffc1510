//! What a provider's word on an attempt means for the bill.

use super::attempts::{self, Attempt, State};
use crate::{Around, WorkError, tell};
use model::Yen;
use outer::payments::Found;
use sqlx::PgConnection;
use store::{
    Wanted, Wish,
    bills::{self, Came, NewPayment},
};

/// Where an attempt stands after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Money came, one way or another.
    Came,
    /// No money came by it, and none will.
    Over,
    Waiting,
}

/// Writes down what the provider said. Said twice it counts once.
pub async fn settle(around: &Around, tx: &mut PgConnection, attempt: &Attempt, found: &Found) -> Result<Settled, WorkError> {
    let (city, now) = (&around.city.id, around.now);
    match found {
        Found::Paid { payment, amount, currency } => {
            let amount = Yen::new(*amount).ok().filter(|amount| currency == "JPY" && *amount > Yen::ZERO);
            let Some(amount) = amount else {
                // It cannot be booked in yen: staff look at it with the provider.
                hold(around, tx, attempt, &format!("{payment}: {found:?}")).await?;
                return Ok(Settled::Came);
            };
            let new = NewPayment { bill: attempt.bill, provider: attempt.provider.clone(), reference: payment.clone(), amount };
            match bills::pay(&around.db, tx, city, &new, now).await? {
                Came::Differs => hold(around, tx, attempt, &format!("{payment}: {amount} yen came")).await?,
                Came::NoBill => return Err(WorkError::Never(format!("the attempt {} is for no bill", attempt.id))),
                Came::Twice => {
                    attempts::set(tx, city, attempt.id, State::Paid, Some("twice")).await?;
                    news(around, tx, attempt, "twice").await?;
                }
                Came::Paid | Came::Late | Came::Known => attempts::set(tx, city, attempt.id, State::Paid, None).await?,
            }
            Ok(Settled::Came)
        }
        Found::Over => {
            attempts::set(tx, city, attempt.id, State::Over, None).await?;
            Ok(Settled::Over)
        }
        // Some providers know a page only once somebody has begun to pay on it.
        Found::Nothing if attempt.state == State::Closing || attempt.expires_at <= now => {
            attempts::set(tx, city, attempt.id, State::Over, None).await?;
            Ok(Settled::Over)
        }
        Found::Waiting | Found::Nothing => Ok(Settled::Waiting),
    }
}

/// What came is not what was asked for: nothing is confirmed, and the conversation is put before the staff.
async fn hold(around: &Around, tx: &mut PgConnection, attempt: &Attempt, problem: &str) -> Result<(), WorkError> {
    if !attempt.state.may_pay() {
        return Ok(());
    }
    tracing::warn!(city = %around.city.id, attempt = %attempt.id, problem, "a payment is held for staff");
    attempts::set(tx, &around.city.id, attempt.id, State::Held, Some(problem)).await?;
    if let Some(conversation) = attempt.conversation {
        let wish = Wish { reason: Wanted::Asked, desk: None, now: around.now };
        store::want_person(tx, &around.city.id, conversation, around.db.uuid(), wish).await?;
    }
    news(around, tx, attempt, "held").await
}

async fn news(around: &Around, tx: &mut PgConnection, attempt: &Attempt, event: &str) -> Result<(), WorkError> {
    if let Some(conversation) = attempt.conversation {
        tell(&around.db, tx, &around.city.id, conversation, (super::ID, event, &attempt.id.to_string()), around.now).await?;
    }
    Ok(())
}
