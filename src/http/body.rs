//! Reading a request's body, bounded in size and time.

use std::time::Duration;

use actix_web::{HttpMessage as _, HttpRequest, dev::Payload, http::header::CONTENT_LENGTH, web::BytesMut};
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::time::timeout;

use super::error::ApiError;

/// Most bodies are far smaller.
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024;
/// For what customers send: license files, emails with their quotes.
pub(crate) const MAX_EVIDENCE_BYTES: usize = 64 * 1024;
/// A text of up to 1 MiB, such as a usage export or a Service Ping, with what JSON escapes in it.
pub(crate) const MAX_PASTED_BYTES: usize = 1536 * 1024;
/// Clients that send a byte a second are dropped.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) async fn json(request: &HttpRequest, payload: Payload, max_bytes: usize) -> Result<Value, ApiError> {
    if request.content_type() != "application/json" {
        return Err(ApiError::NotJson);
    }
    let bytes = bytes(request, payload, max_bytes).await?;
    serde_json::from_slice(&bytes).map_err(|e| ApiError::MalformedBody(format!("The body is not JSON: {e}.")))
}

pub(crate) async fn bytes(request: &HttpRequest, mut payload: Payload, max_bytes: usize) -> Result<BytesMut, ApiError> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max_bytes as u64) {
        return Err(ApiError::BodyTooLarge { max_bytes });
    }
    let read = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| ApiError::MalformedBody("The body broke off.".to_owned()))?;
            if bytes.len() + chunk.len() > max_bytes {
                return Err(ApiError::BodyTooLarge { max_bytes });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    timeout(BODY_TIMEOUT, read).await.unwrap_or(Err(ApiError::BodyTimeout))
}
