//! Paying from outside: pages, notices, refunds, receipts; and everything that can go wrong.

use chrono::TimeDelta;
use e2e::{Paying, payment_faults};
use hyper::Method;
use model::{BillState, Content, NewRefund, RefundAsked, RefundWay, Yen};
use outer::payments::{stand_in::{Fault, Posted}, stripe::sign};
use serde_json::json;
use store::bills;

const BOTH: [&str; 2] = ["stripe", "paypay"];
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_and_fifty_payments_under_faults_sum_and_nobody_pays_twice() -> anyhow::Result<()> {
    let told = payment_faults::run(150, 3).await?;
    println!("{told:?}");
    // 15 residents left, 15 paid something else; the bills of 15 were withdrawn, and of 15 the time ran out.
    assert_eq!(told.kills, 3);
    assert_eq!(told.held, 15);
    assert!(told.paid >= 90 && told.refunds >= 15 && told.expired >= 15, "{told:?}");
    Ok(())
}

/// The whole way in the demo: asked, answered with a link, paid on the sandbox's page, told, and the receipt.
#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_paid_on_the_sandboxs_page_and_has_a_receipt() -> anyhow::Result<()> {
    let paying = Paying::start(&["sandbox"], "").await?;
    let bot = &paying.bot;
    paying.does("mori", Content::Follow).await?;
    let (fine, out, errors) = paying.command(&["pay", "ask", "証明書の郵送手数料", "1200", "--account", "web:mori", "--city", "aoba"])?;
    assert!(fine, "{errors}");
    let number = out.split(':').next().unwrap_or_default().to_owned();
    paying.does("mori", Content::Text { text: "使用料を支払いたい".to_owned() }).await?;
    let answer = paying.hears("mori", "1,200円").await?;
    assert!(answer.to_string().contains(&number), "{answer}");
    let page = paying.link(&answer)?;
    // The page waits for the provider's, then leads to it.
    let mut sandbox = String::new();
    while sandbox.is_empty() {
        let shown = bot.http.get(&page).await?;
        match shown.status {
            303 => sandbox = shown.headers["location"].to_str()?.split_once(&bot.address.to_string()).map(|(_, path)| path.to_owned()).unwrap_or_default(),
            status => assert!(status == 200 && shown.text().contains("準備しています"), "{}", shown.text()),
        }
    }
    let shown = bot.http.get(&sandbox).await?;
    assert!(shown.text().contains("1,200円") && shown.text().contains("本当のお金は動きません"), "{}", shown.text());
    let paid = bot.http.send(Method::POST, &sandbox, &FORM, "act=pay".into()).await?;
    assert_eq!(paid.status, 303);
    assert!(paid.headers["location"].to_str()?.ends_with(&format!("{page}?back=1")));
    let told = paying.hears("mori", "お支払いを確認しました").await?;
    assert!(bot.http.get(&format!("{page}?back=1")).await?.text().contains("お支払いが済みました"));
    // Paying again on the same page moves nothing.
    bot.http.send(Method::POST, &sandbox, &FORM, "act=pay".into()).await?;
    let receipt = paying.link(&told)?;
    let pdf = bot.http.get(&receipt).await?;
    assert_eq!((pdf.status, pdf.headers["content-type"].to_str()?), (200, "application/pdf"));
    assert!(pdf.body.starts_with(b"%PDF-") && pdf.body.len() > 5_000);
    // A link that was changed opens nothing.
    for wrong in [receipt.replace(".pdf", "0.pdf"), receipt.replacen("/receipts/aoba/", "/receipts/midori/", 1), receipt.trim_end_matches(".pdf").to_owned(), receipt.replacen("/17", "/18", 1)] {
        assert_eq!(bot.http.get(&wrong).await?.status, 404, "{wrong}");
    }
    paying.taps("mori", "do:payment.receipt").await?;
    assert!(paying.hears("mori", "支払い済みです").await?.to_string().contains(&number));
    assert_eq!((paying.balance("provider:sandbox").await?, paying.balance("receivable").await?), (1_200, 0));
    // Somebody else finds nothing of it.
    paying.does("other", Content::Text { text: format!("{number}の領収書がほしい") }).await?;
    let other = paying.hears("other", "払った記録").await?;
    assert!(!other.to_string().contains("1,200"), "{other}");
    paying.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_replayed_and_foreign_notices_change_nothing() -> anyhow::Result<()> {
    let paying = Paying::start(&BOTH, "").await?;
    let bill = paying.owes("mori", "payments.fee", 1_200, None).await?;
    paying.taps("mori", &format!("do:payment.pay?bill={}&way=stripe", bill.id)).await?;
    let page = paying.page(&paying.stripe, &bill).await?;
    // Nobody has paid. Somebody says so, with a secret of his own, without any, with an old signature, for another city.
    let mut lie = page.clone();
    lie.state = outer::payments::stand_in::PageState::Paid;
    let body = outer::payments::stand_in::stripe_notice(&lie, "evt_1", "whsec_other", paying.now());
    assert_eq!(paying.post("stripe", &body).await?, 401);
    assert_eq!(paying.post("stripe", &Posted { headers: Vec::new(), body: body.body.clone() }).await?, 401);
    let signed_at = |at| vec![("stripe-signature".to_owned(), sign(e2e::WEBHOOK_SECRET, body.body.as_bytes(), at))];
    assert_eq!(paying.post("stripe", &Posted { headers: signed_at(paying.now() - TimeDelta::minutes(6)), body: body.body.clone() }).await?, 401);
    assert_eq!(paying.post("stripe", &Posted { headers: signed_at(paying.now()), body: body.body.replace("aoba", "midori") }).await?, 401);
    assert_eq!(paying.post("stripe", &Posted { headers: signed_at(paying.now()), body: "{".to_owned() }).await?, 401);
    assert_eq!(paying.post("nobody", &body).await?, 404);
    // Even one that Stripe signed counts for nothing when Stripe's books say otherwise.
    let genuine = Posted { headers: signed_at(paying.now()), body: body.body.clone() };
    assert_eq!((paying.post("stripe", &genuine).await?, paying.post("stripe", &genuine).await?), (200, 200));
    assert_eq!(paying.bill(bill.id).await?.state, BillState::Open);
    assert_eq!(paying.balance("provider:stripe").await?, 0);
    // PayPay signs nothing: whoever knows the number makes us look, and no more.
    let paypay = Posted { headers: Vec::new(), body: json!({ "merchant_id": e2e::MERCHANT, "merchant_order_id": format!("aoba_{}", bill.id.0.simple()), "order_id": "1", "state": "COMPLETED" }).to_string() };
    assert_eq!(paying.post("paypay", &paypay).await?, 200);
    assert_eq!(paying.post("paypay", &Posted { headers: Vec::new(), body: paypay.body.replace(e2e::MERCHANT, "somebody") }).await?, 401);
    // At last the money comes, and the notice as often as it likes.
    assert!(paying.stripe.pay(&page.reference));
    let (provider, posted) = paying.notice(&paying.stripe, &page, "evt_2");
    for _ in 0..3 {
        assert_eq!(paying.post(provider, &posted).await?, 200);
    }
    let paid = paying.until(bill.id, |bill| bill.state == BillState::Paid).await?;
    assert_eq!(paid.paid_by.as_deref(), Some("stripe"));
    paying.hears("mori", "お支払いを確認しました").await?;
    assert_eq!(paying.balance("provider:stripe").await?, 1_200);
    paying.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_or_currency_is_held_for_staff_and_confirms_nothing() -> anyhow::Result<()> {
    let paying = Paying::start(&BOTH, "").await?;
    for (account, amount, currency) in [("less", Some(1), None), ("dollars", None, Some("usd")), ("below", Some(-1_200), None)] {
        let bill = paying.owes(account, "payments.fee", 1_200, None).await?;
        paying.taps(account, &format!("do:payment.pay?bill={}&way=stripe", bill.id)).await?;
        let page = paying.page(&paying.stripe, &bill).await?;
        assert!(paying.stripe.pay_other(&page.reference, amount, currency));
        // No notice comes: it is asked for.
        paying.hears(account, "職員が確認して連絡します").await?;
        assert_eq!(paying.bill(bill.id).await?.state, BillState::Open, "{account}");
    }
    let (fine, out, _) = paying.command(&["pay", "waiting", "--city", "aoba"])?;
    assert!(fine && out.matches("held B-").count() == 3, "{out}");
    // What is yen stands in the ledger until staff have decided; what is not stands with its attempt.
    assert_eq!((paying.balance("provider:stripe").await?, paying.balance("suspense").await?), (1, -1));
    paying.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_let_go_when_its_time_is_over_and_its_page_takes_no_money() -> anyhow::Result<()> {
    let paying = Paying::start(&BOTH, "").await?;
    let hold = Some(paying.now() + TimeDelta::seconds(4));
    let bill = paying.owes("mori", "test.reserve", 1_200, hold).await?;
    paying.taps("mori", &format!("do:payment.pay?bill={}&way=paypay", bill.id)).await?;
    let page = paying.page(&paying.paypay, &bill).await?;
    paying.until(bill.id, |bill| bill.state == BillState::Expired).await?;
    assert!(!paying.paypay.pay(&page.reference), "the page is closed before the room is let go");
    assert_eq!((paying.balance("receivable").await?, paying.balance("revenue").await?), (0, 0));
    // Paid at the last moment, seen by nobody: asked before it is let go, and counted.
    let hold = Some(paying.now() + TimeDelta::seconds(4));
    let bill = paying.owes("kato", "test.reserve", 700, hold).await?;
    paying.taps("kato", &format!("do:payment.pay?bill={}&way=stripe", bill.id)).await?;
    let page = paying.page(&paying.stripe, &bill).await?;
    paying.stripe.faults(|| Fault::Lost);
    assert!(paying.stripe.pay(&page.reference));
    paying.until(bill.id, |bill| bill.hold_until.is_some_and(|until| until < paying.now())).await?;
    paying.stripe.no_faults();
    let paid = paying.until(bill.id, |bill| bill.state != BillState::Open).await?;
    assert_eq!(paid.state, BillState::Paid);
    paying.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_by_the_provider_once_even_if_it_never_answers() -> anyhow::Result<()> {
    let paying = Paying::start(&BOTH, "").await?;
    for (account, way) in [("mori", "stripe"), ("kato", "paypay")] {
        let till = if way == "stripe" { &paying.stripe } else { &paying.paypay };
        let bill = paying.owes(account, "payments.fee", 3_000, None).await?;
        paying.taps(account, &format!("do:payment.pay?bill={}&way={way}", bill.id)).await?;
        let page = paying.page(till, &bill).await?;
        assert!(till.pay(&page.reference));
        paying.until(bill.id, |bill| bill.state == BillState::Paid).await?;
        // It is done, and nobody says so, three times.
        let mut silent = 3;
        till.faults(move || {
            silent -= 1;
            if silent >= 0 { Fault::Unanswered } else { Fault::None }
        });
        let new = NewRefund { bill: bill.id, amount: Yen::new(1_000)?, way: RefundWay::AsPaid, reason: "cancelled".to_owned(), approval: false, cause: format!("test:{account}") };
        let mut tx = paying.db.city(&paying.city).await?;
        assert!(matches!(bills::ask_refund(&paying.db, &mut tx, &paying.city, &new, paying.now()).await?, RefundAsked::Taken(_)));
        tx.commit().await?;
        paying.until(bill.id, |bill| bill.state == BillState::PartlyRefunded).await?;
        assert_eq!(till.refunds().iter().map(|back| back.amount).collect::<Vec<_>>(), [1_000], "{way}");
        paying.hears(account, "1,000円を返金しました").await?;
        assert_eq!(paying.balance(&format!("provider:{way}")).await?, 2_000);
    }
    assert_eq!(paying.balance("refunds_due").await?, 0);
    // The providers' books and ours agree, until somebody gives money back behind our back.
    paying.stripe.set_now(paying.now().timestamp());
    let compare = |way: &str| paying.command(&["pay", "reconcile", way, "--days", "30000", "--city", "aoba"]);
    for way in BOTH {
        let (fine, out, errors) = compare(way)?;
        assert!(fine && out.contains("2 movements compared, 0 differ"), "{way}: {out} {errors}");
    }
    let payment = paying.stripe.pages().remove(0).payment.unwrap_or_default();
    assert!(paying.stripe.behind(&payment, 500));
    let (_, out, _) = compare("stripe")?;
    assert!(out.contains("refund") && out.contains("1500円 there, 1000円 here") && out.contains("1 differ"), "{out}");
    paying.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_at_the_counter_closes_the_page_and_is_taken_once() -> anyhow::Result<()> {
    let paying = Paying::start(&BOTH, "").await?;
    let bill = paying.owes("mori", "payments.fee", 800, None).await?;
    paying.taps("mori", &format!("do:payment.pay?bill={}&way=stripe", bill.id)).await?;
    let page = paying.page(&paying.stripe, &bill).await?;
    let cash = |amount: &str| paying.command(&["pay", "cash", &bill.number, amount, "--city", "aoba"]);
    let (fine, _, errors) = cash("700")?;
    assert!(!fine && errors.contains("800円"), "{errors}");
    let (fine, _, errors) = cash("-800")?;
    assert!(!fine, "{errors}");
    let (fine, out, errors) = cash("800")?;
    assert!(fine && out.contains("800円"), "{errors}");
    let (fine, _, errors) = cash("800")?;
    assert!(!fine && errors.contains("paid already"), "{errors}");
    paying.hears("mori", "お支払いを確認しました").await?;
    // The page that was open is closed, soon.
    let began = std::time::Instant::now();
    while paying.stripe.pages().iter().any(|other| other.reference == page.reference && other.state == outer::payments::stand_in::PageState::Open) {
        anyhow::ensure!(began.elapsed().as_secs() < 30, "the page stays open");
        paying.pause().await?;
    }
    let (fine, out, _) = paying.command(&["pay", "ledger", "--city", "aoba"])?;
    assert!(fine && out.contains("cash"), "{out}");
    assert_eq!(paying.balance("cash").await?, 800);
    paying.bot.stop().await
}
