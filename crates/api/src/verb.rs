//! What every verb has: a method, a path, a request and a view.

use crate::exit::Exit;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request. Reads are `GET` with the request as a query; operations are `POST` with the request as JSON.
pub trait Verb: Serialize + DeserializeOwned + Send + Sync {
    /// `GET` for what only reads, `POST` for an operation.
    const METHOD: Method;
    /// Where it is asked, `/v1/demote`.
    const PATH: &'static str;
    /// What it answers.
    type View: View;
}

/// An answer.
pub trait View: Serialize + DeserializeOwned + Send {
    /// How a process that printed it ends (`SPEC 11`).
    fn exit(&self) -> Exit {
        Exit::Done
    }
}

/// Declares how a request is asked.
macro_rules! verb {
    ($method:ident $path:literal $request:ty => $view:ty) => {
        impl $crate::verb::Verb for $request {
            const METHOD: http::Method = http::Method::$method;
            const PATH: &'static str = $path;
            type View = $view;
        }
    };
}

pub(crate) use verb;
