//! The database: exists, is writable, and its version. Applies no migration.

use secrecy::ExposeSecret as _;

use super::{CheckContext, finding::Finding};
use crate::store::{Inspection, inspect};

const PART: &str = "database";

pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    vec![match inspect(context.config.database_url.expose_secret()).await {
        Ok(Inspection::Absent) => {
            Finding::ok(PART, "does not exist yet; the first start creates it, its folder is writable")
        }
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
