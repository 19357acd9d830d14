//! Expectations about what is answered to those who only ask.

use crate::expect::same;
use crate::expect_world::named;
use crate::play::{self, Play, operation};
use crate::words::cut;
use crate::world::Voice;
use switchback_core::areas::obstacles;
use switchback_core::areas::pending::{self, Pending};
use switchback_core::depend::stage_graph::stage_graph;
use switchback_core::ledger::about::{About, about};
use switchback_core::moving::{candidates, validated};
use switchback_core::records::demotion::Fate;
use switchback_core::records::validation::{About as Ground, Outcome};
use switchback_core::words::names::{AreaName, ChangeKey, StageName, VersionNo};

/// `leftover qa-web: US-1`: what the area still holds and the stage does not.
pub fn leftover(play: &mut Play, rest: &str) -> Result<(), String> {
    let (area, wanted) = rest.split_once(':').ok_or("leftover AREA: CHANGES")?;
    let world = play.world()?;
    let area = world.pipeline.area(&AreaName::new(area)).ok_or("there is no such area")?;
    let left = pending::pending(&world.state, &world.content, area)
        .map_err(|fault| fault.message)?
        .into_iter()
        .filter(Pending::is_leftover);
    same("leftover", &left.map(|one| world.state.key(one.change).to_string()).collect(), wanted.trim())
}

/// `keeps US-1 from QA: not-in-source`: what keeps a change from arriving (`SPEC H5`); `nothing` for nothing.
pub fn keeps(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (key, stage) = cut(head, " from ")?;
    let world = play.world()?;
    let (ix, _) = world.state.change(&ChangeKey::new(key)).ok_or("there is no such change")?;
    let reasons = world.ask(&Voice::of("root", None), |snapshot, content| {
        candidates::keeps_back(snapshot, content, ix, &StageName::new(stage))
    });
    let found: Vec<_> = reasons.map_err(|fault| fault.message)?.iter().map(|one| one.code.to_string()).collect();
    same("keeps", &if found.is_empty() { vec!["nothing".to_owned()] } else { found }, wanted)
}

/// `depends QA: US-2 on US-1` who builds on whom on a stage; `depends of US-2: …` on the lowest that holds a change.
pub fn depends(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let world = play.world()?;
    let (stage, about) = match head.strip_prefix("of ") {
        Some(key) => (None, Some(world.state.change(&ChangeKey::new(key)).ok_or("there is no such change")?.0)),
        None => (Some(StageName::new(head)), None),
    };
    let graph =
        world.ask(&Voice::of("root", None), |snapshot, content| stage_graph(snapshot, content, stage.as_ref(), about));
    let graph = graph.map_err(|stop| format!("{stop:?}"))?;
    let key = |ix| world.state.key(ix).to_string();
    let edges = graph.edges.iter().flat_map(|edge| [key(edge.change), "on".to_owned(), key(edge.on)]);
    let at = about.map(|_| vec!["at".to_owned(), graph.stage.to_string()]).unwrap_or_default();
    same("depends", &edges.chain(at).chain(["alone".to_owned(), graph.alone.to_string()]).collect(), wanted)
}

/// `held qa-web@2: US-1`: what an area held once a version was made.
pub fn held(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = rest.split_once(':').ok_or("held AREA@VERSION: CHANGES")?;
    let (area, number) = cut(head, "@")?;
    let world = play.world()?;
    let held = world.state.area(&AreaName::new(area)).held_at(VersionNo(play::parse(number)?));
    same("held", &held.into_iter().map(|(ix, revision)| named(world, ix, revision)).collect(), wanted.trim())
}

/// `obstacles D-1 for bob: not-permitted already-rolled-back`: what keeps somebody from rolling it back (`SPEC R7`).
pub fn obstacles(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (id, user) = cut(head, " for ")?;
    let world = play.world()?;
    let asked = world.state.deployment(operation(id)?).ok_or("there is no such deployment")?;
    let found = world.ask(&Voice::of(user, None), |snapshot, content| obstacles::obstacles(snapshot, content, asked));
    let found = found.map_err(|fault| fault.message)?;
    same("obstacles", &found.iter().map(|one| one.code.to_string()).collect(), wanted)
}

/// `fate M-1: US-1 left US-2 stopped US-3 not-run`: what became of changes that were named.
pub fn fate(play: &mut Play, rest: &str) -> Result<(), String> {
    let (id, wanted) = cut(rest, ":")?;
    let demotion = play.world()?.state.demotion(operation(id)?).ok_or("there is no such demotion")?;
    let fate = |key: &str| match demotion.fate(&ChangeKey::new(key)) {
        Fate::Left => "left",
        Fate::Stopped(_) => "stopped",
        Fate::Waits(_) => "waits",
        Fate::NotRun => "not-run",
    };
    let keys = wanted.split_whitespace().step_by(2);
    same("fate", &keys.flat_map(|key| [key.to_owned(), fate(key).to_owned()]).collect(), wanted)
}

/// `tells US-1 at QA: recorded promoted applied`: the facts about a change at a stage, oldest first (`SPEC H5`).
pub fn tells(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, wanted) = cut(rest, ":")?;
    let (key, stage) = cut(head, " at ")?;
    let (key, stage) = (ChangeKey::new(key), StageName::new(stage));
    let events = play.world()?.entries.iter().flat_map(|entry| &entry.body.events);
    let word = |one: About<'_>| match one {
        About::Recorded(..) => "recorded",
        About::Attested(..) => "attested",
        About::Withdrawn(..) => "withdrawn",
        About::Excluded(_) => "excluded",
        About::Included => "included",
        About::Ignored(_) => "ignored",
        About::Noticed => "noticed",
        About::Applied(_) => "applied",
        About::Removed(_) => "removed",
        About::Found(_) => "found",
        About::Promotion(..) => "promoted",
    };
    let found = events.filter_map(|event| about(event, &key, &stage)).map(|one| word(one).to_owned());
    same("tells", &found.collect(), wanted)
}

/// `left P-1: US-2 needs-tested`: what a record left out when its time came (`SPEC P12`).
pub fn left(play: &mut Play, rest: &str) -> Result<(), String> {
    let (id, wanted) = rest.split_once(':').ok_or("left P-1: CHANGE CODE")?;
    let promotion = play.world()?.state.promotion(operation(id)?).ok_or("there is no such promotion")?;
    let left = promotion.left_out.iter().flat_map(|left| [left.change.to_string(), left.code.clone()]);
    same("left", &left.collect(), wanted.trim())
}

/// `validation P-1: validated goes`, `validation P-1: draft refused needs-tested moved US-1`: the word for where a record
/// stands, what came of trying it, and what has changed since; `none` where it was not tried.
pub fn validation(play: &mut Play, rest: &str) -> Result<(), String> {
    let (id, wanted) = rest.split_once(':').ok_or("validation P-1: STATUS OUTCOME")?;
    let id = operation(id)?;
    let found = play.world()?.ask(&Voice::of("root", None), |snapshot, _| {
        let promotion = snapshot.state.promotion(id).ok_or("there is no such promotion")?;
        let mut words = vec![validated::status(snapshot, promotion).to_owned()];
        let Some(standing) = validated::standing(snapshot, promotion) else {
            words.push("none".to_owned());
            return Ok::<_, String>(words);
        };
        words.push(standing.validation.outcome.as_str().to_owned());
        if let Outcome::Refused { code, .. } = &standing.validation.outcome {
            words.push(code.clone());
        }
        for about in standing.moved {
            words.push("moved".to_owned());
            words.push(match about {
                Ground::Configuration => "configuration".to_owned(),
                Ground::Stage(name) => name.to_string(),
                Ground::Change(key) => key.to_string(),
                Ground::Area(name) => name.to_string(),
                Ground::OtherPromotions => "promotions".to_owned(),
                Ground::Resolutions => "resolutions".to_owned(),
            });
        }
        Ok(words)
    })?;
    same("validation", &found, wanted.trim())
}

/// `awaits P-1 P-2`: the records that did not go well by themselves and that nobody has looked at.
pub fn awaits(play: &mut Play, wanted: &str) -> Result<(), String> {
    let state = &play.world()?.state;
    let waiting = state.promotions.iter().filter(|promotion| promotion.awaits_a_look());
    same("awaits", &waiting.map(|promotion| promotion.id.to_string()).collect(), wanted)
}

/// `notices promotion arrived`: what people are told of, in order.
pub fn notices(play: &mut Play, wanted: &str) -> Result<(), String> {
    let kinds = play.world()?.notices.iter().map(|notice| notice.kind.as_str().to_owned()).collect();
    same("notices", &kinds, wanted)
}

/// `notice arrived for ann,bob: US-1 arrived at DEV`: who is told of one whether or not they subscribed, and how.
pub fn notice(play: &mut Play, rest: &str) -> Result<(), String> {
    let (head, text) = cut(rest, ":")?;
    let (kind, owners) = head.split_once(" for ").unwrap_or((head, "none"));
    let all = &play.world()?.notices;
    let found = all.iter().find(|notice| notice.kind.as_str() == kind.trim());
    let found = found.ok_or_else(|| format!("nobody is told of a {kind}: {all:?}"))?;
    same("owners", &found.owners.iter().map(ToString::to_string).collect(), owners)?;
    match found.says.contains(text.trim_matches('"')) {
        true => Ok(()),
        false => Err(format!("it says: {}", found.says)),
    }
}
