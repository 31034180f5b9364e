//! Refused fields of a request.

use serde::Serialize;
use utoipa::ToSchema;

/// A field that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Its path, such as `customer.email`.
    pub field: String,
    /// Completes "FIELD …": `must be …`.
    pub detail: String,
}
