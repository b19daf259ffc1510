//! Premium vouchers: applying, buying within limits, the balance, the shops, and paying in a shop by a code that is good once.

mod apply;
mod buy;
mod campaign;
mod import;
mod shops;
mod spend;

pub use import::{import_campaigns, import_shops};
pub use shops::{demo_pins, set_pin};
pub use spend::{Spent, code_open, spend};

use crate::{Context, Service, ServiceError, Work, payments::Providers, whereabouts};
use dialogue::{Answer, Field, FieldKind, Form, Found, News, Offer, Outcome, SlotKind};
use futures_util::future::BoxFuture;
use model::{Choice, CityId, Lang, Part, Postback, Say};
use sqlx::PgConnection;
use std::{collections::BTreeMap, sync::Arc};
use store::MigrationFile;

pub const ID: &str = "vouchers";
/// The start: what about vouchers?
const START: &str = "voucher.use";
const APPLY: &str = "voucher.apply";
const BUY: &str = "voucher.buy";
const BALANCE: &str = "voucher.balance";
const SHOPS: &str = "voucher.shops";
const SHOW: &str = "voucher.show";

#[derive(Default)]
pub struct Vouchers {
    pub providers: Option<Arc<Providers>>,
}

/// What words lead to, the surest first.
const MEANT: [(&str, &[&str]); 5] = [
    (BALANCE, &["残高", "残り", "残額", "のこり", "いくら残", "balance", "余额", "잔액", "số dư"]),
    (SHOPS, &["使える店", "使えるお店", "取扱店", "加盟店", "店", "どこで使", "みせ", "shop", "store", "商店", "가게", "cửa hàng"]),
    (SHOW, &["お店で払", "店で払", "出し方", "払い方", "qr", "コードを出", "使いたい", "つかいたい", "pay with", "出示", "사용하고", "dùng phiếu"]),
    (BUY, &["買いたい", "買う", "購入", "かいたい", "チャージ", "buy", "购买", "구매", "mua"]),
    (APPLY, &["申し込", "申込", "応募", "申請", "もうしこ", "apply", "申请", "신청", "đăng ký"]),
];

impl Service for Vouchers {
    fn id(&self) -> &'static str {
        ID
    }

    fn forms(&self) -> Vec<Form> {
        let books = || Field::new("books", FieldKind::Number { min: 1, max: 20 }).slot(SlotKind::Quantity);
        vec![
            Form::answer(START, &[START]).menu(45),
            Form::task(APPLY, &[]).field(books()).field(Field::new("name", FieldKind::KanaName)).field(Field::new("birthday", FieldKind::Birthday).slot(SlotKind::Birthday)),
            Form::task(BUY, &[]).field(Field::new("campaign", FieldKind::Offer).optional()).field(books()),
            Form::answer(BALANCE, &[]),
            Form::answer(SHOPS, &[]).field(Field::new("place", FieldKind::Place)),
            Form::answer(SHOW, &[]),
        ]
    }

    fn texts(&self) -> Vec<(Lang, &'static str)> {
        crate::service_texts!()
    }

    fn migrations(&self) -> &'static [MigrationFile] {
        &[MigrationFile { version: 20261128030300, name: "voucher", sql: include_str!("migrations/20261128030300_voucher.sql") }]
    }

    fn without<'a>(&'a self, tx: &'a mut PgConnection, city: &'a CityId) -> BoxFuture<'a, Result<Vec<&'static str>, ServiceError>> {
        Box::pin(async move {
            let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM voucher_campaign WHERE city_id = $1)").bind(city.as_str()).fetch_one(tx).await?;
            Ok(if any { Vec::new() } else { vec![START, APPLY, BUY, BALANCE, SHOPS, SHOW] })
        })
    }

    fn works(&self) -> Vec<Arc<dyn Work>> {
        vec![Arc::new(buy::Bought)]
    }

    fn lookup<'a>(&'a self, context: &'a mut Context<'_>, _form: &'a str, field: &'a str, text: &'a str, asked: bool) -> BoxFuture<'a, Result<Found, ServiceError>> {
        Box::pin(async move { Ok(if field == "place" { whereabouts::find(context.city, text, asked) } else { Found::None }) })
    }

    fn offer<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, field: &'a str, _answers: &'a BTreeMap<String, Answer>) -> BoxFuture<'a, Result<Offer, ServiceError>> {
        Box::pin(async move {
            match (form, field) {
                (BUY, "campaign") => buy::offer(context).await,
                _ => Err(ServiceError::NotMine(form.to_owned())),
            }
        })
    }

    fn perform<'a>(&'a self, context: &'a mut Context<'_>, form: &'a str, answers: &'a BTreeMap<String, Answer>, text: &'a str) -> BoxFuture<'a, Result<Outcome, ServiceError>> {
        Box::pin(async move {
            match form {
                START => start(context, text).await,
                APPLY => apply::apply(context, answers).await,
                BUY => buy::buy(context, answers).await,
                BALANCE => spend::balance(context).await,
                SHOPS => shops::nearest(context, answers).await,
                SHOW => spend::show(context, self.providers.as_deref()).await,
                other => Err(ServiceError::NotMine(other.to_owned())),
            }
        })
    }

    fn tell<'a>(&'a self, context: &'a mut Context<'_>, event: &'a str, key: &'a str) -> BoxFuture<'a, Result<News, ServiceError>> {
        Box::pin(spend::tell(context, event, key))
    }
}

/// What is known of the campaign that runs, and what can be done.
async fn start(context: &mut Context<'_>, text: &str) -> Result<Outcome, ServiceError> {
    let said = normalise::fold(text).to_lowercase();
    if let Some((form, _)) = MEANT.iter().find(|(_, words)| words.iter().any(|word| said.contains(word))) {
        return Ok(Outcome::Go { form: (*form).to_owned(), given: BTreeMap::new() });
    }
    let choices = [APPLY, BUY, BALANCE, SHOPS, SHOW].into_iter().map(|form| Choice::new(Say::dynamic(format!("{}-title", form.replace('.', "-"))), Postback::begin(form))).collect();
    let text = match campaign::current(context.tx, &context.city.id, context.now.date_naive()).await? {
        Some(campaign) => campaign.says(),
        None => Say::key("voucher-none"),
    };
    Ok(Outcome::done(vec![Part::Choices { text, choices }]))
}

/// Nothing can be done, and why.
fn sorry(key: &'static str) -> Outcome {
    Outcome::done(why_not(key))
}

fn why_not(key: &'static str) -> Vec<Part<Say>> {
    let choices = vec![Choice::new(Say::key("voucher-use-title"), Postback::begin(START)), Choice::new(Say::key("menu-label"), "menu")];
    vec![Part::Choices { text: Say::key(key), choices }]
}
