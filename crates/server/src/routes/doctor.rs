//! `doctor`: what commonly goes wrong, looked at.

use crate::doctor::{self, Reach};
use crate::entrance::Entrance;
use crate::failure::Said;
use switchback_api::Failure;
use switchback_api::verbs::doctor::{Diagnosis, DoctorRequest};
use switchback_core::ledger::rights::require;
use switchback_core::records::grant::{Privilege, Scope};
use switchback_engine::desk::Desk;

/// Looks at everything. What is found names places, remotes and receivers: it is for who administers the pipeline.
pub fn doctor(entrance: &Entrance, desk: &Desk<'_>, request: DoctorRequest) -> Result<Diagnosis, Failure> {
    let state = desk.look().said()?;
    require(&desk.snapshot(&state), Privilege::Administer, Scope::Pipeline).map(drop).said()?;
    let reach = if request.online { Reach::Online } else { Reach::Here };
    let mut checks = doctor::examine(desk, &state, reach);
    if let (Reach::Online, Some(means)) = (reach, entrance.means()) {
        checks.extend(doctor::knock(&means));
    }
    Ok(Diagnosis { pipeline: desk.house.name().to_owned(), checks })
}
