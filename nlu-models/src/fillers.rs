//! Hesitation sounds: the phone is full of them and they mean nothing.

/// As [`crate::prepare`] spells them, longest first.
const FILLERS: [&str; 16] = [
    "えーっとですね", "えーっと", "ええっと", "あのですね", "ええと", "えーと", "えっと", "あのー", "あのう", "そのー", "うーんと", "んーと", "うんとー",
    "えーー", "えー", "あー",
];

/// The prepared text without hesitation sounds; the text itself when nothing else is left.
#[must_use]
pub fn without_fillers(prepared: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(prepared.len());
    let mut at = 0;
    while at < prepared.len() {
        let rest = &prepared[at..];
        let filler = FILLERS.iter().find(|filler| {
            let mut chars = filler.chars();
            rest.iter().zip(chars.by_ref()).all(|(a, b)| *a == b) && chars.next().is_none()
        });
        match filler {
            Some(filler) => at += filler.chars().count(),
            None => {
                out.push(prepared[at]);
                at += 1;
            }
        }
    }
    if out.is_empty() { prepared.to_vec() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hesitation_goes() {
        let seen = |text: &str| without_fillers(&text.chars().collect::<Vec<_>>()).into_iter().collect::<String>();
        assert_eq!(seen("えーとあのーごみの日"), "ごみの日");
        assert_eq!(seen("えー"), "えー");
        assert_eq!(seen("あの"), "あの");
    }
}
