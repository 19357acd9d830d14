//! `area kept`: what somebody had edited on targets, and what is kept of it (`SPEC A7`).

use crate::failure::Said;
use crate::parse::{deployment, written};
use crate::views::conflict::{Written, bytes};
use switchback_api::Failure;
use switchback_api::verbs::area::{Kept, KeptFile, KeptRequest};
use switchback_core::areas::kept::{self, Wanted};
use switchback_core::pipeline::area::Area;
use switchback_core::words::names::AreaName;
use switchback_engine::desk::Desk;

/// Lists edited files, or gives what one of them held.
pub fn kept(desk: &Desk<'_>, request: KeptRequest) -> Result<Kept, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let named = request.area.as_ref().map(|name| snapshot.area(&AreaName::new(name))).transpose().said()?;
    let files = |area: &Area| kept::files(&*desk.repo, state.area(&area.name)).said();
    let Some(path) = &request.path else {
        let mut told = Kept::default();
        for area in desk.pipeline().areas().iter().filter(|area| named.is_none_or(|named| named.name == area.name)) {
            told.files.extend(files(area)?.iter().map(|file| self::file(desk, area, file)));
        }
        return Ok(told);
    };
    let Some(area) = named else { return Err(Failure::usage("a file is kept of an area: name that too")) };
    let at = request.at.as_deref().map(deployment).transpose()?;
    let wanted = Wanted { path, at, content: request.content.as_deref() };
    let file = kept::find(files(area)?, area, wanted).said()?;
    let Written { mut texts, encoding } = Written::of(vec![bytes(desk, file.content)?]);
    Ok(Kept { files: vec![self::file(desk, area, &file)], content: texts.pop().flatten(), encoding: Some(encoding) })
}

fn file(desk: &Desk<'_>, area: &Area, file: &kept::KeptFile) -> KeptFile {
    KeptFile {
        area: area.name.to_string(),
        path: file.path.to_string(),
        what: file.became.as_str().to_owned(),
        deployment: file.deployment.to_string(),
        version: file.version.map(|number| number.0),
        at: written(desk, file.at),
        blob: file.content.map(|leaf| leaf.id.to_string()),
    }
}
