//! What two sides agree on: one stream of G.711, keys as telephone-events where the other side knows them (RFC 3264).

use sdp_types::{Media, Session};
use std::net::{IpAddr, SocketAddr};
use voice::Law;

/// Payload types from here on mean what the offer says they mean.
const DYNAMIC: u8 = 96;

/// What the other side offers, as far as we take it up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    pub address: SocketAddr,
    pub law: Law,
    /// The payload type of keys.
    pub events: Option<u8>,
    pub direction: Direction,
    /// The kinds and formats of all media, in order: an answer has as many, ours alone open.
    media: Vec<(String, String, String)>,
    ours: usize,
}

/// As the other side sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    #[default]
    Both,
    /// It sends and does not listen: we are on hold.
    Sends,
    Listens,
    Neither,
}

impl Direction {
    pub fn listens(self) -> bool {
        matches!(self, Direction::Both | Direction::Listens)
    }

    fn read(word: &str) -> Option<Self> {
        match word {
            "sendrecv" => Some(Direction::Both),
            "sendonly" => Some(Direction::Sends),
            "recvonly" => Some(Direction::Listens),
            "inactive" => Some(Direction::Neither),
            _ => None,
        }
    }

    fn answered(self) -> &'static str {
        match self {
            Direction::Both => "sendrecv",
            Direction::Sends => "recvonly",
            Direction::Listens => "sendonly",
            Direction::Neither => "inactive",
        }
    }
}

impl Offer {
    /// `None`: nothing in it that we can speak.
    pub fn read(body: &[u8]) -> Option<Self> {
        let session = Session::parse(body).ok()?;
        let ours = session.medias.iter().position(|media| media.media == "audio" && media.port != 0 && media.proto == "RTP/AVP" && law(media).is_some())?;
        let audio = session.medias.get(ours)?;
        let connection = audio.connections.first().or(session.connection.as_ref())?;
        let host: IpAddr = connection.connection_address.split('/').next()?.parse().ok()?;
        let attributes = audio.attributes.iter().chain(&session.attributes);
        let mut direction = attributes.filter_map(|attribute| Direction::read(&attribute.attribute)).next().unwrap_or_default();
        // The old way to put somebody on hold.
        if host.is_unspecified() && direction == Direction::Both {
            direction = Direction::Sends;
        }
        Some(Self {
            address: SocketAddr::new(host, audio.port),
            law: law(audio)?,
            events: mapped(audio).find(|(_, name)| name.eq_ignore_ascii_case("telephone-event/8000")).map(|(number, _)| number),
            direction,
            media: session.medias.iter().map(|media| (media.media.clone(), media.proto.clone(), media.fmt.clone())).collect(),
            ours,
        })
    }

    /// Our answer; `session` and `version` name it.
    pub fn answer(&self, at: SocketAddr, session: u64, version: u64) -> String {
        let family = if at.is_ipv4() { "IP4" } else { "IP6" };
        let mut text = format!("v=0\r\no=- {session} {version} IN {family} {host}\r\ns=-\r\nc=IN {family} {host}\r\nt=0 0\r\n", host = at.ip());
        for (n, (kind, proto, formats)) in self.media.iter().enumerate() {
            if n != self.ours {
                text.push_str(&format!("m={kind} 0 {proto} {formats}\r\n"));
                continue;
            }
            let (law, name) = (self.law.payload_type(), self.law.name());
            let events = self.events.map(|events| format!(" {events}")).unwrap_or_default();
            text.push_str(&format!("m=audio {} RTP/AVP {law}{events}\r\na=rtpmap:{law} {name}/8000\r\n", at.port()));
            if let Some(events) = self.events {
                text.push_str(&format!("a=rtpmap:{events} telephone-event/8000\r\na=fmtp:{events} 0-15\r\n"));
            }
            text.push_str(&format!("a=ptime:20\r\na={}\r\n", self.direction.answered()));
        }
        text
    }
}

/// What we offer where we call: both laws, and keys.
pub(crate) fn offer(at: SocketAddr, session: u64, version: u64) -> String {
    let family = if at.is_ipv4() { "IP4" } else { "IP6" };
    let (host, port) = (at.ip(), at.port());
    format!(
        "v=0\r\no=- {session} {version} IN {family} {host}\r\ns=-\r\nc=IN {family} {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

/// The first of the offered laws.
fn law(media: &Media) -> Option<Law> {
    media.fmt.split_whitespace().find_map(|format| match format {
        "0" => Some(Law::Mu),
        "8" => Some(Law::A),
        _ => None,
    })
}

/// The dynamic payload types with their meaning.
fn mapped(media: &Media) -> impl Iterator<Item = (u8, &str)> {
    media.attributes.iter().filter(|attribute| attribute.attribute == "rtpmap").filter_map(|attribute| {
        let (number, name) = attribute.value.as_deref()?.split_once(' ')?;
        Some((number.parse().ok().filter(|number| (DYNAMIC..128).contains(number))?, name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "v=0\r\no=u 1 1 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18 8 0 101\r\na=rtpmap:18 G729/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n";

    #[test]
    fn the_first_law_that_is_offered_is_answered() {
        let offer = Offer::read(PHONE.as_bytes()).expect("an offer");
        assert_eq!((offer.law, offer.events, offer.address.to_string()), (Law::A, Some(101), "192.0.2.5:4000".to_owned()));
        let answer = offer.answer("192.0.2.1:6000".parse().expect("an address"), 7, 1);
        assert!(answer.contains("m=audio 6000 RTP/AVP 8 101\r\n") && answer.contains("a=sendrecv") && answer.contains("c=IN IP4 192.0.2.1\r\n"), "{answer}");
        let again = Offer::read(answer.as_bytes()).expect("our own answer can be read");
        assert_eq!((again.law, again.events), (Law::A, Some(101)));
    }

    #[test]
    fn other_media_are_declined_and_hold_is_understood() {
        let offer = Offer::read(format!("{PHONE}a=sendonly\r\nm=video 5000 RTP/AVP 96\r\n").as_bytes()).expect("an offer");
        assert_eq!(offer.direction, Direction::Sends);
        let answer = offer.answer("192.0.2.1:6000".parse().expect("an address"), 7, 2);
        assert!(answer.contains("a=recvonly") && answer.contains("m=video 0 RTP/AVP 96"), "{answer}");
        let old = Offer::read(PHONE.replace("c=IN IP4 192.0.2.5", "c=IN IP4 0.0.0.0").as_bytes()).expect("an offer");
        assert!(!old.direction.listens());
    }

    #[test]
    fn what_we_cannot_speak_is_no_offer() {
        for bad in ["", "v=0", "m=audio", &PHONE.replace("18 8 0 101", "18 101"), &PHONE.replace("audio 4000", "audio 0"), &PHONE.replace("RTP/AVP", "RTP/SAVP"), &PHONE.replace("192.0.2.5", "phone.example")] {
            assert_eq!(Offer::read(bad.as_bytes()), None, "{bad}");
        }
        let mut bytes = PHONE.as_bytes().to_vec();
        for at in 0..bytes.len() {
            let was = bytes[at];
            for other in [0_u8, b'\n', 255, b'9'] {
                bytes[at] = other;
                let _ = Offer::read(&bytes);
            }
            bytes[at] = was;
        }
    }
}
