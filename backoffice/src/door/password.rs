//! Passwords: argon2id (19 MiB, two passes), salted; compared without haste.

use argon2::{Argon2, password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash}};
use aws_lc_rs::rand;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Longer ones are refused rather than cut.
pub const LONGEST: usize = 128;

/// As it is kept: a PHC string with a fresh salt. `None` when the system gives no random numbers.
pub fn hash(password: &str) -> Option<String> {
    let mut salt = [0; 16];
    rand::fill(&mut salt).ok()?;
    let hashed: PasswordHash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).ok()?;
    Some(hashed.to_string())
}

/// Slow on purpose; call it where blocking is fine.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// What an unknown login is compared with, so that it takes as long as a known one.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password that can be read out and typed: four groups without letters that look alike.
pub fn initial() -> Option<String> {
    const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).ok()?;
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 31)]);
    Some(bytes.chunks(4).map(|group| group.iter().map(letter).collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_opens() {
        let kept = hash("正しい合言葉です2026").expect("random numbers");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("正しい合言葉です2026", &kept));
        assert!(!verify("正しい合言葉です2025", &kept));
        assert!(!verify("", NOBODY));
        assert_ne!(hash("x"), hash("x"));
    }

    #[test]
    fn an_initial_password_is_long_enough_and_new_each_time() {
        let one = initial().expect("random numbers");
        assert!(one.len() >= SHORTEST, "{one}");
        assert_ne!(Some(one), initial());
    }
}
