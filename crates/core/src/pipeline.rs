//! The pipeline: stages, edges and areas. It can only be built acyclic, with unique names and attached areas.

pub mod area;
pub mod connection;
pub mod filter;
pub mod order_by;
pub mod stage;

use crate::content::filetype::{Excluded, FileTypes};
use crate::pipeline::area::Area;
use crate::pipeline::order_by::OrderBy;
use crate::pipeline::stage::Stage;
use crate::words::names::{AreaName, StageName, UserName};
use crate::words::remedy::Remedy;
use std::collections::{BTreeMap, BTreeSet};

/// A directed acyclic graph of stages over one repository, with everything its configuration says.
#[derive(Clone, Debug)]
pub struct Pipeline {
    settings: Settings,
    excluded: Excluded,
    stages: Vec<Stage>,
    areas: Vec<Area>,
    above: BTreeMap<StageName, BTreeSet<StageName>>,
}

/// What belongs to the pipeline as a whole.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Its name; the ledger keeps one record per name.
    pub name: String,
    /// The IANA name of the time zone local times are read in.
    pub time_zone: String,
    /// The pattern of a change's key, `[A-Z]+-\d+`.
    pub key: String,
    /// The pattern of feature branches, `feature/*`.
    pub branches: String,
    /// When such branches become revisions (`SPEC W4`).
    pub recording: Recording,
    /// The branch revisions start from; the top stage's where `None` (`SPEC C1`).
    pub base_branch: Option<String>,
    /// The order changes move in unless a promotion says otherwise (`SPEC P7`).
    pub order_by: OrderBy,
    /// File types that must stop for a person (`SPEC X3`).
    pub exclude_from_auto_resolve: Vec<String>,
    /// What a path holds, and what may settle it (`SPEC X2`).
    pub file_types: FileTypes,
    /// Whether `approved` must come from somebody other than the owner (`SPEC S5`).
    pub four_eyes: bool,
    /// Who is in which group.
    pub groups: BTreeMap<String, Vec<UserName>>,
    /// Words shown to people instead of SPEC's (`change` → `User Story`).
    pub words: BTreeMap<String, String>,
    /// What stages and areas were called before (`SPEC A15`).
    pub was: Was,
    /// Recurring promotions (`SPEC P12`).
    pub schedules: Vec<Schedule>,
}

/// Former names, each under the present one. They may stay in a configuration for ever.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Was {
    /// Of stages.
    pub stages: BTreeMap<StageName, StageName>,
    /// Of areas.
    pub areas: BTreeMap<AreaName, AreaName>,
}

/// When branches become revisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Recording {
    /// When somebody records them.
    #[default]
    ByHand,
    /// When they are pushed, too.
    OnPush,
}

/// Which way a schedule moves changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ScheduleMove {
    /// Down to lower stages.
    #[default]
    BackPromote,
    /// Up to next stages.
    Promote,
}

impl ScheduleMove {
    /// The word written in a configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BackPromote => "back-promote",
            Self::Promote => "promote",
        }
    }
}

/// A recurring promotion of everything eligible from a stage, to its lower stages or its next (`SPEC P12`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// Which way.
    pub moves: ScheduleMove,
    /// Five fields: minute, hour, day, month, weekday.
    pub cron: String,
    /// The source.
    pub from: StageName,
    /// The destinations; every lower stage, or every next one, when empty.
    pub to: Vec<StageName>,
    /// Whether the destinations' default areas are deployed too.
    pub deploy: bool,
}

impl Schedule {
    /// What names it across edits of the others.
    pub fn name(&self) -> String {
        let to: Vec<_> = self.to.iter().map(StageName::as_str).collect();
        // Those that back-promote have been in ledgers under this name from the beginning.
        let way = if self.moves == ScheduleMove::Promote { "↑ " } else { "" };
        format!("{} {} {way}{}", self.cron, self.from, to.join(","))
    }

    /// Where it moves changes to.
    pub fn destinations(&self, pipeline: &Pipeline) -> Vec<StageName> {
        match (self.moves, self.to.is_empty()) {
            (_, false) => self.to.clone(),
            (ScheduleMove::BackPromote, true) => {
                pipeline.below(&self.from).iter().map(|one| one.name.clone()).collect()
            }
            (ScheduleMove::Promote, true) => {
                pipeline.stage(&self.from).map(|from| from.next.clone()).unwrap_or_default()
            }
        }
    }
}

/// Where in the configuration a defect is, so that its reader can point at the line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DefectAt {
    /// The pipeline as a whole.
    Pipeline,
    /// A stage, by position.
    Stage(usize),
    /// An entry of a stage's `next`.
    Next(usize, usize),
    /// An area, by position.
    Area(usize),
    /// A schedule, by position.
    Schedule(usize),
}

/// Why a configuration makes no pipeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defect {
    /// Where.
    pub place: DefectAt,
    /// What is wrong, naming the thing.
    pub message: String,
    /// The next step.
    pub remedy: Remedy,
}

fn defect(place: DefectAt, message: String, remedy: impl Into<Remedy>) -> Defect {
    Defect { place, message, remedy: remedy.into() }
}

impl Pipeline {
    /// Builds a pipeline.
    ///
    /// # Errors
    /// The first [`Defect`]: no stage, a duplicate name or branch, an unknown `next`, a cycle, an area of an unknown
    /// stage, two areas on one target, a schedule of unknown stages.
    pub fn new(settings: Settings, stages: Vec<Stage>, areas: Vec<Area>) -> Result<Self, Defect> {
        check_stages(&stages)?;
        let above = reach(&stages)?;
        check_areas(&stages, &areas)?;
        check_schedules(&settings, &stages)?;
        let excluded = Excluded::new(&settings.exclude_from_auto_resolve);
        Ok(Self { settings, excluded, stages, areas, above })
    }

    /// What is known where no configuration could be read: no stage, no area, nobody in a group.
    pub(crate) fn empty() -> Self {
        let (settings, excluded) = (Settings::default(), Excluded::new(&[]));
        Self { settings, excluded, stages: Vec::new(), areas: Vec::new(), above: BTreeMap::new() }
    }

    /// The file types that must stop for a person, unless a promotion says otherwise (`SPEC X3`).
    pub fn excluded(&self) -> &Excluded {
        &self.excluded
    }

    /// What belongs to the pipeline as a whole.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The branch revisions start from: the one that is configured, else the top stage's (`SPEC C1`).
    pub fn base_branch(&self) -> &str {
        let top = self.tops().next().map_or("", |stage| stage.branch.as_str());
        self.settings.base_branch.as_deref().unwrap_or(top)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its stages, as configured.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// Its areas, as configured; retired ones too.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// A stage by name.
    pub fn stage(&self, name: &StageName) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name == *name)
    }

    /// An area by name.
    pub fn area(&self, name: &AreaName) -> Option<&Area> {
        self.areas.iter().find(|area| area.name == *name)
    }

    /// The areas that are in use: all but retired ones.
    pub fn areas_in_use(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter().filter(|area| !area.retired)
    }

    /// The areas of a stage that are in use, as configured.
    pub fn areas_of<'a>(&'a self, stage: &'a StageName) -> impl Iterator<Item = &'a Area> {
        self.areas_in_use().filter(move |area| area.stage == *stage)
    }

    /// Whether `high` is above `low`: reachable from it along `next`.
    pub fn higher(&self, high: &StageName, low: &StageName) -> bool {
        self.above.get(low).is_some_and(|above| above.contains(high))
    }

    /// Whether an edge leads from `low` straight to `high`.
    pub fn adjacent(&self, low: &StageName, high: &StageName) -> bool {
        self.stage(low).is_some_and(|stage| stage.next.contains(high))
    }

    /// The stages strictly between two, lowest first.
    pub fn between(&self, low: &StageName, high: &StageName) -> Vec<&Stage> {
        let inside = |stage: &&Stage| self.higher(&stage.name, low) && self.higher(high, &stage.name);
        let mut between: Vec<_> = self.stages.iter().filter(inside).collect();
        between.sort_by_key(|stage| std::cmp::Reverse(self.above.get(&stage.name).map_or(0, BTreeSet::len)));
        between
    }

    /// The stages above one, the highest first.
    pub fn above(&self, low: &StageName) -> Vec<&Stage> {
        let mut above: Vec<_> = self.stages.iter().filter(|stage| self.higher(&stage.name, low)).collect();
        above.sort_by_key(|stage| self.above.get(&stage.name).map_or(0, BTreeSet::len));
        above
    }

    /// The stages below one, nearest the top first.
    pub fn below(&self, high: &StageName) -> Vec<&Stage> {
        let mut below: Vec<_> = self.stages.iter().filter(|stage| self.higher(high, &stage.name)).collect();
        below.sort_by_key(|stage| self.above.get(&stage.name).map_or(0, BTreeSet::len));
        below
    }

    /// The stages with nothing above them; the first is the top stage.
    pub fn tops(&self) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(|stage| stage.next.is_empty())
    }
}

fn check_stages(stages: &[Stage]) -> Result<(), Defect> {
    if stages.is_empty() {
        return Err(defect(DefectAt::Pipeline, "the pipeline has no stage".into(), Remedy::AddStage));
    }
    for (at, stage) in stages.iter().enumerate() {
        let earlier = &stages[..at];
        if earlier.iter().any(|other| other.name == stage.name) {
            let message = format!("there are two stages named `{}`", stage.name);
            return Err(defect(DefectAt::Stage(at), message, "give each stage a name of its own"));
        }
        if let Some(other) = earlier.iter().find(|other| other.branch == stage.branch) {
            let message = format!("stages `{}` and `{}` share the branch `{}`", other.name, stage.name, stage.branch);
            return Err(defect(DefectAt::Stage(at), message, "give each stage a branch of its own"));
        }
        for (nth, next) in stage.next.iter().enumerate() {
            if !stages.iter().any(|other| other.name == *next) {
                let message = format!("stage `{}` leads to `{next}`, which is no stage", stage.name);
                return Err(defect(DefectAt::Next(at, nth), message, "name a stage of this file, or add it"));
            }
        }
    }
    Ok(())
}

/// For each stage, everything above it. A stage above itself is a cycle.
fn reach(stages: &[Stage]) -> Result<BTreeMap<StageName, BTreeSet<StageName>>, Defect> {
    let mut above = BTreeMap::new();
    for (at, stage) in stages.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let mut todo: Vec<&StageName> = stage.next.iter().collect();
        while let Some(name) = todo.pop() {
            if seen.insert(name.clone()) {
                todo.extend(stages.iter().filter(|other| other.name == *name).flat_map(|other| &other.next));
            }
        }
        if seen.contains(&stage.name) {
            let message = format!("stage `{}` is above itself: `next` leads in a circle", stage.name);
            return Err(defect(DefectAt::Stage(at), message, "remove one `next` of the circle"));
        }
        above.insert(stage.name.clone(), seen);
    }
    Ok(above)
}

fn check_areas(stages: &[Stage], areas: &[Area]) -> Result<(), Defect> {
    for (at, area) in areas.iter().enumerate() {
        let earlier = &areas[..at];
        if !stages.iter().any(|stage| stage.name == area.stage) {
            let message = format!("area `{}` belongs to `{}`, which is no stage", area.name, area.stage);
            return Err(defect(DefectAt::Area(at), message, "name a stage of this file, or add it"));
        }
        if earlier.iter().any(|other| other.name == area.name) {
            let message = format!("there are two areas named `{}`", area.name);
            return Err(defect(DefectAt::Area(at), message, "give each area a name of its own"));
        }
        let shared = |other: &&Area| other.target == area.target && !other.retired && !area.retired;
        if let Some(other) = earlier.iter().find(shared) {
            let message = format!("areas `{}` and `{}` write to one target", other.name, area.name);
            return Err(defect(DefectAt::Area(at), message, "give each area a target of its own"));
        }
    }
    Ok(())
}

fn check_schedules(settings: &Settings, stages: &[Stage]) -> Result<(), Defect> {
    for (at, schedule) in settings.schedules.iter().enumerate() {
        let named = std::iter::once(&schedule.from).chain(&schedule.to);
        for name in named {
            if !stages.iter().any(|stage| stage.name == *name) {
                let message = format!("a schedule names `{name}`, which is no stage");
                return Err(defect(DefectAt::Schedule(at), message, "name a stage of this file, or add it"));
            }
        }
    }
    Ok(())
}
