//! Measures the search.
//!
//! - `evaluate FAQ.csv`: a city's FAQ file. The `also` wordings are the queries, the entries without them (and without
//!   `keywords`, unless `--keywords` is given) the corpus.
//! - `evaluate CORPUS QUERIES RELEVANCE`: JSON objects `{"id":"Question: …\nAnswer: …"}`, `{"id":"query"}`, and lines of
//!   query id, entry id and gain, separated by blanks.
//! - `evaluate --time`: building and asking with 2,000 and 50,000 made-up entries.

use search::{Doc, Index, parse_lines};
use std::{collections::HashMap, error::Error, fs, time::Instant};

struct Case {
    query: String,
    /// Gain by entry id.
    relevant: HashMap<String, f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let keywords = arguments.iter().any(|a| a == "--keywords");
    let misses = arguments.iter().any(|a| a == "--misses");
    let files: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    match files[..] {
        [] => {
            time(2_000);
            time(50_000);
        }
        [faq] => {
            let (docs, cases) = faq_cases(faq, keywords)?;
            measure(docs, &cases, misses);
        }
        [corpus, queries, relevance] => {
            let docs = parse_lines(&fs::read_to_string(corpus)?)?.into_iter().map(|(id, text)| Doc::from_text(id, &text)).collect();
            let mut relevant: HashMap<String, HashMap<String, f64>> = HashMap::new();
            for line in fs::read_to_string(relevance)?.lines() {
                let cells: Vec<&str> = line.split_whitespace().collect();
                // Four columns are TREC's form, with a zero in the second.
                if let [query, entry, gain] | [query, _, entry, gain] = cells[..] {
                    relevant.entry(query.to_owned()).or_default().insert(entry.to_owned(), gain.parse()?);
                }
            }
            let queries = parse_lines(&fs::read_to_string(queries)?)?;
            let cases: Vec<Case> = queries.into_iter().filter_map(|(id, query)| Some(Case { query, relevant: relevant.remove(&id)? })).collect();
            measure(docs, &cases, misses);
        }
        _ => return Err("evaluate FAQ.csv [--keywords] | CORPUS QUERIES RELEVANCE | --time".into()),
    }
    Ok(())
}

fn faq_cases(file: &str, keywords: bool) -> Result<(Vec<Doc>, Vec<Case>), Box<dyn Error>> {
    let (mut docs, mut cases) = (Vec::new(), Vec::new());
    for row in csv::Reader::from_path(file)?.deserialize::<HashMap<String, String>>() {
        let row = row?;
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        for query in row.get("also").into_iter().flat_map(|a| a.split('|')).filter(|q| !q.is_empty()) {
            cases.push(Case { query: query.to_owned(), relevant: HashMap::from([(cell("id"), 1.0)]) });
        }
        let extra = if keywords { cell("keywords") } else { String::new() };
        docs.push(Doc { id: cell("id"), question: cell("question"), answer: cell("answer"), extra });
    }
    Ok((docs, cases))
}

fn measure(docs: Vec<Doc>, cases: &[Case], misses: bool) {
    let entries = docs.len();
    let started = Instant::now();
    let index = Index::build(docs);
    let build = started.elapsed();
    let (mut ndcg, mut first, mut recall) = (0.0, 0.0, 0.0);
    // By tenth of confidence: how many, and how many of them right.
    let mut sure = [[0.0_f64; 2]; 11];
    let started = Instant::now();
    for case in cases {
        let hits = index.rank(&case.query, 10);
        let gain = |n: usize| hits.get(n).and_then(|h| case.relevant.get(&index.doc(h.doc).id)).copied().unwrap_or(0.0);
        let gained: f64 = (0..10).map(|n| gain(n) / (n as f64 + 2.0).log2()).sum();
        let mut best: Vec<f64> = case.relevant.values().copied().collect();
        best.sort_by(|a, b| b.total_cmp(a));
        let ideal: f64 = best.iter().take(10).enumerate().map(|(n, g)| g / (n as f64 + 2.0).log2()).sum();
        ndcg += if ideal > 0.0 { gained / ideal } else { 0.0 };
        let right = f64::from(u8::from(gain(0) > 0.0));
        first += right;
        let wanted = case.relevant.values().filter(|g| **g > 0.0).count().max(1);
        recall += (0..10).filter(|&n| gain(n) > 0.0).count() as f64 / wanted as f64;
        if let Some(hit) = hits.first() {
            let tenth = &mut sure[((hit.confidence * 10.0) as usize).min(10)];
            tenth[0] += 1.0;
            tenth[1] += right;
        }
        if misses && right == 0.0 {
            let wanted: Vec<&String> = case.relevant.keys().collect();
            let at = hits.iter().position(|h| case.relevant.contains_key(&index.doc(h.doc).id));
            let got = hits.first().map_or("", |h| &index.doc(h.doc).question);
            println!("{}\t{wanted:?} at {at:?}\t{got}", case.query);
        }
    }
    let count = cases.len().max(1) as f64;
    let each = started.elapsed().as_secs_f64() * 1000.0 / count;
    println!(
        "entries {entries}, queries {}: nDCG@10 {:.4}  P@1 {:.4}  R@10 {:.4}; built in {build:.2?}, {each:.2} ms a query",
        cases.len(),
        ndcg / count,
        first / count,
        recall / count
    );
    for (n, [all, right]) in sure.iter().enumerate().filter(|(_, s)| s[0] > 0.0) {
        println!("  confidence {:.1}: {all:4} queries, {:.0}% right", n as f64 / 10.0, 100.0 * right / all);
    }
}

/// Made-up entries: topics and verbs drawn by a fixed generator.
fn time(entries: usize) {
    const NOUNS: [&str; 40] = [
        "住民票", "印鑑登録", "国民健康保険", "介護保険", "児童手当", "保育園", "粗大ごみ", "水道", "下水道", "固定資産税", "軽自動車税", "図書館",
        "体育館", "避難所", "ハザードマップ", "マイナンバーカード", "戸籍謄本", "転入届", "転出届", "婚姻届", "パスポート", "年金", "予防接種",
        "がん検診", "母子手帳", "犬の登録", "空き家", "騒音", "街灯", "公園", "道路", "自転車", "市営住宅", "選挙", "ふるさと納税", "補助金",
        "法律相談", "ボランティア", "広報紙", "墓地",
    ];
    const VERBS: [&str; 12] =
        ["申し込み", "取り消し", "変更", "再発行", "減免", "支払い", "予約", "相談", "届け出", "持ち物", "受付時間", "費用"];
    let mut state = 7_u64;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut sentence = |long: usize| -> String {
        (0..long).map(|_| format!("{}の{}は第{}窓口へ行き、{}を確かめてください。", NOUNS[draw(40)], VERBS[draw(12)], draw(900), VERBS[draw(12)])).collect()
    };
    let docs: Vec<Doc> = (0..entries).map(|n| Doc { id: n.to_string(), question: sentence(1), answer: sentence(6), extra: String::new() }).collect();
    let queries: Vec<String> = (0..200).map(|_| sentence(1)).collect();
    let started = Instant::now();
    let index = Index::build(docs);
    let build = started.elapsed();
    let mut each: Vec<f64> = queries
        .iter()
        .map(|q| {
            let started = Instant::now();
            std::hint::black_box(index.rank(q, 10));
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    each.sort_by(f64::total_cmp);
    println!("{entries} entries: built in {build:.1?}; a query {:.2} ms in the middle, {:.2} ms at the 95th percentile; peak memory {}", each[100], each[190], peak());
}

/// What the process held at most, where the system tells.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")).map_or_else(|| "unknown".into(), |l| l.trim().to_owned())
}
