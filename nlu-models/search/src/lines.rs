//! Files of entries and queries: JSON objects of ids and texts.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;

/// A line that is no JSON object of texts.
#[derive(Debug, thiserror::Error)]
#[error("not JSON of the form {{\"id\":\"text\"}}: {0}")]
pub struct LineError(#[from] serde_json::Error);

/// Ids and texts in the order of the file, which a map would lose; an id may come twice.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of texts by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// Reads one line: `{"id":"text"}`, with one id or many. A blank line holds nothing.
///
/// # Errors
/// When the line is not such an object.
pub fn parse_line(json: &str) -> Result<Vec<(String, String)>, LineError> {
    parse_lines(json)
}

/// Reads a whole file: such objects one after the other, over as many lines as they like.
///
/// # Errors
/// When anything else stands in the file.
pub fn parse_lines(json: &str) -> Result<Vec<(String, String)>, LineError> {
    let mut all = Vec::new();
    for object in serde_json::Deserializer::from_str(json).into_iter::<Pairs>() {
        all.extend(object?.0);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_or_many() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(parse_line(r#"{"7":"Question: 犬\nAnswer: 猫"}"#).unwrap(), [pair("7", "Question: 犬\nAnswer: 猫")]);
        assert_eq!(parse_lines("{\"b\":\"1\",\n\"a\":\"2\"}\n\n{\"c\":\"3\"}").unwrap(), [pair("b", "1"), pair("a", "2"), pair("c", "3")]);
        assert!(parse_line("").unwrap().is_empty());
        for wrong in ["[]", "{\"a\":1}", "{", "x"] {
            assert!(parse_line(wrong).is_err(), "{wrong}");
        }
    }
}
