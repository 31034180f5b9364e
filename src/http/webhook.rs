//! `POST /webhooks/mailgun`: whether mails arrived.
//!
//! The provider takes 200 as done and 406 as "do not repeat", and repeats after anything else for some hours. So a
//! report on a mail that is not ours gets the same 200 as one that is: the answer says nothing about licenses.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use tracing::warn;

use super::{AppState, body, error::Problem, request_id};
use crate::delivery::email::webhook;

/// Reports carry the mail's headers and the provider's own data.
const MAX_BODY_BYTES: usize = 64 * 1024;

pub async fn mailgun(request: HttpRequest, payload: Payload, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let Some(key) = &state.mailgun_signing_key else {
        return Err(unacceptable("the state does not take reports: STOPGAP_MAILGUN_SIGNING_KEY is not set"));
    };
    let body = body::bytes(&request, payload, MAX_BODY_BYTES).await?;
    let report = webhook::read(&body, key, state.licenses.clock.now()).map_err(|error| {
        warn!(why = %error, "a report of the mail provider was refused");
        unacceptable(&error.to_string())
    })?;
    state.licenses.record_arrival(report, &request_id::of(&request)).await?;
    Ok(HttpResponse::Ok().finish())
}

fn unacceptable(why: &str) -> Problem {
    Problem::new(StatusCode::NOT_ACCEPTABLE, format!("The report was not taken: {why}."))
}
