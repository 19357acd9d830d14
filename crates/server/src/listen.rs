//! Taking calls: so many at once, each within its time, until somebody wants it to stop. Who calls when too many do is told so
//! at once: one that only waits cannot tell a busy server from a dead one.

use crate::door::failed;
use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use axum::middleware::AddExtension;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use switchback_api::{Failure, Fault};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_layer::Layer as _;
use tower_service::Service;

/// How many are told at once that too many call. Whoever comes while even these are too many is hung up on.
const TOLD: usize = 64;

/// How long one of those may take to say anything.
const SAYING: Duration = Duration::from_secs(5);

/// How long somebody may take to say what they want, and between two questions.
const HEAD: Duration = Duration::from_secs(30);

/// How large what comes before a body may be, in bytes.
const HEAD_SIZE: usize = 64 * 1024;

/// How long to wait where the machine has no more sockets.
const PAUSE: Duration = Duration::from_millis(100);

/// How much is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// How many calls at once.
    pub calls: usize,
    /// How long what is under way may go on when it stops.
    pub patience: Duration,
}

/// Answers whoever calls, until `stopped`; then what is under way may end.
pub async fn listen<A: App>(listener: TcpListener, app: A, stopped: impl Future<Output = ()>, limits: Limits) {
    let [calls, told] = [limits.calls, TOLD].map(|most| Arc::new(Semaphore::new(most)));
    let (graceful, busy) = (GracefulShutdown::new(), Router::new().fallback(async || failed(too_many())));
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut stopped => break,
        };
        match taken {
            // Who hangs up, or says what is no HTTP, is not answered.
            Ok((stream, from)) => match (Arc::clone(&calls).try_acquire_owned(), Arc::clone(&told).try_acquire_owned())
            {
                (Ok(turn), _) => {
                    let answered = graceful.watch(call(stream, from, &app));
                    tokio::spawn(async move {
                        let _ = answered.await;
                        drop(turn);
                    });
                }
                (Err(_), Ok(turn)) => {
                    let answered = once(stream, &busy);
                    tokio::spawn(async move {
                        let _ = answered.await;
                        drop(turn);
                    });
                }
                (Err(_), Err(_)) => drop(stream),
            },
            Err(error) if is_of_the_caller(&error) => {}
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.patience, graceful.shutdown()).await;
}

/// Whoever answers calls.
pub trait App: Asked + Clone + Send + 'static {}

/// The same, as it is asked once.
pub trait Asked: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send> {}

impl<A: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>> Asked for A {}

impl<A: Asked + Clone + Send + 'static> App for A {}

/// What is asked in a call, with where it comes from.
type Called<A> = AddExtension<A, ConnectInfo<SocketAddr>>;

/// One call, with all that is asked in it.
fn call<A: App>(
    stream: TcpStream,
    from: SocketAddr,
    app: &A,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Called<A>>> {
    let _ = stream.set_nodelay(true);
    // Around the router and not around each of its routes, which would all be made anew for every call.
    let app = Extension(ConnectInfo(from)).layer(app.clone());
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_SIZE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
}

/// One answer, and no more.
fn once(stream: TcpStream, app: &Router) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SAYING)
        .keep_alive(false)
        .max_buf_size(HEAD_SIZE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app.clone()))
}

fn too_many() -> Failure {
    Failure::Fault(Fault {
        code: "server-busy".to_owned(),
        message: "too many call this server at once".to_owned(),
        hint: "try again in a moment".to_owned(),
        remedy: None,
    })
}

/// The caller hung up before they were taken.
fn is_of_the_caller(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream as Caller;

    /// Asks, and reads until so much was answered.
    fn asked(stream: &mut Caller, until: &str) -> String {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let (mut said, mut bytes) = (String::new(), [0; 4096]);
        while !said.contains(until) {
            let read = stream.read(&mut bytes).unwrap();
            assert_ne!(read, 0, "{said}");
            said.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        said
    }

    #[test]
    fn who_calls_when_too_many_do_is_told_so_until_one_hangs_up() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let over = async move { drop(stopped.await) };
        let app = Router::new().route("/", get(async || "here"));
        let server = runtime.spawn(listen(listener, app, over, Limits { calls: 1, patience: HEAD }));
        let mut first = Caller::connect(address).unwrap();
        assert!(asked(&mut first, "here").starts_with("HTTP/1.1 200 "));
        for _ in 0..2 {
            let said = asked(&mut Caller::connect(address).unwrap(), "server-busy").to_lowercase();
            assert!(said.starts_with("http/1.1 503 ") && said.contains("\r\nretry-after: 5\r\n"), "{said}");
            assert!(said.contains("application/problem+json") && said.contains("connection: close"), "{said}");
        }
        assert!(asked(&mut first, "here").starts_with("HTTP/1.1 200 "), "who is in stays in");
        drop(first);
        while !asked(&mut Caller::connect(address).unwrap(), "\r\n\r\n").starts_with("HTTP/1.1 200 ") {}
        stop.send(()).unwrap();
        runtime.block_on(server).unwrap();
    }
}
