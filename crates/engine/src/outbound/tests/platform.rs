//! A platform on loopback that answers byte by byte as a test says.

use parking_lot::Mutex;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the platform does once it has read a request.
pub(super) enum Reply {
    /// Send this and wait for the next request.
    Bytes(Vec<u8>),
    /// Send this and close the connection.
    Cut(Vec<u8>),
    /// Send this, then a byte of the other again and again, with this pause.
    Drip(Vec<u8>, u8, Duration),
    /// Say nothing, and keep the connection open.
    Hang,
}

/// A JSON answer of status 200.
pub(super) fn ok(body: &str) -> Reply {
    answer("200 OK", "content-type: application/json\r\n", body.as_bytes())
}

/// An answer with its length.
pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Reply {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// A redirect of status 302.
pub(super) fn redirect(location: &str) -> Reply {
    answer("302 Found", &format!("location: {location}\r\n"), b"")
}

type Handler = dyn Fn(usize, &str) -> Reply + Send + Sync;

/// A listener on loopback.
pub(super) struct Platform {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Platform {
    /// A platform that answers with what `handler` makes of the number of a request, from 0, and its text.
    pub(super) async fn start(handler: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), handler).await
    }

    /// The same at a certain address.
    pub(super) async fn start_at(
        address: SocketAddr,
        handler: impl Fn(usize, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = (
            Arc::<Mutex<Vec<String>>>::default(),
            Arc::<AtomicUsize>::default(),
        );
        let handler: Arc<Handler> = Arc::new(handler);
        let (all_seen, count) = (Arc::clone(&seen), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&all_seen), Arc::clone(&handler)));
            }
        });
        Self {
            address,
            seen,
            connections,
            task,
        }
    }

    /// An address where nothing listens.
    pub(super) async fn closed() -> SocketAddr {
        TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap()
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL of this platform.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, head and body.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().clone()
    }

    /// How many connections were made.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<String>>>, handler: Arc<Handler>) {
    while let Some(request) = read_request(&mut stream).await {
        let number = {
            let mut seen = seen.lock();
            seen.push(request.clone());
            seen.len() - 1
        };
        let reply = handler(number, &request);
        if !write_reply(&mut stream, reply).await {
            return;
        }
    }
}

/// Whether the connection can be used on.
async fn write_reply(stream: &mut TcpStream, reply: Reply) -> bool {
    match reply {
        Reply::Bytes(bytes) => stream.write_all(&bytes).await.is_ok(),
        Reply::Cut(bytes) => {
            stream.write_all(&bytes).await.ok();
            false
        }
        Reply::Drip(bytes, drop, pause) => {
            let mut sent = stream.write_all(&bytes).await;
            while sent.is_ok() {
                tokio::time::sleep(pause).await;
                sent = stream.write_all(&[drop]).await;
            }
            false
        }
        Reply::Hang => std::future::pending().await,
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text);
            }
        }
        let mut piece = [0; 4_096];
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}
