//! A typed client: a request goes in, its view comes out, whatever lies between.

use crate::context::{Context, decode_warnings};
use crate::failure::Failure;
use crate::reason::Warning;
use crate::verb::Verb;
use crate::wire;
use http::{Request, Response};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// Carries a request to where it is answered: a router in this process, or a server elsewhere.
pub trait Transport {
    /// Carries it, and brings the answer back.
    ///
    /// # Errors
    /// [`Failure::Fault`] when nobody answers.
    fn carry(&self, request: Request<Vec<u8>>) -> impl Future<Output = Result<Response<Vec<u8>>, Failure>>;
}

/// Asks.
#[derive(Clone, Debug)]
pub struct Client<T> {
    transport: T,
    context: Context,
    heard: Arc<Mutex<Vec<Warning>>>,
}

impl<T: Transport> Client<T> {
    /// A client that says the same about itself with every request.
    pub fn new(transport: T, context: Context) -> Self {
        Self { transport, context, heard: Arc::default() }
    }

    /// What comes along with every request.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Asks one thing.
    ///
    /// # Errors
    /// Whatever the other side says instead of a view; [`Failure::Bug`] when it says nothing of the kind.
    pub async fn call<R: Verb>(&self, request: &R) -> Result<R::View, Failure> {
        let answer = self.transport.carry(wire::encode(request, &self.context)?).await?;
        self.hear(decode_warnings(answer.headers()));
        wire::view::<R>(&answer)
    }

    fn hear(&self, warnings: Vec<Warning>) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in warnings {
            if !heard.contains(&warning) {
                heard.push(warning);
            }
        }
    }

    /// What came beside the answers so far, each once: what somebody should know whatever was asked.
    pub fn heard(&self) -> Vec<Warning> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
