//! GraphQL's `currentLicense`, with whatever fields were asked for, and the licenses before and after it.

use serde_json::Value;

use super::{day, email, id, line, plan, seats, users};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

pub(super) fn current_license(value: &Value, context: &Context<'_>) -> Option<Reading> {
    // The network tab shows batched queries as an array.
    if let Some(batch) = value.as_array() {
        return batch.iter().find_map(|one| current_license(one, context));
    }
    let data = value.get("data").unwrap_or(value);
    let current = data.get("currentLicense")?;
    let history = data["licenseHistoryEntries"]["nodes"].as_array();
    if current.is_object() {
        let mut current = license(current);
        if history.is_some_and(|history| history.iter().any(|earlier| current.extends(&license(earlier)))) {
            current.trial = Some(false);
        }
        return Some(current);
    }
    // Without a current license, or beside an error: the history still tells of the one that ran out.
    let begun = history?.iter().map(license).filter(|one| one.starts_on.is_none_or(|day| day <= context.today));
    begun.max_by_key(|one| one.starts_on)
}

fn license(current: &Value) -> Reading {
    let has_trial = current.get("trial").is_some();
    Reading {
        plan: plan(&current["plan"]),
        trial: has_trial.then(|| current["trial"] == true),
        seats: seats(&current["usersInLicenseCount"]),
        starts_on: day(&current["startsAt"]),
        expires_on: day(&current["expiresAt"]),
        blocks_on: day(&current["blockChangesAt"]),
        billable_users: users(&current["billableUsersCount"]),
        maximum_users: users(&current["maximumUserCount"]),
        company: line(&current["company"]),
        name: line(&current["name"]),
        email: email(&current["email"]),
        subscription_name: line(&current["subscriptionName"]),
        license_id: id(&current["id"]).and_then(|id| id.rsplit('/').next().map(ToOwned::to_owned)),
        ..Reading::default()
    }
}
