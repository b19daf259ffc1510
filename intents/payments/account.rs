//! Money that staff give back by hand can go to a bank account: the resident tells which, read back before it is kept.

use crate::{Context, ServiceError};
use dialogue::{Answer, Field, FieldKind, Form, OptionSpec, Outcome};
use model::{Choice, Part, Postback, RefundId, Say};
use serde_json::json;
use std::collections::BTreeMap;
use store::bills;
use uuid::Uuid;

pub const ACCOUNT: &str = "payment.account";
/// The place in which an account is sealed; see `store::seal_for_conversation`.
pub const PLACE: &str = "refund";

/// Begun by a tap only: it needs a refund that waits for it.
pub fn form() -> Form {
    let kinds = vec![OptionSpec::new("ordinary", &["普通", "ふつう", "ordinary", "savings"]), OptionSpec::new("current", &["当座", "とうざ", "current", "checking"])];
    Form::task(ACCOUNT, &[])
        .field(Field::new("bank", FieldKind::Text { max: 40 }))
        .field(Field::new("branch", FieldKind::Text { max: 40 }))
        .field(Field::new("type", FieldKind::Choice { options: kinds }))
        // Seven digits at banks, up to eight at Japan Post Bank.
        .field(Field::new("number", FieldKind::Digits { min: 7, max: 8 }))
        .field(Field::new("holder", FieldKind::KanaName))
}

/// The tap that begins it, where money waits to be given by hand.
pub async fn choice(context: &mut Context<'_>) -> Result<Option<Choice>, ServiceError> {
    Ok((!waiting(context).await?.is_empty()).then(|| Choice::new(Say::key("payment-account-title"), Postback::begin(ACCOUNT))))
}

/// One's own refunds that staff will give by hand, and that no account is known for.
async fn waiting(context: &mut Context<'_>) -> Result<Vec<Uuid>, ServiceError> {
    let contacts: Vec<Uuid> = store::contacts_of(context.tx, &context.city.id, context.conversation).await?.into_iter().map(|contact| contact.0).collect();
    Ok(sqlx::query_scalar(
        "SELECT r.refund_id FROM refund r JOIN payment p ON p.city_id = r.city_id AND p.payment_id = r.payment_id JOIN bill b ON b.city_id = r.city_id AND b.bill_id = r.bill_id
         JOIN conversation c ON c.city_id = b.city_id AND c.conversation_id = b.conversation_id
         WHERE r.city_id = $1 AND c.contact_id = ANY($2) AND r.way = 'as_paid' AND (r.state = 'failed' OR (p.provider = 'cash' AND r.state IN ('asked', 'approved'))) ORDER BY r.asked_at",
    )
    .bind(context.city.id.as_str())
    .bind(contacts)
    .fetch_all(&mut *context.tx)
    .await?)
}

pub async fn keep(context: &mut Context<'_>, answers: &BTreeMap<String, Answer>) -> Result<Outcome, ServiceError> {
    let city = context.city.id.clone();
    let told = |name: &str| answers.get(name).map_or("", |answer| answer.label.as_str());
    let account = json!({ "bank": told("bank"), "branch": told("branch"), "type": told("type"), "number": told("number"), "holder": told("holder") }).to_string();
    let mut yen = model::Yen::ZERO;
    for id in waiting(context).await? {
        let Some(refund) = bills::find_refund(context.tx, &city, RefundId(id)).await? else { continue };
        let Some(owner) = bills::find(context.tx, &city, refund.bill).await?.and_then(|bill| bill.conversation) else { continue };
        // By the key of the account that the bill is of, so that it goes with that.
        let sealed = store::seal_for_conversation(context.db, context.tx, &city, owner, account.as_bytes(), PLACE).await?;
        if bills::to_bank(context.tx, &city, refund.id, &sealed).await? {
            yen = yen.plus(refund.amount).map_err(store::StoreError::from)?;
        }
    }
    let menu = Choice::new(Say::key("menu-label"), "menu");
    let text = if yen == model::Yen::ZERO { Say::key("payment-account-none") } else { Say::key("payment-account-kept").with("amount", yen.to_string()) };
    Ok(Outcome::done(vec![Part::Choices { text, choices: vec![Choice::new(Say::key("payment-receipt-title"), Postback::begin(super::RECEIPT)), menu] }]))
}
