//! Refused fields of a request.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A field that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Its path, such as `customer.email`.
    pub field: String,
    /// Completes "FIELD …": `must be …`.
    pub detail: String,
}

/// A whole number from 0 on. JSON makes no difference between `5` and `5.0`.
pub(crate) fn whole_number(value: &Value) -> Option<u64> {
    /// The first beyond which not all whole numbers can be written.
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    let with_point = || value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..MAX_EXACT).contains(n));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within both ranges")]
    value.as_u64().or_else(|| with_point().map(|n| n as u64))
}
