use crate::{Office, door::Me, error::Refusal, page, show};
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use model::{Bill, ConversationId, RefundWay};
use serde::Deserialize;
use store::{
    CityTx,
    bills::{self, Refund, RefundState},
    ledger,
};
use uuid::Uuid;

/// Where the money shall go.
enum Account {
    None,
    Known(Told),
    /// A person under protection: seen only after their conversation was opened with a reason.
    Hidden(ConversationId),
}

/// What the resident told; sealed with their key.
#[derive(Deserialize)]
struct Told {
    bank: String,
    branch: String,
    r#type: String,
    number: String,
    holder: String,
}

pub struct Found {
    refunds: Vec<(Refund, Option<Bill>, Account)>,
    /// Bill, what it is for, its amount, what came, by which way.
    held: Vec<(String, String, i64, i64, String)>,
    balances: Vec<(String, i64)>,
}

impl Found {
    pub fn shows_accounts(&self) -> bool {
        self.refunds.iter().any(|(_, _, account)| matches!(account, Account::Known(_)))
    }
}

/// Under protection, and this person has not given a reason a while ago.
async fn hidden(tx: &mut CityTx, me: &Me, conversation: ConversationId, now: DateTime<Utc>) -> Result<bool, Refusal> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM thread t WHERE t.city_id = $1 AND t.conversation_id = $2 AND t.protected
             AND NOT EXISTS (SELECT 1 FROM staff_look l WHERE l.city_id = $1 AND l.conversation_id = $2 AND l.staff_id = $3 AND l.until > $4))",
    )
    .bind(me.id().as_str())
    .bind(conversation.0)
    .bind(me.staff.id)
    .bind(now)
    .fetch_one(&mut **tx)
    .await?)
}

pub async fn read(office: &Office, tx: &mut CityTx, me: &Me, now: DateTime<Utc>) -> Result<Found, Refusal> {
    let mut refunds = Vec::new();
    for refund in bills::waiting(tx, me.id()).await? {
        let bill = bills::find(tx, me.id(), refund.bill).await?;
        let conversation = bill.as_ref().and_then(|bill| bill.conversation);
        let account = match (&refund.way, conversation) {
            (RefundWay::Bank { .. }, Some(conversation)) if hidden(tx, me, conversation, now).await? => Account::Hidden(conversation),
            (RefundWay::Bank { sealed }, Some(conversation)) => {
                let plain = store::open_for_conversation(&office.db, tx, me.id(), conversation, sealed, "refund").await?;
                serde_json::from_slice(&plain).map_or(Account::None, Account::Known)
            }
            _ => Account::None,
        };
        refunds.push((refund, bill, account));
    }
    let held = sqlx::query_as(
        "SELECT b.number, b.title, b.total, p.amount, p.provider FROM payment p JOIN bill b ON b.city_id = p.city_id AND b.bill_id = p.bill_id WHERE p.city_id = $1 AND p.state = 'held' ORDER BY p.came_at LIMIT 200",
    )
    .bind(me.id().as_str())
    .fetch_all(&mut **tx)
    .await?;
    let balances = ledger::balances(tx, me.id()).await?;
    Ok(Found { refunds, held, balances })
}

fn way(provider: &str) -> &str {
    match provider {
        "stripe" => "クレジットカード",
        "paypay" => "PayPay",
        "sandbox" => "おためし払い",
        "cash" => "現金",
        other => other,
    }
}

fn reason(reason: &str) -> &str {
    match reason {
        "cancelled" => "取り消し",
        "late" => "期限のあとの入金",
        "paid_twice" => "二重の支払い",
        "taken" => "枠がもうなかった",
        other => other,
    }
}

fn account(name: &str) -> String {
    let known = match name {
        "receivable" => "未収（請求済み）",
        "revenue" => "収入",
        "suspense" => "仮受け（行き先が未定）",
        "refunds_due" => "返金の約束",
        "cash" => "現金",
        "bank" => "銀行口座",
        "vouchers" => "商品券の残高",
        "subsidy" => "商品券の上乗せ",
        "shops_due" => "店への支払い",
        other => return other.strip_prefix("provider:").map_or_else(|| other.to_owned(), |provider| format!("決済会社：{}", way(provider))),
    };
    known.to_owned()
}

pub fn page(me: &Me, found: &Found, done: &str, entry: Uuid, now: DateTime<Utc>) -> Markup {
    let base = format!("/backoffice/{}/money", me.id());
    let sum: i64 = found.balances.iter().map(|(_, yen)| yen).sum();
    html! {
        main.sheet {
            h1 { "お金" }
            @if !done.is_empty() { p.told role="status" { (show::line(done)) } }
            section.box { h2 { "窓口で受け取った現金" }
                form.inline method="post" action={ (base) "/cash" } {
                    (page::token(me)) input type="hidden" name="entry" value=(entry);
                    label { "請求の番号" input name="bill" placeholder="B-123456-7" maxlength="20" autocomplete="off" required; }
                    label { "金額（円）" input name="amount" type="number" min="1" max="100000000" required; }
                    button.main type="submit" { "記録する" }
                }
                p.small { "番号は、予約の一覧か、本人の画面にあります。金額が請求と違うときは記録されません。" }
            }
            section { h2 { "待っている返金" } (refunds(me, found, &base, now)) }
            section { h2 { "請求と違う金額の入金" }
                @if found.held.is_empty() { p.nothing { "ありません。" } }
                @else { table { thead { tr { th { "請求" } th { "内容" } th { "請求額" } th { "入金額" } th { "方法" } } } tbody { @for (number, title, total, came, provider) in &found.held { tr { td { (number) } td { (show::line(title)) } td.n { (total) "円" } td.n { (came) "円" } td { (way(provider)) } } } } }
                    p.small { "決済会社の管理画面で入金を確かめ、本人に連絡して、返すか差額を受け取るかを決めてください。請求は未払いのままです。" } }
            }
            section { h2 { "帳簿" }
                table { thead { tr { th { "科目" } th { "残高（円）" } } } tbody { @for (name, yen) in &found.balances { tr { td { (account(name)) } td.n { (yen) } } } tr { th scope="row" { "合計（いつも0）" } td.n { (sum) } } } }
            }
        }
    }
}

fn refunds(me: &Me, found: &Found, base: &str, now: DateTime<Utc>) -> Markup {
    if found.refunds.is_empty() {
        return html! { p.nothing { "待っている返金はありません。" } };
    }
    html! {
        table {
            thead { tr { th { "請求" } th { "内容" } th { "金額" } th { "理由" } th { "受付" } th { "返し方" } th { "次にすること" } } }
            tbody { @for (refund, bill, account) in &found.refunds { tr {
                td { @if let Some(bill) = bill { (bill.number) } } td { @if let Some(bill) = bill { (show::line(&bill.title)) } }
                td.n { (refund.amount) "円" } td { (reason(&refund.reason)) } td { (show::moment(refund.asked_at, now, me.city.zone)) }
                td {
                    @match account {
                        Account::Hidden(conversation) => { "保護対象の方：" a href={ "/backoffice/" (me.id()) "/talks/" (conversation) } { "会話" } "を理由を選んで開くと、15分間ここに振込先が出ます" },
                        Account::Known(account) => { "振込：" (show::line(&account.bank)) " " (show::line(&account.branch)) " " (show::line(&account.r#type)) " " (account.number) " " (show::line(&account.holder)) },
                        Account::None => { (way(&refund.provider)) "で支払い" @if refund.by_hand() { "（窓口で現金、または振込先を本人に聞く）" } },
                    }
                    @if let Some(why) = &refund.why { br; span.small { "決済会社：" (show::line(why)) } }
                }
                td { (next(me, base, refund)) }
            } } }
        }
    }
}

fn next(me: &Me, base: &str, refund: &Refund) -> Markup {
    let form = |body: Markup| html! { form.inline method="post" action={ (base) "/refund" } { (page::token(me)) input type="hidden" name="refund" value=(refund.id); (body) } };
    if !me.staff.role.edits() {
        return html! { span.small { "編集者か管理者が進めます" } };
    }
    match refund.state {
        RefundState::Asked => html! {
            (form(html! { button.main type="submit" name="do" value="approve" { "承認する" } }))
            (form(html! { input name="why" maxlength="200" placeholder="断る理由" aria-label="断る理由（本人に伝わります）" required; button type="submit" name="do" value="refuse" { "断る" } }))
        },
        RefundState::Approved | RefundState::Failed if refund.by_hand() => form(html! { button type="submit" name="do" value="bank" { "振り込んだ" } button type="submit" name="do" value="cash" { "現金で渡した" } }),
        _ => html! { span.small { "決済会社が進めています" } },
    }
}
