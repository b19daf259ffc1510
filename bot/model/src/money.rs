use serde::{Deserialize, Serialize};
use std::{fmt, iter};

/// An amount of money. Never below nothing, never so much that a city's fees could not come to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Yen(i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no amount: it must be from 0 to {most} yen", most = Yen::MOST)]
pub struct BadYen(pub i64);

impl Yen {
    pub const ZERO: Yen = Yen(0);
    /// A hundred million: more than any fee of a counter.
    pub const MOST: i64 = 100_000_000;

    pub const fn new(amount: i64) -> Result<Self, BadYen> {
        if amount >= 0 && amount <= Self::MOST { Ok(Self(amount)) } else { Err(BadYen(amount)) }
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    pub fn times(self, count: u32) -> Result<Self, BadYen> {
        Self::new(self.0.saturating_mul(i64::from(count)))
    }

    pub fn plus(self, other: Yen) -> Result<Self, BadYen> {
        Self::new(self.0.saturating_add(other.0))
    }

    /// What is left; `Err` if `other` is more.
    pub fn minus(self, other: Yen) -> Result<Self, BadYen> {
        Self::new(self.0 - other.0)
    }

    /// So many hundredths of it; what is less than a yen is left out.
    pub fn percent(self, percent: u8) -> Self {
        Self(self.0 * i64::from(percent.min(100)) / 100)
    }

    pub fn sum(all: impl iter::IntoIterator<Item = Yen>) -> Result<Self, BadYen> {
        all.into_iter().try_fold(Yen::ZERO, Yen::plus)
    }
}

impl TryFrom<i64> for Yen {
    type Error = BadYen;

    fn try_from(amount: i64) -> Result<Self, BadYen> {
        Self::new(amount)
    }
}

impl From<Yen> for i64 {
    fn from(yen: Yen) -> i64 {
        yen.0
    }
}

/// With the thousands marked off: `12,300`.
impl fmt::Display for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (n, digit) in digits.chars().enumerate() {
            if n > 0 && (digits.len() - n).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_amount_is_negative_or_beyond_all_fees() {
        for bad in [-1, i64::MIN, Yen::MOST + 1, i64::MAX] {
            assert_eq!(Yen::new(bad), Err(BadYen(bad)));
        }
        let hundred = Yen::new(100).expect("fine");
        assert_eq!(hundred.minus(Yen::new(101).expect("fine")), Err(BadYen(-1)));
        assert!(Yen::new(Yen::MOST).expect("fine").times(u32::MAX).is_err());
        assert!(serde_json::from_str::<Yen>("-5").is_err());
    }

    #[test]
    fn shares_leave_fractions_out_and_thousands_are_marked() {
        let fee = Yen::new(1_235).expect("fine");
        assert_eq!((fee.percent(50).get(), fee.percent(100), fee.percent(0)), (617, fee, Yen::ZERO));
        let written: Vec<String> = [0, 999, 1_000, 12_345_678].into_iter().filter_map(|n| Yen::new(n).ok()).map(|yen| yen.to_string()).collect();
        assert_eq!(written, ["0", "999", "1,000", "12,345,678"]);
    }
}
