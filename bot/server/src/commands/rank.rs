use crate::settings::Models;
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::{fs, io::Write, path::Path};

/// So many ids a query at most.
const MOST: usize = 100;

/// Ranks the entries of a corpus for each query; needs no database.
pub fn rank(models: &Models, corpus: &Path, queries: &Path) -> anyhow::Result<()> {
    let docs = pairs(corpus)?.into_iter().map(|(id, text)| search::Doc::from_text(id, &text)).collect();
    let index = search::Index::with(docs, search::Synonyms::ours(), Some(crate::models::encoder(models, &crate::models::understanding(models)?)?));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for (id, query) in pairs(queries)? {
        let ranking: Vec<&str> = index.rank(&query, MOST).iter().map(|hit| index.doc(hit.doc).id.as_str()).collect();
        writeln!(out, "{}", json!({ "query": id, "ranking": ranking }))?;
    }
    out.flush()?;
    Ok(())
}

/// `{"id":"text"}`: one object a line, or one object with all of them.
fn pairs(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut pairs = Vec::new();
    for object in serde_json::Deserializer::from_str(&text).into_iter::<Map<String, Value>>() {
        let object = object.with_context(|| format!("{} is not JSON of the form {{\"id\":\"text\"}}", file.display()))?;
        for (id, value) in object {
            let text = value.as_str().with_context(|| format!("{}: the value of `{id}` is no text", file.display()))?;
            pairs.push((id, text.to_owned()));
        }
    }
    Ok(pairs)
}
