//! A visit: what differs from request to request, made by a door and only read from then on.

use switchback_core::ledger::snapshot::Actor;
use switchback_core::words::names::UserName;

/// Who comes, why, and how far they mean to go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    /// Who asks, as the door knows them.
    pub principal: Actor,
    /// Why.
    pub reason: Option<String>,
    /// Whether anything is written.
    pub depth: Depth,
    /// The hash of the plan that was approved; another one is not carried out.
    pub approved: Option<String>,
    /// What becomes of the jobs an operation queues.
    pub jobs: Jobs,
}

/// How far an operation goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// To the end.
    Act,
    /// Up to the plan (`--dry-run`).
    Plan,
}

/// What becomes of the jobs an operation queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Jobs {
    /// Whoever asked waits until they have ended.
    Wait,
    /// They stay queued (`--no-wait`).
    Leave,
}

impl Visit {
    /// Somebody who acts and gives no reason, nor waits.
    pub fn of(principal: Actor) -> Self {
        Self { principal, reason: None, depth: Depth::Act, approved: None, jobs: Jobs::Leave }
    }

    /// A worker, in its own name (`SPEC A9`).
    pub fn worker() -> Self {
        let (name, email) = ("switchback".to_owned(), "switchback@localhost".to_owned());
        Self::of(Actor::new(UserName::new("switchback"), name, email))
    }
}
