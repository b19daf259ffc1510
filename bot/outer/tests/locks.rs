//! What every system of locks must do: the same tests for the one in this process and for the client that speaks HTTP.

use chrono::{DateTime, TimeDelta, Utc};
use outer::{Failure, locks::{BuiltInLocks, HttpLocks, LockProvider, NewPass, stand_in}};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

fn pass(from: DateTime<Utc>) -> NewPass {
    NewPass { key: Uuid::from_u128(0x7000_8000_0000_0000_0001), door: "西青葉 1階".to_owned(), from, until: from + TimeDelta::hours(2) }
}

async fn behaves(provider: &dyn LockProvider, locks: &BuiltInLocks) {
    let from: DateTime<Utc> = "2026-12-05T04:00:00Z".parse().expect("a moment");
    let (door, key) = (pass(from).door, pass(from).key);
    let code = provider.issue(&pass(from)).await.expect("a code");
    assert!(code.len() >= 4);
    assert_eq!(provider.issue(&pass(from)).await.expect("a code"), code, "the same once more is the same pass");
    let opens = |minutes: i64| locks.opens(&door, &code, from + TimeDelta::minutes(minutes));
    assert_eq!([-1, 0, 120, 121].map(opens), [false, true, true, false]);
    // Moved to another time.
    provider.issue(&pass(from + TimeDelta::days(1))).await.expect("a code");
    assert!(!opens(60) && opens(24 * 60 + 60));
    provider.revoke(&door, key).await.expect("revoked");
    assert!(!opens(24 * 60 + 60));
    provider.revoke(&door, key).await.expect("what is not known is as good as revoked");
}

async fn serve(locks: &Arc<BuiltInLocks>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = stand_in::router(locks.clone(), "secret");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn both_providers_issue_move_and_revoke() {
    let locks = Arc::new(BuiltInLocks::default());
    behaves(locks.as_ref(), &locks).await;
    let url = serve(&locks).await;
    let http = HttpLocks::new(&url, "secret", Duration::from_secs(5)).expect("a client");
    behaves(&http, &locks).await;
}

#[tokio::test]
async fn a_refusal_and_silence_are_told_apart() {
    let locks = Arc::new(BuiltInLocks::default());
    let url = serve(&locks).await;
    let from: DateTime<Utc> = "2026-12-05T04:00:00Z".parse().expect("a moment");
    let forbidden = HttpLocks::new(&url, "wrong", Duration::from_secs(5)).expect("a client").issue(&pass(from)).await;
    assert!(matches!(forbidden, Err(Failure::Refused { status: 401, .. })), "{forbidden:?}");
    let nobody = HttpLocks::new("http://127.0.0.1:1", "secret", Duration::from_secs(5)).expect("a client").issue(&pass(from)).await;
    assert!(nobody.is_err_and(|failure| failure.may_pass()));
}
