//! The messages of the stream. Numbers are strings; what we do not know is passed over.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use voice::Law;

#[derive(Debug, PartialEq)]
pub(crate) enum Heard {
    Start { stream: String, call: String, pass: String },
    /// Linear samples.
    Media(Vec<i16>),
    Key(char),
    Stop,
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    event: String,
    start: Option<Start>,
    media: Option<Media>,
    dtmf: Option<Dtmf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    stream_sid: String,
    call_sid: String,
    #[serde(default)]
    custom_parameters: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Media {
    payload: String,
    #[serde(default)]
    track: Option<String>,
}

#[derive(Deserialize)]
struct Dtmf {
    digit: String,
}

/// `None`: no message at all.
pub(crate) fn read(text: &str) -> Option<Heard> {
    let wire: Wire = serde_json::from_str(text).ok()?;
    Some(match wire {
        Wire { start: Some(start), .. } if wire.event == "start" => {
            let pass = start.custom_parameters.get("pass").cloned().unwrap_or_default();
            Heard::Start { stream: start.stream_sid, call: start.call_sid, pass }
        }
        Wire { media: Some(media), .. } if wire.event == "media" && media.track.as_deref() != Some("outbound") => Heard::Media(Law::Mu.decode(&BASE64_STANDARD.decode(media.payload).ok()?)),
        Wire { dtmf: Some(dtmf), .. } if wire.event == "dtmf" => dtmf.digit.chars().next().map_or(Heard::Other, Heard::Key),
        _ if wire.event == "stop" => Heard::Stop,
        _ => Heard::Other,
    })
}

pub(crate) fn media(stream: &str, samples: &[i16]) -> String {
    json!({ "event": "media", "streamSid": stream, "media": { "payload": BASE64_STANDARD.encode(Law::Mu.encode(samples)) } }).to_string()
}

/// What the carrier has not played yet is thrown away.
pub(crate) fn clear(stream: &str) -> String {
    json!({ "event": "clear", "streamSid": stream }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carriers_messages_are_read_and_others_passed_over() {
        let start = r#"{"event":"start","sequenceNumber":"1","start":{"streamSid":"MZ1","accountSid":"AC1","callSid":"CA1","tracks":["inbound"],"customParameters":{"pass":"p"},"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}},"streamSid":"MZ1"}"#;
        assert_eq!(read(start), Some(Heard::Start { stream: "MZ1".to_owned(), call: "CA1".to_owned(), pass: "p".to_owned() }));
        assert_eq!(read(r#"{"event":"media","media":{"track":"inbound","chunk":"2","timestamp":"5","payload":"//8="},"streamSid":"MZ1"}"#), Some(Heard::Media(vec![0, 0])));
        assert_eq!(read(r##"{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"#"}}"##), Some(Heard::Key('#')));
        assert_eq!(read(r#"{"event":"stop","stop":{}}"#), Some(Heard::Stop));
        for other in [r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#, r#"{"event":"mark","mark":{"name":"x"}}"#, r#"{"event":"media"}"#] {
            assert_eq!(read(other), Some(Heard::Other), "{other}");
        }
        for broken in ["", "[]", "{}", r#"{"event":"media","media":{"payload":"*"}}"#] {
            assert_eq!(read(broken), None, "{broken}");
        }
        let ours: serde_json::Value = serde_json::from_str(&media("MZ1", &[0; 160])).expect("JSON");
        assert_eq!((ours["event"].as_str(), ours["media"]["payload"].as_str().map(str::len)), (Some("media"), Some(216)));
    }
}
