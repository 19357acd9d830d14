//! The door in this process: requests go to a router without a socket (`tower`'s `oneshot`).

use crate::render::remedy;
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, Response};
use switchback_api::{Failure, Transport};
use switchback_server::local::LocalOptions;
use tower::ServiceExt as _;

/// Opens a router.
pub type Open<'a> = &'a dyn Fn(LocalOptions) -> Router;

/// Carries requests to a router in this process.
#[derive(Clone, Debug)]
pub struct InProcess {
    router: Router,
}

impl InProcess {
    /// Through this router.
    pub fn new(router: Router) -> Self {
        Self { router }
    }
}

impl Transport for InProcess {
    async fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        let Ok(answer) = self.router.clone().oneshot(request.map(Body::from)).await;
        let (head, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.map_err(Failure::bug)?;
        Ok(Response::from_parts(head, remedy::worded(bytes.into())))
    }
}
