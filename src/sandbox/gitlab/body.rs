//! What the API is sent.

use jiff::civil::Date;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Create {
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) description: String,
    pub(super) labels: Option<Labels>,
    #[serde(default)]
    pub(super) confidential: bool,
    #[serde(default)]
    pub(super) assignee_ids: Vec<u64>,
    pub(super) due_date: Option<Date>,
}

#[derive(Deserialize)]
pub(super) struct Update {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) labels: Option<Labels>,
    pub(super) add_labels: Option<Labels>,
    pub(super) confidential: Option<bool>,
    pub(super) state_event: Option<StateEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StateEvent {
    Close,
    Reopen,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Labels {
    Joined(String),
    Listed(Vec<String>),
}

#[derive(Deserialize)]
pub(super) struct NewNote {
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) internal: bool,
}

impl Labels {
    /// Labels are made on the fly, and a comma splits them, in a list as well.
    pub(super) fn split(self) -> Vec<String> {
        let joined = match self {
            Self::Joined(text) => text,
            Self::Listed(each) => each.join(","),
        };
        joined.split(',').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect()
    }
}
