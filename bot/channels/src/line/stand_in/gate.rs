use super::{StandIn, access, fault, refusal::Refusal, request_log::Kept};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use std::io;

/// LINE takes up to 2 MB on these calls.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// The id of the request being answered: goes out as `x-line-request-id`.
#[derive(Clone)]
pub struct RequestId(pub String);

/// What every API call passes: token, faults, request id, and the log.
pub async fn gate(State(stand_in): State<StandIn>, request: Request, next: Next) -> Response {
    let shared = &stand_in.0;
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large").into_response();
    };
    let id = shared.ids.request();
    parts.extensions.insert(RequestId(id.clone()));
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let headers = parts.headers.clone();

    let mut drop_answer = false;
    let mut response = if access::may_call(&headers, &shared.settings.access_token) {
        let fault = shared.faults.meet(fault::name_of(&path));
        if let Some(delay) = fault.as_ref().and_then(fault::Fault::delay) {
            tokio::time::sleep(delay).await;
        }
        drop_answer = fault.as_ref().is_some_and(|fault| fault.accept_then_drop);
        match fault.filter(|fault| !fault.accept_then_drop).and_then(refuse) {
            Some(refused) => refused,
            None => next.run(Request::from_parts(parts, Body::from(body.clone()))).await,
        }
    } else {
        Refusal::new(StatusCode::UNAUTHORIZED, access::BAD_TOKEN).into_response()
    };
    if let Ok(id) = id.parse() {
        response.headers_mut().insert("x-line-request-id", id);
    }
    shared.requests.keep(|| Kept {
        at: stand_in.now_ms(),
        method,
        path,
        headers,
        body,
        status: response.status().as_u16(),
        dropped: drop_answer,
    });
    if drop_answer { no_answer() } else { response }
}

/// `None` if the fault names no status, or none that exists: then it only delays.
fn refuse(fault: fault::Fault) -> Option<Response> {
    let status = StatusCode::from_u16(fault.status?).ok()?;
    let mut response = Refusal::new(status, fault::Fault::message(status.as_u16())).into_response();
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    Some(response)
}

/// A body that fails at once makes the server close the connection before the head has left its buffer,
/// so the caller sees no answer at all.
fn no_answer() -> Response {
    let failing = futures_util::stream::once(async {
        Err::<Bytes, _>(io::Error::other("the stand-in was asked to drop this answer"))
    });
    Response::new(Body::from_stream(failing))
}
