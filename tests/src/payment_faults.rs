//! Many residents pay while everything goes wrong that can: providers that do something and never say so, notices that are lost,
//! doubled and late, residents who leave, pay twice, pay something else or pay too late, and a counter that is killed. What must
//! hold afterwards is asked of the providers' books and of the ledger.

use crate::Paying;
use chrono::TimeDelta;
use model::{Bill, BillState, NewRefund, RefundAsked, RefundWay, Yen};
use outer::payments::stand_in::{Fault, Page, PageState, Posted, Till};
use std::{collections::{BTreeMap, BTreeSet}, time::{Duration, Instant}};
use store::bills;
use uuid::Uuid;

/// What became of all of them.
#[derive(Debug, Default)]
pub struct Told {
    pub bills: usize,
    pub paid: usize,
    pub expired: usize,
    pub held: usize,
    pub returned: usize,
    pub refunds: usize,
    pub kills: usize,
    pub movements: i64,
    pub seconds: f64,
}

struct Resident {
    n: usize,
    bill: Bill,
    first: Option<Page>,
    acted: bool,
    refunded: bool,
}

/// A small generator: the same faults in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

fn faults(seed: u64) -> impl FnMut() -> Fault + Send {
    let mut dice = Dice(seed);
    move || match dice.roll() % 20 {
        0..3 => Fault::Unanswered,
        3 => Fault::Lost,
        4 => Fault::Broken,
        _ => Fault::None,
    }
}

const AMOUNTS: [i64; 4] = [300, 1_200, 2_400, 18_000];

/// Runs `count` residents and kills the counter `kills` times on the way.
pub async fn run(count: usize, kills: usize) -> anyhow::Result<Told> {
    let began = Instant::now();
    let mut paying = Paying::start(&["stripe", "paypay"], "").await?;
    paying.stripe.faults(faults(1));
    paying.paypay.faults(faults(2));
    let mut residents = Vec::new();
    for n in 0..count {
        let account = format!("resident-{n}");
        // Some rooms are held for a moment only; of those, some pay at the very end.
        let hold = match n % 10 {
            5 => Some(paying.now() + TimeDelta::seconds(20)),
            9 => Some(paying.now() + TimeDelta::seconds(12)),
            _ => None,
        };
        let kind = if n % 10 == 8 || n % 10 == 9 { "test.reserve" } else { "payments.fee" };
        let bill = paying.owes(&account, kind, AMOUNTS[n % AMOUNTS.len()], hold).await?;
        paying.taps(&account, &format!("do:payment.pay?bill={}&way={}", bill.id, ["stripe", "paypay"][n % 2])).await?;
        residents.push(Resident { n, bill, first: None, acted: false, refunded: false });
    }
    let (mut late, mut killed) = (Vec::new(), 0);
    let limit = Duration::from_secs(60 + count as u64 / 2);
    // Until everybody has done what they do.
    while residents.iter().any(|resident| !resident.acted) {
        anyhow::ensure!(began.elapsed() < limit, "{} residents never got to pay", residents.iter().filter(|resident| !resident.acted).count());
        let open = open_pages(&paying).await?;
        for resident in residents.iter_mut().filter(|resident| !resident.acted) {
            if let Some(pages) = open.get(&resident.bill.id.0) {
                act(&paying, resident, pages, &mut late).await?;
            }
        }
        // Whose time ran out before they paid has nothing to pay any more.
        let over = over(&paying).await?;
        residents.iter_mut().filter(|resident| matches!(resident.n % 10, 5 | 9) && over.contains(&resident.bill.id.0)).for_each(|resident| resident.acted = true);
        // Whose page could not be made is told so, and tries again.
        for bill in refused(&paying).await? {
            if let Some(resident) = residents.iter().find(|resident| resident.bill.id.0 == bill && !resident.acted) {
                paying.taps(&format!("resident-{}", resident.n), &format!("do:payment.pay?bill={bill}&way={}", ["stripe", "paypay"][resident.n % 2])).await?;
            }
        }
        let acted = residents.iter().filter(|resident| resident.acted).count();
        if killed < kills && acted >= (killed + 1) * count / (kills + 1) {
            paying.kill().await?;
            killed += 1;
        }
        decide(&paying).await?;
        paying.pause().await?;
    }
    // What was held up arrives now, the last first, and all of it twice.
    late.reverse();
    for (provider, posted) in late.iter().chain(&late) {
        paying.post(provider, posted).await?;
    }
    settle(&paying, &mut residents, limit, began).await?;
    let mut told = check(&paying, &residents).await?;
    told.kills = killed;
    told.seconds = began.elapsed().as_secs_f64();
    paying.bot.stop().await?;
    Ok(told)
}

/// The pages that residents have before them, by bill, the latest last.
async fn open_pages(paying: &Paying) -> anyhow::Result<BTreeMap<Uuid, Vec<Page>>> {
    let mut tx = paying.db.city(&paying.city).await?;
    let rows: Vec<(Uuid, String)> = sqlx::query_as("SELECT bill_id, reference FROM payment_attempt WHERE state = 'open' ORDER BY created_at").fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let pages: BTreeMap<String, Page> = paying.stripe.pages().into_iter().chain(paying.paypay.pages()).map(|page| (page.reference.clone(), page)).collect();
    let mut open: BTreeMap<Uuid, Vec<Page>> = BTreeMap::new();
    for (bill, reference) in rows {
        open.entry(bill).or_default().extend(pages.get(&reference).cloned());
    }
    Ok(open)
}

/// The bills that nobody can pay any more.
async fn over(paying: &Paying) -> anyhow::Result<BTreeSet<Uuid>> {
    let mut tx = paying.db.city(&paying.city).await?;
    let over: Vec<Uuid> = sqlx::query_scalar("SELECT bill_id FROM bill WHERE state = 'expired'").fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(over.into_iter().collect())
}

/// The bills that have no page any more because a provider would not make it.
async fn refused(paying: &Paying) -> anyhow::Result<Vec<Uuid>> {
    let mut tx = paying.db.city(&paying.city).await?;
    let bills = sqlx::query_scalar(
        "SELECT bill_id FROM bill b WHERE state = 'open' AND EXISTS (SELECT 1 FROM payment_attempt a WHERE a.bill_id = b.bill_id AND a.state = 'failed')
             AND NOT EXISTS (SELECT 1 FROM payment_attempt a WHERE a.bill_id = b.bill_id AND a.state IN ('new', 'open', 'closing', 'held'))",
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(bills)
}

fn till<'a>(paying: &'a Paying, page: &Page) -> &'a Till {
    if page.reference.starts_with("cs_") { &paying.stripe } else { &paying.paypay }
}

/// What one resident does with the page.
async fn act(paying: &Paying, resident: &mut Resident, pages: &[Page], late: &mut Vec<(&'static str, Posted)>) -> anyhow::Result<()> {
    let (Some(page), n) = (pages.last(), resident.n) else { return Ok(()) };
    let till_of = till(paying, page);
    match n % 10 {
        // Leaves.
        5 => till_of.lapse(&page.reference),
        // Pays something else.
        6 => {
            till_of.pay_other(&page.reference, Some(page.amount / 2), None);
        }
        // Wants to pay another way, and then pays wherever money is taken.
        7 => match &resident.first {
            None => {
                resident.first = Some(page.clone());
                let other = if page.reference.starts_with("cs_") { "paypay" } else { "stripe" };
                paying.taps(&format!("resident-{n}"), &format!("do:payment.pay?bill={}&way={other}", resident.bill.id)).await?;
                return Ok(());
            }
            Some(first) if first.reference == page.reference => return Ok(()),
            Some(first) => {
                till(paying, first).pay(&first.reference);
                till_of.pay(&page.reference);
            }
        },
        // The bill is withdrawn while the page is open, and the resident pays all the same.
        8 => {
            let mut tx = paying.db.city(&paying.city).await?;
            bills::cancel(&paying.db, &mut tx, &paying.city, resident.bill.id, paying.now()).await?;
            till_of.pay(&page.reference);
            tx.commit().await?;
        }
        // Waits until the last moment.
        9 if resident.bill.hold_until.is_some_and(|until| until > paying.now()) => return Ok(()),
        _ => {
            till_of.pay(&page.reference);
        }
    }
    resident.acted = true;
    let id = format!("evt_{n}");
    let (provider, posted) = paying.notice(till_of, page, &id);
    match n % 4 {
        // Lost.
        0 => {}
        1 => late.push((provider, posted)),
        // Twice at once.
        2 => {
            let (first, second) = tokio::join!(paying.post(provider, &posted), paying.post(provider, &posted));
            anyhow::ensure!((first?, second?) == (200, 200));
        }
        _ => anyhow::ensure!(paying.post(provider, &posted).await? == 200),
    }
    Ok(())
}

/// The service that owns the rooms: what came too late finds the room gone, every other time.
async fn decide(paying: &Paying) -> anyhow::Result<()> {
    let mut tx = paying.db.city(&paying.city).await?;
    let late: Vec<Uuid> = sqlx::query_scalar("SELECT bill_id FROM bill WHERE state = 'late' AND refund_asked = 0 AND kind = 'test.reserve'").fetch_all(&mut *tx).await?;
    for id in late {
        let (id, now) = (model::BillId(id), paying.now());
        if id.0.as_u128() % 2 == 0 {
            bills::accept_late(&paying.db, &mut tx, &paying.city, id, now).await?;
        } else {
            bills::decline_late(&paying.db, &mut tx, &paying.city, id, now).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Waits until nothing is under way any more; some of those who paid ask for a part of it back meanwhile.
async fn settle(paying: &Paying, residents: &mut [Resident], limit: Duration, began: Instant) -> anyhow::Result<()> {
    loop {
        decide(paying).await?;
        for resident in residents.iter_mut().filter(|resident| resident.n % 10 == 4 && !resident.refunded) {
            let bill = paying.bill(resident.bill.id).await?;
            if bill.state == BillState::Paid {
                let third = NewRefund { bill: bill.id, amount: Yen::new(bill.total.get() / 3)?, way: RefundWay::AsPaid, reason: "cancelled".to_owned(), approval: false, cause: format!("test:{}", bill.id) };
                let mut tx = paying.db.city(&paying.city).await?;
                let first = bills::ask_refund(&paying.db, &mut tx, &paying.city, &third, paying.now()).await?;
                let again = bills::ask_refund(&paying.db, &mut tx, &paying.city, &third, paying.now()).await?;
                anyhow::ensure!(matches!(first, RefundAsked::Taken(_)) && first == again, "{first:?} {again:?}");
                tx.commit().await?;
                resident.refunded = true;
            }
        }
        let mut tx = paying.db.city(&paying.city).await?;
        let (attempts, refunds, reserved): (i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM payment_attempt WHERE state IN ('new', 'open', 'closing')), (SELECT count(*) FROM refund WHERE state = 'approved'),
                    (SELECT count(*) FROM bill WHERE state = 'late' AND refunded = 0 OR state = 'open' AND hold_until IS NOT NULL)",
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let asked = residents.iter().all(|resident| resident.n % 10 != 4 || resident.refunded);
        if attempts + refunds + reserved == 0 && asked {
            return Ok(());
        }
        anyhow::ensure!(began.elapsed() < limit + Duration::from_secs(60), "still {attempts} attempts, {refunds} refunds, {reserved} reserved bills");
        paying.pause().await?;
    }
}

/// What must be true of the money.
async fn check(paying: &Paying, residents: &[Resident]) -> anyhow::Result<Told> {
    let mut told = Told { bills: residents.len(), ..Told::default() };
    let pages: Vec<Page> = paying.stripe.pages().into_iter().chain(paying.paypay.pages()).collect();
    anyhow::ensure!(pages.iter().all(|page| page.charged <= 1), "somebody was charged twice on one page");
    let backs: Vec<_> = paying.stripe.refunds().into_iter().chain(paying.paypay.refunds()).collect();
    // Each provider has its own numbers; those of another may look the same.
    let back_of = |page: &Page| -> i64 { till(paying, page).refunds().iter().filter(|back| Some(&back.payment) == page.payment.as_ref()).map(|back| back.amount).sum() };
    let mut tx = paying.db.city(&paying.city).await?;
    let mut bill_of: BTreeMap<String, Uuid> = BTreeMap::new();
    for (reference, bill) in sqlx::query_as::<_, (String, Uuid)>("SELECT reference, bill_id FROM payment_attempt WHERE reference IS NOT NULL").fetch_all(&mut *tx).await? {
        bill_of.insert(reference, bill);
    }
    for resident in residents {
        let bill = bills::find(&mut tx, &paying.city, resident.bill.id).await?.ok_or_else(|| anyhow::anyhow!("gone"))?;
        let own = pages.iter().filter(|page| page.state == PageState::Paid && bill_of.get(&page.reference) == Some(&bill.id.0));
        // What the resident's money is short of, by the providers' own books.
        let short: i64 = own.map(|page| page.amount - back_of(page)).sum();
        let wrong_amount = resident.n % 10 == 6;
        let due = match bill.state {
            BillState::Paid | BillState::PartlyRefunded => bill.total.get() - bill.refunded.get(),
            BillState::Open if wrong_amount => bill.total.get() / 2,
            BillState::Refunded | BillState::Late | BillState::Expired | BillState::Cancelled => 0,
            BillState::Open => anyhow::bail!("resident {} paid and the bill is open: {bill:?}", resident.n),
        };
        anyhow::ensure!(short == due, "resident {} is short of {short} yen instead of {due}: {bill:?}", resident.n);
        told.paid += usize::from(matches!(bill.state, BillState::Paid | BillState::PartlyRefunded));
        told.expired += usize::from(matches!(bill.state, BillState::Expired | BillState::Cancelled));
        told.held += usize::from(wrong_amount && bill.state == BillState::Open);
        told.returned += usize::from(bill.state == BillState::Refunded);
    }
    told.refunds = backs.len();
    let taken: i64 = pages.iter().filter(|page| page.state == PageState::Paid).map(|page| page.amount).sum();
    let gone: i64 = backs.iter().map(|back| back.amount).sum();
    let books: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT COALESCE(sum(amount), 0)::bigint, COALESCE(sum(amount) FILTER (WHERE account LIKE 'provider:%'), 0)::bigint, (SELECT count(*) FROM ledger_transaction),
                (SELECT count(*) FROM payment p WHERE (SELECT count(*) FROM ledger_transaction t WHERE t.cause = 'payment:' || p.payment_id AND t.kind IN ('paid', 'came')) <> 1),
                (SELECT count(*) FROM refund r WHERE r.state = 'done' AND (SELECT count(*) FROM ledger_transaction t WHERE t.cause = 'refund:' || r.refund_id AND t.kind = 'refunded') <> 1)
         FROM ledger_entry",
    )
    .fetch_one(&mut *tx)
    .await?;
    anyhow::ensure!(books.0 == 0, "the ledger does not sum: {}", books.0);
    anyhow::ensure!(books.1 == taken - gone, "the ledger says {} yen are with providers, and they have {}", books.1, taken - gone);
    anyhow::ensure!((books.3, books.4) == (0, 0), "movements without exactly one cause: {books:?}");
    let unsummed: i64 = sqlx::query_scalar("SELECT count(*) FROM (SELECT transaction_id FROM ledger_entry GROUP BY transaction_id HAVING sum(amount) <> 0) t").fetch_one(&mut *tx).await?;
    anyhow::ensure!(unsummed == 0, "{unsummed} transactions do not sum");
    let dead: Vec<(String, Option<String>)> = sqlx::query_as("SELECT kind, failure FROM job WHERE dead_at IS NOT NULL").fetch_all(&mut *tx).await?;
    anyhow::ensure!(dead.is_empty(), "jobs were given up: {dead:?}");
    tx.commit().await?;
    told.movements = books.2;
    Ok(told)
}
