//! The limits on how many licenses may be generated and downloaded.

use strum::{EnumIter, IntoStaticStr};

/// Who a limit counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Limit {
    Agent,
    Customer,
    /// The customer's mail domain.
    Domain,
    All,
    /// Of license files, by one agent.
    Downloads,
}

impl Limit {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}
