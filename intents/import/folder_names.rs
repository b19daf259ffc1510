//! The names of a city straight from its folder, for tools that have no database.

use super::{ImportError, Table, TableError};
use crate::{Name, Names};
use model::{EntityKind, Point};
use std::path::Path;

/// A city's own sentences as (intent, text); none when there is no such file.
pub fn sentences_of_folder(folder: &Path) -> Result<Vec<(String, String)>, ImportError> {
    let path = folder.join("sentences.csv");
    if path.exists() { crate::sentences::read(&Table::read(&path)?) } else { Ok(Vec::new()) }
}

/// Files that are missing add no names.
pub fn names_of_folder(folder: &Path) -> Result<Names, TableError> {
    let mut names = crate::places::category_names();
    let read = |file: &str| {
        let path = folder.join(file);
        if path.exists() { Table::read(&path).map(Some) } else { Ok(None) }
    };
    for (file, kind) in [("shelters.csv", EntityKind::Shelter), ("places.csv", EntityKind::Place), ("desks.csv", EntityKind::Desk), ("facilities.csv", EntityKind::Facility)] {
        if let Some(table) = read(file)? {
            names.extend(table.rows().map(|row| {
                let (id, name) = (row.get(&["id"]), row.get(&["name"]));
                let said = crate::shelters::spoken(name, row.get(&["kana"]));
                let point = row.point(&["lat"], &["lng"]).ok();
                let id = if kind == EntityKind::Place { format!("{}/{id}", row.get(&["category"])) } else { id.to_owned() };
                Name { kind, id, label: name.to_owned(), said, point }
            }));
        }
    }
    if let Some(table) = read("towns.csv")? {
        let rows = table.rows().filter_map(|row| {
            let Point { lat, lng } = row.point(&["lat"], &["lng"]).ok()?;
            let name = format!("{}{}", row.get(&["town"]), row.get(&["koaza"]));
            Some((row.get(&["city"]).to_owned(), name, lat, lng))
        });
        names.extend(crate::towns::names_of_towns(rows.collect()));
    }
    if let Some(table) = read("waste/target.csv")? {
        names.extend(table.rows().map(|row| {
            let name = row.get(&["name"]);
            crate::waste::item_name(format!("{}/{name}", row.get(&["type"])), name.to_owned(), row.get(&["furigana"]))
        }));
    }
    Ok(Names::new(names))
}
