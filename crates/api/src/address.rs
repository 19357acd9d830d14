//! Where a verb is asked: an address below its pipeline, in which names stand as segments (`SPEC W2`).

use crate::failure::Failure;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Below which everything of the API lies.
pub const BASE: &str = "/api/v1";

/// Stands for the only pipeline there is.
pub const ONLY: &str = "-";

/// Before a verb's address: what it would do, and nothing is done.
const PLANS: &str = "/plans";

/// What is written as it is in a segment (RFC 3986, unreserved).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Below what a verb's address lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Below {
    /// Below its pipeline.
    Pipeline,
    /// Below the server, which keeps pipelines and people.
    Server,
}

/// Whether an address is a verb's own, or that of its plans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// The verb's.
    Verb,
    /// Its plans'.
    Plans,
}

/// The address with placeholders, as a router takes it.
pub fn pattern(below: Below, of: Of, path: &str) -> String {
    let plans = if of == Of::Plans { PLANS } else { "" };
    let below = match below {
        Below::Pipeline => "/pipelines/{pipeline}",
        Below::Server => "",
    };
    format!("{BASE}{below}{plans}{path}")
}

/// The placeholders of a verb's address, in order.
pub fn names(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(placeholder)
}

fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Fills an address.
///
/// # Errors
/// [`Failure::Usage`] for an empty name: it would be another address.
pub fn fill(pattern: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, Failure> {
    let segments = pattern.split('/').map(|segment| {
        let Some(name) = placeholder(segment) else { return Ok(segment.to_owned()) };
        match value(name).filter(|value| !value.is_empty()) {
            Some(value) => Ok(utf8_percent_encode(&value, ESCAPED).to_string()),
            None => Err(Failure::usage(format!("the name of the {name} is empty"))),
        }
    });
    Ok(segments.collect::<Result<Vec<_>, _>>()?.join("/"))
}

/// What stands in an address for each placeholder of a pattern; `None` for another address.
pub fn read(pattern: &str, address: &str) -> Option<Vec<(String, String)>> {
    let (mut wanted, mut found) = (pattern.split('/'), address.split('/'));
    let mut values = Vec::new();
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return Some(values),
            (Some(segment), Some(written)) => match placeholder(segment) {
                Some(name) => {
                    let value = percent_decode_str(written).decode_utf8().ok()?;
                    values.push((name.to_owned(), value.into_owned()));
                }
                None if segment == written => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_segments_whatever_they_are() {
        let pattern = pattern(Below::Pipeline, Of::Verb, "/stages/{stage}/behind");
        assert_eq!(pattern, "/api/v1/pipelines/{pipeline}/stages/{stage}/behind");
        let value = |name: &str| Some(if name == "stage" { "U/A T?#%é" } else { "-" }.to_owned());
        let filled = fill(&pattern, value).unwrap();
        assert_eq!(filled, "/api/v1/pipelines/-/stages/U%2FA%20T%3F%23%25%C3%A9/behind");
        let read = read(&pattern, &filled).unwrap();
        assert_eq!(read[1], ("stage".to_owned(), "U/A T?#%é".to_owned()));
    }

    #[test]
    fn another_address_is_none() {
        let pattern = pattern(Below::Pipeline, Of::Plans, "/promotions/{promotion}/run");
        assert!(read(&pattern, "/api/v1/pipelines/acme/plans/promotions/P-3/run").is_some());
        assert!(read(&pattern, "/api/v1/pipelines/acme/promotions/P-3/run").is_none());
        assert!(read(&pattern, "/api/v1/pipelines/acme/plans/promotions/P-3/run/x").is_none());
        assert!(read(&pattern, "/api/v1/pipelines/acme/plans/promotions/%FF/run").is_none());
        assert!(matches!(fill("/{stage}", |_| Some(String::new())), Err(Failure::Usage(_))));
    }
}
