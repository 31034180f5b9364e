//! The keys under which Zendesk's custom fields are read in the sidebar.

use std::{collections::BTreeMap, str::FromStr as _};

use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

/// What a field of the ticket's organization, or of the agent, means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Meaning {
    Plan,
    ExpiresOn,
    Seats,
    /// A checkbox: no service for legal reasons.
    Restricted,
    /// A checkbox: support is suspended.
    SupportHold,
    AccountType,
    /// Checkboxes: subscriptions of self-managed instances.
    SelfManaged,
    /// Checkboxes: subscriptions of GitLab.com.
    GitlabCom,
    /// Of the agent.
    GitlabUsername,
}

impl Meaning {
    /// The keys of GitLab's own Zendesk, global and US Government.
    fn usual_keys(self) -> &'static [&'static str] {
        match self {
            Self::Plan => &["support_level"],
            Self::ExpiresOn => &["expiration_date"],
            Self::Seats => &["seats_decimal", "number_of_seats"],
            Self::Restricted => &["restricted_account"],
            Self::SupportHold => &["support_hold"],
            Self::AccountType => &["account_type"],
            Self::SelfManaged => &["sub_sm_premium", "sub_sm_ultimate"],
            Self::GitlabCom => &["sub_dotcom_premium", "sub_dotcom_ultimate"],
            Self::GitlabUsername => &["gitlab_username"],
        }
    }
}

/// The keys by meaning; of several, the first with a value counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZendeskFields(BTreeMap<&'static str, Vec<String>>);

impl Default for ZendeskFields {
    fn default() -> Self {
        let keys = |meaning: Meaning| meaning.usual_keys().iter().map(|key| (*key).to_owned()).collect();
        Self(Meaning::iter().map(|meaning| (meaning.into(), keys(meaning))).collect())
    }
}

impl ZendeskFields {
    /// Reads `plan=tier, seats=seats_decimal/number_of_seats`. What is not named keeps its usual keys; `seats=` is not read.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut fields = Self::default();
        for entry in text.split(',') {
            let (name, keys) = entry.split_once('=').ok_or_else(usage)?;
            let meaning = Meaning::from_str(name.trim()).map_err(|_| usage())?;
            let keys: Vec<String> = keys.split('/').map(|key| key.trim().to_owned()).collect();
            let is_none = keys == [""];
            if !is_none && !keys.iter().all(|key| is_key(key)) {
                return Err(usage());
            }
            fields.0.insert(meaning.into(), if is_none { Vec::new() } else { keys });
        }
        Ok(fields)
    }

    /// For the page: an object of lists.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.len() <= 100 && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

fn usage() -> String {
    let names: Vec<&'static str> = Meaning::iter().map(Into::into).collect();
    format!(
        "must be name=key pairs, comma-separated, such as seats=seats_decimal/number_of_seats; the names are {}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str, name: &str) -> Vec<String> {
        ZendeskFields::parse(text).unwrap().0[name].clone()
    }

    #[test]
    fn the_usual_keys_cover_both_instances_of_gitlab() {
        let json = ZendeskFields::default().json();
        for key in [
            "support_level",
            "seats_decimal",
            "number_of_seats",
            "restricted_account",
            "support_hold",
            "sub_sm_ultimate",
        ] {
            assert!(json.contains(&format!("\"{key}\"")), "{json}");
        }
    }

    #[test]
    fn a_named_field_takes_its_keys_and_the_others_keep_theirs() {
        let text = "plan = tier, seats=users/licensed-users,restricted=";
        assert_eq!(keys(text, "plan"), ["tier"]);
        assert_eq!(keys(text, "seats"), ["users", "licensed-users"]);
        assert!(keys(text, "restricted").is_empty());
        assert_eq!(keys(text, "expires_on"), ["expiration_date"]);
    }

    #[test]
    fn what_is_not_a_pair_of_a_known_name_and_keys_is_refused_with_the_names() {
        for text in ["tier", "tier=plan", "plan=a b", "plan=a//b", "plan=<x>", "plan=a,", "=a"] {
            let error = ZendeskFields::parse(text).unwrap_err();
            assert!(error.contains("gitlab_username") && error.contains("name=key"), "{text}: {error}");
        }
    }
}
