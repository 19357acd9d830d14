//! Those who only read. Who asks the very same at the same moment is answered by one look, and so many look at once as
//! there is room for.

use crate::caller::Caller;
use crate::holds::Holds;
use crate::tags::Name;
use crate::together::Together;
use axum::body::Bytes;
use axum::http::Uri;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use switchback_api::context::Context;
use switchback_api::{Failure, Warning};
use tokio::sync::Semaphore;

/// How many look at once. Who comes later waits, in the order in which they came.
const READERS: usize = 16;

/// Those who look, and who waits for them.
#[derive(Clone)]
pub struct Readers {
    together: Arc<Together<Question, Arc<Told>>>,
    turns: Arc<Semaphore>,
}

impl Default for Readers {
    fn default() -> Self {
        Self { together: Arc::default(), turns: Arc::new(Semaphore::new(READERS)) }
    }
}

/// What is asked, and by whom: what two are answered who ask the same in different names, or with other rights, may differ.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// Where.
    pub address: Uri,
    /// What came along with it.
    pub context: Context,
    /// Who asks.
    pub caller: Option<Caller>,
}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address.hash(state);
        self.caller.as_ref().map(|caller| &caller.person.name).hash(state);
    }
}

/// What a look came to.
pub struct Told {
    /// The answer, and its name.
    pub answer: Result<(Bytes, Name), Failure>,
    /// What somebody should know beside it.
    pub warnings: Vec<Warning>,
    /// Of which pipeline it is, where one was found.
    pub pipeline: String,
    /// What it hangs on, where that can be told.
    pub holds: Option<Holds>,
}

impl Readers {
    /// What a look comes to: one's own, or one that began after this was called.
    pub async fn ask(&self, question: Question, look: impl AsyncFnOnce() -> Told) -> Arc<Told> {
        let look = async || {
            // The door to these is never closed.
            let _turn = self.turns.acquire().await;
            Arc::new(look().await)
        };
        self.together.ask(question, look).await
    }
}

impl Told {
    /// What keeps from looking.
    pub fn failed(failure: Failure) -> Self {
        Self { answer: Err(failure), warnings: Vec::new(), pipeline: String::new(), holds: None }
    }
}
