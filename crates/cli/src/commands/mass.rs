//! `back-promote --mass`: the request its words make.

use crate::render;
use crate::session::{Session, Told};
use switchback_api::Failure;
use switchback_api::verbs::mass::MassRequest;
use switchback_api::verbs::promote::{Options, Start};

/// From where and to where, how, and when.
pub(crate) fn request(way: (Option<String>, Vec<String>), options: Options, start: Start) -> MassRequest {
    let (from, to) = way;
    MassRequest { from: from.unwrap_or_default(), to, options, start }
}

pub(crate) async fn run(session: &Session, request: MassRequest) -> Result<Told, Failure> {
    session.tell(&request, render::operation::answer).await
}
