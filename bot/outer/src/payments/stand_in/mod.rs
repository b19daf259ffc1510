//! Providers as tests need them: the books of one, spoken to in the protocol of another. They charge, refund and keep quiet on
//! demand; notices are not sent but handed to the test, which loses, doubles and reorders them.

mod paypay;
mod stripe;

use axum::{Router, body::Body, response::Response};
use futures_util::stream;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// Nothing is done, and no answer comes.
    Lost,
    /// It is done, and no answer comes.
    Unanswered,
    /// Nothing is done; the answer is an error of the provider's.
    Broken,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub reference: String,
    /// As the provider knows the attempt, and the city that named it.
    pub attempt: String,
    pub city: String,
    pub amount: i64,
    pub currency: String,
    pub state: PageState,
    pub payment: Option<String>,
    /// How often the resident's money was taken: more than once is a disaster.
    pub charged: u32,
    pub created: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    Open,
    Paid,
    Over,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    pub id: String,
    pub payment: String,
    pub amount: i64,
    pub created: i64,
}

/// The words of one notice: what a provider would post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

type Faults = Box<dyn FnMut() -> Fault + Send>;

#[derive(Default)]
struct Books {
    pages: BTreeMap<String, Page>,
    /// By the key of the refund.
    refunds: BTreeMap<String, Back>,
    made: u64,
    now: i64,
    faults: Option<Faults>,
}

/// A provider's books. Clones are the same books.
#[derive(Clone, Default)]
pub struct Till(Arc<Mutex<Books>>);

impl Till {
    fn with<T>(&self, f: impl FnOnce(&mut Books) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on calls go wrong as this says; asked once a call.
    pub fn faults(&self, faults: impl FnMut() -> Fault + Send + 'static) {
        self.with(|books| books.faults = Some(Box::new(faults)));
    }

    pub fn no_faults(&self) {
        self.with(|books| books.faults = None);
    }

    /// What the provider's clock says (seconds).
    pub fn set_now(&self, now: i64) {
        self.with(|books| books.now = now);
    }

    pub fn pages(&self) -> Vec<Page> {
        self.with(|books| books.pages.values().cloned().collect())
    }

    pub fn refunds(&self) -> Vec<Back> {
        self.with(|books| books.refunds.values().cloned().collect())
    }

    /// The resident pays on the page. `false`: it takes no money.
    pub fn pay(&self, reference: &str) -> bool {
        self.pay_other(reference, None, None)
    }

    /// As [`Till::pay`], but what is taken is not what was asked for.
    pub fn pay_other(&self, reference: &str, amount: Option<i64>, currency: Option<&str>) -> bool {
        self.with(|books| {
            books.made += 1;
            let payment = format!("pi_{:06}", books.made);
            let Some(page) = books.pages.get_mut(reference).filter(|page| page.state == PageState::Open) else { return false };
            page.state = PageState::Paid;
            page.payment = Some(payment);
            page.charged += 1;
            page.amount = amount.unwrap_or(page.amount);
            page.currency = currency.unwrap_or(&page.currency).to_owned();
            true
        })
    }

    /// Somebody gives money back in the provider's own pages.
    pub fn behind(&self, payment: &str, amount: i64) -> bool {
        self.give_back(&format!("by hand: {payment}"), payment, amount).is_ok()
    }

    /// The page's time is over.
    pub fn lapse(&self, reference: &str) {
        self.with(|books| {
            if let Some(page) = books.pages.get_mut(reference).filter(|page| page.state == PageState::Open) {
                page.state = PageState::Over;
            }
        });
    }

    fn fault(&self) -> Fault {
        self.with(|books| books.faults.as_mut().map(|next| next()).unwrap_or_default())
    }

    /// The page of a key; `true`: it was there before.
    fn open(&self, attempt: &str, city: &str, amount: i64, prefix: &str) -> (Page, bool) {
        self.with(|books| {
            if let Some(page) = books.pages.values().find(|page| page.attempt == attempt) {
                return (page.clone(), true);
            }
            books.made += 1;
            let page = Page {
                reference: format!("{prefix}{:06}", books.made),
                attempt: attempt.to_owned(),
                city: city.to_owned(),
                amount,
                currency: "jpy".to_owned(),
                state: PageState::Open,
                payment: None,
                charged: 0,
                created: books.now,
            };
            books.pages.insert(page.reference.clone(), page.clone());
            (page, false)
        })
    }

    fn page(&self, reference: &str) -> Option<Page> {
        self.with(|books| books.pages.get(reference).cloned())
    }

    fn of_attempt(&self, attempt: &str) -> Option<Page> {
        self.with(|books| books.pages.values().find(|page| page.attempt == attempt).cloned())
    }

    /// The refund of a key; `true`: it was there before. `Err`: more than was paid, or nothing was.
    fn give_back(&self, key: &str, payment: &str, amount: i64) -> Result<(Back, bool), &'static str> {
        self.with(|books| {
            if let Some(back) = books.refunds.get(key) {
                return Ok((back.clone(), true));
            }
            let paid = books.pages.values().find(|page| page.payment.as_deref() == Some(payment)).map(|page| page.amount).ok_or("no such payment")?;
            let gone: i64 = books.refunds.values().filter(|back| back.payment == payment).map(|back| back.amount).sum();
            if amount <= 0 || gone + amount > paid {
                return Err("more than was paid");
            }
            books.made += 1;
            let back = Back { id: format!("re_{:06}", books.made), payment: payment.to_owned(), amount, created: books.now };
            books.refunds.insert(key.to_owned(), back.clone());
            Ok((back, false))
        })
    }

    /// Serves a protocol on a port of its own.
    pub async fn serve(router: Router) -> std::io::Result<SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(address)
    }
}

pub use paypay::{notice as paypay_notice, routes as paypay_routes};
pub use stripe::{notice as stripe_notice, routes as stripe_routes};

/// An answer that breaks off before it says anything.
fn no_answer() -> Response {
    let broken = stream::once(async { Err::<String, _>(std::io::Error::other("gone")) });
    Response::new(Body::from_stream(broken))
}
