//! The deliveries that this process is attempting right now.

use std::sync::{Arc, Mutex, PoisonError};

use crate::license::DeliveryId;

/// Deliveries of one channel that were claimed here and are not recorded yet. They must not be claimed here again, even
/// if their lease lapsed: two attempts by one process could not be told apart.
#[derive(Debug, Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<Vec<DeliveryId>>>);

/// Removes its delivery from [`InFlight`] when dropped.
pub(super) struct Entry {
    all: InFlight,
    id: DeliveryId,
}

impl InFlight {
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
