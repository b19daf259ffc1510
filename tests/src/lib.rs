//! Driving the counter from outside. Every test has an installation of its own: a data folder, a private PostgreSQL,
//! a port; and, for LINE, a stand-in of the platform that outlives the counter.

#![forbid(unsafe_code)]

mod bot;
mod http;
mod line;

pub use bot::{Bot, Folder, binary, json_lines, root, run, shared, signal};
pub use http::{Answer, Http};
pub use line::{Line, words};
