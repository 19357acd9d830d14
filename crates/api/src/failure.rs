//! The ways a call fails: a rule said no, the world did not answer, the question made no sense, or Switchback is wrong.

use crate::exit::Exit;
use crate::remedy::Remedy;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A call that has no view. As JSON it is one object with one key: `{"refused":{…}}`, `{"fault":{…}}`,
/// `{"usage":{…}}` or `{"bug":{…}}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Failure {
    /// A rule said no. Nothing was changed.
    Refused(Box<Refused>),
    /// The world failed us. Trying again may help.
    Fault(Fault),
    /// What was asked, or the configuration, makes no sense. Nothing was read.
    Usage(Usage),
    /// Switchback is wrong.
    Bug(Bug),
}

/// A refusal, as programs and people read it (`SPEC 11`).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// A stable code, listed in `docs/codes.md`.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
    /// The next step, in words: those of whoever shows it, so a server leaves it empty where there is a command to name.
    pub hint: String,
    /// The same for programs; an object.
    pub details: Value,
    /// The next step, as data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
}

/// A fault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// A stable code, listed in `docs/codes.md`.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
    /// The next step, in words.
    pub hint: String,
    /// The next step, as data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
}

/// A question or a configuration that makes no sense.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// A stable code, listed in `docs/codes.md`.
    pub code: String,
    /// What is wrong, with the line and column where there is one.
    pub message: String,
    /// The next step; empty when the message says it.
    pub hint: String,
    /// The same as data, where there is such a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
    /// Where in the configuration.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<FilePosition>>,
}

/// A place in the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FilePosition {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 when the file as a whole is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 when the file as a whole is meant.
    pub column: u32,
    /// The line itself, and under it carets below the offending part.
    pub snippet: String,
}

/// A mistake of Switchback's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Bug {
    /// What happened.
    pub message: String,
}

impl Usage {
    /// One that the message says all about.
    pub fn of(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), hint: String::new(), remedy: None, place: None }
    }
}

impl Failure {
    /// A question that makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(Usage::of("usage", message))
    }

    /// What came is no request of this API.
    pub fn invalid(why: impl fmt::Display) -> Self {
        Self::Usage(Usage::of("invalid-request", format!("this is no such request: {why}")))
    }

    /// A mistake of Switchback's own.
    pub fn bug(message: impl fmt::Display) -> Self {
        Self::Bug(Bug { message: format!("this is a bug in Switchback: {message}") })
    }

    /// How a process that met it ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Refused(refused) if refused.code == PLAN_OUTDATED => Exit::Outdated,
            Self::Refused(_) => Exit::Refused,
            Self::Fault(_) | Self::Bug(_) => Exit::Fault,
            Self::Usage(_) => Exit::Usage,
        }
    }

    /// The status it travels under (`SPEC W2`).
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refused) if FORBIDDEN.contains(&refused.code.as_str()) => StatusCode::FORBIDDEN,
            Self::Refused(refused) if NOT_IN.contains(&refused.code.as_str()) => StatusCode::UNAUTHORIZED,
            Self::Refused(refused) if refused.code == RECORD_CHANGED => StatusCode::PRECONDITION_FAILED,
            Self::Refused(refused) if refused.code == LIMITED => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(refused) if refused.code == UNKNOWN_METHOD => StatusCode::METHOD_NOT_ALLOWED,
            Self::Refused(refused) if refused.code.starts_with("unknown-") => StatusCode::NOT_FOUND,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::Fault(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Usage(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Bug(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The refusal that has an exit code of its own.
pub const PLAN_OUTDATED: &str = "plan-outdated";

/// What was to be edited is not what was looked at (RFC 9110, 13.1.1).
const RECORD_CHANGED: &str = "record-changed";

/// What somebody may not, whoever they are.
const FORBIDDEN: &[&str] = &[
    "not-permitted",
    "person-disabled",
    "form-not-ours",
    "identity-not-admitted",
    "identity-unknown",
    "passwords-off",
    "provider-denied",
];

/// Nobody knows who asks.
const NOT_IN: &[&str] = &[
    "call-unproven",
    "handover-over",
    "identity-unproved",
    "not-signed-in",
    "provider-clock",
    "session-over",
    "sign-in-not-begun",
    "sign-in-wrong",
    "token-unknown",
    "token-expired",
    "token-revoked",
];

/// An address that is there, and not asked so.
const UNKNOWN_METHOD: &str = "unknown-method";

/// They tried too often.
const LIMITED: &str = "sign-in-limited";

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(code: &str) -> Failure {
        let (message, hint) = ("QA is frozen".to_owned(), "wait".to_owned());
        Failure::Refused(Box::new(Refused { code: code.to_owned(), message, hint, details: json!({}), remedy: None }))
    }

    #[test]
    fn each_failure_has_its_exit_and_status() {
        let seen = |failure: &Failure| (failure.exit().code(), failure.status().as_u16());
        assert_eq!(seen(&refused("stage-frozen")), (3, 409));
        assert_eq!(seen(&refused("unknown-stage")), (3, 404));
        assert_eq!(seen(&refused("plan-outdated")), (4, 409));
        assert_eq!(seen(&refused("not-permitted")), (3, 403));
        assert_eq!(seen(&refused("record-changed")), (3, 412));
        assert_eq!(seen(&Failure::usage("no such flag")), (2, 422));
        assert_eq!(seen(&Failure::bug("oh")), (1, 500));
    }

    #[test]
    fn a_refusal_is_one_object_with_its_members_in_order() {
        let text = serde_json::to_string(&refused("stage-frozen")).unwrap();
        let expected = r#"{"refused":{"code":"stage-frozen","message":"QA is frozen","hint":"wait","details":{}}}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Failure>(&text).unwrap(), refused("stage-frozen"));
    }
}
