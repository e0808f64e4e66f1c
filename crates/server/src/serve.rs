//! Accepts connections and serves them until it is told to stop.

mod connection;
mod turns;

use crate::{App, Settings, router};
use connection::Connections;
use solder_engine::Engine;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long accepting rests after the system would give no connection, as where too many files are open.
const REST: Duration = Duration::from_millis(100);

/// Serves the installation on the listener until `shutdown` resolves. Then no connection is taken any more, the
/// requests under way are finished within [`Settings::shutdown_grace`], and what is left of them is dropped.
pub async fn serve(
    listener: TcpListener,
    engine: Arc<Engine>,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let app = Arc::new(App::new(engine, settings).map_err(io::Error::other)?);
    let connections = Connections::new(&app.settings, router::of(&app));
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => connections.take(stream, peer.ip()),
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "no connection could be accepted"
                );
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    connections.drain(&app).await;
    Ok(())
}

/// Whether the connection that was to be accepted is gone, which says nothing of the next one.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
