//! `configure`.

use crate::failure::Said;
use crate::views::reason::warnings;
use switchback_api::verbs::configure::{ConfigureRequest, Configured, Difference, Program};
use switchback_api::{Answer, Failure};
use switchback_engine::configure::{self, Text};
use switchback_engine::desk::Desk;
use switchback_engine::visit::Depth;
use switchback_engine::{config, in_force};

/// Puts a configuration in force.
pub fn configure(desk: &Desk<'_>, asked: ConfigureRequest) -> Result<Answer<Configured>, Failure> {
    let text = match asked.text {
        Some(text) => Text { text, file: asked.file.unwrap_or_else(|| config::FILE_NAME.to_owned()).into() },
        None => configure::at_hand(desk).said()?,
    };
    let configured = configure::configure(desk, &text).said()?;
    let told = told(desk, &text, &configured);
    Ok(match configured.done.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(told),
    })
}

fn told(desk: &Desk<'_>, text: &Text, configured: &configure::Configured) -> Configured {
    let done = &configured.done;
    let differences = configured.differences.iter().map(|one| Difference {
        table: one.table.clone(),
        name: one.name.clone(),
        key: one.key.clone(),
        before: one.before.clone(),
        after: one.after.clone(),
    });
    let programs = configured.programs.iter().map(|one| Program {
        area: one.area.clone(),
        occasion: one.occasion.to_owned(),
        run: one.run.clone(),
        new: one.is_new,
    });
    Configured {
        operation: None,
        kind: done.plan.kind.to_owned(),
        pipeline: desk.house.name().to_owned(),
        configuration: text.file.display().to_string(),
        configuration_hash: in_force::hash(&text.text),
        says: done.plan.says.clone(),
        changes: differences.collect(),
        programs: programs.collect(),
        warnings: warnings(done.plan.warnings.iter().chain(&done.warnings)),
        hash: match done.depth {
            Depth::Act => String::new(),
            Depth::Plan => done.hash.clone(),
        },
    }
}
