//! Request ids: in the log, in the response header, and in problems.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use super::{AppState, error::ApiError};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Ours alone: a header of the client is ignored, because it would let strangers write into our log.
#[derive(Clone)]
struct RequestId(String);

/// Assigns the id, before anything is logged about the request.
pub(crate) fn assign(request: &ServiceRequest) -> String {
    let id = request.app_data::<Data<AppState>>().map(|state| {
        let licenses = &state.licenses;
        licenses.random.id(licenses.clock.now()).to_string()
    });
    let id = id.unwrap_or_default();
    request.extensions_mut().insert(RequestId(id.clone()));
    id
}

pub(crate) fn of(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// Middleware: adds the id to the response, and counts refusals.
pub(crate) async fn add<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let state = request.app_data::<Data<AppState>>().cloned();
    let response = next.call(request).await?;
    let problem = response.response().error().and_then(|error| error.as_error::<ApiError>());
    if let (Some(problem), Some(state)) = (problem, state) {
        state.licenses.metrics.refusal(problem.code().as_str());
    }
    let with_id: Option<HttpResponse> = problem.map(|problem| problem.response(Some(&id)));
    let mut response = match with_id {
        Some(with_id) => response.into_response(with_id).map_into_right_body(),
        None => response.map_into_left_body(),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    Ok(response)
}
