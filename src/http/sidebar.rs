//! `/zendesk/sidebar` and `/zendesk/lookup`: the app's pages, loaded with a signed token.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use askama::Template;
use tracing::warn;

use super::{
    AppState, body,
    error::{ApiError, ErrorCode},
    problem::Problem,
    security::log_agent,
};
use crate::workflow::session::{NewSession, SESSION_LIFETIME};

const LOOKUP: &str = "lookup";

#[derive(Template)]
#[template(path = "sidebar/index.html")]
struct Sidebar<'a> {
    page: &'a Page<'a>,
}

#[derive(Template)]
#[template(path = "lookup/index.html")]
struct Lookup<'a> {
    page: &'a Page<'a>,
}

/// The values of both templates.
struct Page<'a> {
    session: &'a str,
    username: &'a str,
    scheme: &'a str,
    sdk_url: &'a str,
    state: &'a str,
    missing: &'a str,
    zendesk_origin: &'a str,
    refused_domains: &'a str,
    zendesk_fields: &'a str,
    /// JSON: when the licensing team is at work during this session.
    shifts: &'a str,
    /// The mail provider reports whether emails arrive.
    tracks_delivery: bool,
}

/// Begin a session with Zendesk's signed token, and load the sidebar.
#[utoipa::path(
    post, path = "/zendesk/sidebar", tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "Exactly one token"),
    responses(
        (status = 200, description = "The page, with its session", body = String, content_type = "text/html"),
        (status = 403, description = "The token was refused; the log says why", body = String, content_type = "text/html"),
        (status = 408, description = "The body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The app is not configured", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn load_sidebar(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    load(&request, payload, &state).await
}

/// Explain the page to people who open its address by hand.
#[utoipa::path(
    get, path = "/zendesk/sidebar", tag = "pages",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")),
)]
pub(crate) async fn explain_sidebar(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    page(&request, &state, StatusCode::OK, "outside", "", None)
}

/// Begin a session with Zendesk's signed token, and load the lookup page.
#[utoipa::path(
    post, path = "/zendesk/lookup", tag = "pages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "Exactly one token"),
    responses(
        (status = 200, description = "The page, with its session", body = String, content_type = "text/html"),
        (status = 403, description = "The token was refused; the log says why", body = String, content_type = "text/html"),
        (status = 408, description = "The body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The app is not configured", body = String, content_type = "text/html"),
    ),
)]
pub(crate) async fn load_lookup(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    load(&request, payload, &state).await
}

/// Explain the page to people who open its address by hand.
#[utoipa::path(
    get, path = "/zendesk/lookup", tag = "pages",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")),
)]
pub(crate) async fn explain_lookup(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    page(&request, &state, StatusCode::OK, "outside", "", None)
}

/// Every refusal looks the same from outside; the log has the reason.
async fn load(request: &HttpRequest, payload: Payload, state: &AppState) -> Result<HttpResponse, ApiError> {
    let missing = state.zendesk.missing();
    if !missing.is_empty() {
        return page(request, state, StatusCode::SERVICE_UNAVAILABLE, "not_configured", &missing.join(", "), None);
    }
    let form = body::bytes(request, payload.into_inner(), body::MAX_BODY_BYTES).await?;
    match begin(state, &form).await? {
        Ok(session) => page(request, state, StatusCode::OK, "ready", "", Some(&session)),
        Err(reason) => {
            warn!(reason, "a signed URL was refused");
            state.licenses.metrics.refusal(ErrorCode::SignedUrl.as_str());
            page(request, state, StatusCode::FORBIDDEN, "refused", "", None)
        }
    }
}

async fn begin(state: &AppState, form: &[u8]) -> Result<Result<NewSession, String>, ApiError> {
    let Some(token) = only_token(form) else {
        return Ok(Err("the form does not hold exactly one token".into()));
    };
    let verified = match state.verifier.verify(&token, state.licenses.clock.now()) {
        Ok(verified) => verified,
        Err(refused) => return Ok(Err(refused.to_string())),
    };
    log_agent(verified.agent_user_id);
    let begun = state.licenses.create_session(&token, &verified).await?;
    Ok(begun.ok_or_else(|| "the token was used before".into()))
}

/// The form's only `token`. `None` if there are two, because another reader might believe the other one.
fn only_token(form: &[u8]) -> Option<Cow<'_, str>> {
    let mut tokens = url::form_urlencoded::parse(form).filter(|(name, _)| name == "token").map(|(_, value)| value);
    tokens.next().filter(|_| tokens.next().is_none())
}

fn page(
    request: &HttpRequest,
    state: &AppState,
    status: StatusCode,
    page_state: &str,
    missing: &str,
    session: Option<&NewSession>,
) -> Result<HttpResponse, ApiError> {
    let page = Page {
        session: session.map_or("", |session| &session.bearer),
        username: session.and_then(|session| session.username.as_deref()).unwrap_or(""),
        scheme: scheme(request),
        sdk_url: &state.zendesk.sdk_url,
        state: page_state,
        missing,
        zendesk_origin: &state.zendesk.origin,
        refused_domains: &state.licenses.rules.refused_domains.join(","),
        zendesk_fields: &state.zendesk.fields.json(),
        shifts: &shifts(state),
        tracks_delivery: state.mailgun_signing_key.is_some() || state.licenses.mailgun.is_some(),
    };
    let is_lookup = request.path().ends_with(LOOKUP);
    let html = if is_lookup { Lookup { page: &page }.render() } else { Sidebar { page: &page }.render() };
    let html = html.map_err(|_| ApiError::Internal("The page could not be rendered."))?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}

/// Pairs of start and end, because a page is open for longer than a shift may last.
fn shifts(state: &AppState) -> String {
    let now = state.licenses.clock.now();
    let on_duty = state.licenses.rules.on_duty.iter();
    let shifts: Vec<_> = on_duty
        .flat_map(|on_duty| on_duty.shifts(now, now + SESSION_LIFETIME))
        .map(|shift| [shift.start, shift.end])
        .collect();
    serde_json::to_string(&shifts).unwrap_or_default()
}

/// The agent's colour scheme, known before the first paint.
fn scheme(request: &HttpRequest) -> &'static str {
    let dark = url::form_urlencoded::parse(request.query_string().as_bytes())
        .any(|(name, value)| name == "colorScheme" && value == "dark");
    if dark { "dark" } else { "light" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_must_have_exactly_one_token() {
        for (form, token) in [
            ("token=abc", Some("abc")),
            ("x=1&token=a%2Eb&y", Some("a.b")),
            ("token=a&token=a", None),
            ("", None),
            ("Token=a", None),
            ("token", Some("")),
        ] {
            assert_eq!(only_token(form.as_bytes()).as_deref(), token, "{form}");
        }
    }

    #[test]
    fn fuzz_form_answers_any_bytes() {
        bolero::check!().for_each(|bytes: &[u8]| {
            let token = only_token(bytes).map(Cow::into_owned);
            assert!(token.is_none_or(|token| token.len() <= bytes.len() * 3));
            assert_eq!(only_token(&[b"token=a&token=b&", bytes].concat()), None);
        });
    }
}
