//! `pipelines`: those of a server.

use crate::caller::Deed;
use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::reception::Reception;
use switchback_api::Failure;
use switchback_api::verbs::pipelines::{Pipeline, Pipelines, PipelinesRequest};

/// Lists those that whoever asks may look at.
pub fn pipelines(reception: &Reception, came: &Came, _: PipelinesRequest) -> Result<Told<Pipelines>, Failure> {
    let caller = came.caller()?;
    let all = reception.shared.pipelines().said()?;
    let reached = all.into_iter().filter(|name| caller.admit(name, Deed::Read).is_ok());
    Ok(Pipelines { pipelines: reached.map(|name| Pipeline { name }).collect() }.into())
}
