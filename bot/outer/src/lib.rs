//! Systems outside of the counter. One HTTP client with time-outs, and for each kind of system a trait, its real clients beside
//! them stand-ins that speak the same protocol. No wire format leaves this crate, and nothing here knows the database.

#![forbid(unsafe_code)]

mod http;
pub mod locks;
pub mod payments;
pub mod sms;

pub use http::{Answer, Failure, Http};
