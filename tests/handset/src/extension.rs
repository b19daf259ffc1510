//! A telephone on a desk: it is rung.

use crate::PATIENCE;
use anyhow::{Context, ensure};
use std::net::{SocketAddr, UdpSocket};
use voice::{FRAME, Law};

pub struct Extension {
    sip: UdpSocket,
    media: UdpSocket,
    /// The INVITE that is being answered, and where it came from.
    invite: String,
    from: Option<SocketAddr>,
    rtp: u16,
}

impl Extension {
    pub fn new() -> anyhow::Result<Self> {
        let socket = || -> anyhow::Result<UdpSocket> {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_read_timeout(Some(PATIENCE))?;
            Ok(socket)
        };
        Ok(Self { sip: socket()?, media: socket()?, invite: String::new(), from: None, rtp: 1 })
    }

    /// As a setting names it.
    pub fn address(&self) -> anyhow::Result<String> {
        Ok(format!("sip:201@{}", self.sip.local_addr()?))
    }

    /// The next request of this method; others (what is sent again) are passed over.
    fn next(&mut self, method: &str) -> anyhow::Result<String> {
        let mut bytes = [0; 4_096];
        loop {
            let (length, from) = self.sip.recv_from(&mut bytes).with_context(|| format!("no {method} came"))?;
            let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
            if text.starts_with(method) {
                self.from = Some(from);
                return Ok(text);
            }
        }
    }

    /// Waits until it is rung, and says that it is ringing.
    pub fn rung(&mut self) -> anyhow::Result<()> {
        self.invite = self.next("INVITE")?;
        self.reply("180 Ringing", "")
    }

    pub fn reply(&self, status: &str, body: &str) -> anyhow::Result<()> {
        self.respond(&self.invite, status, body)
    }

    fn respond(&self, request: &str, status: &str, body: &str) -> anyhow::Result<()> {
        let copied: String = request
            .lines()
            .filter(|line| ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name)))
            .map(|line| if line.starts_with("To:") && !line.contains(";tag=") { format!("{line};tag=desk\r\n") } else { format!("{line}\r\n") })
            .collect();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let text = format!("SIP/2.0 {status}\r\n{copied}Contact: <sip:201@{}>\r\n{kind}Content-Length: {}\r\n\r\n{body}", self.sip.local_addr()?, body.len());
        self.sip.send_to(text.as_bytes(), self.from.context("nobody rings")?)?;
        Ok(())
    }

    /// Lifts the receiver.
    pub fn pick_up(&mut self) -> anyhow::Result<()> {
        let port = self.media.local_addr()?.port();
        let answer = format!("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n");
        self.reply("200 OK", &answer)?;
        self.next("ACK")?;
        Ok(())
    }

    /// Waits until the other side gives up ringing.
    pub fn given_up(&mut self) -> anyhow::Result<()> {
        let cancel = self.next("CANCEL")?;
        self.respond(&cancel, "200 OK", "")?;
        self.reply("487 Request Terminated", "")
    }

    /// Waits until the other side hangs up.
    pub fn hung_up(&mut self) -> anyhow::Result<()> {
        let bye = self.next("BYE")?;
        self.respond(&bye, "200 OK", "")
    }

    /// Puts the receiver down.
    pub fn hang_up(&mut self) -> anyhow::Result<()> {
        let header = |name: &str| self.invite.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
        let (us, them, call, ours) = (header("To:"), header("From:"), header("Call-ID:"), self.sip.local_addr()?);
        let target = header("Contact:").trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
        let text = format!(
            "BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {ours};branch=z9hG4bKbye{port};rport\r\nMax-Forwards: 70\r\nFrom: {us};tag=desk\r\nTo: {them}\r\nCall-ID: {call}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
            port = ours.port()
        );
        self.sip.send_to(text.as_bytes(), self.from.context("nobody rang")?)?;
        let answer = self.next("SIP/2.0")?;
        ensure!(answer.starts_with("SIP/2.0 200"), "{answer}");
        Ok(())
    }

    /// The next 20 ms of what is said to the desk, and where it comes from.
    fn hear(&mut self) -> anyhow::Result<(Vec<i16>, SocketAddr)> {
        let mut bytes = [0; 2_048];
        let (length, from) = self.media.recv_from(&mut bytes).context("nothing is heard at the desk")?;
        ensure!(length == 12 + FRAME && bytes[1] & 0x7f == 8, "no A-law: {length} bytes of type {}", bytes[1] & 0x7f);
        Ok((Law::A.decode(&bytes[12..length]), from))
    }

    /// Listens until it is silent (or is not) for so many frames on end, saying something itself meanwhile if asked to.
    pub fn until(&mut self, sounding: bool, frames: usize, speaking: bool) -> anyhow::Result<usize> {
        let (mut count, mut all) = (0, 0);
        while count < frames {
            let (sound, from) = self.hear()?;
            let loud = sound.iter().any(|sample| sample.unsigned_abs() > 500);
            count = if loud == sounding { count + 1 } else { 0 };
            all += 1;
            ensure!(all < 2_000, "the desk never {} for {frames} frames", if sounding { "hears anything" } else { "has silence" });
            let say = if speaking { crate::voice(all) } else { [0; FRAME] };
            let mut bytes = vec![0x80, 8];
            bytes.extend(self.rtp.to_be_bytes());
            bytes.extend((u32::from(self.rtp) * 160).to_be_bytes());
            bytes.extend(9_u32.to_be_bytes());
            bytes.extend(Law::A.encode(&say));
            self.media.send_to(&bytes, from)?;
            self.rtp += 1;
        }
        Ok(all)
    }
}
