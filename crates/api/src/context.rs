//! What comes along with any request: who asks, why, and how far to go. It travels in headers, so that a request's
//! body says only what is asked.

use crate::failure::{Failure, Usage};
use crate::reason::Warning;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// Who asks, why, and how far to go (`SPEC 11`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Context {
    /// Which pipeline; the only one if not said. It travels in the address.
    pub pipeline: Option<String>,
    /// Who asks, in local mode; the operating system's user if not said (`SPEC S4`).
    pub user: Option<String>,
    /// Why; recorded with the operation.
    pub reason: Option<String>,
    /// Whether to stop at the plan. It travels in the address.
    pub depth: Depth,
    /// Whether to wait for the jobs it queues.
    pub jobs: Jobs,
    /// The hash of the plan that was approved; another plan is refused (`plan-outdated`).
    pub plan: Option<String>,
    /// What the record was called when whoever edits it looked at it (`If-Match`); as it is now, it is not edited where it is
    /// called otherwise.
    pub seen: Option<String>,
}

/// How far an operation goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Depth {
    /// It is carried out.
    #[default]
    Act,
    /// It stops at the plan (`--dry-run`).
    Plan,
}

/// What becomes of the jobs an operation queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Jobs {
    /// They are run, or waited for, until done.
    #[default]
    Wait,
    /// They stay queued (`--no-wait`).
    Leave,
}

const USER: HeaderName = HeaderName::from_static("switchback-user");
const REASON: HeaderName = HeaderName::from_static("switchback-reason");
const WARNINGS: HeaderName = HeaderName::from_static("switchback-warnings");
const PLAN: HeaderName = HeaderName::from_static("if-plan-match");
/// RFC 9110.
const SEEN: HeaderName = HeaderName::from_static("if-match");
/// RFC 7240.
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// Does not wait for jobs.
const RESPOND_ASYNC: &str = "respond-async";

/// What a header's value does not carry as it is.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

impl Context {
    /// Writes it into headers. Text is percent-encoded: headers carry no UTF-8.
    pub fn encode(&self, headers: &mut HeaderMap) {
        let said = [(USER, &self.user), (REASON, &self.reason), (PLAN, &self.plan), (SEEN, &self.seen)];
        for (name, value) in said.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            let encoded = utf8_percent_encode(value, ESCAPED).to_string();
            // Percent-encoded text is always a header value.
            if let Ok(value) = HeaderValue::from_str(&encoded) {
                headers.insert(name, value);
            }
        }
        if self.jobs == Jobs::Leave {
            headers.insert(PREFER, HeaderValue::from_static(RESPOND_ASYNC));
        }
    }

    /// Reads it from headers.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a value that is no percent-encoded UTF-8.
    pub fn decode(headers: &HeaderMap) -> Result<Self, Failure> {
        Ok(Self {
            user: text(headers, &USER)?,
            reason: text(headers, &REASON)?,
            jobs: if prefers(headers, RESPOND_ASYNC) { Jobs::Leave } else { Jobs::Wait },
            plan: text(headers, &PLAN)?,
            seen: text(headers, &SEEN)?,
            ..Self::default()
        })
    }
}

/// Writes what somebody should know whatever was asked beside an answer, refusals too.
pub fn encode_warnings(warnings: &[Warning], headers: &mut HeaderMap) {
    let Ok(json) = serde_json::to_string(warnings) else { return };
    // Percent-encoded text is always a header value.
    if let (false, Ok(value)) =
        (warnings.is_empty(), HeaderValue::from_str(&utf8_percent_encode(&json, ESCAPED).to_string()))
    {
        headers.insert(WARNINGS, value);
    }
}

/// Reads them; none where they cannot be read.
pub fn decode_warnings(headers: &HeaderMap) -> Vec<Warning> {
    let json = text(headers, &WARNINGS).ok().flatten();
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let readable = value.to_str().ok().and_then(|value| percent_decode_str(value).decode_utf8().ok());
    match readable {
        Some(value) => Ok(Some(value.into_owned())),
        None => Err(invalid(name, "percent-encoded UTF-8")),
    }
}

/// Whether somebody prefers something; what nobody knows of is no error (RFC 7240).
fn prefers(headers: &HeaderMap, what: &str) -> bool {
    let said = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(what))
}

fn invalid(name: &HeaderName, expected: &str) -> Failure {
    Failure::Usage(Usage::of("invalid-request", format!("the header `{name}` must be {expected}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let context = Context {
            user: Some("zoë".to_owned()),
            reason: Some("50 % of users\nsaw it: \u{1f525}".to_owned()),
            jobs: Jobs::Leave,
            plan: Some("a1b2".to_owned()),
            seen: Some("\"c3d4\"".to_owned()),
            ..Context::default()
        };
        let mut headers = HeaderMap::new();
        context.encode(&mut headers);
        assert_eq!(headers["switchback-user"], "zo%C3%AB");
        assert_eq!(Context::decode(&headers).unwrap(), context);
        assert_eq!(Context::decode(&HeaderMap::new()).unwrap(), Context::default());
    }

    #[test]
    fn what_somebody_prefers_may_be_anything() {
        let mut headers = HeaderMap::new();
        headers.append("prefer", HeaderValue::from_static("return=minimal"));
        assert_eq!(Context::decode(&headers).unwrap().jobs, Jobs::Wait);
        headers.append("prefer", HeaderValue::from_static("wait=10, Respond-Async"));
        assert_eq!(Context::decode(&headers).unwrap().jobs, Jobs::Leave);
    }

    #[test]
    fn text_that_is_no_text_is_named() {
        let mut headers = HeaderMap::new();
        headers.insert("switchback-reason", HeaderValue::from_static("%FF"));
        let Err(Failure::Usage(usage)) = Context::decode(&headers) else { panic!("it was taken") };
        assert_eq!(usage.message, "the header `switchback-reason` must be percent-encoded UTF-8");
    }
}
