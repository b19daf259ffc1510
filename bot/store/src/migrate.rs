use crate::StoreError;
use sqlx::{
    Connection, PgConnection, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
    postgres::PgConnectOptions,
};

/// One migration, compiled in. Each folder that owns tables has its own; the server merges them.
#[derive(Clone, Copy, Debug)]
pub struct MigrationFile {
    /// `yyyymmddhhmmss`; the order in which they run.
    pub version: i64,
    pub name: &'static str,
    pub sql: &'static str,
}

pub const CORE: &[MigrationFile] = &[
    MigrationFile { version: 20261101000000, name: "core", sql: include_str!("../migrations/20261101000000_core.sql") },
    MigrationFile { version: 20261128010000, name: "thread", sql: include_str!("../migrations/20261128010000_thread.sql") },
    MigrationFile { version: 20261128010100, name: "job", sql: include_str!("../migrations/20261128010100_job.sql") },
    MigrationFile { version: 20261128010200, name: "person", sql: include_str!("../migrations/20261128010200_person.sql") },
    MigrationFile { version: 20261128030100, name: "bill", sql: include_str!("../migrations/20261128030100_bill.sql") },
    MigrationFile { version: 20261128110100, name: "files", sql: include_str!("../migrations/20261128110100_files.sql") },
    MigrationFile { version: 20261128171500, name: "desk_extension", sql: include_str!("../migrations/20261128171500_desk_extension.sql") },
];

/// Brings the schema up to date, as the owner. Safe to run from several processes at once.
pub async fn migrate(options: &PgConnectOptions, files: &[MigrationFile]) -> Result<(), StoreError> {
    let migrations = files
        .iter()
        .map(|file| Migration::new(file.version, file.name.into(), MigrationType::Simple, file.sql.into_sql_str(), false))
        .collect();
    let mut connection = PgConnection::connect_with(options).await?;
    Migrator::with_migrations(migrations).run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
