//! What every verb has: a method, a path, a request and a view.

use crate::exit::Exit;
use crate::reason::Warning;
use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

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

/// What a read answers. As JSON it is the view with `warnings` beside its members, so no view has such a member of its
/// own.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Seen<V> {
    /// What was asked for.
    #[serde(flatten)]
    pub view: V,
    /// What somebody should know though nobody asked; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl<V: View> View for Seen<V> {
    fn exit(&self) -> Exit {
        self.view.exit()
    }
}

/// Declares how a request is asked. What only reads is answered with what somebody should know beside it.
macro_rules! verb {
    (GET $path:literal $request:ty => $view:ty) => {
        $crate::verb::verb!(@GET $path $request => $crate::verb::Seen<$view>);
    };
    (POST $path:literal $request:ty => $view:ty) => {
        $crate::verb::verb!(@POST $path $request => $view);
    };
    (@$method:ident $path:literal $request:ty => $view:ty) => {
        impl $crate::verb::Verb for $request {
            const METHOD: http::Method = http::Method::$method;
            const PATH: &'static str = $path;
            type View = $view;
        }
    };
}

pub(crate) use verb;
