/// An entry that can be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    pub id: String,
    pub question: String,
    pub answer: String,
    /// Other ways to ask, keywords.
    pub extra: String,
}

impl Doc {
    /// From one text of the form `Question: …\nAnswer: …`; a text without these marks is all question.
    pub fn from_text(id: String, text: &str) -> Self {
        let body = text.strip_prefix("Question:").unwrap_or(text);
        let (question, answer) = body.split_once("\nAnswer:").unwrap_or((body, ""));
        Self { id, question: question.trim().to_owned(), answer: answer.trim().to_owned(), extra: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let doc = Doc::from_text("1".into(), "Question: 犬の登録は\nAnswer: 環境課へ\nどうぞ");
        assert_eq!((doc.question.as_str(), doc.answer.as_str()), ("犬の登録は", "環境課へ\nどうぞ"));
        assert_eq!(Doc::from_text("2".into(), "犬").question, "犬");
    }
}
