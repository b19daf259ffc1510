//! A telephone: its own SIP and RTP, written out by hand, so that a test sees every message.

#![forbid(unsafe_code)]

mod extension;

pub use extension::Extension;

use anyhow::{Context, bail, ensure};
use std::{
    net::{SocketAddr, TcpListener, UdpSocket},
    time::{Duration, Instant},
};
use uuid::Uuid;
use voice::{FRAME, Law};

/// An address whose port is free by UDP and TCP.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    for _ in 0..50 {
        let address = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no free port")
}

const PATIENCE: Duration = Duration::from_secs(20);
const KEYS: u8 = 101;

pub struct Phone {
    sip: UdpSocket,
    media: UdpSocket,
    server: SocketAddr,
    user: String,
    call: String,
    to: String,
    sequence: u32,
    /// Where the other side's sound comes from.
    far: Option<SocketAddr>,
    rtp: u16,
}

/// An answer to a request.
pub struct Response {
    pub status: u16,
    pub text: String,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()))
    }
}

impl Phone {
    #[expect(clippy::disallowed_methods, reason = "every call of a test has an id of its own")]
    pub fn new(server: SocketAddr, user: &str) -> anyhow::Result<Self> {
        let socket = || -> anyhow::Result<UdpSocket> {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_read_timeout(Some(PATIENCE))?;
            Ok(socket)
        };
        let call = Uuid::new_v4().simple().to_string();
        Ok(Self { sip: socket()?, media: socket()?, server, user: user.to_owned(), call, to: String::new(), sequence: 0, far: None, rtp: 1 })
    }

    /// Sends a request within the call, or the one that begins it.
    pub fn send(&mut self, method: &str, headers: &str, body: &str) -> anyhow::Result<()> {
        if method != "ACK" && method != "CANCEL" {
            self.sequence += 1;
        }
        let (ours, user, sequence) = (self.sip.local_addr()?, &self.user, self.sequence);
        // A CANCEL belongs to its INVITE's transaction, an ACK to 200 is one of its own.
        let branch = if method == "ACK" { "a" } else { "r" };
        let kind = if body.starts_with("v=") { "Content-Type: application/sdp\r\n" } else { "" };
        let text = format!(
            "{method} sip:{user}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {ours};branch=z9hG4bK{branch}{sequence}{call};rport\r\nMax-Forwards: 70\r\nFrom: <sip:0611112222@{ours}>;tag=t{call}\r\nTo: <sip:{user}@{server}>{to}\r\nCall-ID: {call}\r\nCSeq: {sequence} {method}\r\nContact: <sip:test@{ours}>\r\n{headers}{kind}Content-Length: {length}\r\n\r\n{body}",
            server = self.server,
            call = self.call,
            to = self.to,
            length = body.len(),
        );
        self.sip.send_to(text.as_bytes(), self.server)?;
        Ok(())
    }

    /// The final answer to the last request.
    pub fn answer(&mut self) -> anyhow::Result<Response> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let text = self.receive()?;
            let Some(status) = text.strip_prefix("SIP/2.0 ").and_then(|rest| rest.split(' ').next()?.parse::<u16>().ok()) else {
                continue;
            };
            let response = Response { status, text };
            let ours = response.header("CSeq").is_some_and(|sequence| sequence.starts_with(&format!("{} ", self.sequence)));
            if status < 200 || !ours {
                continue;
            }
            if let Some((_, tag)) = response.header("To").and_then(|to| to.split_once(";tag=")) {
                self.to = format!(";tag={tag}");
            }
            return Ok(response);
        }
        bail!("no answer")
    }

    /// The next request of the other side; it is answered with 200.
    pub fn request(&mut self, method: &str) -> anyhow::Result<String> {
        loop {
            let text = self.receive()?;
            if text.starts_with("SIP/2.0 ") {
                continue;
            }
            ensure!(text.starts_with(method), "{method} was expected: {text}");
            let copied: String = text.lines().filter(|line| ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name))).map(|line| format!("{line}\r\n")).collect();
            self.sip.send_to(format!("SIP/2.0 200 OK\r\n{copied}Content-Length: 0\r\n\r\n").as_bytes(), self.server)?;
            return Ok(text);
        }
    }

    fn receive(&self) -> anyhow::Result<String> {
        let mut bytes = [0; 4_096];
        let (length, _) = self.sip.recv_from(&mut bytes).context("nothing came by SIP")?;
        Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    /// What we offer; `more` are lines about the sound, such as `a=sendonly`.
    pub fn offer(&self, more: &str) -> anyhow::Result<String> {
        let port = self.media.local_addr()?.port();
        Ok(format!(
            "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 {KEYS}\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:{KEYS} telephone-event/8000\r\n{more}",
            version = self.sequence + 1
        ))
    }

    /// Calls and is answered; how long that took.
    pub fn call(&mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.send("INVITE", "", &self.offer("")?)?;
        let answer = self.answer()?;
        let took = began.elapsed();
        ensure!(answer.status == 200, "{}", answer.text);
        self.send("ACK", "", "")?;
        Ok(took)
    }

    /// Puts the other side on hold (`sendonly`), or takes it back (`sendrecv`); what it answers.
    pub fn offer_again(&mut self, direction: &str) -> anyhow::Result<Response> {
        self.send("INVITE", "", &self.offer(&format!("a={direction}\r\n"))?)?;
        let answer = self.answer()?;
        ensure!(answer.status == 200, "{}", answer.text);
        self.send("ACK", "", "")?;
        Ok(answer)
    }

    pub fn hang_up(&mut self) -> anyhow::Result<()> {
        self.send("BYE", "", "")?;
        let answer = self.answer()?;
        ensure!(answer.status == 200, "{}", answer.text);
        Ok(())
    }

    /// The next 20 ms of what is said to us.
    pub fn hear(&mut self) -> anyhow::Result<Vec<i16>> {
        let mut bytes = [0; 2_048];
        let (length, from) = self.media.recv_from(&mut bytes).context("nothing is heard")?;
        ensure!(length == 12 + FRAME && bytes[1] & 0x7f == 0, "no G.711: {length} bytes of type {}", bytes[1] & 0x7f);
        self.far = Some(from);
        Ok(Law::Mu.decode(&bytes[12..length]))
    }

    /// Listens until it is silent (or is not) for so many frames on end; how many frames that took.
    pub fn until(&mut self, sounding: bool, frames: usize) -> anyhow::Result<usize> {
        let (mut count, mut all) = (0, 0);
        while count < frames {
            let loud = self.hear()?.iter().any(|sample| sample.unsigned_abs() > 500);
            count = if loud == sounding { count + 1 } else { 0 };
            all += 1;
            ensure!(all < 2_000, "it never {} for {frames} frames", if sounding { "sounds" } else { "is silent" });
        }
        Ok(all)
    }

    /// What came meanwhile is passed over.
    pub fn drain(&mut self) -> anyhow::Result<()> {
        self.media.set_nonblocking(true)?;
        while self.media.recv_from(&mut [0; 2_048]).is_ok() {}
        self.media.set_nonblocking(false)?;
        Ok(())
    }

    /// Whether nothing at all comes for so long.
    pub fn nothing_for(&mut self, time: Duration) -> anyhow::Result<bool> {
        self.drain()?;
        self.media.set_read_timeout(Some(time))?;
        let nothing = self.media.recv_from(&mut [0; 2_048]).is_err();
        self.media.set_read_timeout(Some(PATIENCE))?;
        Ok(nothing)
    }

    /// Says the next 20 ms.
    pub fn speak(&mut self, sound: &[i16]) -> anyhow::Result<()> {
        let far = self.far.context("nothing was heard yet: where to is not known")?;
        let mut bytes = vec![0x80, 0];
        bytes.extend(self.rtp.to_be_bytes());
        bytes.extend((u32::from(self.rtp) * 160).to_be_bytes());
        bytes.extend(7_u32.to_be_bytes());
        bytes.extend(Law::Mu.encode(sound));
        self.media.send_to(&bytes, far)?;
        self.rtp += 1;
        Ok(())
    }

    /// Presses a key, as RFC 4733 has it: the event several times over, its end three times.
    pub fn press(&mut self, key: char) -> anyhow::Result<()> {
        let event = "0123456789*#ABCD".find(key).context("no such key")?;
        let far = self.far.context("nothing was heard yet: where to is not known")?;
        let time = u32::from(self.rtp) * 1_600;
        for n in 1..=6_u16 {
            let end = if n > 3 { 0x8a } else { 0x0a };
            let mut bytes = vec![0x80, KEYS | if n == 1 { 0x80 } else { 0 }];
            bytes.extend(self.rtp.to_be_bytes());
            bytes.extend(time.to_be_bytes());
            bytes.extend(7_u32.to_be_bytes());
            bytes.extend([u8::try_from(event)?, end]);
            bytes.extend((160 * n.min(4)).to_be_bytes());
            self.media.send_to(&bytes, far)?;
            self.rtp += 1;
        }
        Ok(())
    }
}

/// Something that a voice detector takes for a voice, 20 ms of it: harmonics under a slow envelope.
pub fn voice(n: usize) -> [i16; FRAME] {
    std::array::from_fn(|k| {
        let at = (n * FRAME + k) as f32 / 8_000.0;
        let pitch = 140.0 + 12.0 * (at * 5.0).sin();
        let harmonics: f32 = (1..14).map(|h| (std::f32::consts::TAU * pitch * h as f32 * at).sin() / (1.0 + (h as f32 - 4.0).abs())).sum();
        (harmonics * 4_000.0 * (0.7 + 0.3 * (at * 25.0).sin())) as i16
    })
}
