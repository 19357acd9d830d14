//! How a failure travels: as problem details (RFC 9457, `SPEC W2`).

use crate::failure::{Bug, Failure, Fault, FilePosition, Refused, Usage};
use crate::remedy::Remedy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A failure as it travels.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ProblemDetails {
    /// Which kind of failure, and its code: `urn:switchback:refused:stage-frozen`. The kinds are `refused`, `fault`,
    /// `usage` and `bug`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The status of the response.
    pub status: u16,
    /// One sentence that names the thing.
    pub detail: String,
    /// A stable code, listed in `docs/codes.md`.
    pub code: String,
    /// What it is about, where it is about one thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The next step in words; empty where a command has to be named for it, which `remedy` says.
    #[serde(default)]
    pub hint: String,
    /// The next step, as data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
    /// The same as `detail` for programs; an object whose members the code determines.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
    /// Where in the configuration, for a defect of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<FilePosition>>,
    /// The request that it answers: with this id, the server's log says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The plan as it is now, where the approved one is outdated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Value>,
}

/// What a failure is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// `change`, `stage`, `area`, `promotion`, `deployment`, `job`, `resolution`, `branch`, `path`, `pipeline`, `user`, or
    /// `name` for what there is nothing of.
    pub kind: String,
    /// Which.
    pub name: String,
}

/// What may be the subject, the most telling first.
const SUBJECTS: &[&str] = &[
    "change",
    "promotion",
    "deployment",
    "job",
    "resolution",
    "area",
    "stage",
    "branch",
    "path",
    "pipeline",
    "user",
    "name",
];

impl Subject {
    /// The thing that the details of a refusal name.
    fn of(details: &Value) -> Option<Self> {
        SUBJECTS.iter().find_map(|kind| {
            let name = match details.get(kind)? {
                Value::String(name) => name.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some(Self { kind: (*kind).to_owned(), name })
        })
    }
}

impl From<Failure> for ProblemDetails {
    fn from(failure: Failure) -> Self {
        let status = failure.status().as_u16();
        let said = |kind: &str, title: &str, code: String, detail: String| Self {
            kind: format!("{PREFIX}{kind}:{code}"),
            title: title.to_owned(),
            status,
            detail,
            code,
            subject: None,
            hint: String::new(),
            remedy: None,
            details: Value::Null,
            place: None,
            request: None,
            plan: None,
        };
        match failure {
            Failure::Refused(refused) => {
                let Refused { code, message, hint, details, remedy } = *refused;
                let subject = Subject::of(&details);
                Self { subject, hint, details, remedy, ..said("refused", "A rule says no", code, message) }
            }
            Failure::Fault(Fault { code, message, hint, remedy }) => {
                Self { hint, remedy, ..said("fault", "Something did not answer as it should", code, message) }
            }
            Failure::Usage(Usage { code, message, hint, remedy, place }) => {
                Self { hint, remedy, place, ..said("usage", "The request makes no sense", code, message) }
            }
            Failure::Bug(Bug { message }) => said("bug", "A mistake in Switchback", "bug".to_owned(), message),
        }
    }
}

const PREFIX: &str = "urn:switchback:";

impl ProblemDetails {
    /// The failure that travelled; `None` where the problem is another program's.
    pub fn failure(self) -> Option<Failure> {
        let kind = self.kind.strip_prefix(PREFIX)?.split(':').next()?.to_owned();
        let Self { code, detail: message, hint, remedy, details, place, .. } = self;
        Some(match kind.as_str() {
            "refused" => Failure::Refused(Box::new(Refused { code, message, hint, details, remedy })),
            "fault" => Failure::Fault(Fault { code, message, hint, remedy }),
            "usage" => Failure::Usage(Usage { code, message, hint, remedy, place }),
            "bug" => Failure::Bug(Bug { message }),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(code: &str, details: Value) -> Failure {
        let (message, hint) = ("QA is frozen".to_owned(), String::new());
        let remedy = Some(Box::new(Remedy::WaitOrOverrideFreeze));
        Failure::Refused(Box::new(Refused { code: code.to_owned(), message, hint, details, remedy }))
    }

    #[test]
    fn what_travels_arrives() {
        let place = FilePosition { file: "f".to_owned(), line: 3, column: 1, snippet: "x".to_owned() };
        let usage = Usage { place: Some(Box::new(place)), ..Usage::of("configuration", "no stage") };
        let fault =
            Fault { code: "ledger-busy".to_owned(), message: "m".to_owned(), hint: "h".to_owned(), remedy: None };
        let all = [
            refused("stage-frozen", json!({"stage": "QA"})),
            Failure::Fault(fault),
            Failure::Usage(usage),
            Failure::bug("oh"),
        ];
        for failure in all {
            let text = serde_json::to_string(&ProblemDetails::from(failure.clone())).unwrap();
            assert_eq!(serde_json::from_str::<ProblemDetails>(&text).unwrap().failure(), Some(failure), "{text}");
        }
    }

    #[test]
    fn a_refusal_is_a_problem_with_its_subject() {
        let problem =
            serde_json::to_value(ProblemDetails::from(refused("stage-frozen", json!({"stage": "QA"})))).unwrap();
        let expected = json!({
            "type": "urn:switchback:refused:stage-frozen", "title": "A rule says no", "status": 409,
            "detail": "QA is frozen", "code": "stage-frozen", "subject": {"kind": "stage", "name": "QA"},
            "hint": "", "remedy": {"step": "wait-or-override-freeze"}, "details": {"stage": "QA"}
        });
        assert_eq!(problem, expected);
    }

    #[test]
    fn another_programs_problem_is_none_of_ours() {
        let text = r#"{"type":"about:blank","title":"x","status":502,"detail":"x","code":"x"}"#;
        assert_eq!(serde_json::from_str::<ProblemDetails>(text).unwrap().failure(), None);
    }
}
