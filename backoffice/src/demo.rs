use crate::{NewStaff, Role, accounts};
use chrono::{DateTime, Utc};
use model::CityId;
use store::{Db, StoreError};

/// The password of the demo city's staff. The demo city is invented, and so are they.
pub const DEMO_PASSWORD: &str = "aoba-demo-2026";

/// The demo city's staff: one of each role. Made once; returns login and role for telling the newcomer.
pub async fn demo_staff(db: &Db, city: &CityId, now: DateTime<Utc>) -> Result<Vec<(&'static str, Role)>, StoreError> {
    const STAFF: [(&str, &str, Role, &[&str]); 6] = [
        ("kanri", "青木", Role::Administrator, &[]),
        ("henshu", "井上", Role::Editor, &[]),
        ("sato", "佐藤", Role::Operator, &["annai", "shimin", "kokuho"]),
        ("tanaka", "田中", Role::Operator, &["annai", "zei"]),
        ("itaku", "伊藤", Role::Outsourced, &["annai"]),
        ("etsuran", "遠藤", Role::Viewer, &[]),
    ];
    let mut tx = db.city(city).await?;
    let known: i64 = sqlx::query_scalar("SELECT count(*) FROM staff WHERE city_id = $1").bind(city.as_str()).fetch_one(&mut *tx).await?;
    if known == 0 {
        let hash = accounts::hashed(DEMO_PASSWORD.to_owned()).await?;
        for (login, name, role, desks) in STAFF {
            let desks = desks.iter().map(|desk| (*desk).to_owned()).collect();
            let new = NewStaff { login: login.to_owned(), name: name.to_owned(), role, desks };
            accounts::put(&mut tx, city, db.uuid(), &new, &hash, false, now).await?;
        }
        for (title, text) in [
            ("確認して折り返す", "お問い合わせありがとうございます。{desk}の{name}です。確認して、こちらに返信します。少しお待ちください。"),
            ("本人確認のお願い", "個人の情報に関わるため、ここではお答えできません。本人確認書類をお持ちのうえ、{desk}の窓口へお越しください。"),
            ("お礼", "お問い合わせありがとうございました。またいつでも{city}にご相談ください。"),
        ] {
            sqlx::query("INSERT INTO canned_reply (city_id, reply_id, title, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
                .bind(city.as_str())
                .bind(db.uuid())
                .bind(title)
                .bind(text)
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(STAFF.map(|(login, _, role, _)| (login, role)).to_vec())
}
