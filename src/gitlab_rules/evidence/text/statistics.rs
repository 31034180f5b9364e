//! The page of users statistics.

use super::{labels::Label, lines::clean, page::Page};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// Only the total of billable users counts, for that of active users has those who need no seat.
pub(super) fn users_statistics(text: &str, _: &Context<'_>) -> Option<Reading> {
    let text = clean(text);
    let billable_users = Page::parse(&text).row(Label::TotalBillable)?;
    Some(Reading { billable_users: Some(billable_users), ..Reading::default() })
}
