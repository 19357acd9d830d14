//! Where a browser leaves for a provider and comes back, as the API's document has it.

use crate::openapi::Described;
use serde_json::{Value, json};

/// Describes both.
pub fn describe(described: &mut Described) {
    let provider = json!({ "name": "provider", "in": "path", "required": true,
        "schema": { "type": "string", "minLength": 1 }, "description": "The provider, as `/sign-in` names it" });
    let text = |name: &str, what: &str| json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" }, "description": what });
    let port = json!({ "name": "port", "in": "query", "required": false,
        "schema": { "type": "integer", "minimum": 1, "maximum": 65535 },
        "description": "Where on its machine the command line listens; without, what is handed over is shown to be typed" });
    described.add(
        "/api/v1/sign-in/oidc/{provider}",
        "GET",
        json!({
            "operationId": "get_sign_in_oidc_provider",
            "tags": ["sign-in"],
            "summary": "Sends a browser to a provider of identities",
            "description": "For browsers. The answer comes with a cookie that the browser brings back.",
            "security": [],
            "parameters": [
                provider,
                text("return", "Where on this server the browser goes afterwards, `/…`"),
                text("handover", "For a command line: the SHA-256 of its verifier, in hexadecimal digits"),
                port
            ],
            "responses": answers("It is sent there", &["404", "422", "429", "503"]),
        }),
    );
    let mut came = answers("They are in, and the browser goes on", &["401", "403", "409", "422", "503"]);
    came["200"] = json!({ "description": "What is to be typed at the command line",
        "content": { "text/plain": { "schema": { "type": "string" } } } });
    described.add(
        "/api/v1/sign-in/oidc/{provider}/callback",
        "GET",
        json!({
            "operationId": "get_sign_in_oidc_provider_callback",
            "tags": ["sign-in"],
            "summary": "A browser comes back from a provider of identities",
            "description": "For browsers. Each sign-in comes back once, to the browser that it was begun in.",
            "security": [],
            "parameters": [
                provider,
                text("state", "Which sign-in it is"),
                text("code", "What the provider gave"),
                text("error", "Why it gave nothing"),
                text("iss", "Which provider says that it sent it (RFC 9207)")
            ],
            "responses": came,
        }),
    );
}

fn answers(done: &str, problems: &[&str]) -> Value {
    let mut all = json!({ "303": { "description": done } });
    for status in problems {
        all[*status] = json!({ "$ref": format!("#/components/responses/{status}") });
    }
    all
}
