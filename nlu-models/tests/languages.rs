//! Which language a sentence is in, on all the sentences that we have.

use nlu_models::{corpus::read_folder, language};
use std::{collections::BTreeMap, path::Path};

#[test]
fn nearly_every_sentence_is_heard_in_its_language() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for part in ["intents", "validation", "emergency"] {
        for line in read_folder(&data.join(part)).expect("the sentences") {
            let wanted = line.section.split(' ').next().unwrap_or_default().to_owned();
            let got = language(&line.text).unwrap_or_default().to_string();
            let right = got.split('-').next() == Some(wanted.as_str());
            let entry = tally.entry(wanted.clone()).or_default();
            entry.0 += usize::from(right);
            entry.1 += 1;
            if !right {
                wrong.push(format!("{wanted} heard as {got}: {}", line.text));
            }
        }
    }
    println!("{tally:?}\n{}", wrong.join("\n"));
    for (language, (right, all)) in tally {
        // Some sentences of foreigners are Japanese words and nothing else.
        assert!(right * 100 >= all * 96, "{language}: {right} of {all}");
    }
}
