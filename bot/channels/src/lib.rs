//! The ways in and out: LINE and the web. A channel verifies what comes, translates it into the model, has it stored,
//! and answers the platform at once; on the way out it renders and delivers. Wire formats stay in here.

#![forbid(unsafe_code)]

mod arrivals;
pub mod demo;
mod http;
pub mod line;
pub mod web;

pub use arrivals::{Arrivals, NotStored};
