//! What this process is making right now.

use std::sync::{Arc, Mutex, PoisonError};

use crate::license::DeliveryId;

/// The deliveries of one channel that are claimed here and not yet recorded. None of them may be claimed here again,
/// whatever has become of its lease meanwhile: two attempts of one process could not be told apart.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<Vec<DeliveryId>>>);

/// One of them, until it is dropped.
pub(super) struct Entry {
    all: UnderWay,
    id: DeliveryId,
}

impl UnderWay {
    pub(super) fn ids(&self) -> Vec<DeliveryId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn enter(&self, id: DeliveryId) -> Entry {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        Entry { all: self.clone(), id }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != self.id);
    }
}
