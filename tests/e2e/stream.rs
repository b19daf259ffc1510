//! Calls of a cloud carrier: signed webhook, sound by WebSocket.

use base64::{Engine, prelude::BASE64_STANDARD};
use e2e::{Bot, Folder, calls};
use futures_util::{SinkExt, StreamExt};
use hyper::Method;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

const TOKEN: &str = "demo-token";
/// How the carrier reaches the counter; the test does so directly.
const BASE: &str = "https://counter.example";

async fn serve(folder: &Folder) -> anyhow::Result<Bot> {
    let listen = handset::free_address()?.to_string();
    Bot::serve(&folder.0, &[("BOT_PHONE__SIP_LISTEN", &listen), ("BOT_PHONE__LINES", "1"), ("BOT_WEB__PUBLIC_URL", BASE)]).await
}

/// The carrier tells of a call; its answer.
async fn webhook(bot: &Bot, token: &str) -> anyhow::Result<(u16, String)> {
    let fields: BTreeMap<String, String> = [("CallSid", "CA1"), ("From", "anonymous"), ("To", "0600002000")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    let signature = stream::sign(token, &format!("{BASE}/phone/aoba/voice"), &fields);
    let body = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let headers = [("x-twilio-signature", signature.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = bot.http.send(Method::POST, "/phone/aoba/voice", &headers, body.into()).await?;
    Ok((answer.status, answer.text()))
}

async fn open(bot: &Bot, pass: &str) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let tcp = TcpStream::connect(bot.address).await?;
    let (mut socket, _) = client_async(format!("ws://{}/phone/aoba/media", bot.address), tcp).await?;
    let start = json!({ "event": "start", "start": { "streamSid": "MZ1", "callSid": "CA1", "customParameters": { "pass": pass } } });
    for message in [json!({ "event": "connected", "protocol": "Call" }), start] {
        socket.send(Message::Text(message.to_string().into())).await?;
    }
    Ok(socket)
}

/// The next message of this kind, and how much sound came before it.
async fn next(socket: &mut WebSocketStream<TcpStream>, event: &str) -> anyhow::Result<(Value, usize)> {
    let mut sound = 0;
    let waiting = async {
        while let Some(message) = socket.next().await {
            if let Message::Text(text) = message? {
                let message: Value = serde_json::from_str(&text)?;
                if message["event"] == event {
                    return Ok((message, sound));
                }
                sound += usize::from(message["event"] == "media");
            }
        }
        anyhow::bail!("the stream ended before {event}")
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await?
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carriers_call_is_greeted_takes_keys_and_clears_what_was_not_played() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = serve(&folder).await?;
    assert_eq!(webhook(&bot, "another token").await?.0, 401);
    let (status, answer) = webhook(&bot, TOKEN).await?;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains(r#"url="wss://counter.example/phone/aoba/media""#), "{answer}");
    let pass = answer.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    // Without the pass nobody is listened to.
    let mut stranger = open(&bot, "guessed").await?;
    assert!(next(&mut stranger, "media").await.is_err());
    let mut socket = open(&bot, &pass).await?;
    let (media, _) = next(&mut socket, "media").await?;
    assert_eq!(media["streamSid"], "MZ1");
    assert_eq!(BASE64_STANDARD.decode(media["media"]["payload"].as_str().unwrap_or_default())?.len(), 160);
    // The one line is taken.
    assert!(webhook(&bot, TOKEN).await?.1.contains("Reject"));
    socket.send(Message::Text(json!({ "event": "dtmf", "dtmf": { "digit": "1" } }).to_string().into())).await?;
    next(&mut socket, "clear").await?;
    next(&mut socket, "media").await?;
    socket.send(Message::Text(json!({ "event": "stop" }).to_string().into())).await?;
    let events = calls::heard(&folder.0, 3).await?;
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds, ["follow", "dtmf", "hangup"]);
    bot.stop().await
}
