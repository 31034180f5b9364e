//! The database: there, writable, and of which version. No migration is applied.

use secrecy::ExposeSecret as _;

use super::{Asking, finding::Finding};
use crate::store::{Examined, examine};

const PART: &str = "database";

pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    vec![match examine(asking.config.database_url.expose_secret()).await {
        Ok(Examined::Absent) => Finding::ok(PART, "not there yet; the first start makes it, its folder is writable"),
        Ok(Examined::There { pending: 0 }) => Finding::ok(PART, "writable, its tables are up to date"),
        Ok(Examined::There { pending }) => Finding::warning(
            PART,
            format!("writable; the next start applies {pending} pending migration(s), so make a backup before it"),
        ),
        Err(e) => Finding::failed(PART, e.to_string()),
    }]
}
