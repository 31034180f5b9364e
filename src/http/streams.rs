//! Bounds the progress streams of one agent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A shift's worth of open tickets. Each stream reads the store at every change.
pub(crate) const MAX_STREAMS: usize = 16;

/// The open streams of this replica, by agent.
#[derive(Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<u64, usize>>>);

/// Counts one stream until it is dropped.
pub(crate) struct Place {
    open: Arc<Mutex<HashMap<u64, usize>>>,
    agent_user_id: u64,
}

impl Streams {
    /// `None` if the agent has [`MAX_STREAMS`] open.
    pub(crate) fn take(&self, agent_user_id: u64) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(agent_user_id).or_default();
        if *count >= MAX_STREAMS {
            return None;
        }
        *count += 1;
        Some(Place { open: Arc::clone(&self.0), agent_user_id })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.agent_user_id) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.agent_user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_has_a_bounded_number_of_streams_and_gets_them_back() {
        let streams = Streams::default();
        let mut places: Vec<Place> = (0..MAX_STREAMS).map(|_| streams.take(42).unwrap()).collect();
        assert!(streams.take(42).is_none());
        assert!(streams.take(43).is_some(), "another agent has places of their own");
        places.pop();
        assert!(streams.take(42).is_some());
        drop(places);
        assert!(streams.0.lock().unwrap().is_empty());
    }
}
