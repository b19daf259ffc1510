use aws_lc_rs::rand;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes the ids that the platform makes. Unique within one stand-in, and (by their random half) between several.
pub struct Ids {
    next: AtomicU64,
}

impl Ids {
    pub fn new() -> Self {
        Self { next: AtomicU64::new(1) }
    }

    /// 26 characters in ULID format; sorts by time, then by order of making.
    pub fn webhook_event(&self, now_ms: i64) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let time = u128::from(now_ms.max(0).unsigned_abs() & 0xffff_ffff_ffff);
        let order = u128::from(self.count() & 0xff_ffff_ffff);
        let value = (time << 80) | (order << 40) | u128::from(random() & 0xff_ffff_ffff);
        (0..26).rev().map(|n| char::from(ALPHABET[usize::try_from((value >> (5 * n)) & 31).unwrap_or(0)])).collect()
    }

    /// 32 hexadecimal digits: reply tokens.
    pub fn token(&self) -> String {
        let mut text = String::with_capacity(32);
        // Writing to a String cannot fail.
        let _ = write!(text, "{:016x}{:016x}", random(), self.count());
        text
    }

    /// Digits only, 18 of them, as the platform numbers messages.
    pub fn message(&self) -> String {
        (500_000_000_000_000_000 + self.count()).to_string()
    }

    /// In UUID format: `x-line-request-id`.
    pub fn request(&self) -> String {
        let (a, b) = (random(), self.count());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            (b >> 48) & 0xfff,
            b & 0xffff_ffff_ffff
        )
    }

    fn count(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// Without randomness (which does not happen) the counter alone still keeps ids apart.
fn random() -> u64 {
    let mut bytes = [0; 8];
    match rand::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_the_platforms() {
        let ids = Ids::new();
        let (first, second) = (ids.webhook_event(1_790_000_000_000), ids.webhook_event(1_790_000_000_000));
        assert_eq!(first.len(), 26);
        assert!(first < second, "{first} {second}");
        assert!(ids.webhook_event(1_790_000_000_001) > second);
        assert_eq!(ids.token().len(), 32);
        assert_eq!(ids.message().len(), 18);
        let request = ids.request();
        assert_eq!(request.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{request}");
    }
}
