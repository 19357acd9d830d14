//! The configuration in force (`SPEC K1`): the text the ledger took in last, and since when each part of it holds.

use crate::pipeline::Pipeline;
use crate::words::names::{Seq, Time, UserName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// A text that is to be in force, and what the fold must know of it without reading it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// All of it, as it stood in its file.
    pub text: String,
    /// SHA-256 over it, in hexadecimal.
    pub hash: String,
    /// What names each `[[schedule]]` in it.
    pub schedules: Vec<String>,
}

/// The text in force.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Configuration {
    /// All of it, as it stood in its file.
    pub text: String,
    /// SHA-256 over it, in hexadecimal.
    pub hash: String,
    /// Who put it in force.
    pub by: UserName,
    /// When: it says nothing about times before.
    pub since: Time,
    /// The entry that did.
    pub seq: Seq,
    /// Since when each schedule holds: through every later text that has it, too (`SPEC P12`).
    pub schedules: BTreeMap<String, Time>,
}

impl Configuration {
    /// What is in force once a text has been put in force, after `earlier`.
    pub(crate) fn following(earlier: Option<&Self>, proposed: &Proposed, told: (&UserName, Time, Seq)) -> Self {
        let (by, since, seq) = told;
        let held = |name: &String| earlier.and_then(|earlier| earlier.schedules.get(name)).copied().unwrap_or(since);
        let Proposed { text, hash, schedules } = proposed.clone();
        let schedules = schedules.into_iter().map(|name| (name.clone(), held(&name))).collect();
        Self { text, hash, by: by.clone(), since, seq, schedules }
    }
}

/// What the text in force says, once somebody who can read it has. The ledger tells the text; so this is no part of what
/// a state is, only of what it is good for.
#[derive(Clone, Default)]
pub struct InForce(Option<Arc<Pipeline>>);

/// What is known where nothing was read.
static NOTHING: LazyLock<Arc<Pipeline>> = LazyLock::new(|| Arc::new(Pipeline::empty()));

impl InForce {
    /// What was read.
    pub fn of(pipeline: Arc<Pipeline>) -> Self {
        Self(Some(pipeline))
    }

    /// Whether somebody has read it.
    pub fn is_read(&self) -> bool {
        self.0.is_some()
    }

    /// What it says; a pipeline without stages where nobody could read it.
    pub fn pipeline(&self) -> &Arc<Pipeline> {
        self.0.as_ref().unwrap_or(&NOTHING)
    }
}

impl PartialEq for InForce {
    /// It follows from the text, which is compared.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for InForce {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_tuple("InForce").field(&self.is_read()).finish()
    }
}
