use crate::{
    ServiceError,
    import::{ImportError, Report, Table},
    names::key,
};
use model::{CityId, Desk, Hours};
use sqlx::PgConnection;
use store::CityTx;

/// The desk whose name or topic stands in the words; the longest wording wins.
pub async fn named(tx: &mut PgConnection, city: &CityId, text: &str) -> Result<Option<Desk>, ServiceError> {
    let text = key(text);
    let desks = store::desks(tx, city).await?;
    let best = desks.into_iter().filter_map(|(desk, topics)| {
        let words = topics.split('・').chain([desk.name.as_str()]).map(key);
        let longest = words.filter(|word| word.chars().count() >= 2 && text.contains(word.as_str())).map(|w| w.chars().count()).max()?;
        Some((longest, desk))
    });
    Ok(best.max_by_key(|(longest, _)| *longest).map(|(_, desk)| desk))
}

/// Desks: `id,name,kana,phone,hours,address,topics`; `extension`, where callers can be put through.
pub async fn import_desks(tx: &mut CityTx, city: &CityId, table: Table) -> Result<Report, ImportError> {
    table.require(&[&["id"], &["name", "名称"]])?;
    let mut report = Report::default();
    report.rejected.extend(table.broken());
    for row in table.rows() {
        let some = |names: &[&str]| Some(row.get(names).to_owned()).filter(|cell| !cell.is_empty());
        let (Some(id), Some(name)) = (some(&["id"]), some(&["name", "名称"])) else {
            report.reject(&row, "id and name must not be empty");
            continue;
        };
        let hours = some(&["hours", "時間"]);
        if let Err(error) = Hours::parse(hours.as_deref().unwrap_or_default(), "") {
            report.reject(&row, error.to_string());
            continue;
        }
        let desk = Desk { id, name, phone: some(&["phone", "電話番号"]), hours, extension: some(&["extension", "内線"]) };
        let changed = store::put_desk(tx, city, &desk, row.get(&["kana"]), row.get(&["address", "住所"]), row.get(&["topics"])).await?;
        report.loaded += 1;
        report.changed += u64::from(changed);
    }
    Ok(report)
}
