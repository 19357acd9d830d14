//! `doctor`: what commonly goes wrong, looked at.

use crate::doctor;
use crate::failure::Said;
use switchback_api::Failure;
use switchback_api::verbs::doctor::{Diagnosis, DoctorRequest};
use switchback_core::ledger::rights::require;
use switchback_core::records::grant::{Privilege, Scope};
use switchback_engine::desk::Desk;

/// Looks at everything. What is found names places, remotes and receivers: it is for who administers the pipeline.
pub fn doctor(desk: &Desk<'_>, _request: DoctorRequest) -> Result<Diagnosis, Failure> {
    let state = desk.look().said()?;
    require(&desk.snapshot(&state), Privilege::Administer, Scope::Pipeline).map(drop).said()?;
    Ok(Diagnosis { pipeline: desk.house.name().to_owned(), checks: doctor::examine(desk, &state) })
}
