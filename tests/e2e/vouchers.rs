//! Premium vouchers from outside: applied for within limits, bought, spent in shops by codes that are good once.

use chrono::TimeDelta;
use e2e::{Answer, Paying};
use hyper::Method;
use model::Content;
use std::fs;

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// A house whose campaign has three books, two at most for one person.
async fn open() -> anyhow::Result<Paying> {
    let paying = Paying::start(&["sandbox"], "").await?;
    let today = paying.now().date_naive();
    let (before, after) = (today - TimeDelta::days(2), today + TimeDelta::days(2));
    let file = paying.folder.0.join("vouchers.csv");
    let head = "id,name,price,worth,per_person,books,apply_from,apply_to,buy_to,use_to,note";
    let rows = format!("{head}\nnow,ためし商品券,1000,1250,2,3,{before},{after},{after},{after},\nbad,安すぎる券,1000,900,2,3,{before},{after},{after},{after},\nworse,逆の券,1000,1250,2,3,{after},{before},{after},{after},\n");
    fs::write(&file, rows)?;
    let import = || paying.command(&["import", "vouchers", &file.to_string_lossy(), "--city", "aoba"]);
    let (fine, out, errors) = import()?;
    assert!(fine && out.contains("1 rows loaded, 1 of them new or changed, 2 rejected"), "{out} {errors}");
    assert!(errors.contains("vouchers.csv:3:") && errors.contains("vouchers.csv:4:") && errors.contains("must follow"), "{errors}");
    assert!(import()?.1.contains("0 of them new or changed"));
    Ok(paying)
}

async fn says(paying: &Paying, account: &str, text: &str) -> anyhow::Result<()> {
    paying.does(account, Content::Text { text: text.to_owned() }).await.map(|_| ())
}

async fn applies(paying: &Paying, account: &str, books: u32, name: &str, hears: &str) -> anyhow::Result<()> {
    paying.taps(account, &format!("do:voucher.apply?books={books}")).await?;
    says(paying, account, name).await?;
    says(paying, account, "昭和33年5月8日").await?;
    paying.taps(account, "yes").await?;
    paying.hears(account, hears).await.map(|_| ())
}

/// Buys books and pays for them on the sandbox's page.
async fn buys(paying: &Paying, account: &str, books: u32, hears: &str) -> anyhow::Result<()> {
    paying.taps(account, &format!("do:voucher.buy?books={books}")).await?;
    paying.taps(account, "yes").await?;
    paying.hears(account, "までに払ってください").await?;
    paying.taps(account, "do:payment.pay").await?;
    let page = paying.link(&paying.hears(account, "下のボタンから払ってください").await?)?;
    let sandbox = page.replacen("/pay/", "/payments/sandbox/", 1);
    let mut status = 0;
    while status != 303 {
        status = paying.bot.http.send(Method::POST, &sandbox, &FORM, "act=pay".into()).await?.status;
        paying.pause().await?;
    }
    paying.hears(account, hears).await.map(|_| ())
}

/// A fresh code of the resident's: the path of its page.
async fn code(paying: &Paying, account: &str, balance: &str) -> anyhow::Result<String> {
    paying.taps(account, "do:voucher.show").await?;
    paying.link(&paying.hears(account, &format!("残高は{balance}円です。下の画面")).await?)
}

async fn takes(paying: &Paying, code: &str, shop: &str, pin: &str, amount: &str) -> anyhow::Result<Answer> {
    paying.bot.http.send(Method::POST, &format!("{code}/shop"), &FORM, format!("shop={shop}&pin={pin}&amount={amount}").into()).await
}

/// What is in all purses, and what the ledger says that the city owes for vouchers.
async fn books(paying: &Paying) -> anyhow::Result<(i64, i64)> {
    let mut tx = paying.db.city(&paying.city).await?;
    let purses: i64 = sqlx::query_scalar("SELECT COALESCE(sum(balance), 0)::bigint FROM voucher_purse").fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok((purses, -paying.balance("vouchers").await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn books_are_applied_for_bought_and_spent_once() -> anyhow::Result<()> {
    let paying = open().await?;
    applies(&paying, "mori", 2, "もり たろう", "2冊、申し込みました").await?;
    applies(&paying, "mori", 1, "もり たろう", "もう申し込み済みです").await?;
    // Another account of the same person, and one book for two.
    applies(&paying, "mori-2", 1, "もり　たろう", "もう申し込み済みです").await?;
    applies(&paying, "kato", 3, "かとう はな", "1人2冊までです").await?;
    applies(&paying, "sato", 2, "さとう はな", "残りの冊数が足りません").await?;
    applies(&paying, "sato", 1, "さとう はな", "1冊、申し込みました").await?;
    buys(&paying, "mori", 2, "残高は2,500円です").await?;
    paying.taps("mori", "do:voucher.buy?books=1").await?;
    paying.taps("mori", "yes").await?;
    paying.hears("mori", "すべて買いました").await?;
    assert_eq!(books(&paying).await?, (2_500, 2_500));
    let page = code(&paying, "mori", "2,500").await?;
    let shown = paying.bot.http.get(&page).await?.text();
    assert!(shown.contains("<svg") && shown.contains("2,500円"), "{shown}");
    let form = paying.bot.http.get(&format!("{page}/shop")).await?.text();
    assert!(form.contains("暗証番号") && !form.contains("2,500"), "the shop is not told what there is: {form}");
    for (shop, pin, amount, answer) in [
        ("v001", "000000", "500", "店番号か暗証番号が違います"),
        ("v999", "246810", "500", "店番号か暗証番号が違います"),
        ("v001", "246810", "0", "1円以上"),
        ("v001", "246810", "-5", "1円以上"),
        ("v001", "246810", "99999999999", "1円以上"),
        ("v001", "246810", "2501", "残高が足りません"),
        ("v001", "246810", "2,000円", "受け取りました"),
        ("v001", "246810", "100", "このコードは使えません"),
    ] {
        let got = takes(&paying, &page, shop, pin, &amount.replace('円', "%E5%86%86")).await?.text();
        assert!(got.contains(answer), "{shop} {pin} {amount}: {got}");
    }
    paying.hears("mori", "スーパーあおば 駅前店で2,000円使いました。残高は500円です").await?;
    assert_eq!(books(&paying).await?, (500, 500));
    assert_eq!(paying.balance("shops_due").await?, -2_000);
    // A code that was never made, and one that a newer one replaced.
    let first = code(&paying, "mori", "500").await?;
    paying.taps("mori", "do:voucher.show").await?;
    let replaced = || async { anyhow::Ok(takes(&paying, &first, "v001", "246810", "1").await?.text().contains("このコードは使えません")) };
    let began = std::time::Instant::now();
    while paying.bot.http.get(&format!("{first}/shop")).await?.text().contains("暗証番号") {
        anyhow::ensure!(began.elapsed().as_secs() < 20, "the first code stays good");
        paying.pause().await?;
    }
    assert!(replaced().await?);
    let never = paying.bot.http.get("/vouchers/aoba/0123456789abcdef0123456789abcdef/shop").await?.text();
    assert!(!never.contains("暗証番号"), "{never}");
    paying.bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_tills_at_once_take_one_code_once_and_a_guessing_shop_waits() -> anyhow::Result<()> {
    let paying = open().await?;
    applies(&paying, "mori", 1, "もり たろう", "1冊、申し込みました").await?;
    buys(&paying, "mori", 1, "残高は1,250円です").await?;
    let page = code(&paying, "mori", "1,250").await?;
    let shops = ["v001", "v002", "v003", "v004", "v005", "v001", "v002", "v003", "v004", "v005"];
    let all = futures_util::future::try_join_all(shops.iter().map(|shop| takes(&paying, &page, shop, "246810", "100"))).await?;
    assert_eq!(all.iter().filter(|answer| answer.text().contains("受け取りました")).count(), 1);
    assert_eq!(books(&paying).await?, (1_150, 1_150));
    let page = code(&paying, "mori", "1,150").await?;
    for guess in 100_000..100_005 {
        assert!(takes(&paying, &page, "v006", &guess.to_string(), "100").await?.text().contains("違います"));
    }
    assert!(takes(&paying, &page, "v006", "246810", "100").await?.text().contains("違います"), "the right number, too, has to wait now");
    assert!(takes(&paying, &page, "v007", "246810", "100").await?.text().contains("受け取りました"));
    let (fine, _, errors) = paying.command(&["voucher", "pin", "v006", "135790", "--city", "aoba"])?;
    assert!(fine, "{errors}");
    let page = code(&paying, "mori", "1,050").await?;
    assert!(takes(&paying, &page, "v006", "135790", "50").await?.text().contains("受け取りました"));
    paying.bot.stop().await
}
