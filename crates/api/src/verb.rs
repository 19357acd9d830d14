//! What every verb has: a method, a path, a request and a view.

use crate::address::{Below, Of, pattern};
use crate::exit::Exit;
use crate::reason::Warning;
use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A request. Reads take it as a query, operations as JSON; its names stand in the address (`SPEC W2`).
pub trait Verb: Serialize + DeserializeOwned + JsonSchema + Send + Sync {
    /// `GET` for what only reads, `POST` for an operation, `PATCH` for one that edits a record.
    const METHOD: Method;
    /// Below what it is asked.
    const BELOW: Below;
    /// Where it is asked below that, `/stages/{stage}/behind`. The members that it names are text, and travel in
    /// the address alone.
    const PATH: &'static str;
    /// What it does, in a line.
    const SUMMARY: &'static str;
    /// What it answers.
    type View: View;

    /// Its address with placeholders, as a router takes it.
    fn pattern(of: Of) -> String {
        pattern(Self::BELOW, of, Self::PATH)
    }

    /// Whether a plan can be asked for. What only reads has none, nor what is done to the server itself.
    fn has_plans() -> bool {
        Self::METHOD != Method::GET && Self::BELOW == Below::Pipeline
    }
}

/// An answer.
pub trait View: Serialize + DeserializeOwned + JsonSchema + Send {
    /// How a process that printed it ends (`SPEC 11`).
    fn exit(&self) -> Exit {
        Exit::Done
    }

    /// What is said beside it.
    fn warnings(&self) -> &[Warning] {
        &[]
    }

    /// The same without that, as JSON.
    ///
    /// # Errors
    /// What cannot be written, which no view of this crate is.
    fn bare(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// Where the next page begins, of a list that goes on.
    fn next(&self) -> Option<&str> {
        None
    }

    /// The schema of what is answered at the verb's address, or at that of its plans.
    fn schema(_of: Of, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }
}

/// What a read answers. As JSON it is the view with `warnings` beside its members, so no view has such a member of its
/// own.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{V}Seen")]
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

    fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    fn bare(&self) -> serde_json::Result<Vec<u8>> {
        self.view.bare()
    }

    fn next(&self) -> Option<&str> {
        self.view.next()
    }
}

/// Declares how a request is asked. What only reads is answered with what somebody should know beside it.
macro_rules! verb {
    (GET $path:literal $request:ty => $view:ty: $summary:literal) => {
        $crate::verb::verb!(@GET Pipeline $path $request => $crate::verb::Seen<$view>: $summary);
    };
    ($method:ident server $path:literal $request:ty => $view:ty: $summary:literal) => {
        $crate::verb::verb!(@$method Server $path $request => $view: $summary);
    };
    ($method:ident $path:literal $request:ty => $view:ty: $summary:literal) => {
        $crate::verb::verb!(@$method Pipeline $path $request => $view: $summary);
    };
    (@$method:ident $below:ident $path:literal $request:ty => $view:ty: $summary:literal) => {
        impl $crate::verb::Verb for $request {
            const METHOD: http::Method = http::Method::$method;
            const BELOW: $crate::address::Below = $crate::address::Below::$below;
            const PATH: &'static str = $path;
            const SUMMARY: &'static str = $summary;
            type View = $view;
        }
    };
}

pub(crate) use verb;
