use crate::{Doc, bm25::Bm25, units::Units};

/// Entries, ready to be searched.
pub struct Index {
    docs: Vec<Doc>,
    words: Bm25,
    pairs: Bm25,
}

/// An entry that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub doc: usize,
    /// For ordering within one query.
    pub score: f32,
    /// 0 to 1: how much of what was asked the entry speaks of, comparable between queries.
    pub confidence: f32,
}

/// The question's words count so many times, those of other ways to ask once and a half, the answer's once.
const QUESTION: f32 = 2.0;
const EXTRA: f32 = 1.5;
/// How words and pairs of characters share the score.
const WORDS: f32 = 0.6;
const PAIRS: f32 = 0.4;
/// Beyond what any entry reaches: a term that fits fully is worth K1 + 1 = 2.2 at most, about 1.5 in practice.
const FULL: f32 = 1.5;

impl Index {
    pub fn build(docs: Vec<Doc>) -> Self {
        let (mut words, mut pairs) = (Vec::with_capacity(docs.len()), Vec::with_capacity(docs.len()));
        for doc in &docs {
            let mut units = Units::default();
            units.add(&doc.question, QUESTION);
            units.add(&doc.extra, EXTRA);
            units.add(&doc.answer, 1.0);
            words.push(units.words);
            pairs.push(units.pairs);
        }
        Self { words: Bm25::build(&words), pairs: Bm25::build(&pairs), docs }
    }

    /// The best entries for a question, best first; entries that share nothing with it are left out.
    pub fn rank(&self, query: &str, limit: usize) -> Vec<Hit> {
        let mut units = Units::default();
        units.add(query, 1.0);
        let mut scores = vec![0.0_f32; self.docs.len()];
        let share = if units.words.is_empty() { 0.0 } else { WORDS };
        self.words.score(&units.words, share, &mut scores);
        self.pairs.score(&units.pairs, 1.0 - share.min(1.0 - PAIRS), &mut scores);
        let mut hits: Vec<Hit> = scores
            .into_iter()
            .enumerate()
            .filter(|(_, score)| *score > 0.0)
            .map(|(doc, score)| Hit { doc, score, confidence: (score / FULL).min(1.0) })
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
        hits.truncate(limit);
        hits
    }

    pub fn doc(&self, n: usize) -> &Doc {
        &self.docs[n]
    }

    pub fn len(&self) -> usize {
        self.docs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let doc = |id: &str, question: &str, answer: &str| Doc { id: id.into(), question: question.into(), answer: answer.into(), extra: String::new() };
        Index::build(vec![
            doc("dog", "犬を飼い始めたときの登録はどこでできますか", "環境課で登録してください。"),
            doc("water", "水道の名義を変えたい", "水道お客さまセンターへ電話してください。"),
            doc("tax", "固定資産税の納付書をなくしました", "税務課で再発行します。"),
        ])
    }

    fn best(query: &str) -> String {
        let index = index();
        index.rank(query, 3).first().map_or_else(String::new, |hit| index.doc(hit.doc).id.clone())
    }

    #[test]
    fn questions_find_their_entries() {
        assert_eq!(best("犬の登録"), "dog");
        assert_eq!(best("納付書を無くした"), "tax");
        assert_eq!(best("水道 名義変更"), "water");
    }

    #[test]
    fn confidence_tells_a_fit_from_a_brush() {
        let index = index();
        let sure = index.rank("固定資産税の納付書をなくした", 1)[0].confidence;
        let unsure = index.rank("宇宙旅行の予約をどこでするか知りたい", 1).first().map_or(0.0, |hit| hit.confidence);
        assert!(sure > 0.5 && unsure < 0.3, "{sure} {unsure}");
    }

    #[test]
    fn odd_queries_find_nothing_and_break_nothing() {
        for odd in ["", " ", "🗾", "\u{0}", &"あ".repeat(10_000)] {
            let _ = index().rank(odd, 10);
        }
        assert!(Index::build(Vec::new()).rank("犬", 5).is_empty());
    }
}
