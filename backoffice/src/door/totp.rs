//! One-time codes of a device (RFC 6238: HMAC-SHA-1, six digits, thirty seconds), as every authenticator app makes them.

use aws_lc_rs::{constant_time, hmac, rand};
use qrcode::{Color, EcLevel, QrCode};

const STEP: i64 = 30;
/// Bytes of a secret, as RFC 4226 recommends for SHA-1.
const SECRET: usize = 20;

pub fn new_secret() -> Option<Vec<u8>> {
    let mut secret = vec![0; SECRET];
    rand::fill(&mut secret).ok()?;
    Some(secret)
}

/// The code of a time step (RFC 4226, 5.3).
fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let bytes = mac.as_ref();
    let at = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let number = bytes[at..at + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The time step whose code this is: the present one, or a neighbour for clocks that go wrong. None that was used, or is older.
pub fn step_of(secret: &[u8], typed: &str, now: i64, last_used: i64) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let present = now.div_euclid(STEP);
    (present - 1..=present + 1)
        .filter(|step| *step > last_used)
        .find(|step| constant_time::verify_slices_are_equal(code(secret, *step).as_bytes(), typed.as_bytes()).is_ok())
}

/// The secret as apps take it by hand.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    for five in bytes.chunks(5) {
        let mut padded = [0; 8];
        padded[3..3 + five.len()].copy_from_slice(five);
        let number = u64::from_be_bytes(padded);
        let letters = (five.len() * 8).div_ceil(5);
        out.extend((0..letters).map(|n| char::from(LETTERS[usize::try_from(number >> (35 - 5 * n) & 31).unwrap_or(0)])));
    }
    out
}

/// What the picture says to the app.
pub fn address(secret: &[u8], house: &str, login: &str) -> String {
    let escaped = |text: &str| text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect::<String>();
    let house = escaped(house);
    format!("otpauth://totp/{house}:{}?secret={}&issuer={house}&algorithm=SHA1&digits=6&period={STEP}", escaped(login), base32(secret))
}

/// The path of an SVG picture and the length of its side.
pub fn picture(address: &str) -> Option<(String, usize)> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let side = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    Some((dark.map(|(n, _)| format!("M{} {}h1v1h-1z", n % side + 4, n / side + 4)).collect(), side + 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_standard() {
        // RFC 6238, appendix B, cut to six digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(code(secret, seconds / STEP), expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_opens_once_and_only_in_its_time() {
        let (secret, now) = (b"12345678901234567890", 1_111_111_109);
        let step = step_of(secret, "081 804", now, 0).expect("right");
        assert_eq!(step_of(secret, "081804", now, step), None, "used");
        assert_eq!(step_of(secret, "081804", now + 30, 0), Some(step), "a clock that is late");
        assert_eq!(step_of(secret, "081804", now + 90, 0), None, "too old");
        assert_eq!(step_of(secret, "", now, 0), None);
    }

    #[test]
    fn a_secret_is_written_as_apps_read_it() {
        // RFC 4648, 10.
        assert_eq!((base32(b"foobar"), base32(b"fooba"), base32(b"f")), ("MZXW6YTBOI".to_owned(), "MZXW6YTB".to_owned(), "MY".to_owned()));
        let address = address(b"foobar", "あおば市", "sato");
        assert!(address.starts_with("otpauth://totp/%E3%81%82") && address.contains("secret=MZXW6YTBOI&"), "{address}");
        let (path, side) = picture(&address).expect("a picture");
        assert!(path.starts_with("M4 4h1v1h-1z") && side > 30, "{side}");
    }
}
