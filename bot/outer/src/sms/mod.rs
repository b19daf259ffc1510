//! Short messages to mobile telephones: a link that cannot be said.

mod carrier;
pub mod stand_in;

pub use carrier::{Account, CarrierSms};

use crate::Failure;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// The longest text that goes out (characters): what providers take for one message in parts.
pub const LONGEST: usize = 660;

/// Somebody who delivers short messages.
pub trait SmsProvider: Send + Sync {
    /// Hands a text over for delivery. `to`: a Japanese mobile number as it is dialled (`09012345678`); `key`: ours, so that the
    /// provider can tell the same message once more from another.
    fn send<'a>(&'a self, key: Uuid, to: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), Failure>>;
}

/// Whether short messages reach this number: mobile telephones alone (070, 080, 090), no 050, no landline.
pub fn reaches(number: &str) -> bool {
    number.len() == 11 && number.bytes().all(|b| b.is_ascii_digit()) && ["070", "080", "090"].iter().any(|prefix| number.starts_with(prefix))
}

/// A Japanese number as the world dials it.
fn international(number: &str) -> String {
    number.strip_prefix('0').map_or_else(|| number.to_owned(), |rest| format!("+81{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mobile_telephones_are_reached() {
        assert!(["09012345678", "08012345678", "07012345678"].into_iter().all(reaches));
        assert!(!["05012345678", "0600001234", "0901234567", "090-1234-5678", "", "anonymous"].into_iter().any(reaches));
        assert_eq!(international("09012345678"), "+819012345678");
    }
}
