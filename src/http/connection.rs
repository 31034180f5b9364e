//! Bounds on connections that do not read what they asked for.
//!
//! A write to such a connection waits for as long as the peer likes; actix has no limit for it. The kernel has one: it
//! closes a connection on which nothing was acknowledged for a while, or whose receive window stayed closed.

use std::{any::Any, convert::Infallible, time::Duration};

use actix_web::{HttpResponse, body::SizedStream, dev::Extensions, rt::net::TcpStream, web::Bytes};
use futures_util::stream;

/// A connection whose peer takes no byte of a response for as long is closed.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Of a response that waits to be written; with requests that are pipelined, for each connection.
pub(super) const WRITE_BUFFER: usize = 8 * 1024;

/// Sets [`WRITE_TIMEOUT`] on a new connection. Only Linux has the option.
pub(super) fn bound_writes(connection: &dyn Any, _: &mut Extensions) {
    #[cfg(target_os = "linux")]
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        let milliseconds = u32::try_from(WRITE_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
        if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds) {
            tracing::warn!(%error, "a connection has no write timeout");
        }
    }
}

/// A response in pieces, because actix takes a body that is one piece into its buffer as a whole.
pub(super) fn in_pieces(kind: &str, content: &'static [u8]) -> HttpResponse {
    let pieces = content.chunks(WRITE_BUFFER).map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece)));
    HttpResponse::Ok().content_type(kind).body(SizedStream::new(content.len() as u64, stream::iter(pieces)))
}
