//! Taking calls: so many at once, each within its time, until somebody wants it to stop.

use axum::Extension;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::middleware::AddExtension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_layer::Layer as _;

/// How many calls are taken at once; who comes later waits to be taken.
const CALLS: usize = 2048;

/// How long somebody may take to say what they want, and between two questions.
const HEAD: Duration = Duration::from_secs(30);

/// How large what comes before a body may be, in bytes.
const HEAD_SIZE: usize = 64 * 1024;

/// How long to wait where the machine has no more sockets.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers whoever calls, until `stopped`; then what is under way may end within `patience`.
pub async fn listen(listener: TcpListener, app: Router, stopped: impl Future<Output = ()>, patience: Duration) {
    let (calls, graceful) = (Arc::new(Semaphore::new(CALLS)), GracefulShutdown::new());
    let mut stopped = std::pin::pin!(stopped);
    loop {
        // Nobody is taken whom nobody can answer.
        let Ok(turn) = Arc::clone(&calls).acquire_owned().await else { break };
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut stopped => break,
        };
        match taken {
            Ok((stream, from)) => {
                let answered = graceful.watch(call(stream, from, &app));
                tokio::spawn(async move {
                    // Who hangs up, or says what is no HTTP, is not answered.
                    let _ = answered.await;
                    drop(turn);
                });
            }
            Err(error) if is_of_the_caller(&error) => {}
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(patience, graceful.shutdown()).await;
}

/// What is asked in a call, with where it comes from.
type Called = AddExtension<Router, ConnectInfo<SocketAddr>>;

/// One call, with all that is asked in it.
fn call(
    stream: TcpStream,
    from: SocketAddr,
    app: &Router,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Called>> {
    let _ = stream.set_nodelay(true);
    // Around the router and not around each of its routes, which would all be made anew for every call.
    let app = Extension(ConnectInfo(from)).layer(app.clone());
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_SIZE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
}

/// The caller hung up before they were taken.
fn is_of_the_caller(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
