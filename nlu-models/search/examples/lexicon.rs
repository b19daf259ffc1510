//! Packs the IPA dictionary's sources into `lexicon.bin`, the word list that this crate carries.
//!
//! `cargo run --release -p search --example lexicon -- DIR OUT`, where DIR holds the `.csv` files and `matrix.def` of
//! Debian's package `mecab-ipadic` (EUC-JP). Person and company names and rare places are left out: a search over
//! municipal texts does better when they stay in their parts. The layout is told in `src/lexicon.rs`.

use std::{collections::HashMap, error::Error, fs, path::Path};

/// Files whose words are too particular.
const LEFT_OUT: [&str; 2] = ["Noun.name.csv", "Noun.org.csv"];

struct Row {
    surface: String,
    context: u16,
    cost: i16,
    base: String,
    reading: String,
    kind: u8,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: lexicon DIR OUT".into());
    };
    let rows = rows(Path::new(&from))?;
    // The reading of a base form is that of the row where it stands as itself.
    let readings: HashMap<(&str, u8), &str> =
        rows.iter().filter(|r| r.surface == r.base).map(|r| ((r.base.as_str(), r.kind), r.reading.as_str())).collect();
    let mut lemmas: Vec<(&str, u8)> = rows.iter().map(|r| (r.base.as_str(), r.kind)).collect();
    lemmas.sort_unstable();
    lemmas.dedup();
    let place: HashMap<(&str, u8), usize> = lemmas.iter().enumerate().map(|(n, &l)| (l, n)).collect();

    let mut out = Vec::new();
    let (side, links) = links(&fs::read_to_string(Path::new(&from).join("matrix.def"))?)?;
    out.extend_from_slice(&u32::try_from(side)?.to_le_bytes());
    out.extend_from_slice(&links);

    let mut streams: [Vec<u8>; 3] = Default::default();
    strings(lemmas.iter().map(|l| l.0), &mut streams);
    let kinds: Vec<u8> = lemmas.iter().map(|l| l.1).collect();
    let spoken: Vec<String> = lemmas.iter().map(|l| readings.get(l).map_or_else(String::new, |r| kana(r, l.0))).collect();
    let spoken_sizes: Vec<u8> = spoken.iter().map(|s| u8::try_from(s.chars().count()).unwrap_or(0)).collect();
    let spoken_bytes: Vec<u8> =
        spoken.iter().filter(|s| s.chars().count() < 256).flat_map(|s| s.chars().map(|c| (u32::from(c) - 0x3000) as u8)).collect();
    let [shared, sizes, tails] = streams;
    for part in [shared, sizes, tails, kinds, spoken_sizes, spoken_bytes] {
        put(&mut out, &part)?;
    }

    let mut by_surface: Vec<&Row> = rows.iter().collect();
    by_surface.sort_by(|a, b| (&a.surface, a.context, &a.base, a.cost).cmp(&(&b.surface, b.context, &b.base, b.cost)));
    by_surface.dedup_by(|a, b| a.surface == b.surface && a.context == b.context && a.base == b.base);
    let mut streams: [Vec<u8>; 3] = Default::default();
    let mut surfaces: Vec<&str> = by_surface.iter().map(|r| r.surface.as_str()).collect();
    surfaces.dedup();
    strings(surfaces.iter().copied(), &mut streams);
    let mut counts = vec![0u8; surfaces.len()];
    let mut at = 0;
    let mut columns: [Vec<u8>; 7] = Default::default();
    for row in &by_surface {
        while surfaces[at] != row.surface {
            at += 1;
        }
        counts[at] = counts[at].checked_add(1).ok_or("more than 255 words of one spelling")?;
        let lemma = u32::try_from(place[&(row.base.as_str(), row.kind)])?.to_le_bytes();
        let bytes = [row.context.to_le_bytes(), row.cost.to_le_bytes()].concat();
        for (column, byte) in columns.iter_mut().zip(bytes.iter().chain(&lemma[..3])) {
            column.push(*byte);
        }
    }
    let [shared, sizes, tails] = streams;
    for part in [shared, sizes, tails, counts].iter().chain(&columns) {
        put(&mut out, part)?;
    }
    let packed = miniz_oxide::deflate::compress_to_vec(&out, 10);
    println!("{} words of {} spellings, {} base forms; {} bytes, packed {}", by_surface.len(), surfaces.len(), lemmas.len(), out.len(), packed.len());
    fs::write(to, packed)?;
    Ok(())
}

fn rows(from: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(from)?.collect::<Result<Vec<_>, _>>()?.iter().map(|f| f.path()).collect();
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if !name.ends_with(".csv") || LEFT_OUT.contains(&name) {
            continue;
        }
        // How rare (dear) a name may be, in the dictionary's own cost units.
        let dearest = match name {
            "Noun.place.csv" => 5500,
            "Noun.proper.csv" => 4500,
            _ => i16::MAX,
        };
        let bytes = fs::read(&file)?;
        let (text, _, _) = encoding_rs::EUC_JP.decode(&bytes);
        for line in text.lines().filter(|l| !l.contains('"')) {
            let cells: Vec<&str> = line.split(',').collect();
            let [surface, context, _, cost, class, sub, _, _, _, _, base, ..] = cells[..] else { continue };
            let surface = plain(surface);
            let base = if base == "*" { surface.clone() } else { plain(base) };
            let cost: i16 = cost.parse()?;
            if cost > dearest || surface.is_empty() || surface.chars().any(|c| u32::from(c) > 0xffff) {
                continue;
            }
            let reading = cells.get(11).map_or("", |r| *r).to_owned();
            rows.push(Row { kind: kind(class, sub), context: context.parse()?, cost, base, reading, surface });
        }
    }
    Ok(rows)
}

fn plain(word: &str) -> String {
    normalise::fold(word).to_lowercase().replace(' ', "")
}

/// The numbers of `Kind` in `src/lexicon.rs`.
fn kind(class: &str, sub: &str) -> u8 {
    match (class, sub) {
        ("名詞", "固有名詞") => 1,
        ("名詞", "数") => 2,
        ("名詞", "代名詞") | ("連体詞", _) => 7,
        ("名詞", "非自立" | "動詞非自立的" | "特殊" | "接続詞的" | "引用文字列") => 9,
        ("名詞", "接尾") => 6,
        ("名詞", _) => 0,
        ("動詞", "自立") => 3,
        ("形容詞", "自立") => 4,
        ("副詞", _) => 5,
        ("接頭詞", _) => 8,
        _ => 9,
    }
}

/// The reading, unless the word is written as it is read.
fn kana(reading: &str, word: &str) -> String {
    let same = normalise::kana::to_katakana(word) == reading;
    if same || reading.chars().any(|c| !('\u{3001}'..'\u{3100}').contains(&c)) { String::new() } else { reading.to_owned() }
}

/// Joining costs, row by row of the word before, in steps of 64 and clipped to one byte.
fn links(text: &str) -> Result<(usize, Vec<u8>), Box<dyn Error>> {
    let mut lines = text.lines();
    let side: usize = lines.next().and_then(|l| l.split(' ').next()).ok_or("empty matrix.def")?.parse()?;
    let mut links = vec![128u8; side * side];
    for line in lines.filter(|l| !l.is_empty()) {
        let cells: Vec<&str> = line.split(' ').collect();
        let [before, after, cost] = cells[..] else { return Err("matrix.def: three numbers a line".into()) };
        let cost = (cost.parse::<i32>()? >> 6).clamp(-128, 127) + 128;
        links[before.parse::<usize>()? * side + after.parse::<usize>()?] = u8::try_from(cost)?;
    }
    Ok((side, links))
}

/// Sorted strings, each as what it shares with the one before (bytes), what follows (bytes), and that.
fn strings<'a>(sorted: impl Iterator<Item = &'a str>, [shared, sizes, tails]: &mut [Vec<u8>; 3]) {
    let mut before = "";
    for word in sorted {
        let same = before.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count().min(255);
        let tail = &word.as_bytes()[same..];
        shared.push(same as u8);
        sizes.push(tail.len() as u8);
        tails.extend_from_slice(tail);
        before = word;
    }
}

fn put(out: &mut Vec<u8>, part: &[u8]) -> Result<(), Box<dyn Error>> {
    out.extend_from_slice(&u32::try_from(part.len())?.to_le_bytes());
    out.extend_from_slice(part);
    Ok(())
}
