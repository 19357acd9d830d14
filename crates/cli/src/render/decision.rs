//! Conflicts that nobody was asked about.

use crate::render::page::Page;
use crate::render::tone::Tone;
use switchback_api::decision::AutoResolved;

/// One line each.
pub fn list(decisions: &[AutoResolved], page: &mut Page) {
    for decision in decisions {
        let AutoResolved { change, path, strategy, .. } = decision;
        let sign = Tone::Good.paint("✓ settled");
        let stage = decision.stage.as_ref().map(|stage| format!(", on {stage}")).unwrap_or_default();
        let how = match (&decision.resolution, &decision.file_type) {
            (Some(id), _) => format!("reused resolution {id}"),
            (None, Some(name)) => format!("{name}, {strategy}"),
            (None, None) => strategy.clone(),
        };
        page.line(format!("  {sign} {path} ({how}): {change}{stage}"));
    }
}
