//! A git host over TLS: git's own `http-backend` behind a door that asks who comes, with a certificate of its own making.

use crate::remote_world::SECRET;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is larger, in bytes, may be held.
const LARGE: usize = 20_000;

/// What it does with whoever comes.
#[derive(Clone)]
pub enum Manner {
    /// Serves the repositories below this folder to who knows the secret.
    Serves(PathBuf),
    /// The same, but as long as the file is there only half of what is large.
    Holds(PathBuf, PathBuf),
    /// Sends everybody on to this address.
    SendsOn(String),
}

/// The line of each request, and what was shown.
pub type Requests = Vec<(String, Option<String>)>;

/// A host, for as long as the tests run.
pub struct HttpsHost {
    address: SocketAddr,
    /// A file with its certificate.
    pub ca: PathBuf,
    /// Who came: the line of each request, and what was shown.
    seen: Arc<Mutex<Requests>>,
}

/// A request: its line, its head by names in lower case, and its body.
struct Asked {
    line: String,
    head: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl HttpsHost {
    /// One whose certificate is put into a file.
    pub fn begin(ca: PathBuf, manner: Manner) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        fs::write(&ca, made.cert.pem()).expect("a file");
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ServerConfig::builder().with_no_client_auth();
        let config = Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key).expect("a key of its own"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("a port");
        let seen = Arc::<Mutex<Vec<_>>>::default();
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, manner, noted) = (Arc::clone(&config), manner.clone(), Arc::clone(&noted));
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).expect("a connection");
                    let mut stream = StreamOwned::new(connection, stream);
                    // Whoever does not trust the certificate hangs up.
                    let Some(asked) = Asked::read(&mut stream) else { return };
                    noted.lock().expect("a list").push((asked.line.clone(), asked.shown()));
                    answer(&mut stream, &asked, &manner);
                });
            }
        });
        Self { address, ca, seen }
    }

    /// The address of a repository there.
    pub fn address(&self, repository: &str) -> String {
        format!("https://bot@{}/{repository}", self.address)
    }

    /// Whoever came, and what they showed.
    pub fn seen(&self) -> Requests {
        self.seen.lock().expect("a list").clone()
    }
}

impl Asked {
    fn read(stream: &mut impl Read) -> Option<Self> {
        let (mut text, mut one) = (Vec::new(), [0]);
        while !text.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut one).ok()?;
            text.push(one[0]);
        }
        let text = String::from_utf8(text).ok()?;
        let (line, rest) = text.split_once("\r\n")?;
        let pairs = rest.lines().filter_map(|line| line.split_once(": "));
        let head: BTreeMap<String, String> =
            pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let length = head.get("content-length").map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        Some(Self { line: line.to_owned(), head, body })
    }

    /// What was shown, `user:password`.
    fn shown(&self) -> Option<String> {
        let shown = BASE64_STANDARD.decode(self.head.get("authorization")?.strip_prefix("Basic ")?).ok()?;
        String::from_utf8(shown).ok()
    }
}

fn answer(stream: &mut StreamOwned<ServerConnection, TcpStream>, asked: &Asked, manner: &Manner) {
    let (status, head, body) = match manner {
        Manner::SendsOn(to) => {
            let path = asked.line.split(' ').nth(1).unwrap_or_default();
            ("302 Found".to_owned(), format!("Location: {to}{path}\r\n"), Vec::new())
        }
        Manner::Serves(_) | Manner::Holds(..) if asked.shown() != Some(format!("bot:{SECRET}")) => {
            ("401 Unauthorized".to_owned(), "WWW-Authenticate: Basic realm=\"shop\"\r\n".to_owned(), Vec::new())
        }
        Manner::Serves(root) | Manner::Holds(root, _) => by_git(asked, root),
    };
    let head = format!("HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let (some, rest) = body.split_at(if body.len() > LARGE { body.len() / 2 } else { body.len() });
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(some)).and_then(|()| stream.flush());
    if let (Manner::Holds(_, file), false) = (manner, rest.is_empty()) {
        while file.exists() {
            thread::sleep(Duration::from_millis(10));
        }
    }
    let _ = stream.write_all(rest);
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

/// What git's own program for this answers: the status, the head and the body.
fn by_git(asked: &Asked, root: &Path) -> (String, String, Vec<u8>) {
    let mut words = asked.line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let of = |name: &str| asked.head.get(name).cloned().unwrap_or_default();
    let mut command = Command::new("git");
    command.arg("http-backend").env("GIT_PROJECT_ROOT", root).env("GIT_HTTP_EXPORT_ALL", "1").env("REMOTE_USER", "bot");
    command.env("REQUEST_METHOD", method).env("PATH_INFO", path).env("QUERY_STRING", query);
    command.env("CONTENT_TYPE", of("content-type")).env("CONTENT_LENGTH", asked.body.len().to_string());
    command.env("HTTP_CONTENT_ENCODING", of("content-encoding")).env("GIT_PROTOCOL", of("git-protocol"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git runs");
    let (mut stdin, body) = (child.stdin.take().expect("its input"), asked.body.clone());
    thread::spawn(move || stdin.write_all(&body));
    let said = child.wait_with_output().expect("git ends").stdout;
    let end = said.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&said[..end]).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK").to_owned();
    let rest: String =
        head.lines().filter(|line| !line.starts_with("Status: ")).map(|line| format!("{line}\r\n")).collect();
    (status, rest, said[end + 4..].to_vec())
}
