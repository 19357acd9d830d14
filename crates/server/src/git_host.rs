//! Git hosts call here when somebody pushed, so that it need not be waited for (`SPEC W4`). Nothing is taken from what
//! they say: the remote is looked at, as it would be anyway. So a call that comes twice, or from whoever once overheard
//! one, makes no difference.

use crate::door::{failed, told};
use crate::failure::no;
use crate::openapi::Described;
use crate::reception::Reception;
use crate::remotes::Kept;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, Request, State};
use axum::http::Response;
use axum::routing::post;
use futures_util::future::poll_fn;
use serde_json::json;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use switchback_api::Failure;
use switchback_api::address::BASE;
use switchback_notify::git_host::Proof;
use switchback_notify::secret::Secret;

/// How much somebody may say, in bytes: the most that a host sends. It is read past, and not kept.
const LARGEST: usize = 25 << 20;

/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where they call.
pub fn routes() -> Router<Arc<Reception>> {
    Router::new().route(&format!("{BASE}/webhooks/{{remote}}"), post(called))
}

async fn called(State(reception): State<Arc<Reception>>, Path(name): Path<String>, request: Request) -> Response<Body> {
    match within(PATIENCE, heard(&reception, &name, request)).await {
        Ok(()) => told(b"{\"status\":\"looking\"}".to_vec()),
        Err(failure) => failed(failure),
    }
}

async fn within(patience: Duration, heard: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let in_time = tokio::time::timeout(patience, heard).await;
    in_time.unwrap_or_else(|_| Err(Failure::usage("the call took too long".to_owned())))
}

async fn heard(reception: &Reception, name: &str, request: Request) -> Result<(), Failure> {
    let kept = reception.shared.kept().iter().find(|kept| kept.remote().is_some_and(|remote| remote.name == *name));
    let secret = kept.and_then(Kept::remote).and_then(|remote| remote.webhook.as_ref());
    // Whether there is such a remote is nobody's business: the answer is the same, and takes as long.
    let nobodys = Secret::new("");
    let (head, mut body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let mut proof = Proof::begin(secret.unwrap_or(&nobodys), header, reception.clock.now().0 / 1000);
    let mut read = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| Failure::usage(error.to_string()))?;
        let Ok(bytes) = frame.into_data() else { continue };
        read += bytes.len();
        if read > LARGEST {
            return Err(Failure::usage(format!("the call is larger than {} MiB", LARGEST >> 20)));
        }
        proof.update(&bytes);
    }
    match (kept, secret.is_some() && proof.holds()) {
        (Some(kept), true) => {
            kept.look_soon();
            Ok(())
        }
        _ => {
            let message = "nothing proves that a git host of this server calls";
            Err(no("call-unproven", message, "give the webhook the secret that `server.toml` names for this remote"))
        }
    }
}

/// Describes where they call.
pub fn describe(described: &mut Described) {
    described.add("/api/v1/webhooks/{remote}", "POST", json!({
        "operationId": "post_webhooks_remote",
        "tags": ["webhooks"],
        "summary": "A git host tells that somebody pushed",
        "description": "The remote is looked at at once. What proves the call: the signatures of GitHub, Gitea, Forgejo and \
            Bitbucket, a signature as Standard Webhooks says, or the word that GitLab sends. What the body says is not read.",
        "security": [],
        "parameters": [
            { "name": "remote", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 },
              "description": "What the server calls the remote" }
        ],
        "requestBody": { "required": false, "content": { "application/json": { "schema": {} } } },
        "responses": {
            "200": { "description": "It is looked at", "content": { "application/json": { "schema": {
                "type": "object", "required": ["status"], "properties": { "status": { "const": "looking" } } } } } },
            "401": { "$ref": "#/components/responses/401" },
            "422": { "$ref": "#/components/responses/422" }
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_never_ends_is_not_listened_to_for_ever() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let no = runtime.block_on(within(Duration::from_millis(1), std::future::pending())).unwrap_err();
        assert_eq!(no, Failure::usage("the call took too long".to_owned()));
        assert_eq!(runtime.block_on(within(PATIENCE, async { Ok(()) })), Ok(()));
    }
}
