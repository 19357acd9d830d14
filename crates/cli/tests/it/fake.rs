//! A router that answers what it is told, and remembers what it was asked.

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, Response, StatusCode};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use switchback_api::{Failure, ProblemDetails};
use switchback_cli::output::Output;
use switchback_cli::program;

/// Below which every address of a command line lies that names no pipeline.
const ONLY_PIPELINE: &str = "/api/v1/pipelines/-";

/// One request, as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `GET /status?as_of=…`, below its pipeline.
    pub line: String,
    /// The JSON of an operation; `null` for a read.
    pub body: Value,
    /// Switchback's own headers, in order of name.
    pub headers: Vec<(String, String)>,
}

/// What came out of a run.
pub struct Ran {
    /// What was printed, without colours.
    pub out: String,
    /// The same for standard error.
    pub err: String,
    /// The exit code.
    pub exit: u8,
    /// What the router was asked.
    pub asked: Vec<Asked>,
}

/// Runs a command line over a router that answers with a status and a body.
pub fn run(line: &str, status: u16, answer: &Value) -> Ran {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (answer, remembered) = (answer.to_string(), Arc::clone(&asked));
    let open = move |_| {
        let (answer, remembered) = (answer.clone(), Arc::clone(&remembered));
        Router::new().fallback(move |request: Request<Body>| {
            let (answer, remembered) = (answer.clone(), Arc::clone(&remembered));
            async move {
                let one = read(request).await;
                remembered.lock().unwrap().push(one);
                let status = StatusCode::from_u16(status).unwrap();
                let answer = if status.is_success() { answer } else { problem(&answer) };
                Response::builder().status(status).body(Body::from(answer)).unwrap()
            }
        })
    };
    let Output { out, err, exit } = program::run(words(line), &open);
    let asked = asked.lock().unwrap().clone();
    let plain = |text: String| anstream::adapter::strip_str(&text).to_string();
    Ran { out: plain(out), err: plain(err), exit: exit.code(), asked }
}

/// A failure, as it travels.
fn problem(failure: &str) -> String {
    let failure: Failure = serde_json::from_str(failure).unwrap();
    serde_json::to_string(&ProblemDetails::from(failure)).unwrap()
}

/// What a command line prints when this is answered.
pub fn shown(line: &str, answer: &Value) -> String {
    let ran = run(line, 200, answer);
    assert_eq!(ran.err, "");
    ran.out
}

/// What the one request of a command line is; the answer is a refusal, so that no view is needed.
pub fn asked(line: &str) -> Asked {
    let refusal = serde_json::json!({"refused": {"code": "x", "message": "x", "hint": "x", "details": {}}});
    let mut ran = run(line, 409, &refusal);
    assert_eq!((ran.exit, ran.asked.len()), (3, 1), "`{line}`: {}", ran.err);
    ran.asked.remove(0)
}

/// The words of a line, as a shell without variables reads them: double quotes hold a word together.
pub fn words(line: &str) -> Vec<std::ffi::OsString> {
    let mut words = vec!["switchback".into()];
    for (place, part) in line.split('"').enumerate() {
        match place % 2 {
            0 => words.extend(part.split_whitespace().map(Into::into)),
            _ => words.push(part.into()),
        }
    }
    words
}

async fn read(request: Request<Body>) -> Asked {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let is_own = |name: &str| name.starts_with("switchback-") || ["if-plan-match", "prefer"].contains(&name);
    let own = head.headers.iter().filter(|(name, _)| is_own(name.as_str()));
    let mut headers: Vec<_> = own.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    Asked {
        line: format!("{} {}", head.method, head.uri.to_string().replacen(ONLY_PIPELINE, "", 1)),
        body: if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() },
        headers,
    }
}
