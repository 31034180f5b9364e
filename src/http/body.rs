//! Reading a request's body: bounded in size and in time.

use std::time::Duration;

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::{StatusCode, header::CONTENT_LENGTH},
    web::{BytesMut, Payload},
};
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::time::timeout;

use super::error::Problem;

/// Most bodies are far smaller.
pub const MAX_BODY_BYTES: usize = 16 * 1024;
/// Evidence and diagnosis take what customers send: license files, mails with their quotes.
pub const MAX_EVIDENCE_BYTES: usize = 64 * 1024;
/// A whole body must be here by then; a client that sends a byte a second is dropped.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The body as JSON.
///
/// # Errors
/// 415, 413, 408 or 400, in a sentence.
pub async fn json(request: &HttpRequest, payload: Payload, max_bytes: usize) -> Result<Value, Problem> {
    if request.content_type() != "application/json" {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json."));
    }
    let bytes = bytes(request, payload, max_bytes).await?;
    serde_json::from_slice(&bytes).map_err(|e| Problem::bad_request(format!("The body is not JSON: {e}.")))
}

/// The body, whatever it is.
///
/// # Errors
/// 413, 408 or 400, in a sentence.
pub async fn bytes(request: &HttpRequest, payload: Payload, max_bytes: usize) -> Result<BytesMut, Problem> {
    let too_large =
        || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body may have at most {} KiB.", max_bytes / 1024));
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max_bytes as u64) {
        return Err(too_large());
    }
    let read = async {
        let mut payload = payload;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::bad_request("The body broke off."))?;
            if bytes.len() + chunk.len() > max_bytes {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    timeout(BODY_TIMEOUT, read)
        .await
        .unwrap_or_else(|_| Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The body took too long.")))
}
