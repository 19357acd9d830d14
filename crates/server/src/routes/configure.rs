//! `configure`.

use crate::failure::{Said, no};
use crate::parse::written;
use crate::tags::Record;
use crate::views::reason::warnings;
use switchback_api::verbs::configure::{
    AtHand, ConfigureRequest, Configured, Difference, InForce, OfferDefect, OfferedConfiguration, Program, ShowRequest,
};
use switchback_api::{Answer, Failure};
use switchback_core::ledger::state::State;
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

/// Shows what is in force, and what could be.
pub fn show(desk: &Desk<'_>, _: ShowRequest) -> Result<InForce, Failure> {
    in_force_now(desk, &*desk.look().said()?)
}

/// The same for whoever puts another one in force.
pub fn record(desk: &Desk<'_>, state: &State) -> Result<Record, Failure> {
    Record::of("the configuration in force", &in_force_now(desk, state)?)
}

fn in_force_now(desk: &Desk<'_>, state: &State) -> Result<InForce, Failure> {
    let known = state.configuration.as_ref();
    let at_hand = configure::at_hand(desk).ok().map(|text| AtHand {
        file: text.file.display().to_string(),
        hash: in_force::hash(&text.text),
        changes: changes(&configure::differences(state, &text)),
    });
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
    Ok(InForce {
        pipeline: desk.house.name().to_owned(),
        text: known.map(|known| known.text.clone()),
        hash: known.map(|known| known.hash.clone()),
        by: known.map(|known| known.by.to_string()),
        since: known.map(|known| written(desk, known.since)),
        seq: known.map(|known| known.seq.0),
        at_hand,
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
