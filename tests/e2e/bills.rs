//! Bills and the ledger on a real database: what the database itself refuses, and what is refused with a reason.

use chrono::{DateTime, TimeDelta, Utc};
use e2e::{Bot, Folder};
use model::{Bill, BillLine, BillState, CityId, NewBill, NewRefund, RefundAsked, RefundId, RefundWay, SequentialIds, Yen};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{path::Path, sync::Arc};
use store::{
    Db, Pools, Vault,
    bills::{self, Came, NewPayment, RefundState},
    ledger::{self, Movement, account},
};
use uuid::Uuid;

struct House {
    bot: Bot,
    _folder: Folder,
    db: Db,
    city: CityId,
    now: DateTime<Utc>,
}

fn options(data: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(data.join("run")).username("madoguchi").database("madoguchi")
}

impl House {
    async fn open() -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let bot = Bot::serve(&folder.0, &[]).await?;
        let vault = Vault::open_or_create(&folder.0.join("master.key"))?;
        let db = Db::connect(&options(&folder.0), Pools { app: 4, queue: 2 }, vault, Arc::new(SequentialIds::default()));
        Ok(Self { bot, _folder: folder, db, city: "aoba".parse()?, now: "2026-11-24T10:00:00+09:00".parse()? })
    }

    async fn bill(&self, amount: i64) -> anyhow::Result<Bill> {
        let line = |text: &str, unit| Ok::<_, anyhow::Error>(BillLine { text: text.to_owned(), quantity: 1, unit: Yen::new(unit)?, tax_percent: Some(10) });
        let new = NewBill {
            kind: "test.room",
            subject: self.db.uuid(),
            conversation: None,
            title: "第1会議室".to_owned(),
            lines: vec![line("第1会議室", amount - amount / 3)?, line("照明", amount / 3)?],
            due_at: self.now + TimeDelta::days(7),
            hold_until: None,
        };
        let mut tx = self.db.city(&self.city).await?;
        let bill = bills::open(&self.db, &mut tx, &self.city, &new, self.now).await?;
        tx.commit().await?;
        Ok(bill)
    }

    async fn pay(&self, bill: &Bill, amount: i64, reference: &str) -> anyhow::Result<Came> {
        let mut tx = self.db.city(&self.city).await?;
        let new = NewPayment { bill: bill.id, provider: "stripe".to_owned(), reference: reference.to_owned(), amount: Yen::new(amount)? };
        let came = bills::pay(&self.db, &mut tx, &self.city, &new, self.now).await?;
        tx.commit().await?;
        Ok(came)
    }

    async fn refund(&self, bill: &Bill, amount: i64, cause: &str, approval: bool) -> anyhow::Result<RefundAsked> {
        let mut tx = self.db.city(&self.city).await?;
        let new = NewRefund { bill: bill.id, amount: Yen::new(amount)?, way: RefundWay::AsPaid, reason: "cancelled".to_owned(), approval, cause: cause.to_owned() };
        let asked = bills::ask_refund(&self.db, &mut tx, &self.city, &new, self.now).await?;
        tx.commit().await?;
        Ok(asked)
    }

    async fn now(&self, bill: &Bill) -> anyhow::Result<Bill> {
        let mut tx = self.db.city(&self.city).await?;
        let bill = bills::find(&mut tx, &self.city, bill.id).await?;
        tx.commit().await?;
        bill.ok_or_else(|| anyhow::anyhow!("gone"))
    }

    async fn balances(&self) -> anyhow::Result<Vec<(String, i64)>> {
        let mut tx = self.db.city(&self.city).await?;
        let balances = ledger::balances(&mut tx, &self.city).await?;
        tx.commit().await?;
        assert_eq!(balances.iter().map(|(_, yen)| yen).sum::<i64>(), 0, "{balances:?}");
        Ok(balances.into_iter().filter(|(_, yen)| *yen != 0).collect())
    }

    async fn job(&self, kind: &str, key: &str) -> anyhow::Result<i64> {
        let mut tx = self.db.city(&self.city).await?;
        let count = sqlx::query_scalar("SELECT count(*) FROM job WHERE kind = $1 AND key = $2").bind(kind).bind(key).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(count)
    }
}

fn named(balances: &[(String, i64)]) -> Vec<(&str, i64)> {
    balances.iter().map(|(name, yen)| (name.as_str(), *yen)).collect()
}

fn taken(asked: RefundAsked) -> anyhow::Result<RefundId> {
    match asked {
        RefundAsked::Taken(id) => Ok(id),
        other => anyhow::bail!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_paid_once_whatever_comes_and_its_owner_hears_of_it() -> anyhow::Result<()> {
    let house = House::open().await?;
    let bill = house.bill(1_200).await?;
    assert_eq!((bill.state, bill.total.get(), bill.lines.len()), (BillState::Open, 1_200, 2));
    assert!(bill.number.starts_with("B-") && bill.number.len() == 12, "{}", bill.number);
    assert_eq!(house.job("bill.test.room", &bill.id.to_string()).await?, 0);
    // Less than asked for confirms nothing.
    assert_eq!(house.pay(&bill, 1_199, "pi_less").await?, Came::Differs);
    assert_eq!(house.now(&bill).await?.state, BillState::Open);
    assert_eq!(house.pay(&bill, 1_200, "pi_1").await?, Came::Paid);
    assert_eq!(house.pay(&bill, 1_200, "pi_1").await?, Came::Known);
    let paid = house.now(&bill).await?;
    assert_eq!((paid.state, paid.paid_by.as_deref()), (BillState::Paid, Some("stripe")));
    assert_eq!(house.job("bill.test.room", &bill.id.to_string()).await?, 1);
    // A second payment goes back by itself.
    assert_eq!(house.pay(&bill, 1_200, "pi_2").await?, Came::Twice);
    assert_eq!(named(&house.balances().await?), [("provider:stripe", 3_599), ("refunds_due", -1_200), ("revenue", -1_200), ("suspense", -1_199)]);
    assert!(!cancel(&house, &bill).await?, "what is paid is not withdrawn");
    house.bot.stop().await
}

async fn cancel(house: &House, bill: &Bill) -> anyhow::Result<bool> {
    let mut tx = house.db.city(&house.city).await?;
    let done = bills::cancel(&house.db, &mut tx, &house.city, bill.id, house.now).await?;
    tx.commit().await?;
    Ok(done)
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_are_refused_with_a_reason_when_they_are_more_than_was_paid() -> anyhow::Result<()> {
    let house = House::open().await?;
    let bill = house.bill(3_000).await?;
    assert_eq!(house.refund(&bill, 100, "a", false).await?, RefundAsked::NotPaid);
    house.pay(&bill, 3_000, "pi_1").await?;
    assert_eq!(house.refund(&bill, 3_001, "a", false).await?, RefundAsked::TooMuch { left: Yen::new(3_000)? });
    assert_eq!(house.refund(&bill, 0, "a", false).await?, RefundAsked::Nothing);
    assert!(Yen::new(-1).is_err(), "a negative amount is none");
    let first = taken(house.refund(&bill, 1_000, "a", true).await?)?;
    assert_eq!(house.refund(&bill, 1_000, "a", true).await?, RefundAsked::Taken(first), "the same wish is the same refund");
    assert_eq!(house.refund(&bill, 2_001, "b", true).await?, RefundAsked::TooMuch { left: Yen::new(2_000)? });
    // It waits for a yes: nothing is booked, and no job gives it.
    assert_eq!(named(&house.balances().await?), [("provider:stripe", 3_000), ("revenue", -3_000)]);
    assert_eq!(house.job(bills::REFUND, &first.to_string()).await?, 0);
    let mut tx = house.db.city(&house.city).await?;
    assert!(bills::refuse(&mut tx, &house.city, first, "同じ日の取り消しです", house.now).await?);
    assert!(!bills::approve(&house.db, &mut tx, &house.city, first, house.now).await?, "a no is a no");
    tx.commit().await?;
    // After the no, all of it can be asked for again.
    let second = taken(house.refund(&bill, 3_000, "c", true).await?)?;
    let mut tx = house.db.city(&house.city).await?;
    assert!(bills::approve(&house.db, &mut tx, &house.city, second, house.now).await?);
    assert!(!bills::approve(&house.db, &mut tx, &house.city, second, house.now).await?);
    assert!(bills::failed(&mut tx, &house.city, second, "the card is closed", house.now).await?);
    // The provider would not: staff send it to the bank.
    assert!(bills::done(&house.db, &mut tx, &house.city, second, Some(account::BANK), house.now).await?);
    assert!(!bills::done(&house.db, &mut tx, &house.city, second, Some(account::BANK), house.now).await?, "given once");
    let states: Vec<RefundState> = bills::refunds_of(&mut tx, &house.city, bill.id).await?.iter().map(|refund| refund.state).collect();
    tx.commit().await?;
    assert_eq!(states, [RefundState::Refused, RefundState::Done]);
    assert_eq!(house.now(&bill).await?.state, BillState::Refunded);
    assert_eq!(named(&house.balances().await?), [("bank", -3_000), ("provider:stripe", 3_000)]);
    assert_eq!(house.refund(&bill, 1, "d", false).await?, RefundAsked::NotPaid);
    house.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_late_is_kept_or_given_back_as_the_owner_decides() -> anyhow::Result<()> {
    let house = House::open().await?;
    let (kept, gone) = (house.bill(500).await?, house.bill(700).await?);
    for (bill, reference) in [(&kept, "pi_1"), (&gone, "pi_2")] {
        assert!(cancel(&house, bill).await?);
        assert!(!cancel(&house, bill).await?);
        assert_eq!(house.pay(bill, bill.total.get(), reference).await?, Came::Late);
        assert_eq!(house.pay(bill, bill.total.get(), reference).await?, Came::Known);
    }
    assert_eq!(named(&house.balances().await?), [("provider:stripe", 1_200), ("suspense", -1_200)]);
    let mut tx = house.db.city(&house.city).await?;
    assert!(bills::accept_late(&house.db, &mut tx, &house.city, kept.id, house.now).await?);
    assert!(!bills::decline_late(&house.db, &mut tx, &house.city, kept.id, house.now).await?);
    assert!(bills::decline_late(&house.db, &mut tx, &house.city, gone.id, house.now).await?);
    let refund = bills::refunds_of(&mut tx, &house.city, gone.id).await?.remove(0);
    tx.commit().await?;
    assert_eq!((refund.state, refund.amount.get(), refund.reference.as_str()), (RefundState::Approved, 700, "pi_2"));
    assert_eq!(named(&house.balances().await?), [("provider:stripe", 1_200), ("refunds_due", -700), ("revenue", -500)]);
    assert_eq!(house.now(&kept).await?.state, BillState::Paid);
    house.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_what_the_ledger_must_not_hold() -> anyhow::Result<()> {
    let house = House::open().await?;
    let bill = house.bill(900).await?;
    let movement = Movement { kind: "kept", cause: "test:1", bill: Some(bill.id), at: house.now, debit: account::CASH, credit: account::BANK, amount: Yen::new(10)? };
    let mut tx = house.db.city(&house.city).await?;
    assert!(ledger::book(&house.db, &mut tx, &house.city, movement).await?);
    assert!(!ledger::book(&house.db, &mut tx, &house.city, movement).await?, "a cause moves money once");
    tx.commit().await?;
    // The owner of the tables himself may not change what is written.
    let mut owner = PgConnection::connect_with(&options(&house._folder.0)).await?;
    for statement in ["UPDATE ledger_entry SET amount = amount + 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry CASCADE", "UPDATE ledger_transaction SET kind = 'x'", "DELETE FROM ledger_transaction"] {
        let refused = sqlx::query(statement).execute(&mut owner).await;
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("append only")), "{statement}: {refused:?}");
    }
    // Half a movement is refused when it is to be committed.
    for entries in ["", "INSERT INTO ledger_entry VALUES ('aoba', $1, 'cash', 5)", "INSERT INTO ledger_entry VALUES ('aoba', $1, 'cash', 5), ('aoba', $1, 'bank', -4)"] {
        let mut half = owner.begin().await?;
        let id = Uuid::from_u128(7);
        sqlx::query("INSERT INTO ledger_transaction VALUES ('aoba', $1, 'x', 'half', $2, now())").bind(id).bind(bill.id.0).execute(&mut *half).await?;
        if !entries.is_empty() {
            sqlx::query(entries).bind(id).execute(&mut *half).await?;
        }
        let refused = half.commit().await;
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("does not sum")), "{entries}: {refused:?}");
    }
    // More back than came, and two payments for one bill.
    let too_much = sqlx::query("UPDATE bill SET refund_asked = 1 WHERE bill_id = $1").bind(bill.id.0).execute(&mut owner).await;
    assert!(too_much.is_err());
    for (n, fine) in [(1_u128, true), (2, false)] {
        let done = sqlx::query("INSERT INTO payment VALUES ('aoba', $1, $2, 'cash', $3, 900, 'counted', 0, now())").bind(Uuid::from_u128(n)).bind(bill.id.0).bind(n.to_string()).execute(&mut owner).await;
        assert_eq!(done.is_ok(), fine, "{done:?}");
    }
    // Another city sees none of it.
    let mut tx = house.db.city(&"midori".parse()?).await?;
    for table in ["bill", "payment", "refund", "ledger_transaction", "ledger_entry"] {
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(&mut *tx).await?;
        assert_eq!(seen, 0, "{table}");
    }
    tx.commit().await?;
    owner.close().await?;
    house.bot.stop().await
}
