//! A server without a socket, and those who knock: requests as they come, answers as they go.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::{About, Person, PersonState, Written};
use switchback_core::words::names::{Time, UserName};
use switchback_engine::clock::Clock;
use switchback_engine::interrupt::Interrupt;
use switchback_people::password::Cost;
use switchback_server::reception::{Premises, Reception};
use switchback_server::serve::app;
use switchback_server::settings::Settings;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

/// Everybody's password, unless it is said otherwise.
pub const PASSWORD: &str = "correct horse battery";
/// Where people sit.
pub const OFFICE: &str = "192.0.2.1";
/// Where strangers sit.
pub const ELSEWHERE: &str = "198.51.100.9";
/// A day, in milliseconds.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// A server's data, with a clock that goes when somebody moves it.
pub struct Server {
    pub reception: Arc<Reception>,
    repositories: Vec<PathBuf>,
    settings: Settings,
    folder: TempDir,
    runtime: Runtime,
}

/// What somebody knocks with.
#[derive(Clone, Default)]
pub struct Knocks {
    pub cookie: Option<String>,
    pub form: Option<String>,
    pub token: Option<String>,
    pub from: Option<IpAddr>,
    /// What they saw of a record that they edit.
    pub seen: Option<String>,
}

/// What they were answered.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub body: Value,
    pub cookie: Option<String>,
    pub tag: Option<String>,
    pub link: Option<String>,
}

impl Answered {
    pub fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }

    /// The answer to what was to go well.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }
}

impl Server {
    /// With people: administrators, then members.
    pub fn of(administrators: &[&str], members: &[&str]) -> Self {
        Self::keeping(Vec::new(), (administrators, members))
    }

    /// The same, and with these repositories.
    pub fn keeping(repositories: Vec<PathBuf>, people: (&[&str], &[&str])) -> Self {
        let folder = TempDir::new().unwrap();
        let reception = open(folder.path().to_owned(), &repositories, (&Settings::default(), 0));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let server = Self { reception, repositories, settings: Settings::default(), folder, runtime };
        for name in [people.0, people.1].concat() {
            server.add(name);
        }
        for name in people.0 {
            assert!(server.reception.people.add_member(ADMINISTRATORS, &UserName::new(name)).unwrap());
        }
        server
    }

    fn add(&self, name: &str) {
        let person = Person {
            name: UserName::new(name),
            about: About { display_name: format!("{name} Other"), email: Some(format!("{name}@x")), identity: None },
            state: PersonState::Active,
            password: Some(self.reception.passwords.choose(PASSWORD, name).unwrap()),
            created: Time(0),
        };
        assert_eq!(self.reception.people.add_person(&person).unwrap(), Written::Done);
    }

    /// Where its own is kept.
    pub fn data(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The same server, opened again at another moment.
    pub fn at(mut self, now: i64) -> Self {
        self.reception = open(self.folder.path().to_owned(), &self.repositories, (&self.settings, now));
        self
    }

    /// The same server, told this about itself, at a moment.
    pub fn told(mut self, text: &str, now: i64) -> Self {
        let file = self.folder.path().join("server.toml");
        std::fs::write(&file, text).unwrap();
        self.settings = Settings::read(&file).unwrap_or_else(|defect| panic!("{defect}"));
        self.at(now)
    }

    /// What a browser is answered: where nothing is said of what it sends, it is a browser's own doing.
    pub fn browse(&self, address: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::get(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(OFFICE.parse().unwrap(), 5000)));
        self.runtime.block_on(async {
            let (head, body) = app(&self.reception).oneshot(request).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            (head.status, head.headers, String::from_utf8(bytes.to_vec()).unwrap())
        })
    }

    /// Asks; `GET /users`, `POST /users {…}`.
    pub fn ask(&self, knocks: &Knocks, line: &str, body: &Value) -> Answered {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(knocks, line, ("application/json", body))
    }

    /// Asks with a body as it is.
    pub fn send(&self, knocks: &Knocks, line: &str, (media, body): (&str, Vec<u8>)) -> Answered {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request = request.header(header::CONTENT_TYPE, media);
        if let Some(cookie) = &knocks.cookie {
            request = request.header(header::COOKIE, format!("other=1; __Host-switchback={cookie}"));
        }
        if let Some(form) = &knocks.form {
            request = request.header("switchback-form", form);
        }
        if let Some(seen) = &knocks.seen {
            request = request.header(header::IF_MATCH, seen);
        }
        if let Some(token) = &knocks.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut request = request.body(Body::from(body)).unwrap();
        let from = knocks.from.unwrap_or_else(|| OFFICE.parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 5000)));
        let app: Router = app(&self.reception);
        self.runtime.block_on(async {
            let (head, body) = app.oneshot(request).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            let [cookie, tag, link] = [header::SET_COOKIE, header::ETAG, header::LINK]
                .map(|name| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned()));
            Answered {
                status: head.status,
                body: serde_json::from_slice(&bytes).unwrap_or_default(),
                cookie,
                tag,
                link,
            }
        })
    }

    /// Somebody tries to sign in from somewhere.
    pub fn tries(&self, name: &str, password: &str, from: &str) -> Answered {
        let knocks = Knocks { from: Some(from.parse().unwrap()), ..Knocks::default() };
        self.ask(&knocks, "POST /session", &json!({ "name": name, "password": password }))
    }

    /// Somebody who signed in.
    pub fn signed_in(&self, name: &str) -> Knocks {
        let answered = self.tries(name, PASSWORD, OFFICE);
        let cookie = answered.cookie.as_deref().and_then(cookie_of);
        let form = answered.ok()["form"].as_str().map(str::to_owned);
        Knocks { cookie, form, ..Knocks::default() }
    }

    /// A program that comes with a token of somebody, made with these wishes.
    pub fn program_of(&self, name: &str, wishes: &Value) -> Knocks {
        let mut wishes = wishes.clone();
        wishes["name"] = json!("CI");
        let made = self.ask(&self.signed_in(name), "POST /tokens", &wishes).ok();
        Knocks { token: made["secret"].as_str().map(str::to_owned), ..Knocks::default() }
    }
}

/// The secret that a cookie carries.
pub fn cookie_of(text: &str) -> Option<String> {
    let value = text.strip_prefix("__Host-switchback=")?.split(';').next()?;
    (!value.is_empty()).then(|| value.to_owned())
}

fn open(data: PathBuf, repositories: &[PathBuf], (settings, now): (&Settings, i64)) -> Arc<Reception> {
    let premises = Premises {
        data,
        repositories: repositories.to_vec(),
        remotes: Vec::new(),
        settings: settings.clone(),
        interrupt: Interrupt::default(),
        cost: Cost { memory: 8, passes: 1, lanes: 1 },
    };
    Arc::new(Reception { clock: Clock::Frozen(Time(now)), ..Reception::open(premises).unwrap() })
}
