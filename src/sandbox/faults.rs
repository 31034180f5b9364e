//! Faults that a stand-in is told to make.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The faults still to be made: a queue of single ones, in order, and a standing switch for when the queue is empty.
#[derive(Debug)]
pub struct Faults<F>(Mutex<Script<F>>);

#[derive(Debug)]
struct Script<F> {
    queue: VecDeque<F>,
    standing: Option<F>,
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self(Mutex::new(Script { queue: VecDeque::new(), standing: None }))
    }
}

impl<F: Clone> Faults<F> {
    /// Makes `fault` once, after those that were queued before it.
    pub fn fail_next(&self, fault: F) {
        self.script().queue.push_back(fault);
    }

    /// Makes `fault` every time from now on, or none.
    pub fn set_fault(&self, fault: Option<F>) {
        self.script().standing = fault;
    }

    /// The standing fault.
    pub fn standing(&self) -> Option<F> {
        self.script().standing.clone()
    }

    /// How many single faults are still to be made.
    pub fn queued(&self) -> usize {
        self.script().queue.len()
    }

    /// The fault to make now, where the one whose turn it is `fits` here. The queue keeps its order: a fault that does
    /// not fit yet holds back those behind it, and the standing one with them.
    pub(super) fn take(&self, fits: impl Fn(&F) -> bool) -> Option<F> {
        let mut script = self.script();
        match script.queue.front() {
            Some(first) if fits(first) => script.queue.pop_front(),
            Some(_) => None,
            None => script.standing.clone().filter(fits),
        }
    }

    fn script(&self) -> MutexGuard<'_, Script<F>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_faults_come_in_order_before_the_standing_one() {
        let faults = Faults::default();
        faults.set_fault(Some(9));
        faults.fail_next(1);
        faults.fail_next(2);
        assert_eq!(faults.take(|f| *f == 2), None, "the first in the queue holds back the second");
        assert_eq!(faults.take(|_| true), Some(1));
        assert_eq!(faults.take(|_| true), Some(2));
        assert_eq!(faults.take(|_| true), Some(9));
        faults.set_fault(None);
        assert_eq!(faults.take(|_| true), None);
    }
}
