//! What every provider of short messages must do: the same tests for the one in this process and for the client that speaks HTTP.

use outer::{
    Failure,
    sms::{Account, CarrierSms, SmsProvider, stand_in::{self, Kiosk}},
};
use std::time::Duration;
use uuid::Uuid;

fn account(token: &str) -> Account {
    Account { id: "AC1".to_owned(), token: token.to_owned(), from: "AOBA-CITY".to_owned() }
}

async fn behaves(provider: &dyn SmsProvider, kiosk: &Kiosk) {
    let key = Uuid::from_u128(0x7000_8000_0000_0000_0001);
    for _ in 0..2 {
        provider.send(key, "09012345678", "窓口です。https://www.city.aoba.example/?a=1&b=2").await.expect("taken");
    }
    let all = kiosk.all();
    assert_eq!(all.len(), 1, "the same key twice is one message");
    assert_eq!((all[0].to.as_str(), all[0].text.as_str()), ("+819012345678", "窓口です。https://www.city.aoba.example/?a=1&b=2"));
}

async fn serve(kiosk: &Kiosk) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = stand_in::router(kiosk.clone(), &account("secret"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn both_providers_send_once() {
    let kiosk = Kiosk::default();
    behaves(&kiosk, &kiosk).await;
    let kiosk = Kiosk::default();
    let url = serve(&kiosk).await;
    behaves(&CarrierSms::new(&url, &account("secret"), Duration::from_secs(5)).expect("a client"), &kiosk).await;
}

#[tokio::test]
async fn a_wrong_token_a_number_that_has_no_messages_and_silence_are_told_apart() {
    let kiosk = Kiosk::default();
    let url = serve(&kiosk).await;
    let client = |url: &str, token: &str| CarrierSms::new(url, &account(token), Duration::from_secs(5)).expect("a client");
    let forbidden = client(&url, "wrong").send(Uuid::nil(), "09012345678", "x").await;
    assert!(matches!(&forbidden, Err(Failure::Refused { status: 401, code, .. }) if code == "20003"), "{forbidden:?}");
    let landline = client(&url, "secret").send(Uuid::nil(), "0600001234", "x").await;
    assert!(landline.is_err_and(|failure| !failure.may_pass()));
    let nobody = client("http://127.0.0.1:1", "secret").send(Uuid::nil(), "09012345678", "x").await;
    assert!(nobody.is_err_and(|failure| failure.may_pass()));
    assert!(kiosk.all().is_empty());
}
