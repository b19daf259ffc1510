//! An answer as sentences to speak.

use model::Part;

/// The sentences of an answer, in order.
pub fn sentences(parts: &[Part<String>]) -> Vec<String> {
    parts.iter().flat_map(spoken).collect()
}

fn spoken(part: &Part<String>) -> Vec<String> {
    match part {
        Part::Text { text } | Part::Choices { text, .. } | Part::Cards { text, .. } | Part::Date { text, .. } | Part::Link { text, .. } | Part::Image { text, .. } => split(text),
        Part::Place { text, address, .. } => [split(text), split(address)].concat(),
        Part::Handoff { text, extension: Some(_), .. } => split(text),
        Part::Handoff { text, desk, phone, hours, extension: None } => {
            let mut all = split(text);
            let who = [Some(desk.as_str()), phone.as_deref(), hours.as_deref()];
            all.push(who.into_iter().flatten().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("、"));
            all
        }
    }
}

/// A sentence ends at its full stop or at the end of the line.
fn split(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim();
        while !rest.is_empty() {
            let end = rest.char_indices().find(|(_, c)| matches!(c, '。' | '！' | '？' | '!' | '?')).map_or(rest.len(), |(at, c)| at + c.len_utf8());
            let (sentence, after) = rest.split_at(end);
            if sentence.chars().any(char::is_alphanumeric) {
                all.push(sentence.trim().to_owned());
            }
            rest = after.trim_start();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cut_where_a_speaker_breathes() {
        let text = Part::Text { text: "はい。12月1日ですか？\n\n・1、はい。\n―\n2、いいえ".to_owned() };
        let handoff = Part::Handoff { text: "職員が答えます。".to_owned(), desk: "総合案内".to_owned(), phone: Some("06-0000-1000".to_owned()), hours: None, extension: None };
        assert_eq!(sentences(&[text, handoff]), ["はい。", "12月1日ですか？", "・1、はい。", "2、いいえ", "職員が答えます。", "総合案内、06-0000-1000"]);
    }
}
