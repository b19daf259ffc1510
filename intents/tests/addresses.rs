//! Addresses as residents of Osaka prefecture write and say them, on the prefecture's real towns. They lie beside the
//! project (`SHARED_DIR`); without them the test says so and is skipped, with `CI=true` it fails.

use intents::{Names, import::names_of_folder};
use model::EntityKind;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// Every so many-th town is asked for.
const EVERY: usize = 23;
/// One sentence, its names and its address included; the debug build is slower than what is shipped.
const LONGEST_MS: f64 = 20.0;

/// One town of the file, split into its name and the number of its 丁目 (丁 in Sakai).
struct Town {
    municipality: String,
    stem: String,
    part: Option<(u32, &'static str)>,
}

fn kanji(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| DIGITS[n as usize % 10];
    let place = |n: u32, unit: &str| match n {
        0 => String::new(),
        1 => unit.to_owned(),
        n => format!("{}{unit}", digit(n)),
    };
    format!("{}{}{}", place(n / 100, "百"), place(n / 10 % 10, "十"), digit(n % 10))
}

fn wide(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }).collect()
}

fn towns(csv: &str) -> Vec<Town> {
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    csv
        .lines()
        .skip(1)
        .map(cells)
        // A town that the file does not place, or only by its hamlets, is not imported under its own name.
        .filter(|cells| !cells[4].is_empty() && cells[3].is_empty())
        .map(|cells| {
            let (municipality, name) = (cells[1].clone(), cells[2].clone());
            let part = ["丁目", "丁"].into_iter().find_map(|unit| {
                let rest = name.strip_suffix(unit)?;
                (1..=30).rev().find_map(|n| Some((rest.strip_suffix(&kanji(n))?.to_owned(), (n, unit))))
            });
            match part {
                Some((stem, part)) => Town { municipality, stem, part: Some(part) },
                None => Town { municipality, stem: name, part: None },
            }
        })
        .collect()
}

/// A written or spoken form, and whether it names the municipality so that only one address can be meant.
fn forms(town: &Town, lot: u32, house: u32) -> Vec<(String, bool)> {
    let Town { municipality: city, stem, part } = town;
    let ward = city.rsplit_once('市').filter(|(_, ward)| !ward.is_empty()).map_or(city.as_str(), |(_, ward)| ward);
    let plain = stem.strip_prefix("大字").unwrap_or(stem);
    match part {
        Some((n, unit)) => {
            let k = kanji(*n);
            vec![
                (format!("{city}{stem}{k}{unit}{lot}番{house}号です"), true),
                (format!("大阪府{city}{stem}{n}{unit}{lot}-{house}"), true),
                (format!("{ward}{stem}{n}{unit}{lot}番{house}号に住んでいます"), true),
                (format!("{city} {stem} {n}{unit} {lot}-{house}"), true),
                (format!("{city}の{stem}{k}{unit}の{lot}番{house}号"), true),
                (format!("{stem}{n}-{lot}-{house}です"), false),
                (wide(&format!("{stem}{n}－{lot}－{house}")), false),
                (format!("{stem}{n}−{lot}−{house}"), false),
                (format!("{stem}{n}ー{lot}ー{house}のごみの日"), false),
                (format!("えっと{stem}{k}{unit}{lot}の{house}です"), false),
                (format!("{stem}{k}の{}の{}の田中です", kanji(lot), kanji(house)), false),
                (format!("{stem}{k}丁目{}番{}号", kanji(lot), kanji(house)), false),
                (format!("住所は{stem}{n}丁目{lot}番地の{house}"), false),
            ]
        }
        None => vec![
            (format!("{city}{stem}{lot}番地{house}です"), true),
            (format!("大阪府{city}{plain}{lot}番地の{house}"), true),
            (format!("{ward}{stem}{lot}-{house}に住んでいます"), true),
            (format!("{city} {plain} {lot}番{house}号"), true),
            (format!("{city}の{plain}{lot}の{house}"), true),
            (format!("{stem}{lot}-{house}です"), false),
            (wide(&format!("{plain}{lot}－{house}")), false),
            (format!("{plain}の{lot}番{house}号"), false),
            (format!("えっと{plain}{}の{}です", kanji(lot), kanji(house)), false),
            (format!("大字{plain}{lot}番地{house}"), false),
        ],
    }
}

fn read(names: &Names, text: &str) -> Vec<String> {
    names.entities(text).into_iter().filter(|e| e.kind == EntityKind::Address).map(|e| e.value).collect()
}

#[test]
fn the_towns_of_osaka_are_heard_with_their_numbers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("SHARED_DIR").map_or_else(|| root.join("../../shared"), PathBuf::from);
    let file = shared.join("data/addresses/osaka_towns.csv");
    let Ok(csv) = fs::read_to_string(&file) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
        println!("skipped: {} is not here", file.display());
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("osaka-towns");
    fs::create_dir_all(&folder).expect("a folder of our own");
    fs::write(folder.join("towns.csv"), &csv).expect("the towns");
    let names = names_of_folder(&folder).expect("the towns are read");
    let (mut all, mut wrong, mut slowest, mut spent) = (0_u32, Vec::new(), 0.0_f64, 0.0);
    let mut kinds: BTreeMap<usize, [u32; 2]> = BTreeMap::new();
    for (n, town) in (0_u32..).zip(towns(&csv).iter().step_by(EVERY)) {
        let (lot, house) = (n * 7 % 38 + 1, n * 11 % 24 + 1);
        let name = town.part.map_or(town.stem.clone(), |(n, unit)| format!("{}{n}{unit}", town.stem));
        let wanted = format!("{}{name}{lot}-{house}", town.municipality);
        for (form, (text, sure)) in forms(town, lot, house).into_iter().enumerate() {
            let began = Instant::now();
            let got = read(&names, &text);
            let took = began.elapsed().as_secs_f64() * 1e3;
            (slowest, spent) = (slowest.max(took), spent + took);
            all += 1;
            let tally = kinds.entry(form + if town.part.is_some() { 0 } else { 100 }).or_default();
            tally[0] += 1;
            // Without its city a name may be meant in several; it must be among them.
            if got.contains(&wanted) && (!sure || got.len() == 1) {
                tally[1] += 1;
            } else {
                wrong.push(format!("{text}: wanted {wanted}, got {got:?}"));
            }
        }
    }
    println!("{kinds:?}\n{}", wrong[..wrong.len().min(60)].join("\n"));
    println!("{} of {all} right; {:.3} ms each, the slowest {slowest:.2} ms, {} names", all as usize - wrong.len(), spent / f64::from(all), names.len());
    assert!(all >= 3_000, "only {all} forms");
    assert!(wrong.len() * 50 <= all as usize, "{} of {all} are wrong", wrong.len());
    assert!(spent / f64::from(all) < LONGEST_MS, "{:.2} ms each", spent / f64::from(all));
}
