//! Responses that several operations share, for the API document.

use utoipa::IntoResponses;

use super::problem::Problem;

/// What a request that needs a session may get.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses that the extractors give")]
pub(crate) enum Unauthenticated {
    /// There is no session, or it has ended
    #[response(status = 401, content_type = "application/problem+json")]
    NoSession(Problem<'static>),
    /// The database is unavailable
    #[response(status = 503, content_type = "application/problem+json")]
    StoreUnavailable(Problem<'static>),
}

/// What a request with a JSON body may get.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses that the extractors give")]
pub(crate) enum BodyProblems {
    /// The body is malformed, or fields are invalid
    #[response(status = 400, content_type = "application/problem+json")]
    Invalid(Problem<'static>),
    /// The body took too long
    #[response(status = 408, content_type = "application/problem+json")]
    Timeout(Problem<'static>),
    /// The body is too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem<'static>),
    /// The body is not application/json
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(Problem<'static>),
}

/// What an operation on licenses may get besides [`BodyProblems`] and [`Unauthenticated`].
#[derive(IntoResponses)]
#[expect(dead_code, reason = "documents responses that the operations give")]
pub(crate) enum CommandProblems {
    /// The agent may not generate licenses
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(Problem<'static>),
    /// The state of the license, or of the customer's licenses, does not allow it
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem<'static>),
    /// The Idempotency-Key was used for another request
    #[response(status = 422, content_type = "application/problem+json")]
    KeyReused(Problem<'static>),
}
