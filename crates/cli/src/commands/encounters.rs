//! `conflicts --ahead`: the request its words make.

use crate::render;
use crate::session::{Session, Told};
use switchback_api::Failure;
use switchback_api::verbs::encounters::EncountersRequest;

pub(crate) async fn run(session: &Session, changes: Vec<String>) -> Result<Told, Failure> {
    session.show(&EncountersRequest { changes }, render::encounters::text).await
}
