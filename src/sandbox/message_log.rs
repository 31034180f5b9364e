//! What a stand-in has received, kept where readers can wait for more.

use tokio::sync::watch;

/// A stand-in's state. Every change gives it a new revision and wakes whoever waits.
#[derive(Debug)]
pub(crate) struct MessageLog<T>(watch::Sender<(u64, T)>);

impl<T: Default> Default for MessageLog<T> {
    fn default() -> Self {
        Self(watch::Sender::new((0, T::default())))
    }
}

impl<T> MessageLog<T> {
    /// Looks at the state.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.borrow().1)
    }

    /// Changes the state and wakes whoever waits for it.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut outcome = None;
        self.0.send_modify(|(revision, state)| {
            *revision += 1;
            outcome = Some(change(state));
        });
        outcome.expect("send_modify always calls its closure")
    }

    /// Waits until `look` finds what it looks for. It has no bound of its own: put a timeout around it.
    pub(crate) async fn until<R>(&self, look: impl Fn(&T) -> Option<R>) -> R {
        let mut changes = self.0.subscribe();
        loop {
            if let Some(found) = look(&changes.borrow_and_update().1) {
                return found;
            }
            changes.changed().await.expect("the message_log holds the sender and outlives this borrow");
        }
    }

    /// How many changes there were.
    pub(crate) fn revision(&self) -> u64 {
        self.0.borrow().0
    }

    /// Waits until there were more changes than `revision`.
    pub(crate) async fn newer_than(&self, revision: u64) {
        let mut changes = self.0.subscribe();
        while changes.borrow_and_update().0 <= revision {
            changes.changed().await.expect("the message_log holds the sender and outlives this borrow");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_wakes_when_what_it_waits_for_arrives() {
        let message_log = std::sync::Arc::new(MessageLog::<Vec<u8>>::default());
        let reader = message_log.clone();
        let waiting = tokio::spawn(async move { reader.until(|all| all.get(1).copied()).await });
        message_log.change(|all| all.push(1));
        message_log.change(|all| all.push(2));
        assert_eq!(waiting.await.unwrap(), 2);
        assert_eq!(message_log.revision(), 2);
        message_log.newer_than(1).await;
    }
}
