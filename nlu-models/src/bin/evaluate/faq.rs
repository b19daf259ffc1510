//! nDCG@10 (gains 2^grade - 1), P@1 and R@10 of the search.

use crate::{bm25::Bm25, report::Report};
use anyhow::{Context, Result};
use nlu_models::measure::{percentile, ratio};
use search::{Doc, Encode, Index, Synonyms, parse_lines};
use std::{collections::HashMap, fs, path::Path, sync::Arc, time::Instant};

pub fn measure(encoder: Option<Arc<dyn Encode>>, folder: &Path, misses: bool, report: &mut Report) -> Result<()> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).with_context(|| folder.join(name).display().to_string());
    let texts = parse_lines(&read("corpus.jsonl")?)?;
    let plain = Bm25::new(texts.iter().map(|(_, text)| text.as_str()));
    let ids: Vec<String> = texts.iter().map(|(id, _)| id.clone()).collect();
    let docs: Vec<Doc> = texts.into_iter().map(|(id, text)| Doc::from_text(id, &text)).collect();
    let mut grades: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for line in read("relevance.txt")?.lines() {
        if let [query, entry, grade] = line.split_whitespace().collect::<Vec<_>>()[..] {
            grades.entry(query.to_owned()).or_default().insert(entry.to_owned(), grade.parse()?);
        }
    }
    let began = Instant::now();
    let index = Index::with(docs, Synonyms::ours(), encoder);
    let built = began.elapsed().as_secs_f64() * 1e3;
    let (mut ndcg, mut plainly, mut first, mut recall, mut times) = (0.0, 0.0, 0, 0.0, Vec::new());
    let queries = parse_lines(&read("queries.jsonl")?)?;
    let queries: Vec<_> = queries.into_iter().filter_map(|(id, text)| Some((text, grades.remove(&id)?))).collect();
    for (text, grades) in &queries {
        let began = Instant::now();
        let hits = index.rank(text, 10);
        times.push(began.elapsed().as_secs_f64() * 1e3);
        let grade = |n: usize| hits.get(n).and_then(|hit| grades.get(&index.doc(hit.doc).id)).copied().unwrap_or(0.0);
        let gained = discounted((0..10).map(grade));
        let mut best: Vec<f64> = grades.values().copied().collect();
        best.sort_by(|a, b| b.total_cmp(a));
        let most = discounted(best.iter().take(10).copied()).max(1e-9);
        ndcg += gained / most;
        plainly += discounted(plain.rank(text).into_iter().map(|at| grades.get(&ids[at]).copied().unwrap_or(0.0))) / most;
        let wanted = grades.values().filter(|grade| **grade > 0.0).count();
        recall += ratio((0..10).filter(|&n| grade(n) > 0.0).count(), wanted);
        first += usize::from(grade(0) > 0.0);
        if misses && grade(0) < best.first().copied().unwrap_or(0.0) {
            let got = hits.first().map_or("", |hit| &index.doc(hit.doc).question);
            println!("{text}\n    best {grades:?}\n    got {got}");
        }
    }
    let all = queries.len();
    report.line(format!(
        "nDCG@10 {:.4} (plain BM25 {:.4}), P@1 {:.4}, R@10 {:.4} on {all} queries over {} entries; built in {built:.0} ms, a query {:.2} ms in the middle.",
        ndcg / all.max(1) as f64,
        plainly / all.max(1) as f64,
        ratio(first, all),
        recall / all.max(1) as f64,
        index.len(),
        percentile(&mut times, 0.5)
    ));
    Ok(())
}

fn discounted(grades: impl Iterator<Item = f64>) -> f64 {
    grades.enumerate().map(|(n, grade)| (grade.exp2() - 1.0) / (n as f64 + 2.0).log2()).sum()
}
