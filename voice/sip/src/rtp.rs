//! The sound of a call over RTP.

use crate::sdp::Offer;
use rtp_types::{RtpPacket, RtpPacketBuilder};
use std::{
    io::ErrorKind,
    net::{SocketAddr, UdpSocket},
    sync::{Arc, Mutex, PoisonError},
};
use voice::{FRAME, Frame, Keys, Law, Leg, Packet};

/// Packets that are read in one step: a flood must not hold the others up.
const MOST: u32 = 25;
/// Steps without sound after which another port of the same host may take over: 2 s.
const SILENT: u32 = 100;

/// What was agreed, and may be agreed anew while the call runs.
#[derive(Clone, Debug)]
pub(crate) struct Agreed {
    pub address: SocketAddr,
    pub law: Law,
    pub events: Option<u8>,
    /// The other side listens.
    pub sending: bool,
}

impl From<&Offer> for Agreed {
    fn from(offer: &Offer) -> Self {
        Self { address: offer.address, law: offer.law, events: offer.events, sending: offer.direction.listens() }
    }
}

pub(crate) type Shared = Arc<Mutex<Agreed>>;

pub(crate) struct RtpLeg {
    socket: UdpSocket,
    agreed: Shared,
    keys: Keys,
    /// Where the sound really comes from; behind a NAT that is not where it was said to.
    source: Option<(SocketAddr, u32)>,
    silent: u32,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    begun: bool,
}

impl RtpLeg {
    /// `random`: makes our stream one that nobody can guess.
    pub fn new(socket: UdpSocket, agreed: Shared, random: u64) -> Self {
        Self { socket, agreed, keys: Keys::default(), source: None, silent: 0, ssrc: random as u32, sequence: (random >> 32) as u16, timestamp: (random >> 24) as u32, begun: false }
    }

    fn agreed(&self) -> Agreed {
        self.agreed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a packet belongs to the call: from the host that was agreed on, and from one stream at a time.
    fn belongs(&mut self, from: SocketAddr, ssrc: u32, agreed: &Agreed) -> bool {
        if from.ip() != agreed.address.ip() {
            return false;
        }
        match self.source {
            Some((source, _)) if source != from && self.silent < SILENT => return false,
            Some((source, known)) if source == from && known == ssrc => {}
            _ => {
                self.source = Some((from, ssrc));
                self.keys.begin_again();
            }
        }
        true
    }
}

impl Leg for RtpLeg {
    fn receive(&mut self, sink: &mut dyn FnMut(Packet)) {
        let agreed = self.agreed();
        let mut bytes = [0_u8; 2_048];
        self.silent = self.silent.saturating_add(1);
        for _ in 0..MOST {
            let (length, from) = match self.socket.recv_from(&mut bytes) {
                Ok(got) => got,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // What an earlier packet of ours met; says nothing of what has come.
                Err(_) => continue,
            };
            let Ok(packet) = RtpPacket::parse(&bytes[..length]) else { continue };
            if !self.belongs(from, packet.ssrc(), &agreed) {
                continue;
            }
            self.silent = 0;
            let kind = packet.payload_type();
            if kind == agreed.law.payload_type() {
                sink(Packet::Audio { sequence: packet.sequence_number(), samples: agreed.law.decode(packet.payload()) });
            } else if Some(kind) == agreed.events
                && let Some(key) = self.keys.hear(packet.timestamp(), packet.payload())
            {
                sink(Packet::Key(key));
            }
        }
    }

    fn send(&mut self, frame: &Frame) {
        let agreed = self.agreed();
        // The stream's time goes on while nobody listens.
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        if !agreed.sending {
            self.begun = false;
            return;
        }
        let payload = agreed.law.encode(frame);
        let packet: RtpPacketBuilder<&[u8], &[u8]> = RtpPacketBuilder::new();
        let packet = packet.payload_type(agreed.law.payload_type()).marker_bit(!self.begun).sequence_number(self.sequence).timestamp(self.timestamp).ssrc(self.ssrc).payload(&payload[..]);
        self.sequence = self.sequence.wrapping_add(1);
        self.begun = true;
        let to = self.source.map_or(agreed.address, |(source, _)| source);
        if let Ok(bytes) = packet.write_vec() {
            // A packet that the network refuses is a lost packet.
            let _ = self.socket.send_to(&bytes, to);
        }
    }

    fn tones(&self) -> bool {
        self.agreed.lock().unwrap_or_else(PoisonError::into_inner).events.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn socket(host: &str) -> UdpSocket {
        let socket = UdpSocket::bind((host, 0)).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
        socket
    }

    fn leg(caller: &UdpSocket, events: Option<u8>) -> (RtpLeg, SocketAddr) {
        let ours = socket("127.0.0.1");
        ours.set_nonblocking(true).expect("no waiting");
        let at = ours.local_addr().expect("an address");
        let agreed = Agreed { address: caller.local_addr().expect("an address"), law: Law::Mu, events, sending: true };
        (RtpLeg::new(ours, Arc::new(Mutex::new(agreed)), 0x1234_5678_9abc_def0), at)
    }

    fn packet(kind: u8, sequence: u16, ssrc: u32, payload: &[u8]) -> Vec<u8> {
        let builder: RtpPacketBuilder<&[u8], &[u8]> = RtpPacketBuilder::new();
        builder.payload_type(kind).sequence_number(sequence).timestamp(u32::from(sequence) * 160).ssrc(ssrc).payload(payload).write_vec().expect("a packet")
    }

    fn heard(leg: &mut RtpLeg) -> Vec<Packet> {
        let mut all = Vec::new();
        leg.receive(&mut |packet| all.push(packet));
        all
    }

    #[test]
    fn sound_and_keys_are_heard_and_strangers_and_nonsense_are_not() {
        let (caller, stranger) = (socket("127.0.0.1"), socket("127.0.0.2"));
        let (mut leg, at) = leg(&caller, Some(101));
        for bytes in [packet(0, 1, 7, &[0xff; 160]), packet(101, 2, 7, &[5, 0x0a, 0, 160]), packet(18, 3, 7, &[1; 20]), vec![], vec![0x80], vec![0xff; 500], packet(101, 4, 7, &[5])] {
            caller.send_to(&bytes, at).expect("sent");
        }
        stranger.send_to(&packet(0, 9, 7, &[0; 160]), at).expect("sent");
        assert_eq!(heard(&mut leg), [Packet::Audio { sequence: 1, samples: vec![0; 160] }, Packet::Key('5')]);
        // A second stream from the same host is not mixed in, until the first has been silent.
        let other = socket("127.0.0.1");
        other.send_to(&packet(0, 1, 8, &[0xff; 160]), at).expect("sent");
        assert_eq!(heard(&mut leg), []);
        (0..SILENT).for_each(|_| assert_eq!(heard(&mut leg), []));
        other.send_to(&packet(0, 2, 8, &[0xff; 160]), at).expect("sent");
        assert_eq!(heard(&mut leg).len(), 1);
    }

    #[test]
    fn what_we_send_is_one_stream_and_stops_on_hold() {
        let caller = socket("127.0.0.1");
        let (mut leg, _) = leg(&caller, None);
        assert!(leg.tones());
        let mut bytes = [0; 2_048];
        let mut sent = Vec::new();
        for step in 0..4 {
            leg.agreed.lock().expect("agreed").sending = step != 2;
            leg.send(&[100; FRAME]);
            if step != 2 {
                let length = caller.recv(&mut bytes).expect("a packet");
                let packet = RtpPacket::parse(&bytes[..length]).expect("RTP");
                assert_eq!((packet.payload_type(), packet.payload_len()), (0, 160));
                sent.push((packet.sequence_number(), packet.timestamp(), packet.marker_bit(), packet.ssrc()));
            }
        }
        let (sequence, time, _, ssrc) = sent[0];
        assert_eq!(sent, [(sequence, time, true, ssrc), (sequence + 1, time + 160, false, ssrc), (sequence + 2, time + 480, true, ssrc)]);
    }
}
