//! Calls over SIP (RFC 3261) and RTP (RFC 3550): registration with a PBX or a carrier, calls from configured peers, hold,
//! session timers (RFC 4028), keys as RFC 4733 or INFO. What a call says is none of this crate's business.

#![forbid(unsafe_code)]

mod call;
mod dial;
mod line;
mod peers;
mod ports;
mod register;
mod rtp;
mod sdp;
mod timer;

pub use dial::Dialler;
pub use line::{Settings, SipError, SipLine};
pub use peers::{BadPeer, Peers};
pub use register::Account;
