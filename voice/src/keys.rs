/// Keys pressed, as RFC 4733 sends them: every event in many packets with one timestamp.
#[derive(Default)]
pub struct Keys {
    last: Option<u32>,
}

impl Keys {
    /// The key, at the first packet of its event.
    pub fn hear(&mut self, timestamp: u32, payload: &[u8]) -> Option<char> {
        let event = *payload.first().filter(|_| payload.len() >= 4)?;
        if self.last == Some(timestamp) {
            return None;
        }
        let key = char::from(*b"0123456789*#ABCD".get(usize::from(event))?);
        // A late copy of an event that another has followed is older, not new.
        if self.last.is_some_and(|last| timestamp.wrapping_sub(last) > u32::MAX / 2) {
            return None;
        }
        self.last = Some(timestamp);
        Some(key)
    }

    /// Another stream begins: its timestamps are its own.
    pub fn begin_again(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_in_many_packets_is_one_key() {
        let mut keys = Keys::default();
        let mut heard = String::new();
        for (timestamp, event) in [(1_000, 1), (1_000, 1), (1_000, 1), (3_000, 1), (3_000, 1), (1_000, 1), (5_000, 10), (7_000, 11), (9_000, 16), (11_000, 200)] {
            for end in [0x0a, 0x8a] {
                heard.extend(keys.hear(timestamp, &[event, end, 0, 160]));
            }
        }
        assert_eq!(heard, "11*#");
        assert_eq!(keys.hear(20_000, &[1]), None);
        assert_eq!(keys.hear(20_000, &[]), None);
    }
}
