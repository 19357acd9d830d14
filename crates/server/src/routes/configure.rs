//! `configure`.

use crate::failure::{Said, no};
use crate::parse::written;
use crate::views::reason::warnings;
use switchback_api::verbs::configure::{
    ConfigureRequest, Configured, Difference, InForce, InForceRequest, OfferDefect, OfferedConfiguration, Program,
};
use switchback_api::{Answer, Failure};
use switchback_engine::configure::{self, Text};
use switchback_engine::desk::Desk;
use switchback_engine::visit::Depth;
use switchback_engine::{config, in_force};

/// Puts a configuration in force.
pub fn configure(desk: &Desk<'_>, asked: ConfigureRequest) -> Result<Answer<Configured>, Failure> {
    let text = match asked.text {
        Some(text) => Text { text, file: asked.file.unwrap_or_else(|| config::FILE_NAME.to_owned()).into() },
        None if asked.offered => offered(desk)?,
        None => configure::at_hand(desk).said()?,
    };
    let configured = configure::configure(desk, &text).said()?;
    let told = told(desk, &text, &configured);
    Ok(match configured.done.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(told),
    })
}

/// Tells what is in force, and what the base branch says otherwise.
pub fn show(desk: &Desk<'_>, _request: InForceRequest) -> Result<InForce, Failure> {
    let state = desk.look().said()?;
    let offered = desk.offer().said()?.map(|offer| OfferedConfiguration {
        branch: offer.branch,
        commit: offer.commit.to_string(),
        file: offer.text.file.display().to_string(),
        text: offer.text.text,
        changes: changes(&offer.differences),
        programs: programs(&offer.programs),
        defect: offer.defect.map(|defect| {
            let (code, message) = defect.said();
            OfferDefect { code: code.to_owned(), message }
        }),
    });
    let Some(configuration) = &state.configuration else { return Ok(InForce { offered, ..InForce::default() }) };
    Ok(InForce {
        text: Some(configuration.text.clone()),
        hash: Some(configuration.hash.clone()),
        by: Some(configuration.by.to_string()),
        since: Some(written(desk, configuration.since)),
        seq: Some(configuration.seq.0),
        offered,
    })
}

/// The text that the base branch offers.
fn offered(desk: &Desk<'_>) -> Result<Text, Failure> {
    desk.offer().said()?.map(|offer| offer.text).ok_or_else(|| {
        let message = "the base branch says nothing else than the configuration in force";
        no("nothing-offered", message, "push what it shall say to that branch")
    })
}

fn told(desk: &Desk<'_>, text: &Text, configured: &configure::Configured) -> Configured {
    let done = &configured.done;
    Configured {
        operation: None,
        kind: done.plan.kind.to_owned(),
        pipeline: desk.house.name().to_owned(),
        configuration: text.file.display().to_string(),
        configuration_hash: in_force::hash(&text.text),
        says: done.plan.says.clone(),
        changes: changes(&configured.differences),
        programs: programs(&configured.programs),
        warnings: warnings(done.plan.warnings.iter().chain(&done.warnings)),
        hash: match done.depth {
            Depth::Act => String::new(),
            Depth::Plan => done.hash.clone(),
        },
    }
}

fn changes(differences: &[config::Difference]) -> Vec<Difference> {
    let one = |one: &config::Difference| Difference {
        table: one.table.clone(),
        name: one.name.clone(),
        key: one.key.clone(),
        before: one.before.clone(),
        after: one.after.clone(),
    };
    differences.iter().map(one).collect()
}

fn programs(all: &[configure::Program]) -> Vec<Program> {
    let one = |one: &configure::Program| Program {
        area: one.area.clone(),
        occasion: one.occasion.to_owned(),
        run: one.run.clone(),
        new: one.is_new,
    };
    all.iter().map(one).collect()
}
