//! The door: passwords, second factors, sessions, and who is there.

mod login;
mod own;
mod password;
mod second;
mod session;
mod totp;

pub use login::{door, form, log_in, log_out};
pub use own::{change_password, end_sessions, page as own_page};
pub use password::{hash as hash_password, initial as initial_password};
pub use second::{ask, check, confirm, leave, set_up};
pub use session::{By, Me, cookie, open};
pub(crate) use session::cookie_value;
