//! What a customer's GitLab knows, accepts and says, and which cases support's workflow covers. Pure.
//!
//! - [`acceptance`]: whether GitLab accepts a license by its seats
//! - [`answer`]: what GitLab would answer to an emergency license of some seats
//! - [`eligibility`]: the scope of support's emergency workflow
//! - [`evidence`]: what is known of the customer's instance and old license
//! - [`diagnosis`]: messages of GitLab, explained
//! - [`version`]: GitLab's versions

pub(crate) mod acceptance;
pub(crate) mod answer;
pub mod diagnosis;
pub mod eligibility;
pub mod evidence;
pub(crate) mod version;

pub(crate) use eligibility::Eligibility;
pub use eligibility::Scope;
pub(crate) use evidence::Evidence;
pub(crate) use version::GitlabVersion;
