//! The platform of the load test: an echo of about 1 kB of JSON, and the bytes of a file as a bare handler gives
//! them. Takes an address and a file; prints the address that it got.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use axum::serve::ListenerExt;
use bytes::Bytes;
use std::io::Write;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Answer = ([(axum::http::HeaderName, &'static str); 1], Bytes);

fn json(body: Bytes) -> Answer {
    ([(CONTENT_TYPE, "application/json")], body)
}

/// What was sent, inside an object that fills the answer up to about 1 kB.
async fn echo(body: Bytes) -> Answer {
    let mut answer = Vec::with_capacity(1_200);
    answer.extend_from_slice(b"{\"ok\":true,\"echo\":");
    answer.extend_from_slice(if body.is_empty() { b"null" } else { &body });
    answer.extend_from_slice(b",\"items\":[");
    for index in 0..10 {
        let comma = if index == 0 { "" } else { "," };
        let item = format!(
            "{comma}{{\"id\":\"item-{index:04}\",\"name\":\"Item number {index}\",\"state\":\"open\",\"score\":{index}.5}}"
        );
        answer.extend_from_slice(item.as_bytes());
    }
    answer.extend_from_slice(
        b"],\"note\":\"The quick brown fox jumps over the lazy dog, again and again and again.\"}",
    );
    json(answer.into())
}

/// The bytes, for whoever sent a body: it is taken, as every handler of a message has to.
async fn fixed(State(bytes): State<Bytes>, body: Bytes) -> Answer {
    json(if body.is_empty() { body } else { bytes })
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let bytes = arguments
        .next()
        .map(std::fs::read)
        .transpose()?
        .unwrap_or_default();
    let routes = Router::new()
        .route("/api/echo", post(echo).get(echo))
        .route("/bare", post(fixed))
        .with_state(Bytes::from(bytes));
    let listener = tokio::net::TcpListener::bind(address).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    let listener = listener.tap_io(|stream| {
        // Without it an answer waits for an acknowledgement; a connection that refuses it still works.
        drop(stream.set_nodelay(true));
    });
    axum::serve(listener, routes).await
}
