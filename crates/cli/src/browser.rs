//! Signing in in a browser, for this command line: the browser is sent to the server with the fingerprint of a secret, and
//! what it brings back is of use with that secret alone (RFC 8252, RFC 7636).

use crate::render::failure;
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader, ErrorKind, IsTerminal as _, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use switchback_api::handover::Brought;
use switchback_api::secret::Secret;
use switchback_api::verbs::identity::HandoverRequest;
use switchback_api::{Failure, Fault};

/// How long somebody may take in the browser, as long as the server waits for them.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often it is looked whether a browser comes.
const LOOK: Duration = Duration::from_millis(50);

/// How long one may take to say what it brings, and how much that is.
const SAYING: (Duration, u64) = (Duration::from_secs(5), 16 << 10);

/// How what is brought comes here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The browser is on this machine, and carries it.
    Browser,
    /// Somebody types what a browser elsewhere shows.
    Hand,
}

/// Sends somebody to an address of a server, and waits for what they bring back.
///
/// # Errors
/// `no-port`, what the server says where nobody came in, a usage failure where nothing comes.
pub fn ask_for(address: &str, by: By) -> Result<HandoverRequest, Failure> {
    let verifier = secret()?;
    let challenge: String = Sha256::digest(verifier.reveal()).iter().map(|byte| format!("{byte:02x}")).collect();
    let address = format!("{address}?handover={challenge}");
    let code = match by {
        By::Hand => {
            say(&format!("Sign in with a browser at\n  {address}\nand type here what it shows."));
            crate::prompt::secret("Code")?
        }
        By::Browser => {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| no_port(&error))?;
            let port = listener.local_addr().map_err(|error| no_port(&error))?.port();
            let address = format!("{address}&port={port}");
            say(&format!("Sign in with a browser on this machine at\n  {address}\nWithout one here: `--paste`."));
            open(&address);
            brought(&listener, &challenge)?
        }
    };
    Ok(HandoverRequest { code, verifier })
}

fn secret() -> Result<Secret, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Failure::bug)?;
    Ok(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Opens a browser if somebody sits here. Whether one comes up, they see: the address is printed either way.
fn open(address: &str) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let _ = Command::new(program).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}

/// What the first browser brings that brings something. Others are answered, and not waited for.
fn brought(listener: &TcpListener, challenge: &str) -> Result<Secret, Failure> {
    listener.set_nonblocking(true).map_err(|error| no_port(&error))?;
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        match listener.accept() {
            Ok((stream, _)) => match heard(stream, challenge) {
                Some(Brought::Code(code)) => return Ok(code),
                Some(Brought::No { why, .. }) => return Err(*why),
                None => {}
            },
            Err(error) if error.kind() == ErrorKind::WouldBlock => sleep(LOOK),
            Err(error) => return Err(no_port(&error)),
        }
    }
    Err(Failure::usage("nobody signed in within ten minutes"))
}

fn heard(stream: TcpStream, challenge: &str) -> Option<Brought> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(SAYING.0)).ok()?;
    let mut reader = BufReader::new(stream.take(SAYING.1));
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    // What is left unread makes some systems take the answer back.
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        line.clear();
    }
    // A "no" to somebody else ends nothing here.
    let is_ours = |brought: &Brought| !matches!(brought, Brought::No { challenge: of, .. } if of != challenge);
    let brought = Brought::parse(&first).filter(is_ours);
    let (status, text) = match &brought {
        Some(Brought::Code(_)) => {
            ("200 OK", "You are signed in at the command line. This window can be closed.\n".into())
        }
        Some(Brought::No { why, .. }) => ("200 OK", format!("You are not signed in.\n\n{}", failure::text(why))),
        None => ("404 Not Found", "There is nothing here.\n".to_owned()),
    };
    let mut stream = reader.into_inner().into_inner();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: \
         no-referrer\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    );
    brought
}

fn no_port(error: &dyn std::fmt::Display) -> Failure {
    Failure::Fault(Fault {
        code: "no-port".to_owned(),
        message: format!("no browser can be waited for on this machine: {error}"),
        hint: "use `--paste`, and type what the browser shows".to_owned(),
        remedy: None,
    })
}
