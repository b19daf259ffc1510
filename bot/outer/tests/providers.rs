//! Every provider keeps the same promises. One set of tests, each client against the stand-in that speaks its protocol.

use chrono::{DateTime, TimeDelta, Utc};
use model::{ManualClock, Private, Yen};
use outer::{
    Failure, Http,
    payments::{
        Attempt, BookedKind, Forged, Found, Order, PayPay, PaymentProvider, RefundOrder, Refunded, Stripe, paypay,
        stand_in::{Fault, Posted, Till, paypay_notice, paypay_routes, stripe_notice, stripe_routes},
    },
};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-11-24T10:00:00+09:00".parse().expect("a time")
}

struct Setting {
    till: Till,
    provider: Box<dyn PaymentProvider>,
    /// Whether asking for the same page again brings its address.
    keeps_pages: bool,
}

async fn settings() -> Vec<Setting> {
    let http = Http::new(Duration::from_secs(5)).expect("a client");
    let stripe = Till::default();
    let address = Till::serve(stripe_routes(stripe.clone(), "sk_test")).await.expect("a port");
    let stripe_client = Stripe::new(http.clone(), &format!("http://{address}"), "sk_test".to_owned(), "whsec_test".to_owned());
    let paypay = Till::default();
    let address = Till::serve(paypay_routes(paypay.clone(), "key", "secret")).await.expect("a port");
    let keys = paypay::Keys { api_key: "key".to_owned(), api_secret: Private("secret".to_owned()), merchant_id: "m1".to_owned() };
    let paypay_client = PayPay::new(http, &format!("http://{address}"), keys, Arc::new(ManualClock::at(now())));
    vec![
        Setting { till: stripe, provider: Box::new(stripe_client), keeps_pages: true },
        Setting { till: paypay, provider: Box::new(paypay_client), keeps_pages: false },
    ]
}

fn order(n: u128) -> Order {
    Order {
        city: "aoba".parse().expect("a city"),
        attempt: Uuid::from_u128(n),
        amount: Yen::new(1_200).expect("fine"),
        title: "第1会議室 & 照明".to_owned(),
        now: now(),
        expires_at: now() + TimeDelta::minutes(30),
        return_url: "https://bot.example/back?a=1&b=2".to_owned(),
    }
}

fn attempt(order: &Order, reference: Option<&str>) -> Attempt {
    Attempt { city: order.city.clone(), id: order.attempt, reference: reference.map(str::to_owned) }
}

fn refund(n: u128, payment: &str, amount: i64) -> RefundOrder {
    RefundOrder { city: "aoba".parse().expect("a city"), refund: Uuid::from_u128(n), payment: payment.to_owned(), amount: Yen::new(amount).expect("fine"), reason: "cancelled".to_owned(), now: now() }
}

/// Opens a page and pays on it.
async fn paid(setting: &Setting, n: u128) -> (Attempt, String) {
    let order = order(n);
    let page = setting.provider.checkout(&order).await.expect("an answer").expect("a page");
    assert!(setting.till.pay(&page.reference));
    let attempt = attempt(&order, Some(&page.reference));
    let Found::Paid { payment, amount, currency } = setting.provider.lookup(&attempt).await.expect("an answer") else { panic!("it was paid") };
    assert_eq!((amount, currency.as_str()), (1_200, "JPY"));
    (attempt, payment)
}

#[tokio::test]
async fn a_page_is_opened_once_paid_once_and_found_again() {
    for setting in settings().await {
        let (provider, order) = (setting.provider.as_ref(), order(1));
        let page = provider.checkout(&order).await.expect("an answer").expect("a page");
        assert!(page.url.starts_with("https://"), "{}", provider.name());
        let again = provider.checkout(&order).await.expect("an answer");
        assert_eq!(again, setting.keeps_pages.then(|| page.clone()), "{}", provider.name());
        assert_eq!(setting.till.pages().len(), 1, "the same attempt is the same page");
        let attempt = attempt(&order, Some(&page.reference));
        assert_eq!(provider.lookup(&attempt).await, Ok(Found::Waiting));
        assert!(setting.till.pay(&page.reference));
        assert!(matches!(provider.lookup(&attempt).await, Ok(Found::Paid { amount: 1_200, .. })));
        assert!(!setting.till.pay(&page.reference));
        // What nobody has heard of is nothing.
        let unknown = Attempt { id: Uuid::from_u128(99), reference: Some("cs_none".to_owned()), ..attempt };
        assert_eq!(provider.lookup(&unknown).await, Ok(Found::Nothing));
    }
}

#[tokio::test]
async fn a_closed_page_takes_no_money_and_closing_a_paid_one_changes_nothing() {
    for setting in settings().await {
        let (provider, order) = (setting.provider.as_ref(), order(1));
        let page = provider.checkout(&order).await.expect("an answer").expect("a page");
        let open = attempt(&order, Some(&page.reference));
        provider.expire(&open).await.expect("closed");
        provider.expire(&open).await.expect("closed already");
        assert!(!setting.till.pay(&page.reference));
        assert_eq!(provider.lookup(&open).await, Ok(Found::Over));
        let (paid, payment) = paid(&setting, 2).await;
        provider.expire(&paid).await.expect("nothing to close");
        assert!(matches!(provider.lookup(&paid).await, Ok(Found::Paid { payment: still, .. }) if still == payment));
        provider.expire(&attempt(&order, None)).await.expect("nothing to close");
    }
}

#[tokio::test]
async fn money_goes_back_once_and_never_more_than_came() {
    for setting in settings().await {
        let provider = setting.provider.as_ref();
        let (_, payment) = paid(&setting, 1).await;
        assert_eq!(provider.refund(&refund(10, &payment, 500)).await, Ok(Refunded::Done));
        assert_eq!(provider.refund(&refund(10, &payment, 500)).await, Ok(Refunded::Done), "the same again is the same");
        assert_eq!(setting.till.refunds().len(), 1);
        let too_much = provider.refund(&refund(11, &payment, 701)).await;
        assert!(matches!(too_much, Ok(Refunded::Refused { .. })), "{too_much:?}");
        assert!(matches!(provider.refund(&refund(12, "pi_none", 1)).await, Ok(Refunded::Refused { .. })));
        assert_eq!(provider.refund(&refund(13, &payment, 700)).await, Ok(Refunded::Done));
        if let Some(booked) = provider.booked(now() - TimeDelta::days(30_000), now()).await.expect("an answer") {
            let sum = |kind| booked.iter().filter(|entry| entry.kind == kind && entry.payment == payment).map(|entry| entry.amount).sum::<i64>();
            assert_eq!((sum(BookedKind::Payment), sum(BookedKind::Refund)), (1_200, 1_200));
        }
    }
}

#[tokio::test]
async fn no_answer_is_not_a_no_and_the_same_again_does_it_once() {
    for setting in settings().await {
        let (provider, order) = (setting.provider.as_ref(), order(1));
        for fault in [Fault::Lost, Fault::Broken, Fault::Unanswered] {
            setting.till.faults(move || fault);
            let failure = provider.checkout(&order).await.expect_err("no answer");
            assert!(failure.may_pass(), "{failure}");
        }
        setting.till.no_faults();
        // The page was made by the call that nobody answered.
        let page = provider.checkout(&order).await.expect("an answer");
        assert_eq!((page.is_some(), setting.till.pages().len()), (setting.keeps_pages, 1));
        let (_, payment) = paid(&setting, 2).await;
        setting.till.faults(|| Fault::Unanswered);
        assert!(provider.refund(&refund(10, &payment, 1_200)).await.expect_err("no answer").may_pass());
        setting.till.no_faults();
        assert_eq!(provider.refund(&refund(10, &payment, 1_200)).await, Ok(Refunded::Done));
        assert_eq!(setting.till.refunds().len(), 1);
        assert!(matches!(provider.lookup(&Attempt { city: order.city.clone(), id: order.attempt, reference: None }).await, Ok(Found::Nothing | Found::Waiting)));
    }
}

#[tokio::test]
async fn wrong_keys_are_a_no() {
    let till = Till::default();
    let http = Http::new(Duration::from_secs(5)).expect("a client");
    let address = Till::serve(stripe_routes(till.clone(), "sk_test").merge(paypay_routes(till.clone(), "key", "secret"))).await.expect("a port");
    let base = format!("http://{address}");
    let keys = paypay::Keys { api_key: "key".to_owned(), api_secret: Private("stolen".to_owned()), merchant_id: "m1".to_owned() };
    let clients: [Box<dyn PaymentProvider>; 2] =
        [Box::new(Stripe::new(http.clone(), &base, "sk_other".to_owned(), String::new())), Box::new(PayPay::new(http, &base, keys, Arc::new(ManualClock::at(now()))))];
    for client in clients {
        let failure = client.checkout(&order(1)).await.expect_err("refused");
        assert!(matches!(failure, Failure::Refused { status: 401, .. }) && !failure.may_pass(), "{failure}");
        assert!(!format!("{failure:?}").contains("stolen"));
    }
    assert!(till.pages().is_empty());
}

#[tokio::test]
async fn notices_name_the_attempt_and_forged_ones_are_refused() {
    let all = settings().await;
    let header = |posted: &Posted| {
        let headers = posted.headers.clone();
        move |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    for setting in &all {
        paid(setting, 1).await;
        let page = setting.till.pages().remove(0);
        let genuine = if setting.keeps_pages { stripe_notice(&page, "evt_1", "whsec_test", now()) } else { paypay_notice(&page, "m1") };
        let read = setting.provider.notice(&header(&genuine), genuine.body.as_bytes(), now()).expect("genuine");
        assert_eq!(read.attempt, Some(Uuid::from_u128(1)));
        let forged = if setting.keeps_pages { stripe_notice(&page, "evt_1", "whsec_other", now()) } else { paypay_notice(&page, "m2") };
        assert_eq!(setting.provider.notice(&header(&forged), forged.body.as_bytes(), now()), Err(Forged::Wrong));
        assert!(setting.provider.notice(&header(&genuine), b"{", now()).is_err());
    }
    let city = Some("aoba".parse().expect("a city"));
    let page = all[0].till.pages().remove(0);
    assert_eq!(Stripe::city_of(stripe_notice(&page, "e", "w", now()).body.as_bytes()), city);
    assert_eq!(PayPay::city_of(paypay_notice(&all[1].till.pages().remove(0), "m1").body.as_bytes()), city);
    assert_eq!((Stripe::city_of(b"[]"), PayPay::city_of(b"{}")), (None, None));
}
