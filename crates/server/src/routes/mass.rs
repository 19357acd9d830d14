//! `back-promote --mass`: one row for each destination (`SPEC P9`).

use crate::operate::{Answered, finish_all};
use crate::parse::{keys, promotion_options, stages, start};
use std::collections::BTreeMap;
use switchback_api::Failure;
use switchback_api::verbs::mass::MassRequest;
use switchback_core::ops::mass::{Cells, MassRequest as Mass};
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_engine::desk::Desk;
use switchback_engine::mass::mass as carry;

/// Back-promotes everything eligible from a stage to its lower stages.
pub fn mass(desk: &Desk<'_>, asked: MassRequest) -> Answered {
    let request = Mass {
        from: StageName::new(&asked.from),
        to: stages(&asked.to),
        cells: cells(&asked)?,
        project: asked.options.project.clone(),
        release: asked.options.release.clone(),
        options: promotion_options(&asked.options)?,
        start: start(desk, &asked.start)?,
    };
    finish_all(desk, carry(desk, &request))
}

/// The cells somebody chose; what can only be a slip is no choice.
fn cells(asked: &MassRequest) -> Result<Cells, Failure> {
    for (destination, changes) in asked.only.iter().chain(&asked.not) {
        if !asked.to.is_empty() && !asked.to.contains(destination) {
            return Err(Failure::usage(format!(
                "cells of {destination} are chosen, and {destination} is none of the stages named"
            )));
        }
        let other = asked.only.get(destination).zip(asked.not.get(destination));
        let both = other.and_then(|(only, not)| changes.iter().find(|key| only.contains(key) && not.contains(key)));
        if let Some(key) = both {
            return Err(Failure::usage(format!("{key} is both chosen for {destination} and left out")));
        }
    }
    Ok(Cells { only: named(&asked.only), not: named(&asked.not) })
}

fn named(cells: &BTreeMap<String, Vec<String>>) -> BTreeMap<StageName, Vec<ChangeKey>> {
    cells.iter().map(|(destination, changes)| (StageName::new(destination), keys(changes))).collect()
}
