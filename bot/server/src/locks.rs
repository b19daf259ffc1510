//! The system that opens doors by pass codes.

use crate::settings::Lock;
use anyhow::Context;
use outer::locks::{BuiltInLocks, HttpLocks, LockProvider};
use std::{sync::Arc, time::Duration};

/// None where none is set: codes that are wanted then wait for one.
pub fn open(settings: &Lock) -> anyhow::Result<Option<Arc<dyn LockProvider>>> {
    if let Some(url) = &settings.api_url {
        let timeout = Duration::from_secs(settings.timeout_seconds.max(1));
        return Ok(Some(Arc::new(HttpLocks::new(url, &settings.token, timeout).context("the client of the lock system")?)));
    }
    Ok(settings.built_in.then(|| Arc::new(BuiltInLocks::default()) as Arc<dyn LockProvider>))
}
