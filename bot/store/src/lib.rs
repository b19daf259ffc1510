//! What is kept: cities, conversations, the inbox, the outbox, the keys. PostgreSQL and only PostgreSQL.
//!
//! Two ways in: [`Db::city`] opens a transaction in which one city is visible and no other (row-level security);
//! [`Db::queue`] sees all cities, but only ids, times and leases.

#![forbid(unsafe_code)]

mod accounts;
mod alert;
pub mod bills;
mod city;
mod db;
mod error;
mod erase;
mod files;
mod glimpse;
mod inbox;
mod internal;
mod jobs;
mod keep;
pub mod ledger;
mod migrate;
mod outbox;
mod quota;
mod sealed;
mod thread;
mod timeline;
mod turns;
mod vault;

pub use accounts::{contacts_of, join_accounts, lock_conversation, part_account, write_state};
pub use alert::raise_alert;
pub use city::{CityRow, bump_content, city_rows, desk, desks, find_city, put_city, put_desk};
pub use db::{CityTx, Db, Notice, Pools};
pub use erase::{conversations_of, erase};
pub use error::StoreError;
pub use files::{FileKind, NewFile, OpenFile, attach_upload, linked_file, put_file, put_upload, received_file, received_since};
pub use glimpse::{Glimpse, Understood, folded, grams};
pub use inbox::{Stored, enqueue, find_conversation, open_live};
pub use internal::{enqueue_event, enqueue_internal};
pub use jobs::{Job, NewJob, Which, cancel_job, claim_jobs, ensure_job, fail_job, finish_job, schedule_for, schedule_job};
pub use keep::{Line, forget, last_heard, line_of};
pub use migrate::{CORE, MigrationFile, migrate};
pub use outbox::{Delivery, DueDelivery, Settled, claim_deliveries, load_deliveries, settle_deliveries};
pub use quota::{Quota, Waiting, quota, save_quota, waiting};
pub use sealed::{open_for_conversation, open_state, seal_for_conversation};
pub use thread::{Mode, Wanted, Wish, give_back, machine_answers, rate, want_person};
pub use timeline::{Entry, Said, timeline};
pub use turns::{Claim, Handled, LoadedEvent, LoadedTurn, NewMessage, claim_one, claim_turns, commit_turns, fail_event, load_turns, release};
pub use vault::{Key, Vault, VaultError};
