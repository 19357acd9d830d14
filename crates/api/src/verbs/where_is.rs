//! `where`: which stages hold which changes, at which revision (`SPEC C7`).

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// Which changes; all when none is named.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WhereRequest {
    /// Their keys.
    pub change: Vec<String>,
    /// At most so many, up to 1000 a page; all that are asked for if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

verb!(GET "/where" WhereRequest => Whereabouts: "Which stages hold which revision of each change");

/// Changes and the stages that hold them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Whereabouts {
    /// The pipeline's stages, lowest first.
    pub stages: Vec<String>,
    /// The changes, as they were recorded.
    pub changes: Vec<Located>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Whereabouts {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Located {
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its newest revision.
    pub revision: u32,
    /// Never counted, never offered (`SPEC C5`).
    pub excluded: bool,
    /// The stages that hold it.
    pub stages: Standings,
}

/// The stages that hold a change, in the pipeline's order. As JSON, an object with a member for each.
#[derive(Clone, PartialEq, Eq, Debug, Default, JsonSchema)]
#[schemars(with = "BTreeMap<String, Standing>")]
pub struct Standings(pub Vec<(Box<str>, Standing)>);

impl Standings {
    /// How a stage holds the change, if it does.
    pub fn at(&self, stage: &str) -> Option<Standing> {
        self.0.iter().find(|(name, _)| **name == *stage).map(|(_, standing)| *standing)
    }
}

/// How a stage holds a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HeldAt")]
pub struct Standing {
    /// At which revision.
    pub revision: u32,
    /// Whether that is its newest.
    pub state: State,
}

/// Whether a stage holds the newest revision.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It does.
    Current,
    /// A newer one exists (`SPEC C7`).
    Outdated,
}

impl Serialize for Standings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(stage, standing)| (stage, standing)))
    }
}

impl<'de> Deserialize<'de> for Standings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

/// Keeps the members in the order they come.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Standings;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with a member for each stage")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Standings, A::Error> {
        let mut standings = Vec::with_capacity(map.size_hint().unwrap_or_default());
        while let Some(member) = map.next_entry()? {
            standings.push(member);
        }
        Ok(Standings(standings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whereabouts_are_what_the_contract_says_in_the_pipelines_order() {
        let standing = |revision, state| Standing { revision, state };
        let stages = vec![("DEV".into(), standing(2, State::Current)), ("CAT".into(), standing(1, State::Outdated))];
        let located = Located { key: "US-1".to_owned(), revision: 2, stages: Standings(stages), ..Located::default() };
        let text = serde_json::to_string(&located).unwrap();
        let expected = r#"{"key":"US-1","title":"","revision":2,"excluded":false,"stages":{"DEV":{"revision":2,"state":"current"},"CAT":{"revision":1,"state":"outdated"}}}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Located>(&text).unwrap(), located);
    }
}
