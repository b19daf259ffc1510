use crate::VaultError;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the keys: {0}")]
    Vault(#[from] VaultError),
    /// A row that must be there is not, or is not what it must be. A defect of ours or a hand in the database.
    #[error("the table {table} is inconsistent at {key}: {problem}")]
    Inconsistent { table: &'static str, key: String, problem: &'static str },
    #[error("the lease of {0} conversations was lost while their turn ran; another process has them now")]
    LeaseLost(usize),
    #[error("there is no city `{0}`; load one with `bot city add DIR`")]
    NoCity(String),
    #[error("a value cannot be stored: {0}")]
    Json(#[from] serde_json::Error),
    #[error("an amount of money: {0}")]
    Money(#[from] model::BadYen),
}

impl StoreError {
    /// Whether the same again may succeed: deadlock, serialisation failure, a server that went away.
    pub fn is_transient(&self) -> bool {
        match self {
            StoreError::Database(sqlx::Error::Database(error)) => {
                matches!(error.code().as_deref(), Some("40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "53300"))
            }
            StoreError::Database(error) => matches!(
                error,
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_)
            ),
            _ => false,
        }
    }
}
