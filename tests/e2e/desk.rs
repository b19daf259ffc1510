//! The counter's own pages for bookings and money: entered, paid in cash, ended, given back, refused; and who may.

use chrono::{DateTime, Days, NaiveDate, Utc};
use dialogue::Outcome;
use e2e::{Counter, PASSWORD, Staff, field, said};
use model::{BillId, NewRefund, RefundWay, Yen};
use store::{bills::{self, NewPayment}, ledger};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

const DESK: &str = "/backoffice/aoba/bookings";
const MONEY: &str = "/backoffice/aoba/money";

/// What stands between two pieces of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> Option<&'a str> {
    page.split_once(before)?.1.split(after).next()
}

fn number(page: &str, letter: &str) -> String {
    let from = page.find(&format!("{letter}-")).map(|at| &page[at..]).unwrap_or_default();
    from.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_booked_pays_in_cash_and_gets_it_back() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    // Somebody of the whole city who may not decide.
    let mut tx = counter.db.city(&counter.city.id).await?;
    sqlx::query("UPDATE staff SET role = 'operator' WHERE login = 'henshu'").execute(&mut *tx).await?;
    tx.commit().await?;
    let operator = Staff::log_in(&bot, "henshu", PASSWORD).await?;
    // The server has its own clock: the first day from three weeks on that the room is open.
    let today: NaiveDate = field(&boss.get(DESK).await?.text(), "day").expect("today").parse()?;
    let mut day = today + Days::new(21);
    let mut entries = 0;
    let mut entry = |day: &str, people: &str, phone: &str| {
        entries += 1;
        [("entry", Uuid::from_u128(entries).to_string().as_str()), ("room", "chuo-2"), ("day", day), ("from", "09:00"), ("to", "12:00"), ("people", people), ("group", "resident"), ("name", "スズキ イチロウ"), ("phone", phone)].map(|(name, value)| (name, value.to_owned()))
    };
    let (booked, fields) = loop {
        let fields = entry(&day.to_string(), "5", "06-1234-5678");
        let answer = boss.post(DESK, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await?;
        if answer.status == 303 {
            break (answer, fields);
        }
        // Closed on that day.
        assert!(answer.status == 409 && (answer.text().contains("その日は予約できません") || answer.text().contains("その時間の枠はありません")), "{}", answer.text());
        assert!(day < today + Days::new(35), "no day is open");
        day = day + Days::new(1);
    };
    let day = day.to_string();
    let place = booked.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let page = boss.get(&place).await?.text();
    let booking = number(&place, "R");
    assert!(page.contains(&booking) && page.contains("スズキ イチロウ") && page.contains("06-1234-5678") && page.contains("確定・未払い"), "{page}");
    // The same form once more is the same booking.
    let again = boss.post(DESK, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await?;
    assert_eq!(again.headers["location"], place.as_str());
    // What cannot be is refused with the reason, and nothing is booked.
    for (fields, why, status) in [
        (entry(&day, "5", "06-1234-5678"), "もう予約が入っています", 409),
        (entry("2020-01-08", "5", "06-1234-5678"), "その日は予約できません", 409),
        (entry(&day, "5000", "06-1234-5678"), "定員は18人です", 409),
        (entry(&day, "5", "123"), "電話番号", 400),
        (entry("2026-06-31", "5", "06-1234-5678"), "日付を選んでください", 400),
    ] {
        let answer = boss.post(DESK, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await?;
        assert!(answer.status == status && answer.text().contains(why), "{why}: {}", answer.text());
    }
    assert_eq!(counter.count("SELECT count(*) FROM booking WHERE author IS NOT NULL").await?, 1);
    // Cash: what is not what was asked for is never booked, and the same entry once more is the same money.
    let bill = number(&page, "B");
    let token = field(&operator.get(MONEY).await?.text(), "entry").expect("an entry");
    let total = counter.count("SELECT total FROM bill").await?.to_string();
    let cash = async |entry: &str, bill: &str, amount: &str| operator.post(&format!("{MONEY}/cash"), &[("entry", entry), ("bill", bill), ("amount", amount)]).await;
    assert!(cash(&token, &bill, "1").await?.text().contains("金額が違います"));
    assert!(cash(&token, "B-000000-0", &total).await?.text().contains("その番号の請求はありません"));
    assert_eq!(cash(&token, &bill, "-500").await?.status, 400);
    assert_eq!(cash(&token, &bill, &total).await?.status, 303);
    assert_eq!(cash(&token, &bill, &total).await?.status, 303);
    assert!(cash(&Uuid::from_u128(9).to_string(), &bill, &total).await?.text().contains("もう支払い済み"));
    assert_eq!(counter.count("SELECT count(*) FROM payment").await?, 1);
    // It counts: by room, by hour, by how it was paid.
    let figures = boss.get("/backoffice/aoba/bookings/figures.csv?days=60").await?.text();
    for line in ["by_hour,09,1", "by_hour,11,1", "paid,,1", "paid_cashless,,0"] {
        assert!(figures.contains(line), "{line}: {figures}");
    }
    assert!(!figures.contains("by_hour,12") && figures.lines().any(|line| line.starts_with("minutes,") && line.ends_with(",180")), "{figures}");
    // The city needs the room: all of it goes back, by hand, decided by whoever may decide.
    let answer = boss.post(&format!("{DESK}/end"), &[("number", &booking), ("day", &day), ("why", "city")]).await?;
    let place = answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert!(place.ends_with(&format!("back={total}")), "{place}");
    assert_eq!(boss.post(&format!("{DESK}/end"), &[("number", &booking), ("day", &day), ("why", "city")]).await?.status, 409);
    let refund = field(&boss.get(MONEY).await?.text(), "refund").expect("a refund");
    assert!(operator.post(&format!("{MONEY}/refund"), &[("refund", &refund), ("do", "cash")]).await?.text().contains("編集者と管理者"));
    assert_eq!(boss.post(&format!("{MONEY}/refund"), &[("refund", &refund), ("do", "cash")]).await?.status, 303);
    assert_eq!(boss.post(&format!("{MONEY}/refund"), &[("refund", &refund), ("do", "cash")]).await?.status, 409);
    assert_eq!(counter.count("SELECT count(*) FROM refund WHERE state = 'done'").await?, 1);
    let mut tx = counter.db.city(&counter.city.id).await?;
    let balances = ledger::balances(&mut tx, &counter.city.id).await?;
    tx.commit().await?;
    assert_eq!(balances.iter().map(|(_, yen)| yen).sum::<i64>(), 0);
    assert_eq!(balances.iter().find(|(name, _)| name == "cash").map(|(_, yen)| *yen), Some(0), "what came is what went");
    // Who did it stands in the record; whoever sees no personal data stays outside.
    let record = boss.get("/backoffice/aoba/audit.csv").await?.text();
    for action in ["booking.enter", "booking.end", "money.cash", "money.given"] {
        assert!(record.contains(action), "{action}");
    }
    let (outsourced, of_a_desk) = (Staff::log_in(&bot, "itaku", PASSWORD).await?, Staff::log_in(&bot, "sato", PASSWORD).await?);
    for path in [DESK, MONEY, "/backoffice/aoba/bookings/figures", "/backoffice/aoba/bookings/figures.csv"] {
        assert_eq!((outsourced.get(path).await?.status, of_a_desk.get(path).await?.status), (404, 404), "{path}");
        assert_eq!(boss.get(path).await?.status, 200, "{path}");
    }
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn money_paid_in_cash_goes_to_the_account_that_the_resident_tells() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let (who, stranger, now) = (counter.resident("a").await?, counter.resident("b").await?, at("2026-12-03T10:00:00+09:00"));
    let answers = [("what", "room:chuo-2"), ("people", "4"), ("slot", "book/chuo-2/2026-12-16/0900-1200"), ("group", "resident"), ("extra", "none"), ("who", "new-phone"), ("name", "ヤマダ ハナコ"), ("phone", "0900000000")];
    let Outcome::Done { receipt: Some(booking), .. } = counter.perform(who, "facility.book", &answers, now).await? else { anyhow::bail!("not booked") };
    let mut tx = counter.db.city(&counter.city.id).await?;
    let (bill, total): (Uuid, i64) = sqlx::query_as("SELECT bill_id, total FROM bill").fetch_one(&mut *tx).await?;
    let new = NewPayment { bill: BillId(bill), provider: "cash".to_owned(), reference: "till-1".to_owned(), amount: Yen::new(total)? };
    assert_eq!(bills::pay(&counter.db, &mut tx, &counter.city.id, &new, now).await?, bills::Came::Paid);
    tx.commit().await?;
    counter.jobs(now).await?;
    // Somebody who has something ahead cannot be forgotten: nobody could reach them about it.
    let forget = [("scope", "here")];
    assert_eq!(said(&counter.perform(who, "privacy.delete", &forget, now).await?), "privacy-delete-not-yet");
    let account = [("bank", "あおば銀行"), ("branch", "本店"), ("type", "ordinary"), ("number", "0012345"), ("holder", "ヤマダ ハナコ")];
    assert_eq!(said(&counter.perform(who, "payment.account", &account, now).await?), "payment-account-none", "nothing waits for it yet");
    let cancelled = counter.perform(who, "facility.cancel", &[("booking", &booking)], now).await?;
    assert!(format!("{cancelled:?}").contains("payment.account"), "it is offered at once: {cancelled:?}");
    assert_eq!(said(&counter.perform(stranger, "payment.account", &account, now).await?), "payment-account-none", "nobody else's money");
    assert_eq!(said(&counter.perform(who, "payment.account", &account, now).await?), "payment-account-kept");
    assert_eq!(counter.count("SELECT count(*) FROM refund WHERE way = 'bank' AND position('0012345'::bytea IN sealed) = 0").await?, 1, "the account is sealed");
    let page = boss.get(MONEY).await?.text();
    assert_eq!(said(&counter.perform(who, "privacy.delete", &forget, now).await?), "privacy-delete-not-yet", "money is on its way");
    assert!(page.contains("あおば銀行") && page.contains("0012345") && page.contains("振り込んだ"), "{page}");
    // Of a person under protection the account is seen after a second look alone.
    let protect = async |on: bool| {
        let mut tx = counter.db.city(&counter.city.id).await?;
        sqlx::query("INSERT INTO thread (city_id, conversation_id, channel, last_at, protected) VALUES ($1, $2, 'web', $3, $4) ON CONFLICT (city_id, conversation_id) DO UPDATE SET protected = $4").bind(counter.city.id.as_str()).bind(who.0).bind(now).bind(on).execute(&mut *tx).await?;
        anyhow::Ok(tx.commit().await?)
    };
    protect(true).await?;
    let covered = boss.get(MONEY).await?.text();
    assert!(!covered.contains("0012345") && !covered.contains("あおば銀行") && covered.contains("保護対象の方"), "{covered}");
    protect(false).await?;
    let refund = field(&page, "refund").expect("a refund");
    assert_eq!(boss.post(&format!("{MONEY}/refund"), &[("refund", &refund), ("do", "bank")]).await?.status, 303);
    assert!(counter.told(who, now).await?.contains(&"payment-refunded-by-hand".to_owned()));
    // All of it is in the copy that they may have; then it can go.
    let copy = counter.perform(who, "privacy.request", &[("kind", "get")], now).await?;
    let path = format!("{copy:?}").split("/files/").nth(1).and_then(|rest| rest.split('"').next()).map(|rest| format!("/files/{rest}")).expect("a link");
    let copy = bot.http.get(&path).await?.text();
    for piece in [booking.as_str(), "ヤマダ ハナコ", "あおば銀行", "返金"] {
        assert!(copy.contains(piece), "{piece}: {copy}");
    }
    let forgotten = said(&counter.perform(who, "privacy.delete", &forget, now).await?);
    assert!(forgotten.contains("privacy-delete-done"), "{forgotten}");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_needs_a_yes_gets_it_or_a_no_with_its_reason() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let boss = Staff::log_in(&bot, "kanri", PASSWORD).await?;
    let (who, now) = (counter.resident("a").await?, at("2026-12-03T10:00:00+09:00"));
    let mut tx = counter.db.city(&counter.city.id).await?;
    let bill = intents::payments::counter::ask(&counter.db, &mut tx, &counter.city.id, Some(who), "証明書の手数料", Yen::new(300)?, now).await?;
    let new = NewPayment { bill: bill.id, provider: "cash".to_owned(), reference: "till-1".to_owned(), amount: Yen::new(300)? };
    bills::pay(&counter.db, &mut tx, &counter.city.id, &new, now).await?;
    let refund = |cause: &str| NewRefund { bill: bill.id, amount: Yen::new(300).expect("yen"), way: RefundWay::AsPaid, reason: "cancelled".to_owned(), approval: true, cause: cause.to_owned() };
    bills::ask_refund(&counter.db, &mut tx, &counter.city.id, &refund("one"), now).await?;
    tx.commit().await?;
    let page = boss.get(MONEY).await?.text();
    assert!(page.contains("承認する") && between(&page, "証明書の手数料", "</tr>").is_some_and(|row| row.contains("300円")), "{page}");
    let first = field(&page, "refund").expect("a refund");
    assert_eq!(boss.post(&format!("{MONEY}/refund"), &[("refund", &first), ("do", "refuse"), ("why", "")]).await?.status, 400);
    assert_eq!(boss.post(&format!("{MONEY}/refund"), &[("refund", &first), ("do", "refuse"), ("why", "交付が済んでいます")]).await?.status, 303);
    assert!(counter.told(who, now).await?.contains(&"payment-refund-refused-why".to_owned()));
    // Asked once more, and this time the answer is yes.
    let mut tx = counter.db.city(&counter.city.id).await?;
    bills::ask_refund(&counter.db, &mut tx, &counter.city.id, &refund("two"), now).await?;
    tx.commit().await?;
    let second = field(&boss.get(MONEY).await?.text(), "refund").expect("a refund");
    assert_ne!(first, second);
    assert_eq!(boss.post(&format!("{MONEY}/refund"), &[("refund", &second), ("do", "approve")]).await?.status, 303);
    assert!(boss.get(MONEY).await?.text().contains("現金で渡した"));
    assert_eq!(boss.post_as_is(&format!("{MONEY}/refund"), &[("refund", &second), ("do", "cash")]).await?.status, 403, "without the form's token nothing happens");
    bot.stop().await
}
