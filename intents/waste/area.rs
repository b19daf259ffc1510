//! An area's name lists towns: 「さくら町１～３丁目・みどり台４丁目」. Each of them leads to the area.

/// The towns of an area's name, with every 丁目 of a range spelled out, and the whole name itself.
pub fn towns(name: &str) -> Vec<String> {
    let mut towns = vec![name.to_owned()];
    let folded = normalise::fold(name).replace(['~', '〜', '～', '–'], "-");
    let mut town = String::new();
    for part in folded.split(['・', '、', ',', '･', ' ']).filter(|p| !p.is_empty()) {
        // 「１、３丁目」 belongs to the town before it.
        let digits_at = part.find(|c: char| c.is_ascii_digit());
        match digits_at {
            Some(0) => {}
            Some(at) => town = part[..at].trim_end_matches('第').to_owned(),
            None => {
                town = part.to_owned();
                towns.push(town.clone());
                continue;
            }
        }
        let numbers = &part[digits_at.unwrap_or(0)..];
        let Some((numbers, _)) = numbers.split_once("丁目") else { continue };
        let (from, to) = numbers.split_once('-').unwrap_or((numbers, numbers));
        if let (Ok(from), Ok(to)) = (from.trim().parse::<u8>(), to.trim().parse::<u8>())
            && from <= to && to - from < 30 {
                towns.extend((from..=to).map(|n| format!("{town}{n}丁目")));
            }
        // The town alone leads here too; if to other areas as well, the resident is asked which.
        towns.push(town.clone());
    }
    towns.dedup();
    towns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_lists_are_spelled_out() {
        let name = "さくら町１～３丁目・みどり台4丁目";
        assert_eq!(towns(name), [name, "さくら町1丁目", "さくら町2丁目", "さくら町3丁目", "さくら町", "みどり台4丁目", "みどり台"]);
        assert_eq!(towns("庄屋"), ["庄屋"]);
        assert!(towns("千里丘３丁目１～７番、１５～１６番").contains(&"千里丘3丁目".to_owned()));
    }
}
