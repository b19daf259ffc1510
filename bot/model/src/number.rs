use uuid::Uuid;

/// A number that can be read out on the phone: a letter, so many digits and a check digit (`C-482913-7`). The digits are
/// random, so that one number says nothing of another.
pub fn receipt_number(letter: char, digits: usize, random: Uuid) -> String {
    // The last 64 bits of a UUIDv7 are random but for two.
    let low = random.as_u64_pair().1 & 0x0fff_ffff_ffff_ffff;
    let number = low % 10_u64.pow(u32::try_from(digits.clamp(1, 17)).unwrap_or(1));
    format!("{letter}-{number:0digits$}-{}", check_digit(number))
}

/// Luhn's check digit: finds every single wrong digit and nearly every swap of neighbours.
fn check_digit(number: u64) -> u64 {
    let mut rest = number;
    let (mut sum, mut double) = (0, true);
    while rest > 0 {
        let digit = rest % 10 * if double { 2 } else { 1 };
        sum += digit / 10 + digit % 10;
        double = !double;
        rest /= 10;
    }
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_finds_single_errors_and_swaps() {
        assert_eq!(check_digit(7_992_739_871), 3);
        assert_ne!(check_digit(482_913), check_digit(482_914));
        assert_ne!(check_digit(482_913), check_digit(842_913));
    }

    #[test]
    fn a_number_reads_well() {
        let random = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0007_5e11);
        assert_eq!(receipt_number('C', 6, random).len(), 10);
        assert_eq!(receipt_number('B', 8, random).len(), 12);
        assert!(receipt_number('B', 8, random).starts_with("B-"));
    }
}
