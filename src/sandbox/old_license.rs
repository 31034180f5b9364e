//! The license that expired: what the first ticket's customer attaches.

use jiff::{ToSpan, civil::Date};
use secrecy::SecretString;
use serde_json::json;

use super::Keys;
use crate::{
    random::Random,
    sealing::{Attributes, SealingKey},
};

/// Its grace period of 14 days ended yesterday.
const DAYS_PAST: i64 = 15;
const TERM_DAYS: i64 = 365;
pub(super) const FILE_NAME: &str = "AcmeGmbH.gitlab-license";

/// A paid license that is in scope on `today`, or `None` if the key seals none: keys come from outside.
pub(super) fn seal(keys: &Keys, today: Date, random: Random) -> Option<String> {
    let expires_at = today.saturating_sub(DAYS_PAST.days());
    let attributes: Attributes = serde_json::from_value(json!({
        "version": 1,
        "licensee": { "Name": "Jane Doe", "Company": "Acme GmbH", "Email": "jane@acme.example" },
        "issued_at": expires_at.saturating_sub(TERM_DAYS.days()),
        "expires_at": expires_at,
        "block_changes_at": expires_at.saturating_add(14.days()),
        "restrictions": { "plan": "premium", "active_user_count": 280, "previous_user_count": 0, "trial": false },
    }))
    .ok()?;
    let key = SealingKey::parse(&SecretString::from(keys.license_private_pem.clone())).ok()?;
    key.seal(&attributes, &mut random.for_rsa()).ok().map(|file| file.expose().to_owned())
}
