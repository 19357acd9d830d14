//! `serve`: API and workers in one process, on the embedded database (`SPEC W1`).

use crate::caller::{By, Caller};
use crate::door::{failed, told};
use crate::failure::{Said, no};
use crate::fetching::{self, Fetching};
use crate::guard::guard;
use crate::listen::{self, Limits};
use crate::metrics::metrics;
use crate::off_thread::try_off_thread;
use crate::once::once;
use crate::openapi;
use crate::porter::Porter;
use crate::reception::{Premises, Reception};
use crate::reference;
use crate::reload::{self, Reload, Wish};
pub use crate::remotes::{LocalRemotes, RemoteOptions};
pub use crate::rounds::Rounds;
use crate::settings::Settings;
pub use crate::welcome::First;
use crate::{events, git_host, outside, remotes, request_line, rounds, router, welcome};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::get;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;
use switchback_api::address::BASE;
use switchback_api::{Failure, Fault, wire};
use switchback_core::ports::people::persons::{About, Person, PersonState};
use switchback_core::ports::repository::Repo as _;
use switchback_core::words::names::{Time, UserName};
use switchback_engine::interrupt::Interrupt;
use switchback_engine::serving::Serving;
use switchback_git::GitRepo;
use switchback_people::password::Cost;
use switchback_telemetry::{Format, Level, Log};
use tokio::net::TcpListener;
use tracing::info;

/// How often it is looked whether somebody wants the server to stop, where no signal is heard; else it is looked at each.
const LOOK: Duration = Duration::from_millis(100);

/// How often it is looked all the same.
const SELDOM: Duration = Duration::from_secs(5);

/// How many calls are taken at once.
const CALLS: usize = 2048;

/// How long requests that are under way may take to end then.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a server is set up.
pub struct ServeOptions {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What it keeps, and where.
    pub data: PathBuf,
    /// A folder of each repository.
    pub repositories: Vec<PathBuf>,
    /// A folder of the one that is served where nothing else is named.
    pub here: PathBuf,
    /// Repositories on remotes.
    pub remotes: RemoteOptions,
    /// What it is told about itself; what stands in its own folder if no file is named.
    pub config: Option<PathBuf>,
    /// How lines of the log look, and how much is said; these count more than what the file says.
    pub log: (Option<Format>, Option<Level>),
    /// Who goes the rounds.
    pub rounds: Rounds,
    /// For whom the link of the first administrator is.
    pub first: First,
    /// What tells it to stop.
    pub interrupt: Interrupt,
    /// What tells it to read its configuration again.
    pub wish: Wish,
    /// Has a byte to read after each signal that raised one of these.
    pub signals: Option<UnixStream>,
}

/// What whoever started a server should know.
pub struct Began {
    /// Where it listens, by now with a port.
    pub address: SocketAddr,
    /// The secret of the link by which the first administrator comes in; `None` where there is one.
    pub first: Option<String>,
}

/// Where a server keeps its own where nothing else is said: beside the ledger of the repository of a folder.
///
/// # Errors
/// `no-repository`.
pub fn data_of(dir: &Path) -> Result<PathBuf, Failure> {
    Ok(GitRepo::open(dir).said()?.git_dir().join("switchback").join("server"))
}

/// Serves until somebody wants it to stop.
///
/// # Errors
/// `address-in-use` and the like, those of the database of people, and what keeps the repositories from being opened.
pub fn serve(options: ServeOptions, began: &(dyn Fn(Began) + Sync)) -> Result<(), Failure> {
    let ServeOptions {
        listen,
        data,
        mut repositories,
        here,
        remotes,
        config,
        log,
        rounds,
        first,
        interrupt,
        wish,
        signals,
    } = options;
    let settings = reload::read(config.as_deref(), &data).said()?;
    let (format, level) = (log.0.or(settings.log.0), log.1.or(settings.log.1));
    let collector = settings.collector();
    let begun =
        Log::begin(format.unwrap_or_default(), level.unwrap_or_default(), collector.as_ref()).map_err(unsent)?;
    let traces = begun.clone();
    let reload = Reload { named: config, data: data.clone(), log: (begun, log.1), wish };
    let fetching = Fetching { who: rounds, every: remotes.every };
    let remotes = remotes::named(&remotes, &settings.remotes, &data)?;
    if repositories.is_empty() && remotes.is_empty() {
        repositories.push(here);
    }
    let (cost, halt, folder) = (Cost::default(), interrupt.clone(), data.clone());
    let premises = Premises { data, repositories, remotes, settings, interrupt: halt, cost };
    let reception = Arc::new(Reception::open(premises)?);
    // What cannot be served is told now, and not to the first who asks.
    reception.shared.pipelines().said()?;
    if rounds == Rounds::Own {
        rounds::promise(&reception);
    }
    let first = welcome::invite(&reception, &first)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::bug)?;
    let served = thread::scope(|scope| {
        scope.spawn(|| rounds::go(&reception, rounds, &interrupt));
        scope.spawn(|| fetching::go(&reception, fetching, &interrupt));
        let served = runtime.block_on(async {
            let listener = TcpListener::bind(listen).await.map_err(|error| unbound(listen, &error))?;
            let address = listener.local_addr().map_err(|error| unbound(listen, &error))?;
            let _serving = Serving::begin(&folder, &address.to_string());
            info!(%address, version = env!("CARGO_PKG_VERSION"), "the server listens");
            began(Began { address, first: first.map(|secret| secret.reveal().to_owned()) });
            let over = async {
                stopped((&interrupt, signals), (&reload, &reception)).await;
                // Whoever listens hears that it is over, and is not waited for.
                reception.bus.hang_up();
            };
            let porter = Porter::before(app(&reception), &reception);
            listen::listen(listener, porter, over, Limits { calls: CALLS, patience: PATIENCE }).await;
            Ok(())
        });
        info!("the server takes no more requests");
        interrupt.raise();
        served
    });
    runtime.shutdown_timeout(PATIENCE);
    info!("the server has ended");
    traces.end();
    served
}

fn unsent(why: String) -> Failure {
    Failure::Fault(Fault {
        code: "collector-unusable".to_owned(),
        message: format!("no spans can be sent to the collector that is named: {why}"),
        hint: "name it as `http://127.0.0.1:4318`, in OTEL_EXPORTER_OTLP_ENDPOINT or as `[telemetry] endpoint`, or name none"
            .to_owned(),
        remedy: None,
    })
}

async fn stopped((interrupt, signals): (&Interrupt, Option<UnixStream>), (reload, reception): (&Reload, &Reception)) {
    let signals = signals.and_then(|signals| tokio::net::UnixStream::from_std(signals).ok());
    while !interrupt.is_raised() {
        match &signals {
            Some(signals) => drop(tokio::time::timeout(SELDOM, heard(signals)).await),
            None => tokio::time::sleep(LOOK).await,
        }
        reload.if_wished(reception);
    }
}

/// Whether a server could listen there now.
///
/// # Errors
/// `address-unusable`.
pub fn may_listen(listen: SocketAddr) -> Result<(), Failure> {
    std::net::TcpListener::bind(listen).map(drop).map_err(|error| unbound(listen, &error))
}

/// Waits for a signal. Several may be heard as one.
async fn heard(signals: &tokio::net::UnixStream) {
    // Where it cannot be waited for any more, time passes.
    if signals.readable().await.is_err() {
        return std::future::pending().await;
    }
    let mut bytes = [0; 64];
    if let Ok(0) = signals.try_read(&mut bytes) {
        std::future::pending().await
    }
}

fn unbound(listen: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::Fault(Fault {
        code: "address-unusable".to_owned(),
        message: format!("the server cannot listen on {listen}: {error}"),
        hint: "take another address or port, or end what listens there".to_owned(),
        remedy: None,
    })
}

/// Everything there is to be asked, for everybody who shows who they are.
pub fn app(reception: &Arc<Reception>) -> Router {
    let pipelines = router::routes().router.with_state(reception.entrance.clone());
    let people = router::people_routes().router.with_state(Arc::clone(reception));
    let events = events::routes().route("/metrics", get(metrics)).with_state(Arc::clone(reception));
    pipelines
        .merge(people)
        .merge(events)
        .layer(from_fn(request_line::named))
        .layer(from_fn_with_state(Arc::clone(reception), once))
        .layer(from_fn_with_state(Arc::clone(reception), guard))
        .route(&format!("{BASE}/openapi.json"), get(async || told(DOCUMENT.clone())))
        .route("/", get(welcome::front))
        .route(&format!("{BASE}/"), get(async || reference::page(described)))
        .route("/healthz", get(async || told(b"{\"status\":\"alive\"}".to_vec())))
        .merge(git_host::routes().with_state(Arc::clone(reception)))
        .merge(outside::routes().with_state(Arc::clone(reception)))
        .merge(Router::new().route("/readyz", get(ready)).with_state(Arc::clone(reception)))
        .fallback(async || no_such_address(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || no_such_address(StatusCode::METHOD_NOT_ALLOWED))
        .layer(from_fn(safe))
        .layer(from_fn_with_state(Arc::clone(&reception.meters), request_line::request_line))
}

/// The routes about people for whoever sits at the machine: what the server's files let them do anyway.
///
/// # Errors
/// Those of the database of people; `configuration` for a file that was named and cannot be read.
pub fn console(data: PathBuf, config: Option<&Path>) -> Result<Router, Failure> {
    // What the server is told has a defect where somebody may sit here to mend it: it keeps nobody out. Who names a file
    // means that one.
    let settings = match (reload::read(config, &data), config) {
        (Ok(settings), _) => settings,
        (Err(_), None) => Settings::default(),
        (Err(defect), Some(_)) => return Err(defect).said(),
    };
    let (interrupt, cost) = (Interrupt::default(), Cost::default());
    let premises = Premises { data, repositories: Vec::new(), remotes: Vec::new(), settings, interrupt, cost };
    let reception = Arc::new(Reception::open(premises)?);
    let known = from_fn(async |mut request: Request, next: Next| {
        request.extensions_mut().insert(at_the_console());
        next.run(request).await
    });
    Ok(router::people_routes().router.with_state(reception).layer(known))
}

fn at_the_console() -> Caller {
    let person = Person {
        name: UserName::new("console"),
        about: About::default(),
        state: PersonState::Active,
        password: None,
        created: Time(0),
    };
    Caller { person, groups: BTreeSet::new(), called: BTreeSet::new(), by: By::Console }
}

static DOCUMENT: LazyLock<Vec<u8>> = LazyLock::new(|| wire::body(&openapi::document(&described())).unwrap_or_default());

/// What describes every route.
pub fn described() -> Vec<openapi::Describe> {
    [
        router::routes().described,
        router::people_routes().described,
        vec![events::describe, git_host::describe, outside::describe],
    ]
    .concat()
}

/// Whether it can serve: its people and its ledgers can be read.
async fn ready(state: axum::extract::State<Arc<Reception>>) -> Response<Body> {
    let coming = state.shared.coming();
    let looked = try_off_thread(move || {
        state
            .people
            .has_administrator()
            .and_then(|_| state.shared.pipelines())
            .map_err(|fault| crate::failure::said(fault.into()))
    });
    match looked.await {
        Ok(_) if coming.is_empty() => told(b"{\"status\":\"ready\"}".to_vec()),
        // Whoever asks need not be in: how far it is, and of which remote not.
        Ok(_) => told(format!("{{\"status\":\"ready\",\"fetching\":{coming:?}}}").into_bytes()),
        Err(failure) => failed(failure),
    }
}

fn no_such_address(status: StatusCode) -> Response<Body> {
    let (code, message) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("unknown-method", "this address is not asked so"),
        _ => ("unknown-address", "there is no such address"),
    };
    failed(no(code, message, format!("{BASE}/openapi.json lists every address")))
}

/// Headers that keep browsers from making more of an answer than it is.
async fn safe(request: Request, next: Next) -> Response<Body> {
    const HEADERS: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
