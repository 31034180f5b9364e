//! Closes connections whose chunked body was not read to its end.
//!
//! actix drains the rest of a chunked body whose reader was dropped, without a bound: after a 401 or a 413, a client that
//! sends a byte now and then would hold its connection for ever. If the reader still exists when the response is
//! written, actix closes the connection instead. So the response keeps the body alive. The draining came with
//! <https://github.com/actix/actix-web/pull/3936>.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage as _,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::header::TRANSFER_ENCODING,
    middleware::Next,
    web::Bytes,
};
use futures_util::{Stream, StreamExt as _};

/// The body as the connection gives it.
type Source = Rc<RefCell<Payload>>;

/// What the handler reads from.
struct Reader(Source);

/// A response body that keeps the request's body.
struct Response {
    body: BoxBody,
    _unread: Source,
}

/// Middleware.
pub(crate) async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !request.headers().contains_key(TRANSFER_ENCODING) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let source = Rc::new(RefCell::new(request.take_payload()));
    request.set_payload(Payload::Stream { payload: Box::pin(Reader(Rc::clone(&source))) });
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(response.map_body(|_, body| BoxBody::new(Response { body, _unread: source })))
}

impl Stream for Reader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll_next_unpin(context)
    }
}

impl MessageBody for Response {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}
