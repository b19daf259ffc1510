//! Runs turns: takes what has arrived, has it understood, asks the dialogue what to do, lets the services do it, and
//! commits state, effects and answers together.
//!
//! Conversations of one city that were claimed together share a transaction. If one of them fails, all are run again
//! one by one, so that a broken event harms nobody else; an event that keeps failing is answered with an apology.

#![forbid(unsafe_code)]

mod attention;
mod engine;
mod jobs;
mod one;
mod staff;
mod timers;
mod worker;

pub use attention::MEDIA;
pub use engine::{Engine, TurnError};
pub use jobs::{JobRunner, JobSettings, do_jobs};
pub use one::{Ran, run_live};
pub use worker::{Bell, Worker, WorkerSettings};
