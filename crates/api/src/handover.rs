//! What a browser brings to a command line that waits on a port of its machine (RFC 8252): what it comes in with, or why it
//! does not come in.

use crate::failure::Failure;
use crate::problem::ProblemDetails;
use crate::secret::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is brought.
#[derive(Clone, PartialEq, Debug)]
pub enum Brought {
    /// What the command line comes in with, by its own secret.
    Code(Secret),
    /// Why nobody came in. Any page may send a browser to a port, so it says to whom it is told: only who was asked knows
    /// the challenge.
    No {
        /// The challenge that the command line began with.
        challenge: String,
        /// Why.
        why: Box<Failure>,
    },
}

impl Brought {
    /// Where a browser takes it.
    ///
    /// # Errors
    /// Never for what was read from the network: a failure can always be written.
    pub fn address(&self, port: u16) -> Result<String, Failure> {
        let said = match self {
            Self::Code(code) => format!("code={}", escaped(code.reveal())),
            Self::No { challenge, why } => {
                let problem = serde_json::to_string(&ProblemDetails::from((**why).clone())).map_err(Failure::bug)?;
                format!("to={}&problem={}", escaped(challenge), escaped(&problem))
            }
        };
        Ok(format!("http://127.0.0.1:{port}/?{said}"))
    }

    /// What the first line of a request brings; `None` where it is nothing of ours.
    pub fn parse(line: &str) -> Option<Self> {
        let query = line.strip_prefix("GET /?")?.split(' ').next()?;
        let value = |name: &str| {
            let found = query.split('&').find_map(|one| one.strip_prefix(name)?.strip_prefix('='))?;
            percent_decode_str(found).decode_utf8().ok().map(String::from)
        };
        if let Some(code) = value("code") {
            return Some(Self::Code(Secret::new(code)));
        }
        let problem: ProblemDetails = serde_json::from_str(&value("problem")?).ok()?;
        Some(Self::No { challenge: value("to")?, why: Box::new(problem.failure()?) })
    }
}

/// What stands in an address as it is (RFC 3986, 2.3), and what does not.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_brought_is_read_as_it_was_written() {
        let why = Box::new(Failure::usage("a & b = \u{e9} ? # %41\n"));
        for brought in [Brought::Code(Secret::new("sbh_a-b_c")), Brought::No { challenge: "ab01".to_owned(), why }] {
            let address = brought.address(8471).unwrap();
            let target = address.strip_prefix("http://127.0.0.1:8471").unwrap();
            assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{target}");
            assert_eq!(Brought::parse(&format!("GET {target} HTTP/1.1\r\n")), Some(brought));
        }
        for nothing in
            ["GET / HTTP/1.1", "GET /favicon.ico HTTP/1.1", "POST /?code=a HTTP/1.1", "GET /?to=ab HTTP/1.1", ""]
        {
            assert_eq!(Brought::parse(nothing), None, "{nothing}");
        }
        assert_eq!(Brought::parse("GET /?to=ab&problem=%7B%7D HTTP/1.1"), None);
    }
}
