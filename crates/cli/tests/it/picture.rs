//! What counts of a world, for two of them to be compared.

use serde_json::Value;
use std::collections::BTreeMap;

/// What must be equal for two worlds to be in the same state.
#[derive(PartialEq, Debug)]
pub struct Picture {
    pub refs: Vec<String>,
    pub standing: Value,
    pub history: Value,
    pub promotions: Value,
    pub areas: BTreeMap<String, BTreeMap<String, String>>,
}

impl Picture {
    /// Asserts that another picture is the same, aspect by aspect.
    pub fn is(&self, other: &Self, when: &str) {
        assert_eq!(self.refs, other.refs, "{when}: refs");
        assert_eq!(self.standing, other.standing, "{when}: what is where");
        assert_eq!(self.history, other.history, "{when}: what was deployed");
        assert_eq!(self.promotions, other.promotions, "{when}: promotions");
        assert_eq!(self.areas, other.areas, "{when}: files in areas");
    }
}
