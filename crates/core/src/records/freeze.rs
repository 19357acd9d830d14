//! Whether a freeze window is overridden (`SPEC P13`).

use serde::{Deserialize, Serialize};

/// Whether a freeze window is overridden.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freeze {
    /// It holds.
    #[default]
    Respect,
    /// It is overridden, which needs the privilege and a reason.
    Override,
}
