//! `/api/v1/licenses/{id}/follow-up`

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    AppState,
    api::MAX_REASON_CHARS,
    error::ApiError,
    extract::{Authenticated, Json, LicensePath, RequestBody, Session},
    fields::{FieldErrors, text},
    problem::Problem,
    request_id,
    responses::{BodyProblems, Unauthenticated},
};
use crate::{
    license::{FieldError, FollowUpState, SingleLine},
    workflow::view::LicenseView,
};

/// What becomes of the follow-up.
#[derive(ToSchema)]
#[schema(as = SetFollowUp)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
struct FollowUpRequest {
    state: FollowUpState,
    /// Shown in the issue and in Slack, such as "renewal in place".
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    note: Option<String>,
}

pub(crate) struct ParsedFollowUp {
    state: FollowUpState,
    note: Option<SingleLine>,
}

impl RequestBody for ParsedFollowUp {
    fn parse(body: &Value, _: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let root = errors.body::<FollowUpRequest>(body);
        let state = errors.required(root, "state", text(FollowUpState::parse));
        let note = errors.optional(root, "note", text(|t| SingleLine::parse(t, MAX_REASON_CHARS)));
        errors.finish(state.map(|state| Self { state, note }))
    }
}

/// Settle what is left to do about a license, or open it again.
///
/// Any agent may. Setting the state that it has changes nothing.
#[utoipa::path(
    put, path = "/api/v1/licenses/{id}/follow-up", tag = "licenses",
    params(("id" = String, Path, description = "License id")),
    request_body = FollowUpRequest,
    responses(
        (status = 200, description = "The license", body = LicenseView),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was replaced or erased, or is a drill", body = Problem, content_type = "application/problem+json"),
        BodyProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn set(
    Authenticated(session, (LicensePath(id), Json(body))): Authenticated<(LicensePath, Json<ParsedFollowUp>)>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let agent = session.agent_user_id;
    let request_id = request_id::of(&request);
    let details = state.licenses.set_follow_up(id, agent, body.state, body.note.as_ref(), &request_id).await;
    let details = details.map_err(|e| ApiError::of(e, &state, agent))?;
    Ok(HttpResponse::Ok().json(state.licenses.view(&details, agent)))
}
