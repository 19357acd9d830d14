//! Clients that keep their connection, each a thread that asks again as soon as it has its answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One connection.
pub struct Client {
    stream: TcpStream,
    host: String,
    token: String,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

impl Client {
    /// Connects to `http://HOST:PORT`, as whoever has the token.
    pub fn of(address: &str, token: &str) -> Self {
        let host = address.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, host, token: token.to_owned(), buffer: vec![0; 64 << 10] }
    }

    /// The text of a request.
    pub fn text(&self, line: &str, body: &str) -> String {
        let Self { host, token, .. } = self;
        let json = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let length = body.len();
        format!(
            "{line} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n{json}content-length: {length}\r\n\r\n{body}"
        )
    }

    /// Asks, and waits for the answer.
    pub fn ask(&mut self, text: &str) -> Answer {
        let began = Instant::now();
        self.stream.write_all(text.as_bytes()).expect("the server listens");
        let (mut have, mut head) = (0, None);
        loop {
            if have == self.buffer.len() {
                self.buffer.resize(2 * have, 0);
            }
            let read = self.stream.read(&mut self.buffer[have..]).expect("the server answers");
            assert!(read > 0, "the server hung up: {text}");
            have += read;
            head = head.or_else(|| head_of(&self.buffer[..have]));
            if let Some(Head { status, end, length }) = head
                && have >= end + length
            {
                return Answer { status, body: self.buffer[end..end + length].to_vec(), took: began.elapsed() };
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Head {
    status: u16,
    end: usize,
    length: usize,
}

/// Nothing while it has not come whole.
fn head_of(bytes: &[u8]) -> Option<Head> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..end]).expect("a head of ASCII");
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    Some(Head { status, end, length: length.unwrap_or_default() })
}

/// How often so many clients were answered in a second, who ask the same for so long. Each answer must be the first one's.
pub fn rate(address: &str, (token, line): (&str, &str), (clients, lasting): (usize, Duration)) -> f64 {
    let length = Client::of(address, token).ask(&Client::of(address, token).text(line, "")).body.len();
    let began = Instant::now();
    let counts = std::thread::scope(|scope| {
        let all: Vec<_> = (0..clients)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::of(address, token);
                    let text = client.text(line, "");
                    let mut count = 0;
                    while began.elapsed() < lasting {
                        let answer = client.ask(&text);
                        assert_eq!((answer.status, answer.body.len()), (200, length));
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().expect("a client")).sum::<usize>()
    });
    counts as f64 / began.elapsed().as_secs_f64()
}
