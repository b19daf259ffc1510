use encoding_rs::{SHIFT_JIS, UTF_8};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

/// A CSV file with a header, in UTF-8 (with or without a mark) or Shift_JIS, as offices save it; comma or tab.
pub struct Table {
    file: PathBuf,
    columns: HashMap<String, usize>,
    records: Vec<(u64, csv::StringRecord)>,
    /// Lines that are no CSV, with the reason.
    broken: Vec<(u64, String)>,
}

/// One line of a table.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    line: u64,
    record: &'a csv::StringRecord,
}

#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{file}: cannot be read: {source}")]
    Io { file: PathBuf, source: io::Error },
    #[error("{0}: is neither UTF-8 nor Shift_JIS; save it as «CSV UTF-8»")]
    Encoding(PathBuf),
    #[error("{0}: is empty; the first line must name the columns")]
    Empty(PathBuf),
    #[error("{file}: the column {missing} is missing; there are: {present}")]
    MissingColumn { file: PathBuf, missing: String, present: String },
}

impl Table {
    pub fn read(file: &Path) -> Result<Self, TableError> {
        let bytes = fs::read(file).map_err(|source| TableError::Io { file: file.to_owned(), source })?;
        Self::parse(file, &bytes)
    }

    /// A file whose first line is data already; the columns are called so, in their order.
    pub fn read_headless(file: &Path, columns: &[&str]) -> Result<Self, TableError> {
        let bytes = fs::read(file).map_err(|source| TableError::Io { file: file.to_owned(), source })?;
        let text = decode(&bytes).ok_or_else(|| TableError::Encoding(file.to_owned()))?;
        let mut table = Self::parse(file, format!("{}\n{text}", columns.join(",")).as_bytes())?;
        table.records.iter_mut().for_each(|(line, _)| *line -= 1);
        Ok(table)
    }

    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Self, TableError> {
        let text = decode(bytes).ok_or_else(|| TableError::Encoding(file.to_owned()))?;
        let header = text.lines().next().unwrap_or_default();
        let delimiter = if header.contains('\t') && !header.contains(',') { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        let (mut records, mut broken, mut columns) = (Vec::new(), Vec::new(), None);
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.iter().all(|cell| cell.trim().is_empty()) {
                        continue;
                    }
                    if columns.is_none() {
                        let mut named = HashMap::new();
                        for (n, name) in record.iter().enumerate() {
                            // Of two columns with one name, the first counts.
                            named.entry(fold(name)).or_insert(n);
                        }
                        columns = Some(named);
                    } else {
                        records.push((line, record));
                    }
                }
                Err(error) => broken.push((error.position().map_or(0, csv::Position::line), error.to_string())),
            }
        }
        let columns = columns.ok_or_else(|| TableError::Empty(file.to_owned()))?;
        Ok(Self { file: file.to_owned(), columns, records, broken })
    }

    /// Fails unless, of each group of names for the same column, one is there.
    pub fn require(&self, groups: &[&[&str]]) -> Result<(), TableError> {
        for group in groups {
            if !group.iter().any(|name| self.has(name)) {
                let mut present: Vec<_> = self.columns.iter().map(|(name, n)| (*n, name.as_str())).collect();
                present.sort_unstable();
                return Err(TableError::MissingColumn {
                    file: self.file.clone(),
                    missing: group.join(" / "),
                    present: present.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", "),
                });
            }
        }
        Ok(())
    }

    pub fn has(&self, name: &str) -> bool {
        self.columns.contains_key(&fold(name))
    }

    /// The names of the columns, in their order.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<_> = self.columns.iter().map(|(name, n)| (*n, name.as_str())).collect();
        columns.sort_unstable();
        columns.into_iter().map(|(_, name)| name).collect()
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|(line, record)| Row { table: self, line: *line, record })
    }

    /// Lines that could not be read at all, as rejections.
    pub fn broken(&self) -> impl Iterator<Item = super::Rejection> + '_ {
        self.broken.iter().map(|(line, reason)| super::Rejection { file: self.file.clone(), line: *line, reason: reason.clone() })
    }
}

impl<'a> Row<'a> {
    /// The cell of the first of these columns that there is, trimmed; `""` if none or empty.
    pub fn get(&self, names: &[&str]) -> &'a str {
        names
            .iter()
            .find_map(|name| self.table.columns.get(&fold(name)))
            .and_then(|n| self.record.get(*n))
            .map_or("", |cell| cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}'))
    }

    pub fn line(&self) -> u64 {
        self.line
    }

    pub fn file(&self) -> &'a Path {
        &self.table.file
    }

    /// A coordinate, or why it is none.
    pub fn point(&self, lat: &[&str], lng: &[&str]) -> Result<model::Point, String> {
        let number = |names: &[&str]| {
            let cell = normalise::fold(self.get(names));
            cell.parse::<f64>().map_err(|_| format!("{} is no number of degrees: `{cell}`", names.first().copied().unwrap_or("?")))
        };
        let (lat, lng) = (number(lat)?, number(lng)?);
        let point = model::Point::new(lat, lng).ok_or_else(|| format!("{lat}, {lng} is not on the globe; are latitude and longitude swapped?"))?;
        // Japan, its remote islands included. Swapped columns are the usual mistake.
        if (20.0..46.0).contains(&point.lat) && (122.0..154.0).contains(&point.lng) {
            Ok(point)
        } else {
            Err(format!("{lat}, {lng} is not in Japan; are latitude and longitude swapped?"))
        }
    }
}

fn fold(name: &str) -> String {
    normalise::fold(name).trim().trim_start_matches('\u{FEFF}').to_lowercase()
}

fn decode(bytes: &[u8]) -> Option<String> {
    let (text, _, broken) = UTF_8.decode(bytes);
    if !broken {
        return Some(text.into_owned());
    }
    let (text, _, broken) = SHIFT_JIS.decode(bytes);
    (!broken).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> Result<Table, TableError> {
        Table::parse(Path::new("t.csv"), bytes)
    }

    #[test]
    fn both_encodings_and_a_mark_are_read() {
        let (sjis, _, _) = SHIFT_JIS.encode("名称,緯度\n青葉小,34.6\n");
        for bytes in [sjis.as_ref(), "\u{FEFF}名称,緯度\n青葉小,34.6\n".as_bytes(), "名称\t緯度\n青葉小\t34.6".as_bytes()] {
            let table = table(bytes).expect("a table");
            let row = table.rows().next().expect("a row");
            assert_eq!((row.get(&["name", "名称"]), row.line()), ("青葉小", 2));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(matches!(table(&[0x81, 0xFF, 0xFF, 0xFE]), Err(TableError::Encoding(_))));
        assert!(matches!(table(b""), Err(TableError::Empty(_))));
        let error = table("名称,住所\n".as_bytes()).expect("a table").require(&[&["lat", "緯度"]]).unwrap_err();
        assert_eq!(error.to_string(), "t.csv: the column lat / 緯度 is missing; there are: 名称, 住所");
    }

    #[test]
    fn swapped_coordinates_are_noticed() {
        let table = table("lat,lng\n135.6,34.6\n".as_bytes()).expect("a table");
        let error = table.rows().next().expect("a row").point(&["lat"], &["lng"]).unwrap_err();
        assert!(error.contains("swapped"), "{error}");
    }
}
