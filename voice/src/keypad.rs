/// What keys stand for just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digits {
    /// A choice: each key by itself.
    #[default]
    One,
    /// A number, ended by `#`, by its length, or by a pause.
    Number { most: usize },
}

/// Steps without a key after which a number is complete: 2.5 s.
const PAUSE: u32 = 125;
/// Nobody types more than this.
const MOST: usize = 40;

/// Collects keys into answers.
#[derive(Default)]
pub(crate) struct Keypad {
    wanted: Digits,
    typed: String,
    quiet: u32,
}

impl Keypad {
    pub fn expect(&mut self, wanted: Digits) {
        self.wanted = wanted;
    }

    pub fn typing(&self) -> bool {
        !self.typed.is_empty()
    }

    /// A key; an answer, if it completes one.
    pub fn press(&mut self, key: char) -> Option<String> {
        self.quiet = 0;
        let most = match self.wanted {
            Digits::One => 1,
            Digits::Number { most } => most.clamp(1, MOST),
        };
        match key {
            '#' if self.typing() => return Some(std::mem::take(&mut self.typed)),
            // A star within a number takes it back.
            '*' if self.typing() => {
                self.typed.clear();
                return None;
            }
            '#' | '*' => return Some(key.to_string()),
            '0'..='9' => self.typed.push(key),
            _ => return None,
        }
        (self.typed.len() >= most).then(|| std::mem::take(&mut self.typed))
    }

    /// 20 ms without a key.
    pub fn step(&mut self) -> Option<String> {
        self.quiet += 1;
        (self.typing() && self.quiet >= PAUSE).then(|| std::mem::take(&mut self.typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(wanted: Digits, keys: &str) -> Vec<String> {
        let mut pad = Keypad::default();
        pad.expect(wanted);
        let mut answers: Vec<String> = keys.chars().filter_map(|key| pad.press(key)).collect();
        answers.extend((0..PAUSE).filter_map(|_| pad.step()));
        answers
    }

    #[test]
    fn choices_are_answered_at_once_and_numbers_when_they_are_complete() {
        assert_eq!(type_in(Digits::One, "12*#"), ["1", "2", "*", "#"]);
        assert_eq!(type_in(Digits::Number { most: 11 }, "0312345678#"), ["0312345678"]);
        assert_eq!(type_in(Digits::Number { most: 11 }, "0312345678"), ["0312345678"], "after a pause");
        assert_eq!(type_in(Digits::Number { most: 4 }, "12345"), ["1234", "5"]);
        assert_eq!(type_in(Digits::Number { most: 11 }, "099*03#"), ["03"], "the star begins again");
        assert_eq!(type_in(Digits::Number { most: 11 }, "A*#"), ["*", "#"]);
    }
}
