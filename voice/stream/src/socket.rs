//! `/phone/{city}/media`: the sound of one call.

use crate::{
    Stream,
    leg::SocketLeg,
    message::{Heard, read},
    signature,
};
use axum::{
    extract::{
        Path, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::{SinkExt, StreamExt};
use model::CityId;
use std::time::Duration;
use tokio::sync::{mpsc::unbounded_channel, oneshot};
use voice::{Caller, Packet};

/// A message is 20 ms of sound; nothing longer is one.
const LARGEST: usize = 16 * 1_024;
/// Who opens a stream says within this whose it is.
const START: Duration = Duration::from_secs(5);

pub(crate) async fn media(State(stream): State<Stream>, Path(city): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let Some((city, token)) = city.parse::<CityId>().ok().and_then(|city| stream.tokens.of(&city).map(|token| (city, token))) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    upgrade.max_message_size(LARGEST).on_upgrade(move |socket| carry(stream, city, token, socket))
}

async fn carry(stream: Stream, city: CityId, token: String, mut socket: WebSocket) {
    let started = tokio::time::timeout(START, async {
        while let Some(Ok(message)) = socket.recv().await {
            if let Message::Text(text) = message
                && let Some(Heard::Start { stream, call, pass }) = read(&text)
            {
                return Some((stream, call, pass));
            }
        }
        None
    });
    let Ok(Some((sid, call, pass))) = started.await else { return };
    if !signature::passes(&token, &call, &pass) {
        return tracing::warn!(%city, "a stream that no call belongs to is closed");
    }
    let Ok(admitted) = stream.board.admit(city.as_str(), Caller { number: None, call_id: call }) else { return };
    let (hears, heard) = unbounded_channel();
    let (said, mut says) = unbounded_channel();
    let (over, mut ended) = oneshot::channel::<()>();
    let leg = SocketLeg { stream: sid, heard, said, sounding: false };
    let ends = Box::new(move || {
        let _ = over.send(());
    });
    let connection = admitted.connect(Box::new(leg), ends);
    let (mut out, mut into) = socket.split();
    let mut sequence = 0_u16;
    loop {
        tokio::select! {
            message = into.next() => match message {
                Some(Ok(Message::Text(text))) => match read(&text) {
                    Some(Heard::Media(samples)) => {
                        sequence = sequence.wrapping_add(1);
                        let _ = hears.send(Packet::Audio { sequence, samples });
                    }
                    Some(Heard::Key(key)) => drop(hears.send(Packet::Key(key))),
                    Some(Heard::Stop) => break,
                    _ => {}
                },
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            Some(text) = says.recv() => {
                if out.send(Message::Text(text.into())).await.is_err() {
                    break;
                }
            }
            // Our side has ended the call: closing the stream hangs up.
            _ = &mut ended => break,
        }
    }
    connection.gone();
    let _ = out.close().await;
}
