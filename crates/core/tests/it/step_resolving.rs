//! Steps that settle conflicts, and that forget how they were settled; and what is expected of it.

use crate::expect::same;
use crate::play::{self, Play, operation};
use crate::step::voice;
use crate::words::{Command, cut};
use switchback_core::content::Content as _;
use switchback_core::foresee::reuse::{self, UsedAt};
use switchback_core::ops::resolve::{Broken, With};
use switchback_core::ops::{resolution, resolve};
use switchback_core::records::resolution::{ResolutionId, Settler};
use switchback_core::words::names::{AreaName, ChangeKey, StageName, VersionNo};
use switchback_core::words::object::RepoPath;

/// `resolve P-1 a --file "1 2 3"`
pub fn resolve(play: &mut Play, command: &Command) -> Result<(), String> {
    let with = match command.value("file") {
        Some(text) => With::Content(play.world()?.content.blob(&play::bytes(text)).map_err(|fault| fault.message)?),
        None if command.has("reuse") => With::Reuse(
            command
                .value("reuse")
                .map(|path| about(play, path))
                .transpose()?
                .flatten()
                .map_or_else(|| command.value("reuse").unwrap_or_default().to_owned(), |id| id.to_string()),
        ),
        None if command.has("proposed") => With::Proposed,
        None if command.has("theirs") => With::Theirs,
        None if command.has("base") => With::Base,
        None => With::Ours,
    };
    let request = resolve::Request {
        promotion: operation(command.word(0)?)?,
        path: RepoPath::new(command.word(1)?),
        change: command.value("change").map(ChangeKey::new),
        stage: command.value("stage").map(StageName::new),
        with,
        broken: if command.has("anyway") { Broken::Take } else { Broken::Refuse },
    };
    let voice = voice(command);
    let made = play.world()?.ask(&voice, |snapshot, content| resolve::plan(snapshot, content, &request));
    play.keep(&voice, made).map(drop)
}

/// `forget a --reason "wrong"`: the resolution about a path, or one by id.
pub fn forget(play: &mut Play, command: &Command) -> Result<(), String> {
    let word = command.word(0)?;
    let named = about(play, word)?.map_or(word.to_owned(), |id| id.to_string());
    let request = resolution::Request { resolution: named };
    let voice = voice(command);
    let made = play.world()?.ask(&voice, |snapshot, _| resolution::plan(snapshot, &request));
    play.keep(&voice, made).map(drop)
}

fn about(play: &mut Play, path: &str) -> Result<Option<ResolutionId>, String> {
    let state = &play.world()?.state;
    Ok(state.resolutions.iter().find(|(_, known)| known.path.to_string() == path).map(|(id, _)| id))
}

/// `remembered a b`: the paths of what is remembered and not forgotten, sorted.
pub fn remembered(play: &mut Play, rest: &str) -> Result<(), String> {
    let known = play.world()?.state.resolutions.iter().filter(|(_, known)| known.forgotten.is_none());
    let mut paths: Vec<_> = known.map(|(_, known)| known.path.to_string()).collect();
    paths.sort();
    same("remembered", &paths, rest)
}

/// `used a: QA US-1 made SIT US-1 reused qa-web@2 US-1 made`: where the resolution about a path was used; `was` before
/// a word for a place that does not hold it any more.
pub fn used(play: &mut Play, rest: &str) -> Result<(), String> {
    let (path, wanted) = cut(rest, ":")?;
    let id = about(play, path)?.ok_or_else(|| format!("nothing is remembered about {path}"))?;
    let uses = reuse::uses(&play.world()?.state).remove(&id).unwrap_or_default();
    let told = uses.iter().flat_map(|used| {
        let place = match &used.place {
            UsedAt::Stage(stage) => stage.to_string(),
            UsedAt::Area(area, number) => format!("{area}@{number}"),
        };
        let how = if used.reused { "reused" } else { "made" };
        let how = if used.stands { how.to_owned() } else { format!("was-{how}") };
        [place, used.change.to_string(), how]
    });
    same("used", &told.collect(), wanted)
}

/// `settled qa-web@2: US-1 a structural`: conflicts of an area's own content.
pub fn settled(play: &mut Play, rest: &str) -> Result<(), String> {
    let (place, wanted) = cut(rest, ":")?;
    let (area, number) = cut(place, "@")?;
    let state = &play.world()?.state;
    let version = state.area(&AreaName::new(area)).version(VersionNo(play::parse(number)?));
    let decisions = &version.ok_or("there is no such version")?.decisions;
    let told = decisions.iter().flat_map(|one| {
        let by = match &one.resolution.by {
            Settler::Person => "made".to_owned(),
            Settler::Remembered(_) => "reused".to_owned(),
            Settler::Proposed { kinds, .. } => switchback_core::records::resolution::words(kinds),
            Settler::Attribute(written) => written.clone(),
            Settler::Blocks(_) => "reused-blocks".to_owned(),
            Settler::Type { strategy, .. } => strategy.to_string(),
            Settler::AsSource(_) => "as-source".to_owned(),
            Settler::NeverHeld(_) => "never-held".to_owned(),
            Settler::Followed => "followed".to_owned(),
        };
        [state.key(one.change).to_string(), one.resolution.path.to_string(), by]
    });
    same("settled", &told.collect(), wanted)
}
