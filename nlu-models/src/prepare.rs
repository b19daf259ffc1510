//! From what was typed or heard to the one spelling that the model sees.

/// The model reads this many characters of an utterance; what follows rarely changes its meaning, and time stays bounded.
pub const MAX_CHARS: usize = 200;

/// Folds (NFKC), lower-cases, brings katakana to hiragana, turns punctuation into blanks and drops blanks beside
/// Japanese characters, so that 「ごみの ひ」, 「ゴミのひ」 and 「ごみのひ」 are one. A question mark stays: it is a word.
#[must_use]
pub fn prepare(text: &str) -> Vec<char> {
    // Cut before folding: NFKC can lengthen text by a factor of eighteen.
    let cut: String = text.chars().take(MAX_CHARS * 2).collect();
    let mut out: Vec<char> = Vec::with_capacity(MAX_CHARS);
    let mut blank = false;
    for c in normalise::fold(&cut).chars().flat_map(char::to_lowercase) {
        let c = normalise::kana::hiragana(c);
        if is_separator(c) {
            blank = true;
            continue;
        }
        if c == '?' && out.last() == Some(&'?') {
            continue;
        }
        if blank && out.last().is_some_and(|&before| !is_dense(before) && !is_dense(c)) {
            out.push(' ');
        }
        blank = false;
        out.push(c);
        if out.len() >= MAX_CHARS {
            break;
        }
    }
    out
}

/// Scripts written without blanks between words.
pub(crate) fn is_dense(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '?')
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '、' | '。' | '.' | ',' | '!' | '・' | '「' | '」' | '『' | '』' | '(' | ')' | '[' | ']' | '…' | '~' | '"' | '\''
                | ':' | ';' | '“' | '”' | '‘' | '’' | '【' | '】' | '-' | '/'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        prepare(text).into_iter().collect()
    }

    #[test]
    fn spellings_meet() {
        assert_eq!(seen("ゴミの ひ は いつ です か"), "ごみのひはいつですか");
        assert_eq!(seen("ｿﾌｧｰを、捨てたい。"), "そふぁーを捨てたい");
        assert_eq!(seen("Hello,  World??"), "hello world?");
        assert_eq!(seen("쓰레기  버리는 날"), "쓰레기 버리는 날");
    }

    #[test]
    fn long_and_odd_input_is_cut() {
        assert_eq!(prepare(&"あ".repeat(5_000)).len(), MAX_CHARS);
        assert!(prepare("\u{0}\u{7}\n\t ").is_empty());
        assert!(prepare(&"﷽".repeat(500)).len() <= MAX_CHARS);
    }
}
