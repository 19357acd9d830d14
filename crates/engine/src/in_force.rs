//! The configuration in force (`SPEC K1`, `K2`): the ledger keeps its text, and here it is read, so that rules see the
//! pipeline that belongs to the state they look at. A file only matters where it is about to be put in force, where it
//! differs and people should know, and beside ledgers that older programs wrote, which keep no configuration.

use crate::config::{self, ConfigDefect};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::look::read;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::{Pipeline, Schedule};
use switchback_core::records::configuration::{InForce, Proposed};
use switchback_core::words::names::Seq;
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;

/// The warning that the file at hand says something else than what is in force.
pub const DIFFERS: &str = "configuration-differs";

/// The warning that the ledger keeps no configuration yet.
pub const NOT_KEPT: &str = "configuration-not-kept";

/// How many entries are read at a time.
const PAGE: usize = 1000;

/// SHA-256 over a text, in hexadecimal.
pub fn hash(text: &str) -> String {
    faster_hex::hex_string(&Sha256::digest(text))
}

/// A text as it is put in force; takes what it says.
pub(crate) fn proposed(text: &str, pipeline: &Pipeline) -> Proposed {
    let schedules = pipeline.settings().schedules.iter().map(Schedule::name).collect();
    Proposed { text: text.to_owned(), hash: hash(text), schedules }
}

impl House {
    /// Sees to it that a state knows what its configuration says.
    ///
    /// # Errors
    /// What keeps it from being read. The state can be looked at all the same, but nothing can be planned in it.
    pub(crate) fn furnish(&self, state: &mut Arc<State>) -> Result<(), ConfigDefect> {
        if state.in_force.is_read() {
            return Ok(());
        }
        let pipeline = self.says(state)?;
        Arc::make_mut(state).in_force = InForce::of(pipeline);
        Ok(())
    }

    /// The pipeline of a state: of the text it has in force. A moment before there was one is seen with what is in
    /// force now, and a ledger that never had one with the file at hand.
    fn says(&self, state: &State) -> Result<Arc<Pipeline>, ConfigDefect> {
        let known = self.known();
        match (&state.configuration, &known.configuration) {
            (Some(one), Some(other)) if one.hash == other.hash && known.in_force.is_read() => {
                Ok(Arc::clone(known.in_force.pipeline()))
            }
            (None, Some(_)) => self.read(&known),
            _ => self.read(state),
        }
    }

    fn read(&self, state: &State) -> Result<Arc<Pipeline>, ConfigDefect> {
        let (text, called) = self.source(state)?;
        config::parse_from(&text, &called, &self.folder).map(Arc::new)
    }

    /// The text that counts in a state, and what a defect in it calls it.
    ///
    /// # Errors
    /// Where the ledger keeps none: what keeps the file at hand from being read.
    pub(crate) fn source(&self, state: &State) -> Result<(String, PathBuf), ConfigDefect> {
        match (&state.configuration, &self.at_hand) {
            (Some(configuration), _) => {
                let called = format!("the configuration in force (entry {})", configuration.seq);
                Ok((configuration.text.clone(), called.into()))
            }
            (None, Some(at_hand)) => Ok((at_hand.text()?, at_hand.file.clone())),
            (None, None) => Err(config::not_at_hand(&self.folder)),
        }
    }
}

impl Desk<'_> {
    /// What the configuration in force says, as somebody looked last.
    pub fn pipeline(&self) -> Arc<Pipeline> {
        let known = self.house.known();
        let known = match known.in_force.is_read() {
            true => known,
            false => self.look_or_begin().unwrap_or(known),
        };
        Arc::clone(known.in_force.pipeline())
    }

    /// Every configuration that was ever put in force and is not what its hash says (`SPEC K1`).
    ///
    /// # Errors
    /// A fault of the ledger.
    pub(crate) fn forged_configurations(&self, state: &State) -> Result<Vec<String>, EngineFailure> {
        let (mut found, mut reached) = (Vec::new(), Seq(0));
        loop {
            let rows = self.ledger.entries(reached, PAGE)?;
            let Some(last) = rows.last() else { return Ok(found) };
            reached = last.seq;
            for row in rows.iter().filter(|row| row.body.contains("\"configured\"")) {
                let told = read(row, state)?.body.events;
                let forged = told.iter().any(|event| match event {
                    Event::Configured(proposed) => hash(&proposed.text) != proposed.hash,
                    _ => false,
                });
                if forged {
                    found.push(format!("the configuration of entry {} is not what its hash says", row.seq));
                }
            }
        }
    }

    /// What somebody should know about the configuration, whatever was asked (`SPEC K2`). Looks at what somebody has
    /// looked at, and at the file at hand.
    pub fn about_configuration(&self) -> Option<Warning> {
        let state = self.house.known();
        let at_hand = self.house.at_hand.as_ref()?;
        state.administrator.as_ref()?;
        let named = at_hand.file.file_name().unwrap_or(at_hand.file.as_os_str()).to_string_lossy();
        let Some(configuration) = &state.configuration else {
            let message = format!("the ledger keeps no configuration yet, so {named} of this folder counts");
            return Some(Warning::of(NOT_KEPT, message).mended_by(Remedy::Configure { file: None }));
        };
        // A checkout may give lines other ends.
        let same = |text: &str| text.lines().eq(configuration.text.lines());
        match at_hand.text() {
            Ok(text) if same(&text) => None,
            _ => {
                let message = format!("{named} here differs from the configuration in force, which counts");
                Some(Warning::of(DIFFERS, message).mended_by(Remedy::Configure { file: None }))
            }
        }
    }
}
