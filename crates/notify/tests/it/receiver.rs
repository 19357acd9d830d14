//! A receiver of webhooks on this machine. What it answers, its paths say: `/ok`, `/503`, `/410`, `/302`, `/silent`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The key that the tests share with it.
pub const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Came {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Came {
    /// Whether it is signed with the key, worked out from what the standard says alone.
    pub fn is_signed(&self) -> bool {
        let bytes = BASE64_STANDARD.decode(KEY.trim_start_matches("whsec_")).unwrap();
        let signed = format!("{}.{}.{}", self.headers["webhook-id"], self.headers["webhook-timestamp"], self.body);
        let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).unwrap();
        mac.update(signed.as_bytes());
        let wanted = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        self.headers["webhook-signature"].split(' ').any(|one| one == wanted)
    }
}

/// The receiver. It goes on until the process ends.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self { address: listener.local_addr().unwrap(), came: Arc::default() };
        let came = Arc::clone(&receiver.came);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let came = Arc::clone(&came);
                thread::spawn(move || answer(stream, &came));
            }
        });
        receiver
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }
}

fn answer(stream: TcpStream, came: &Mutex<Vec<Came>>) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).ok()? > 2 {}
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: HashMap<_, _> = pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    came.lock().unwrap().push(Came { path: path.clone(), headers, body });
    let status = match path.trim_start_matches('/') {
        "silent" => {
            thread::sleep(Duration::from_secs(60));
            return None;
        }
        "302" => "302 Found\r\nlocation: /ok".to_owned(),
        code if code.parse::<u16>().is_ok() => format!("{code} No"),
        _ => "200 OK".to_owned(),
    };
    out.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret").as_bytes()).ok()
}
