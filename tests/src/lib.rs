//! Driving the counter from outside. Every test has an installation of its own: a data folder, a private PostgreSQL,
//! a port; and, for LINE, a stand-in of the platform that outlives the counter.

#![forbid(unsafe_code)]

mod bot;
pub mod calls;
mod counter;
mod http;
mod line;
mod paying;
pub mod payment_faults;
mod staff;
mod web;

pub use bot::{Bot, Folder, binary, city_with, json_lines, root, run, run_with, shared, signal};
pub use counter::{Counter, key_of, said};
pub use http::{Answer, Http};
pub use paying::{MERCHANT, Paying, WEBHOOK_SECRET, city_folder};
pub use line::{Line, words};
pub use staff::{PASSWORD, Staff, field, try_log_in};
pub use web::WebChat;

/// Standard base64, for the one header that needs it.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            text.push(if at <= chunk.len() { DIGITS[(n >> (18 - 6 * at) & 63) as usize] as char } else { '=' });
        }
    }
    text
}
