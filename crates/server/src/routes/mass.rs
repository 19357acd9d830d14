//! `back-promote --mass`: one row for each destination (`SPEC P9`).

use crate::failure::Said;
use crate::operate::{Answered, finish_all, one_plan};
use crate::parse::{promotion_options, stages, start};
use switchback_api::verbs::mass::MassRequest;
use switchback_core::ops::mass::MassRequest as Mass;
use switchback_core::words::names::StageName;
use switchback_core::words::remedy::Addition;
use switchback_engine::desk::Desk;
use switchback_engine::mass::mass as carry;

/// Back-promotes everything eligible from a stage to its lower stages.
pub fn mass(desk: &Desk<'_>, asked: MassRequest) -> Answered {
    let request = Mass {
        from: StageName::new(&asked.from),
        to: stages(&asked.to),
        project: asked.options.project.clone(),
        release: asked.options.release.clone(),
        options: promotion_options(&asked.options)?,
        start: start(desk, &asked.start)?,
    };
    one_plan(desk, usize::MAX, Addition::Drafts)?;
    let all = carry(desk, &request).said()?;
    finish_all(desk, all)
}
