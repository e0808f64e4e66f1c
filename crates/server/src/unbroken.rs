//! Bodies over HTTP/2. There, a body that is dropped before its end resets its stream, and an answer that is on its
//! way is lost with it: a client that is refused before its body was read would see a broken stream.

use crate::body::linger;
use axum::body::{Body, Bytes, HttpBody};
use http::{Request, Version};
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body whose rest is still taken, for a while and up to a size, when nobody wants it any more.
struct Unbroken {
    body: Body,
    most: usize,
}

/// The request with such a body, where it came over HTTP/2. HTTP/1.1 looks after its connections by itself.
pub(crate) fn unbroken(request: Request<Body>, most: usize) -> Request<Body> {
    if request.version() == Version::HTTP_2 && !request.body().is_end_stream() {
        request.map(|body| Body::new(Unbroken { body, most }))
    } else {
        request
    }
}

impl HttpBody for Unbroken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Unbroken {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            linger(std::mem::take(&mut self.body), self.most);
        }
    }
}
