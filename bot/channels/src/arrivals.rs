use model::{CityId, Inbound};
use std::{collections::BTreeMap, sync::Arc};
use store::{Db, Stored, StoreError};
use tokio::sync::{mpsc, oneshot};

/// Takes events in. Those that arrive while others are being written are written together, so that under load one
/// commit serves many; alone, an event is written at once.
#[derive(Clone)]
pub struct Arrivals(mpsc::Sender<Arrival>);

struct Arrival {
    city: CityId,
    events: Vec<Inbound>,
    done: oneshot::Sender<Result<Vec<Stored>, Arc<StoreError>>>,
}

/// The events were not stored: the platform must send them again.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    #[error(transparent)]
    Store(Arc<StoreError>),
    #[error("the server is stopping")]
    Stopping,
}

/// Waiting callers beyond this are held back at the door.
const QUEUE: usize = 4_096;
/// So many events go into one transaction at most.
const BATCH: usize = 256;

impl Arrivals {
    /// Starts the writer; `stored` is called after each commit that brought something new.
    pub fn start(db: Db, stored: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write(db, receiver, stored));
        Self(sender)
    }

    /// Returns once the events are on disk.
    pub async fn store(&self, city: CityId, events: Vec<Inbound>) -> Result<Vec<Stored>, NotStored> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let (done, written) = oneshot::channel();
        self.0.send(Arrival { city, events, done }).await.map_err(|_| NotStored::Stopping)?;
        written.await.map_err(|_| NotStored::Stopping)?.map_err(NotStored::Store)
    }
}

async fn write(db: Db, mut receiver: mpsc::Receiver<Arrival>, stored: impl Fn() + Send + Sync + 'static) {
    let mut waiting = Vec::new();
    while receiver.recv_many(&mut waiting, BATCH).await > 0 {
        let mut by_city: BTreeMap<CityId, Vec<Arrival>> = BTreeMap::new();
        for arrival in waiting.drain(..) {
            by_city.entry(arrival.city.clone()).or_default().push(arrival);
        }
        for (city, arrivals) in by_city {
            write_city(&db, &city, arrivals).await;
            stored();
        }
    }
}

async fn write_city(db: &Db, city: &CityId, arrivals: Vec<Arrival>) {
    let events: Vec<Inbound> = arrivals.iter().flat_map(|arrival| arrival.events.iter().cloned()).collect();
    match store::enqueue(db, city, &events).await {
        Ok(stored) => {
            let mut rest = stored.into_iter();
            for arrival in arrivals {
                let own = rest.by_ref().take(arrival.events.len()).collect();
                // The caller may have gone; its events are stored all the same.
                let _ = arrival.done.send(Ok(own));
            }
        }
        // One event that the database refuses must not take the others with it.
        Err(error) if arrivals.len() > 1 && !error.is_transient() => {
            tracing::warn!(%city, %error, "storing arrivals one by one");
            for arrival in arrivals {
                let result = store::enqueue(db, city, &arrival.events).await.map_err(Arc::new);
                let _ = arrival.done.send(result);
            }
        }
        Err(error) => {
            tracing::error!(%city, %error, "arrivals could not be stored");
            let error = Arc::new(error);
            for arrival in arrivals {
                let _ = arrival.done.send(Err(error.clone()));
            }
        }
    }
}
