//! LINE: the Messaging API's webhook in, reply and push out.

mod api;
mod credentials;
mod deliver;
mod event;
mod flex;
mod quota;
mod render;
pub mod stand_in;
mod webhook;

pub use api::{ApiFailure, LineApi, SdkApi, Sent};
pub use credentials::{Credentials, LineCredentials, NoSuchCity};
pub use deliver::{Deliverer, DelivererSettings};
pub use render::render;
pub use webhook::{Webhook, routes};
