//! The door: where requests go, to a router in this process or to a server.

use crate::remote::Remote;
use crate::render::remedy;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, Response};
use switchback_api::{Failure, Transport};
use switchback_server::local::LocalOptions;
use tower::ServiceExt as _;

/// Opens a router.
pub type Open<'a> = &'a dyn Fn(LocalOptions) -> Router;

/// Carries requests to whoever answers.
#[derive(Clone)]
pub enum Door {
    /// A router in this process.
    InProcess(Router),
    /// A server elsewhere.
    Remote(Remote),
}

impl Transport for Door {
    async fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        let answer = match self {
            Self::InProcess(router) => in_process(router, request).await?,
            Self::Remote(remote) => remote.carry(request)?,
        };
        Ok(answer.map(remedy::worded))
    }
}

/// Without a socket (`tower`'s `oneshot`).
async fn in_process(router: &Router, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
    let Ok(answer) = router.clone().oneshot(request.map(Body::from)).await;
    let (head, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(Failure::bug)?;
    Ok(Response::from_parts(head, bytes.into()))
}
