//! Bytes over a connection, for what no client would send.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to the server at `base` (`http://address:port`).
pub async fn raw_connection(base: &str) -> TcpStream {
    let address = base.strip_prefix("http://").expect("plain HTTP");
    TcpStream::connect(address).await.expect("a connection")
}

/// Sends bytes and reads until the server hangs up. Ask for that by `Connection: close`.
pub async fn raw(base: &str, request: impl AsRef<[u8]>) -> String {
    let mut stream = raw_connection(base).await;
    stream
        .write_all(request.as_ref())
        .await
        .expect("the request is sent");
    let mut answer = Vec::new();
    // What came before a connection broke off counts.
    stream.read_to_end(&mut answer).await.unwrap_or_default();
    String::from_utf8_lossy(&answer).into_owned()
}
