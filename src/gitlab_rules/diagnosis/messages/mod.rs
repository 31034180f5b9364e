//! What a self-managed GitLab says to an administrator about licenses.

mod activation;
mod adding;
mod expiry;
mod instance;
mod seats;
mod usage;

use super::table::Row;

const HAND_OVER: &str = "The customer adds it under Admin > Settings > General > Add License, as a file or as pasted text, \
                         and accepts the terms (13.12 to 14.10: Admin > Subscription > Upload a license file; older versions: \
                         Admin > License > Upload New License).";

/// Every message. A row wins over the later ones where their matches overlap.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    [seats::ROWS, usage::ROWS, adding::ROWS, activation::ROWS, expiry::ROWS, instance::ROWS].into_iter().flatten()
}
