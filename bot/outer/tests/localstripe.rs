//! The client of Stripe beside an independent stand-in of Stripe's API: localstripe from PyPI, as far as that goes. It has no
//! Checkout; it has payments, refunds and signed notices.

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use model::{Private, Yen};
use outer::{
    Http,
    payments::{PaymentProvider, RefundOrder, Refunded, Stripe},
};
use serde_json::Value;
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use uuid::Uuid;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, installed once into the build's own folder; `None`, with a word why, where Python or its packages cannot be had.
fn install() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("localstripe");
    let program = venv.join("bin/localstripe");
    let run = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    let skip = |why: &str| {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{why}");
        println!("skipped: {why}");
    };
    if !program.exists() {
        if !run(Command::new("python3").args(["-m", "venv"]).arg(&venv)) {
            skip("python3 with python3-venv is not here");
            return None;
        }
        let locked = root.join("tests/localstripe/requirements.txt");
        if !run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "--require-hashes", "--requirement"]).arg(locked)) {
            skip("the packages of tests/localstripe/requirements.txt cannot be installed");
            return None;
        }
    }
    Some(program)
}

async fn heard(State(said): State<mpsc::UnboundedSender<(HeaderMap, Bytes)>>, headers: HeaderMap, body: Bytes) {
    let _ = said.send((headers, body));
}

#[tokio::test]
async fn refunds_and_signed_notices_go_as_with_an_independent_stripe() {
    let Some(program) = install() else { return };
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let server = Command::new(program).args(["--port", &port.to_string(), "--from-scratch"]).current_dir(home).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let _server = Server(server.expect("it starts"));
    let (base, http) = (format!("http://127.0.0.1:{port}"), Http::new(Duration::from_secs(5)).expect("a client"));
    let began = Instant::now();
    while http.send("localstripe", hyper::Method::GET, &format!("{base}/v1/balance"), &[("authorization", "Bearer sk_test_1")], "").await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not come up");
        tokio::task::yield_now().await;
    }
    let call = async |path: &str, form: &str| -> Value {
        let headers = [("authorization", "Bearer sk_test_1"), ("content-type", "application/x-www-form-urlencoded")];
        let answer = http.send("localstripe", hyper::Method::POST, &format!("{base}{path}"), &headers, form.to_owned()).await.expect("an answer");
        assert!(answer.fine(), "{path}: {answer:?}");
        answer.json()
    };
    // Its notices come to us, signed with the secret that we name.
    let (said, mut notices) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let _ = axum::serve(listener, Router::new().route("/", post(heard)).with_state(said)).await;
    });
    call("/_config/webhooks/ours", &format!("url=http://{address}/&secret=whsec_local&events[]=payment_intent.succeeded")).await;
    let attempt = Uuid::from_u128(7);
    let method = call("/v1/payment_methods", "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123").await;
    let method = method["id"].as_str().expect("an id");
    let paid = call("/v1/payment_intents", &format!("amount=1200&currency=jpy&confirm=true&payment_method={method}&metadata[city]=aoba&metadata[attempt]={attempt}")).await;
    assert_eq!(paid["status"], "succeeded", "{paid}");
    let stripe = Stripe::new(http.clone(), &base, "sk_test_1".to_owned(), "whsec_local".to_owned());
    let signed_at = paid["created"].as_i64().and_then(|at| chrono::DateTime::from_timestamp(at, 0)).expect("a time");
    let (headers, body) = tokio::time::timeout(Duration::from_secs(30), notices.recv()).await.expect("in time").expect("a notice");
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let notice = stripe.notice(&header, &body, signed_at).expect("genuine");
    assert_eq!((notice.kind.as_str(), notice.attempt), ("payment_intent.succeeded", Some(attempt)));
    assert_eq!(Stripe::city_of(&body).map(|city| city.to_string()).as_deref(), Some("aoba"));
    let other = Stripe::new(http.clone(), &base, "sk_test_1".to_owned(), Private("whsec_other".to_owned()).0);
    assert!(other.notice(&header, &body, signed_at).is_err());
    let order = |payment: &str, amount| RefundOrder { city: "aoba".parse().expect("a city"), refund: Uuid::from_u128(8), payment: payment.to_owned(), amount: Yen::new(amount).expect("fine"), reason: "cancelled".to_owned(), now: signed_at };
    let payment = paid["id"].as_str().expect("an id");
    assert_eq!(stripe.refund(&order(payment, 500)).await, Ok(Refunded::Done));
    assert!(matches!(stripe.refund(&order("pi_none", 500)).await, Ok(Refunded::Refused { .. })));
}
