//! Bookings at a real database: taken once, held, paid, waited for, drawn, opened; at whatever moment, without waiting.

use chrono::{DateTime, TimeDelta, Utc};
use dialogue::Outcome;
use e2e::{Counter, said};
use futures_util::future::try_join_all;
use intents::{bookings, facilities::Catalogue};
use model::{BillId, ConversationId, CounterBooking, Part, Say, Yen};
use sqlx::Row;
use std::sync::Arc;
use store::bills::{self, NewPayment};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// The answers that book a slot for somebody new.
fn answers<'a>(slot: &'a str, phone: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("what", "room:x"), ("people", "4"), ("slot", slot), ("group", "resident"), ("extra", "none"), ("who", "new-phone"), ("name", "ヤマダ ハナコ"), ("phone", phone)]
}

fn wanted(room: &'static str, slot: &'static str) -> Vec<(&'static str, &'static str)> {
    let what: &'static str = Box::leak(format!("room:{room}").into_boxed_str());
    let mut all = answers(slot, "0900000000");
    all[0] = ("what", what);
    all
}

fn number(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { receipt: Some(number), .. } => number.clone(),
        other => panic!("no receipt: {other:?}"),
    }
}

async fn bill(counter: &Counter, number: &str) -> anyhow::Result<(BillId, String, i64)> {
    let mut tx = counter.db.city(&counter.city.id).await?;
    let row = sqlx::query("SELECT l.bill_id, l.state, l.total FROM bill l JOIN booking b ON b.city_id = l.city_id AND b.booking_id = l.subject WHERE b.number = $1 ORDER BY l.created_at DESC LIMIT 1")
        .bind(number)
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok((BillId(row.try_get("bill_id")?), row.try_get("state")?, row.try_get("total")?))
}

async fn pay(counter: &Counter, number: &str, by: &str, now: DateTime<Utc>) -> anyhow::Result<bills::Came> {
    let (id, _, total) = bill(counter, number).await?;
    let mut tx = counter.db.city(&counter.city.id).await?;
    let new = NewPayment { bill: id, provider: by.to_owned(), reference: format!("p-{number}"), amount: Yen::new(total)? };
    let came = bills::pay(&counter.db, &mut tx, &counter.city.id, &new, now).await?;
    tx.commit().await?;
    Ok(came)
}

async fn state(counter: &Counter, number: &str) -> anyhow::Result<String> {
    let mut tx = counter.db.city(&counter.city.id).await?;
    let state = sqlx::query_scalar("SELECT state FROM booking WHERE number = $1").bind(number).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(state)
}

async fn residents(counter: &Counter, count: usize) -> anyhow::Result<Vec<ConversationId>> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(counter.resident(&format!("r{n}")).await?);
    }
    Ok(all)
}

const SLOT: &str = "book/chuo-2/2026-12-16/0900-1200";
const NOW: &str = "2026-12-03T10:00:00+09:00";

/// 200 residents ask for one slot at once: one gets it, the others are offered something else.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_at_once_one_books() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 200).await?;
    let counter = Arc::new(counter);
    let asking = everybody.into_iter().map(|who| {
        let counter = counter.clone();
        async move { anyhow::Ok(tokio::spawn(async move { counter.perform(who, "facility.book", &wanted("chuo-2", SLOT), at(NOW)).await }).await??) }
    });
    let outcomes = try_join_all(asking).await?;
    let got = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done { receipt: Some(_), .. })).count();
    let offered = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Rejected { choices, .. } if choices.len() >= 2)).count();
    assert_eq!((got, offered), (1, 199));
    assert_eq!(counter.count("SELECT count(*) FROM booking_unit WHERE room_id = 'chuo-2'").await?, 1);
    assert_eq!(counter.count("SELECT count(*) FROM booking WHERE room_id = 'chuo-2'").await?, 1, "what was rejected leaves nothing");
    bot.stop().await
}

/// The database itself refuses what lies over each other, whoever writes it.
#[tokio::test(flavor = "multi_thread")]
async fn the_constraint_refuses_what_overlaps() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let who = counter.resident("a").await?;
    counter.perform(who, "facility.book", &wanted("chuo-2", SLOT), at(NOW)).await?;
    let mut tx = counter.db.city(&counter.city.id).await?;
    let copied = sqlx::query(
        "INSERT INTO booking_unit (city_id, booking_id, room_id, unit, from_at, to_at) SELECT city_id, booking_id, room_id, unit, from_at + interval '1 hour', to_at + interval '1 hour' FROM booking_unit WHERE room_id = 'chuo-2'",
    )
    .execute(&mut *tx)
    .await;
    let code = copied.err().and_then(|error| error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned())));
    assert!(code == Some("23P01".to_owned()) || code == Some("23505".to_owned()), "{code:?}");
    tx.rollback().await?;
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_paid_or_runs_out_and_late_money_is_kept_or_goes_back() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 3).await?;
    let (a, b, c) = (everybody[0], everybody[1], everybody[2]);
    // Paid in time.
    let first = counter.perform(a, "facility.book", &wanted("chuo-2", SLOT), at(NOW)).await?;
    assert_eq!(said(&first), "booking-held");
    let first = number(&first);
    assert_eq!((state(&counter, &first).await?, bill(&counter, &first).await?.2), ("held".to_owned(), 500));
    pay(&counter, &first, "sandbox", at("2026-12-03T10:10:00+09:00")).await?;
    counter.jobs(at("2026-12-03T10:10:00+09:00")).await?;
    assert_eq!(state(&counter, &first).await?, "confirmed");
    assert_eq!(counter.told(a, at("2026-12-03T10:10:00+09:00")).await?, ["booking-paid"]);
    // Not paid: half an hour later somebody else takes it, and its bill is withdrawn with it.
    let slot = "book/chuo-2/2026-12-17/0900-1200";
    let second = number(&counter.perform(a, "facility.book", &wanted("chuo-2", slot), at(NOW)).await?);
    let early = counter.perform(b, "facility.book", &wanted("chuo-2", slot), at("2026-12-03T10:29:00+09:00")).await?;
    assert!(matches!(early, Outcome::Rejected { .. }), "it is held: {early:?}");
    let third = number(&counter.perform(b, "facility.book", &wanted("chuo-2", slot), at("2026-12-03T10:31:00+09:00")).await?);
    assert_eq!((state(&counter, &second).await?.as_str(), bill(&counter, &second).await?.1.as_str()), ("lapsed", "cancelled"));
    // Its money comes all the same, too late: it goes back, and the one who has the slot keeps it.
    let later = at("2026-12-03T10:32:00+09:00");
    assert_eq!(pay(&counter, &second, "sandbox", later).await?, bills::Came::Late);
    counter.jobs(later).await?;
    assert_eq!((state(&counter, &second).await?.as_str(), state(&counter, &third).await?.as_str()), ("lapsed", "held"));
    assert!(counter.told(a, later).await?.contains(&"booking-paid-too-late".to_owned()));
    assert_eq!(counter.count("SELECT count(*) FROM refund WHERE reason = 'late'").await?, 1);
    // Nobody else wanted it: late money counts.
    let slot = "book/chuo-2/2026-12-18/0900-1200";
    let fourth = number(&counter.perform(c, "facility.book", &wanted("chuo-2", slot), at(NOW)).await?);
    let (id, ..) = bill(&counter, &fourth).await?;
    let mut tx = counter.db.city(&counter.city.id).await?;
    assert!(bills::expire(&counter.db, &mut tx, &counter.city.id, id, later).await?);
    tx.commit().await?;
    counter.jobs(later).await?;
    assert_eq!(state(&counter, &fourth).await?, "lapsed");
    pay(&counter, &fourth, "sandbox", later).await?;
    counter.jobs(later).await?;
    assert_eq!(state(&counter, &fourth).await?, "confirmed");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_in_time_it_is_refunded_and_offered_to_whoever_waits() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 4).await?;
    let (a, b, c, stranger) = (everybody[0], everybody[1], everybody[2], everybody[3]);
    let booked = number(&counter.perform(a, "facility.book", &wanted("chuo-2", SLOT), at(NOW)).await?);
    pay(&counter, &booked, "sandbox", at(NOW)).await?;
    counter.jobs(at(NOW)).await?;
    let wait = "wait/chuo-2/2026-12-16/0900-1200";
    let (first, second) = (number(&counter.perform(b, "facility.book", &wanted("chuo-2", wait), at(NOW)).await?), number(&counter.perform(c, "facility.book", &wanted("chuo-2", wait), at("2026-12-03T10:01:00+09:00")).await?));
    // Somebody else's number does nothing, and says nothing.
    assert_eq!(counter.perform(stranger, "facility.cancel", &[("booking", &booked)], at(NOW)).await?, Outcome::Nothing);
    assert_eq!(state(&counter, &booked).await?, "confirmed");
    let cancelled = counter.perform(a, "facility.cancel", &[("booking", &booked)], at("2026-12-04T10:00:00+09:00")).await?;
    assert!(said(&cancelled).contains("booking-cancelled") && said(&cancelled).contains("booking-refund"), "{cancelled:?}");
    assert_eq!(counter.count("SELECT sum(amount)::bigint FROM refund").await?, 500);
    // What goes back changes the bill; nothing is decided, or told, a second time.
    counter.jobs(at("2026-12-04T10:00:00+09:00")).await?;
    assert!(counter.told(a, at("2026-12-04T10:00:00+09:00")).await?.is_empty(), "that it was paid is no longer true, and nothing else happened");
    // The longest waiting is offered it, for two hours; nobody else can have it meanwhile.
    let ten = at("2026-12-04T10:00:00+09:00");
    assert_eq!((state(&counter, &first).await?.as_str(), state(&counter, &second).await?.as_str()), ("offered", "waiting"));
    assert_eq!(counter.told(b, ten).await?, ["booking-offered"]);
    assert!(matches!(counter.perform(stranger, "facility.book", &wanted("chuo-2", SLOT), ten).await?, Outcome::Rejected { .. }));
    // They do not answer: it goes to the next, who takes it.
    let noon = at("2026-12-04T12:00:01+09:00");
    counter.jobs(noon).await?;
    assert_eq!((state(&counter, &first).await?.as_str(), state(&counter, &second).await?.as_str()), ("lapsed", "offered"));
    let late = counter.perform(b, "facility.offered", &[("number", &first), ("answer", "yes")], noon).await?;
    assert_eq!(said(&late), "booking-offer-gone");
    let taken = counter.perform(c, "facility.offered", &[("number", &second), ("answer", "yes")], noon).await?;
    assert_eq!((said(&taken).as_str(), state(&counter, &second).await?.as_str()), ("booking-held", "held"));
    bot.stop().await
}

/// A move that cannot be had leaves the old slot where it was; one that can lets it go in the same transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_takes_the_new_before_it_lets_the_old_go() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 2).await?;
    let mine = number(&counter.perform(everybody[0], "facility.book", &wanted("plaza-kai", "book/plaza-kai/2026-12-16/0900-1200"), at(NOW)).await?);
    counter.perform(everybody[1], "facility.book", &wanted("plaza-kai", "book/plaza-kai/2026-12-16/1300-1700"), at(NOW)).await?;
    let to = |slot: &'static str| vec![("booking", mine.clone()), ("slot", slot.to_owned())];
    let moved = async |slot: &'static str| {
        let answers = to(slot);
        let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        counter.perform(everybody[0], "facility.change", &answers, at(NOW)).await
    };
    assert!(matches!(moved("book/plaza-kai/2026-12-16/1300-1700").await?, Outcome::Rejected { .. }));
    let there = "SELECT count(*) FROM booking_unit WHERE room_id = 'plaza-kai' AND from_at = '2026-12-16T09:00:00+09:00'";
    assert_eq!(counter.count(there).await?, 1, "the old slot was never free");
    assert_eq!(said(&moved("book/plaza-kai/2026-12-17/0900-1200").await?), "booking-changed");
    assert_eq!((counter.count(there).await?, counter.count("SELECT count(*) FROM booking_unit WHERE room_id = 'plaza-kai'").await?), (0, 2));
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_can_be_done_again_by_anyone() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 6).await?;
    let slot = "lot/tennis-a/2027-02-06/0900-1100";
    let mut numbers = Vec::new();
    for who in &everybody {
        let entered = counter.perform(*who, "facility.book", &wanted("tennis-a", slot), at(NOW)).await?;
        assert_eq!(said(&entered), "booking-entered");
        numbers.push(number(&entered));
    }
    let round = "tennis-a/2027-02";
    let published = async || -> anyhow::Result<bookings::Published> {
        let mut tx = counter.db.city(&counter.city.id).await?;
        let published = bookings::published_draw(&mut tx, &counter.city.id, round).await?.expect("a round");
        tx.commit().await?;
        Ok(published)
    };
    let before = published().await?;
    assert_eq!((before.seed, before.entries.len()), (None, 6), "the seed is not known before");
    assert!(counter.jobs(at("2026-12-10T23:59:00+09:00")).await?.is_empty(), "entries are open until the day is over");
    let drawn_at = at("2026-12-11T00:00:00+09:00");
    assert!(counter.jobs(drawn_at).await?.contains(&"booking.draw".to_owned()));
    let after = published().await?;
    let seed = after.seed.expect("it is published");
    assert_eq!(bookings::draw_hash(&seed), before.seed_hash, "it is the seed that was promised");
    let order: Vec<String> = after.entries.iter().map(|(number, _)| number.clone()).collect();
    assert_eq!(bookings::draw_order(&seed, &numbers), order);
    assert_eq!(after.entries.iter().map(|(_, won)| *won).collect::<Vec<_>>(), [Some(true), Some(false), Some(false), Some(false), Some(false), Some(false)]);
    assert_eq!(state(&counter, &order[0]).await?, "held");
    for (who, number) in everybody.iter().zip(&numbers) {
        let told = counter.told(*who, drawn_at).await?;
        assert_eq!(told, [if *number == order[0] { "booking-won-unpaid" } else { "booking-lost" }]);
    }
    // What is left goes to whoever comes first.
    let rest = counter.perform(everybody[1], "facility.book", &wanted("tennis-a", "book/tennis-a/2027-02-06/1100-1300"), drawn_at).await?;
    assert_eq!(said(&rest), "booking-held");
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_opens_for_its_booker_in_the_booked_time() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 2).await?;
    let mine = number(&counter.perform(everybody[0], "facility.book", &wanted("nishi-wa", "book/nishi-wa/2026-12-16/0900-1200"), at(NOW)).await?);
    let ask = async |who: ConversationId, now: DateTime<Utc>| counter.perform(who, "facility.passcode", &[("booking", &mine)], now).await;
    assert_eq!(said(&ask(everybody[0], at(NOW)).await?), "booking-door-later");
    let day_before = at("2026-12-15T09:00:00+09:00");
    assert!(counter.jobs(day_before).await?.contains(&"booking.door".to_owned()));
    assert!(counter.told(everybody[0], day_before).await?.contains(&"booking-door-ready".to_owned()));
    let shown = ask(everybody[0], day_before).await?;
    let Outcome::Done { say, .. } = &shown else { panic!("{shown:?}") };
    let Some(Part::Text { text: Say::Key { args, .. } }) = say.first() else { panic!("{say:?}") };
    let code = args.iter().find(|(name, _)| name == "code").map(|(_, value)| format!("{value:?}")).expect("a code");
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let opens = |moment: &str| counter.locks.opens("nishi-wa", &code, at(moment));
    assert_eq!([opens("2026-12-16T08:44:00+09:00"), opens("2026-12-16T08:45:00+09:00"), opens("2026-12-16T12:15:00+09:00"), opens("2026-12-16T12:16:00+09:00")], [false, true, true, false]);
    assert_eq!(said(&ask(everybody[1], day_before).await?), "booking-none", "nobody else sees it");
    assert_eq!(counter.count("SELECT count(*) FROM door_pass WHERE sealed IS NOT NULL").await?, 1);
    counter.perform(everybody[0], "facility.cancel", &[("booking", &mine)], day_before).await?;
    counter.jobs(day_before).await?;
    assert!(!opens("2026-12-16T10:00:00+09:00"), "a cancelled booking opens nothing");
    assert_eq!(said(&ask(everybody[0], day_before).await?), "booking-none");
    bot.stop().await
}

/// Half courts, places and seats are so many as there are, and no more.
#[tokio::test(flavor = "multi_thread")]
async fn units_are_as_many_as_there_are() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let counter = Arc::new(counter);
    let everybody = residents(&counter, 12).await?;
    let answers = vec![("age", "0"), ("date", "2026-12-16"), ("slot", "book/nur-sakura-0/2026-12-16/0900-1700"), ("child", "ヤマダ ソラ"), ("allergy", "egg"), ("who", "new-address"), ("name", "ヤマダ ハナコ"), ("phone", "0900000000"), ("address", "さくら町1-1")];
    let asking = everybody.into_iter().map(|who| {
        let (counter, answers) = (counter.clone(), answers.clone());
        async move { anyhow::Ok(tokio::spawn(async move { counter.perform(who, "childcare.temporary_book", &answers, at(NOW)).await }).await??) }
    });
    let outcomes = try_join_all(asking).await?;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done { receipt: Some(_), .. })).count(), 2);
    assert_eq!(counter.count("SELECT count(DISTINCT unit) FROM booking_unit WHERE room_id = 'nur-sakura-0'").await?, 2);
    // What the nursery must know is sealed.
    assert_eq!(counter.count("SELECT count(*) FROM booking WHERE room_id = 'nur-sakura-0' AND position('egg'::bytea IN sealed) > 0").await?, 0);
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_book_for_who_calls_and_the_figures_count() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let who = counter.resident("a").await?;
    let online = number(&counter.perform(who, "facility.book", &wanted("chuo-2", SLOT), at(NOW)).await?);
    pay(&counter, &online, "sandbox", at(NOW)).await?;
    counter.jobs(at(NOW)).await?;
    let catalogue = counter.city.content::<Catalogue>().expect("a catalogue");
    let mut entries = 0;
    let mut caller = |room: &str, span: &str, people: u32| {
        entries += 1;
        CounterBooking { entry: Uuid::from_u128(entries), author: Uuid::from_u128(7), room: room.into(), day: "2026-12-16".parse().expect("a day"), span: span.into(), people: Some(people), group: "resident".into(), name: "サトウ".into(), phone: "0600000000".into() }
    };
    let mut tx = counter.db.city(&counter.city.id).await?;
    let mut results = Vec::new();
    for (room, span, people) in [("chuo-2", "0900-1200", 5), ("chuo-2", "1300-1700", 500), ("chuo-2", "1300-1400", 5), ("nowhere", "0900-1200", 5), ("chuo-2", "1300-1700", 5)] {
        results.push(bookings::book_for_caller(&counter.db, &mut tx, &counter.city.id, (catalogue, counter.city.zone), &caller(room, span, people), at(NOW)).await?);
    }
    tx.commit().await?;
    let by_phone = results.pop().expect("a result").expect("booked");
    assert_eq!(results.into_iter().map(Result::unwrap_err).collect::<Vec<_>>(), [bookings::NotBooked::Taken, bookings::NotBooked::TooMany(18), bookings::NotBooked::NoSlot, bookings::NotBooked::NoRoom]);
    pay(&counter, &by_phone, "cash", at(NOW)).await?;
    counter.jobs(at(NOW)).await?;
    assert_eq!(counter.count("SELECT count(*) FROM booking_use").await?, 2);
    assert_eq!(counter.count("SELECT sum(hours)::bigint FROM booking_use").await?, 7);
    assert_eq!(counter.count("SELECT count(*) FROM booking_use WHERE paid_by = 'cash'").await?, 1);
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reminder_comes_the_day_before_and_not_after_a_cancellation() -> anyhow::Result<()> {
    let (_folder, bot, counter) = Counter::open().await?;
    let everybody = residents(&counter, 2).await?;
    let mut all = Vec::new();
    for (who, slot) in everybody.iter().zip(["book/plaza-kai/2026-12-16/0900-1200", "book/plaza-kai/2026-12-16/1300-1700"]) {
        all.push(number(&counter.perform(*who, "facility.book", &wanted("plaza-kai", slot), at(NOW)).await?));
    }
    counter.perform(everybody[1], "facility.cancel", &[("booking", &all[1])], at(NOW)).await?;
    counter.jobs(at(NOW)).await?;
    let before = at("2026-12-16T09:00:00+09:00") - TimeDelta::hours(24);
    assert!(counter.jobs(before - TimeDelta::seconds(1)).await?.is_empty());
    counter.jobs(before + TimeDelta::hours(6)).await?;
    assert_eq!(counter.told(everybody[0], before).await?, ["booking-reminder"]);
    assert!(counter.told(everybody[1], before).await?.is_empty());
    bot.stop().await
}
