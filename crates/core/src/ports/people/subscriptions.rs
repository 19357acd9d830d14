//! Who wants to be told of what (`SPEC H4`).

use crate::words::fault::Fault;
use crate::words::names::UserName;

/// What somebody wants to be told of, by mail. There is one for each person and pipeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subscription {
    /// Who.
    pub person: UserName,
    /// In which pipeline.
    pub pipeline: String,
    /// The words of what it is about; everything when there are none.
    pub kinds: Vec<String>,
}

impl Subscription {
    /// Whether something of a kind is among it.
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|one| one == kind)
    }
}

/// Subscriptions.
pub trait Subscriptions {
    /// Subscribes somebody, in place of what they had for that pipeline. `false` when there is nobody of that name.
    fn subscribe(&self, subscription: &Subscription) -> Result<bool, Fault>;
    /// Takes one back. `false` when there was none.
    fn unsubscribe(&self, person: &UserName, pipeline: &str) -> Result<bool, Fault>;
    /// Somebody's, or everybody's where nobody is named, by person and pipeline.
    fn subscriptions(&self, person: Option<&UserName>) -> Result<Vec<Subscription>, Fault>;
    /// Those for a pipeline, of whoever may come in, by person.
    fn subscribers(&self, pipeline: &str) -> Result<Vec<Subscription>, Fault>;
}
