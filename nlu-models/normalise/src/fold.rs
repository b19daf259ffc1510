//! One spelling for what looks the same.

use unicode_normalization::UnicodeNormalization;

/// Folds full-width to half-width and back where Unicode says they are the same (NFKC), and then the
/// signs that people use for one another: wave dashes become `~`, dashes between digits `-`, control
/// characters spaces, a circle next to a kanji digit 〇.
#[must_use]
pub fn fold(text: &str) -> String {
    let chars: Vec<char> = text.nfkc().map(plain).collect();
    let mut out = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        let before = if i == 0 { '\0' } else { chars[i - 1] };
        let after = chars.get(i + 1).copied().unwrap_or('\0');
        out.push(match c {
            // A long vowel sign or the kanji for one, typed where a hyphen was meant.
            'ー' if before.is_ascii_digit() && after.is_ascii_digit() => '-',
            '○' | '◯' if zero_beside(before) || zero_beside(after) => '〇',
            _ => c,
        });
    }
    out
}

fn plain(c: char) -> char {
    match c {
        '〜' | '∼' | '～' => '~',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '﹣' => '-',
        '，' => ',',
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' => ' ',
        c if c.is_control() || c.is_whitespace() => ' ',
        c => c,
    }
}

fn zero_beside(c: char) -> bool {
    matches!(c, '○' | '◯' | '〇') || "一二三四五六七八九".contains(c)
}
