//! Conflicts that nobody was asked about.

use crate::render::page::{Page, minute};
use crate::render::tone::Tone;
use switchback_api::decision::AutoResolved;

/// One line each.
pub fn list(decisions: &[AutoResolved], page: &mut Page) {
    for decision in decisions {
        let AutoResolved { change, path, strategy, .. } = decision;
        let sign = Tone::Good.paint("✓ settled");
        let stage = decision.stage.as_ref().map(|stage| format!(", on {stage}")).unwrap_or_default();
        let how = match (&decision.resolution, &decision.file_type, &decision.held_by) {
            (Some(id), ..) => reused(id, decision),
            (None, None, Some(stage)) => format!("as {stage} holds it"),
            (None, None, None) if decision.attribute.is_some() => {
                format!(".gitattributes, {}", decision.attribute.as_deref().unwrap_or_default())
            }
            (None, None, None) if decision.revision.is_some() => {
                format!("as if revision {} had never been here", decision.revision.unwrap_or_default())
            }
            (None, Some(name), _) => format!("{name}, {strategy}"),
            (None, None, None) => strategy.clone(),
        };
        page.line(format!("  {sign} {path} ({how}): {change}{stage}"));
    }
}

/// Which resolution it was, who had made it, and when.
fn reused(id: &str, decision: &AutoResolved) -> String {
    let made = match (&decision.by, &decision.at) {
        (Some(by), Some(at)) => format!(" by {by}, {}", minute(at)),
        _ => String::new(),
    };
    match decision.blocks.as_slice() {
        [] => format!("reused resolution {id}{made}"),
        blocks => format!("reused, block by block, resolution {}{made}", blocks.join(" and ")),
    }
}
