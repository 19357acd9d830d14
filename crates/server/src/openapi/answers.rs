//! What an operation may answer: statuses with when, headers, and every code there is.

use serde_json::{Map, Value, json};
use switchback_api::Verb;
use switchback_api::address::Of;
use switchback_api::problem::PROBLEM_JSON;

/// The statuses of what goes wrong, with when.
const PROBLEMS: [(&str, &str); 9] = [
    ("401", "Nobody is signed in, or the token is not valid"),
    ("403", "The caller lacks a privilege: `not-permitted`"),
    ("404", "There is no such thing: `unknown-…`"),
    ("409", "A rule says no, or the plan is outdated: nothing was changed"),
    (
        "412",
        "The record is not as it was when it was looked at (`record-changed`): nothing was changed, `details` has it now",
    ),
    ("422", "The request makes no sense"),
    ("429", "There were too many attempts to sign in (`sign-in-limited`): `detail` says until when"),
    ("500", "A mistake in Switchback"),
    ("503", "A fault that passes: the same request may be sent again"),
];

/// Those that only some operations have.
const RARE: [&str; 2] = ["412", "429"];

/// The page that lists every code, as it is kept: a test holds it and the code together.
const CODES: &str = include_str!("../../../../docs/codes.md");

/// The answers of an operation.
pub fn of<R: Verb>(of: Of, answer: &Value) -> Map<String, Value> {
    let mut responses = Map::new();
    let is_read = R::METHOD == http::Method::GET;
    let mut done = json!({
        "description": if of == Of::Plans { "What it would do" } else { "The answer" },
        "content": { "application/json": { "schema": answer } }
    });
    if is_read {
        done["headers"] = json!({
            "ETag": { "$ref": "#/components/headers/ETag" },
            "Link": { "$ref": "#/components/headers/Link" }
        });
    }
    responses.insert("200".to_owned(), done);
    if is_read {
        responses.insert("304".to_owned(), json!({ "$ref": "#/components/responses/304" }));
    }
    for (status, _) in PROBLEMS.iter().filter(|(status, _)| !RARE.contains(status)) {
        responses.insert((*status).to_owned(), reference(status));
    }
    responses
}

/// One of the problems.
pub fn reference(status: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{status}") })
}

/// Every answer that operations refer to.
pub fn components(problem: &Value) -> Map<String, Value> {
    let told = PROBLEMS.iter().map(|(status, when)| {
        let response = json!({ "description": when, "content": { PROBLEM_JSON: { "schema": problem } } });
        ((*status).to_owned(), response)
    });
    let same = json!({
        "description": "Whoever asks has the answer: it is called as they say (`If-None-Match`)",
        "headers": { "ETag": { "$ref": "#/components/headers/ETag" } }
    });
    [("304".to_owned(), same)].into_iter().chain(told).collect()
}

/// The headers that come with answers.
pub fn headers() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "ETag": { "description": "The name of the answer, for `If-None-Match` and `If-Match`", "schema": text },
        "Link": { "description": "Where a list goes on: `<…>; rel=\"next\"`. Absent on its last page", "schema": text }
    })
}

/// Every code that a problem, a reason or a warning may have, with when, and what to do then.
pub fn codes() -> Map<String, Value> {
    let rows = CODES.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let cells = rows.filter_map(|row| {
        let (code, rest) = row.split_once("` | ")?;
        let (when, next) = rest.split_once(" | ")?;
        let is_code = code.starts_with(|first: char| first.is_ascii_lowercase());
        is_code.then(|| (code.to_owned(), json!({ "when": when, "next": next })))
    });
    cells.collect()
}
