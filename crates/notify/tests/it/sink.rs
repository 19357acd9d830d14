//! A mail server on this machine that keeps what it is handed. Who is called `gone` it refuses for good, who is called
//! `busy` for now; with a password it takes nothing from whoever does not know it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Mail as it was handed in.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    /// Its lines, without carriage returns.
    pub text: String,
    /// What somebody showed who they are with.
    pub credentials: Option<String>,
}

/// The server. It goes on until the process ends.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Mail>>>,
}

impl Sink {
    /// One that takes mail from everybody.
    pub fn open() -> Self {
        Self::at("127.0.0.1:0", None)
    }

    /// One that wants to be shown these credentials, `\0user\0password` in base64.
    pub fn guarded(credentials: &'static str) -> Self {
        Self::at("127.0.0.1:0", Some(credentials))
    }

    /// One at an address.
    pub fn at(address: &str, credentials: Option<&'static str>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let sink = Self { address: listener.local_addr().unwrap(), taken: Arc::default() };
        let taken = Arc::clone(&sink.taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = Arc::clone(&taken);
                thread::spawn(move || talk(stream, credentials, &taken));
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn taken(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().clone()
    }
}

fn talk(stream: TcpStream, wanted: Option<&str>, taken: &Mutex<Vec<Mail>>) -> Option<()> {
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut say = |text: &str| out.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 sink")?;
    let (mut to, mut credentials) = (String::new(), None::<String>);
    while let Some(line) = lines.next() {
        let upper = line.to_uppercase();
        if upper.starts_with("EHLO") {
            say("250-sink")?;
            say("250-AUTH PLAIN")?;
            say("250 8BITMIME")?;
        } else if let Some(shown) = line.strip_prefix("AUTH PLAIN ") {
            match wanted.is_none_or(|wanted| wanted == shown) {
                true => credentials = Some(shown.to_owned()),
                false => {
                    say("535 who are you")?;
                    continue;
                }
            }
            say("235 come in")?;
        } else if upper.starts_with("MAIL") && wanted.is_some() && credentials.is_none() {
            say("530 who are you")?;
        } else if upper.starts_with("RCPT") {
            to = line.split(['<', '>']).nth(1)?.to_owned();
            match to.split('@').next()? {
                "gone" => say(&format!("550 there is no <{to}>"))?,
                "busy" => say("451 try again")?,
                _ => say("250 ok")?,
            };
        } else if upper.starts_with("DATA") {
            say("354 go on")?;
            let text: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
            let mail = Mail { to: to.clone(), text: text.join("\n"), credentials: credentials.clone() };
            taken.lock().unwrap().push(mail);
            say("250 taken")?;
        } else if upper.starts_with("QUIT") {
            say("221 bye")?;
            return Some(());
        } else {
            say("250 ok")?;
        }
    }
    Some(())
}
