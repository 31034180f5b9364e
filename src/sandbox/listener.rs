//! A socket on loopback that serves until it is stopped.

use std::{future::Future, io, net::SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A socket on 127.0.0.1, its connections served each by a task of its own. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Listener {
    /// Listens on `port` (0: any free one) and serves each connection with `serve`.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub(crate) async fn start<S, F>(port: u16, serve: S) -> io::Result<Self>
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let socket = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = socket.local_addr()?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let accepting = accept(socket, stop.clone(), tasks.clone(), serve);
        tasks.spawn(accepting);
        Ok(Self { address, stop, tasks })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the socket and every connection, and waits until they are closed.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept<S, F>(socket: TcpListener, stop: CancellationToken, tasks: TaskTracker, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    while let Some(accepted) = stop.run_until_cancelled(socket.accept()).await {
        // A connection that failed before it began is its client's trouble.
        let Ok((stream, _)) = accepted else { continue };
        // Without it, answers written in two parts wait some 40 ms for a delayed ACK.
        stream.set_nodelay(true).ok();
        let (serving, stop) = (serve(stream), stop.clone());
        // What a stand-in's client does to its connection is the client's trouble too.
        tasks.spawn(async move { stop.run_until_cancelled(serving).await });
    }
}
