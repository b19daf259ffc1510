use super::super::refusal::{Detail, Refusal};
use super::node::Node;

/// Collects what is wrong.
#[derive(Default)]
pub struct Check {
    details: Vec<Detail>,
}

/// What the platform counts as one character, which depends on the property.
#[derive(Clone, Copy)]
pub enum Count {
    /// UTF-16 code units: message texts.
    Utf16,
    /// Grapheme clusters: labels, templates, texts of actions. Here approximately: combining marks, variation
    /// selectors, skin tones and joined emoji add nothing.
    Grapheme,
}

impl Check {
    pub fn fail(&mut self, node: &Node, message: impl Into<String>) {
        self.details.push(Detail { message: message.into(), property: node.to_string() });
    }

    pub fn finish(self) -> Result<(), Refusal> {
        if self.details.is_empty() { Ok(()) } else { Err(Refusal::details(self.details)) }
    }

    /// A text that must be there, of 1 to `max` characters.
    pub fn text(&mut self, node: &Node, max: usize, count: Count) {
        match node.text() {
            None if node.present() => self.fail(node, "must be a string"),
            None => self.fail(node, "must be specified"),
            Some("") => self.fail(node, "May not be empty"),
            Some(text) if count.of(text) > max => {
                self.fail(node, format!("Length must be between 0 and {max}"));
            }
            Some(_) => {}
        }
    }

    pub fn optional_text(&mut self, node: &Node, max: usize, count: Count) {
        if node.present() {
            self.text(node, max, count);
        }
    }

    /// An array of `min` to `max`. False if there is nothing to go through.
    pub fn size(&mut self, node: &Node, min: usize, max: usize) -> bool {
        if !node.value().is_array() {
            self.fail(node, if node.present() { "must be an array" } else { "must be specified" });
            return false;
        }
        if !(min..=max).contains(&node.len()) {
            self.fail(node, format!("Size must be between {min} and {max}"));
            return false;
        }
        true
    }

    pub fn number(&mut self, node: &Node, min: f64, max: f64) {
        match node.value().as_f64() {
            None => self.fail(node, "must be a number"),
            Some(number) if !(min..=max).contains(&number) => {
                self.fail(node, format!("must be between {min} and {max}"));
            }
            Some(_) => {}
        }
    }

    pub fn one_of(&mut self, node: &Node, allowed: &[&str]) -> bool {
        let fine = node.text().is_some_and(|text| allowed.contains(&text));
        if !fine {
            self.fail(node, format!("Must be one of the following values: [{}]", allowed.join(", ")));
        }
        fine
    }

    pub fn optional_one_of(&mut self, node: &Node, allowed: &[&str]) {
        if node.present() {
            self.one_of(node, allowed);
        }
    }

    /// Flex refuses properties it does not know: a misspelt one is an error, not a silent nothing.
    pub fn known(&mut self, node: &Node, allowed: &[&[&str]]) {
        let names = node.value().as_object().into_iter().flatten().map(|(name, _)| name);
        for name in names.filter(|name| !allowed.iter().any(|group| group.contains(&name.as_str()))) {
            self.fail(&node.field(name), "unknown field");
        }
    }
}

impl Count {
    fn of(self, text: &str) -> usize {
        match self {
            Count::Utf16 => text.encode_utf16().count(),
            Count::Grapheme => {
                let mut joined = false;
                text.chars()
                    .filter(|&c| {
                        let counts = !joined && !extends(c);
                        joined = c == '\u{200d}';
                        counts
                    })
                    .count()
            }
        }
    }
}

fn extends(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0100}'..='\u{e01ef}')
}
