//! The database: there, writable, and of which version. No migration is applied.

use secrecy::ExposeSecret as _;

use super::{Asking, finding::Finding};
use crate::store::{Inspection, inspect};

const PART: &str = "database";

pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    vec![match inspect(asking.config.database_url.expose_secret()).await {
        Ok(Inspection::Absent) => Finding::ok(PART, "not there yet; the first start makes it, its folder is writable"),
        Ok(Inspection::Present { pending_migrations: 0 }) => Finding::ok(PART, "writable, its tables are up to date"),
        Ok(Inspection::Present { pending_migrations }) => Finding::warning(
            PART,
            format!(
                "writable; the next start applies {pending_migrations} pending migration(s), so make a backup before it"
            ),
        ),
        Err(e) => Finding::failed(PART, e.to_string()),
    }]
}
