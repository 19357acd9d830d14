//! A small engine in memory: it plans with the real core, keeps a ledger, and runs deployments against areas that are
//! maps from path to leaf.

use crate::memory::{Leaves, Memory};
use std::cell::Cell;
use std::collections::BTreeMap;
use switchback_core::areas::drift::{self, Wish};
use switchback_core::areas::next_version::{self, Draft};
use switchback_core::areas::sight;
use switchback_core::content::{CommitDraft, Content, Signature};
use switchback_core::ledger::entry::{Body, Entry, Event, FORMAT};
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::snapshot::{Actor, Snapshot, Through};
use switchback_core::ledger::state::State;
use switchback_core::notices::of_entry::{Told, of_entry};
use switchback_core::ops::after_deploy;
use switchback_core::pipeline::area::Area;
use switchback_core::pipeline::stage::Stage;
use switchback_core::pipeline::{Pipeline, Settings};
use switchback_core::records::deployment::{Deployment, DeploymentStatus};
use switchback_core::records::notice::Notice;
use switchback_core::records::version::{Version, VersionKind};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{AreaName, OperationId, StageName, Time, UserName, VersionNo};
use switchback_core::words::object::{Leaf, RepoPath, TreeId};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::warning::Warning;

/// Who asks, and why.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Who.
    pub actor: Actor,
    /// Why.
    pub reason: Option<String>,
}

impl Voice {
    /// Somebody.
    pub fn of(user: &str, reason: Option<String>) -> Self {
        let (name, email) = (user.to_owned(), format!("{user}@example.org"));
        Self { actor: Actor::new(UserName::new(user), name, email), reason }
    }

    /// The same in groups that only the server knows.
    pub fn in_groups(mut self, groups: Vec<String>) -> Self {
        self.actor.groups = groups.into_iter().collect();
        self
    }

    /// The same with names that only the server knows.
    pub fn called(mut self, names: Vec<String>) -> Self {
        self.actor.also = names;
        self
    }

    /// The same by a program with a token.
    pub fn through(mut self, through: Option<Through>) -> Self {
        self.actor.through = through;
        self
    }
}

/// What a configuration is made of, editable while a scenario runs.
#[derive(Clone, Debug, Default)]
pub struct Blueprint {
    /// The whole.
    pub settings: Settings,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// Its areas.
    pub areas: Vec<Area>,
}

/// The world of one scenario.
pub struct World {
    /// What the configuration says.
    pub pipeline: Pipeline,
    /// What the ledger says.
    pub state: State,
    /// Trees and commits.
    pub content: Memory,
    /// The ledger.
    pub entries: Vec<Entry>,
    /// What stands in the areas.
    pub targets: BTreeMap<AreaName, Leaves>,
    /// What the clock says.
    pub now: i64,
    /// How many conflicts somebody settled by hand on a branch.
    pub by_hand: Cell<usize>,
    /// What the versions had to tell that the last step made.
    pub told: Vec<Warning>,
    /// What people are told of what the last step did.
    pub notices: Vec<Notice>,
}

impl World {
    /// A pipeline whose stages all start from one tree; `root` administers it.
    pub fn new(blueprint: Blueprint, base: &[(RepoPath, Vec<u8>)]) -> Result<Self, String> {
        let content = Memory::default();
        let tree = content.tree(base.iter().map(|(path, bytes)| (path.clone(), content.file(bytes))).collect());
        let pipeline = build(blueprint)?;
        let mut world = Self {
            pipeline,
            state: State::default(),
            content,
            entries: Vec::new(),
            targets: BTreeMap::new(),
            now: 0,
            by_hand: Cell::new(0),
            told: Vec::new(),
            notices: Vec::new(),
        };
        let mut plan = Plan::new(world.state.seq, "init");
        plan.events.push(Event::Initialized { administrator: UserName::new("root") });
        let by = Signature { name: "root".into(), email: "root@example.org".into(), time: Time(0) };
        let (author, committer, message) = (by.clone(), by, "Begin\n".to_owned());
        let first = CommitDraft { tree, parents: Vec::new(), author, committer, message };
        let base = world.content.commit(&first).map_err(|fault| fault.message)?;
        for stage in world.pipeline.stages() {
            let (head, base_tree, stage, items) = (base, tree, stage.name.clone(), Vec::new());
            let (keeps, was) = (None, None);
            plan.events.push(Event::StageAdopted { stage, base, base_tree, head, tree, items, keeps, was });
        }
        world.commit(&Voice::of("root", None), &plan);
        Ok(world)
    }

    /// Takes another configuration into use.
    pub fn reconfigure(&mut self, blueprint: Blueprint) -> Result<(), String> {
        self.pipeline = build(blueprint)?;
        Ok(())
    }

    /// Asks the core, without committing anything.
    pub fn ask<T>(&self, voice: &Voice, ask: impl FnOnce(&Snapshot<'_>, &Memory) -> T) -> T {
        let snapshot = Snapshot {
            pipeline: &self.pipeline,
            state: &self.state,
            now: Time(self.now),
            actor: &voice.actor,
            reason: voice.reason.as_deref(),
        };
        ask(&snapshot, &self.content)
    }

    /// Appends one entry and folds it in.
    pub fn commit(&mut self, voice: &Voice, plan: &Plan) {
        assert_eq!(plan.guard, self.state.seq, "a plan is bound to the position it was made at");
        let body = Body {
            format: FORMAT,
            operation: plan.operation,
            reason: voice.reason.clone(),
            through: voice.actor.through.as_ref().map(|through| through.token.clone()),
            asked: serde_json::Value::Null,
            says: plan.says.clone(),
            plan: String::new(),
            privileges: plan.privileges.clone(),
            warnings: plan.warnings.clone(),
            events: plan.events.clone(),
        };
        let (seq, at, actor) = (self.state.seq.next(), Time(self.now), voice.actor.user.clone());
        let entry = Entry { seq, at, actor, kind: plan.kind.to_owned(), body };
        let before = self.state.clone();
        self.state.take(&entry).unwrap();
        let Entry { actor: by, at, body, .. } = &entry;
        let (pipeline, after, events, says) = (&self.pipeline, &self.state, &body.events[..], &body.says);
        self.notices.extend(of_entry(Told { pipeline, before: &before, after, events, says, by, at: *at }));
        self.entries.push(entry);
    }

    // ------------------------------------------------------------ deployments

    /// Runs what is queued, in order, and what goes on afterwards. A deployment whose manual task is open stays queued.
    pub fn run_queued(&mut self) -> Result<(), Fault> {
        loop {
            let waits = |one: &&Deployment| one.status == DeploymentStatus::Queued;
            let queued: Vec<_> = self.state.deployments.iter().filter(waits).cloned().collect();
            queued.iter().try_for_each(|asked| self.run(asked))?;
            let over: Vec<OperationId> = after_deploy::over(&self.state).map(|one| one.id).collect();
            if over.is_empty() {
                return Ok(());
            }
            over.into_iter().try_for_each(|id| self.carry_on(id))?;
        }
    }

    /// A promotion whose deployments came first goes on, or fails (`SPEC P14`).
    fn carry_on(&mut self, id: OperationId) -> Result<(), Fault> {
        let voice = Voice::of("root", None);
        match self.ask(&voice, |snapshot, content| after_deploy::carry_on(snapshot, content, id)) {
            Ok(plan) => {
                self.commit(&voice, &plan);
                self.told.extend(plan.warnings);
                Ok(())
            }
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Refused(no)) => Err(Fault::new("not-carried-on", no.message, "look at the rule")),
        }
    }

    /// Runs one deployment to its end.
    pub fn run(&mut self, asked: &Deployment) -> Result<(), Fault> {
        let voice = Voice::of(asked.by.as_str(), asked.reason.clone());
        let void = self.ask(&voice, |snapshot, _| next_version::void(snapshot, asked));
        if let Some(message) = void {
            let mut plan = Plan::new(self.state.seq, "deployment-ended");
            plan.events = vec![self.ended(asked.id, DeploymentStatus::Void { message })];
            self.commit(&voice, &plan);
            return Ok(());
        }
        let mut plan = Plan::new(self.state.seq, "version");
        let drafted = self.ask(&voice, |snapshot, content| {
            let seen = sight::seen(snapshot.state, snapshot.area(&asked.area)?, asked)?;
            next_version::draft(&snapshot.with_state(&seen), content, asked)
        });
        let made = match drafted {
            Err(Stop::Fault(fault)) => return Err(fault),
            Err(Stop::Refused(refusal)) => Err(*refusal),
            Ok(None) => Ok(vec![self.ended(asked.id, DeploymentStatus::Unchanged)]),
            Ok(Some(draft)) => {
                plan.warnings.clone_from(&draft.warnings);
                self.make(asked, draft)?
            }
        };
        let events = match made {
            Ok(events) => events,
            Err(refusal) if refusal.code == Code::TaskOpen => return Ok(()),
            Err(Refusal { code, message, remedy, .. }) => {
                let code = code.as_str().to_owned();
                vec![self.ended(asked.id, DeploymentStatus::Failed { code, message, remedy, output: Vec::new() })]
            }
        };
        plan.operation = Some(asked.id);
        plan.events = events;
        self.commit(&voice, &plan);
        self.told.extend(plan.warnings);
        Ok(())
    }

    fn ended(&self, deployment: OperationId, status: DeploymentStatus) -> Event {
        Event::DeploymentEnded { deployment, status }
    }

    /// Writes the baseline where there is none (`SPEC A4`), then the version.
    fn make(&mut self, asked: &Deployment, draft: Draft) -> Result<Result<Vec<Event>, Refusal>, Fault> {
        let mut events = Vec::new();
        let mut number = self.state.area(&asked.area).next_number();
        let area = self.area(&asked.area)?;
        let old = self.state.area(&asked.area).current().map(|version| version.wanted);
        let mut old = old.map(|wanted| area.filter.project(&self.content, wanted)).transpose()?;
        let mut drafts = vec![draft];
        if old.is_none() && drafts[0].kind != VersionKind::Baseline {
            drafts.insert(0, next_version::baseline(&self.state.lines[&area.stage]));
        }
        for draft in drafts {
            let before = old.unwrap_or(TreeId::EMPTY);
            old = Some(area.filter.project(&self.content, draft.wanted)?);
            match self.put(asked, (number, draft), before)? {
                Ok(event) => events.push(event),
                Err(refusal) => return Ok(Err(refusal)),
            }
            number = number.next();
        }
        Ok(Ok(events))
    }

    fn area(&self, name: &AreaName) -> Result<Area, Fault> {
        let missing = || Fault::new("no-such-area", format!("there is no area {name}"), "declare it");
        self.pipeline.area(name).cloned().ok_or_else(missing)
    }

    fn put(
        &mut self,
        asked: &Deployment,
        what: (VersionNo, Draft),
        before: TreeId,
    ) -> Result<Result<Event, Refusal>, Fault> {
        let (number, draft) = what;
        let area = self.area(&asked.area)?;
        let wishes = self.wishes(&area, &draft, before)?;
        let settled = match drift::settle(&area, draft.kind, wishes) {
            Ok(settled) => settled,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let target = self.targets.entry(area.name.clone()).or_default();
        for one in &settled.put {
            match one.after {
                Some(leaf) => target.insert(one.path.clone(), leaf),
                None => target.remove(&one.path),
            };
        }
        let tree = self.content.tree(target.clone());
        let author = Signature { name: asked.by.to_string(), email: String::new(), time: Time(self.now) };
        let message = format!("{}@{number}", area.name);
        let parents = Vec::new();
        let commit =
            self.content.commit(&CommitDraft { tree, parents, author: author.clone(), committer: author, message })?;
        let version = Version {
            number,
            kind: draft.kind,
            deployment: asked.id,
            changes: draft.changes,
            tree,
            wanted: draft.wanted,
            overwritten: settled.overwritten,
            kept: settled.kept.into_iter().map(|(path, _)| path).collect(),
            commit,
            stage_head: self.seen(asked)?.lines[&area.stage].head,
            by: asked.by.clone(),
            at: Time(self.now),
            reason: asked.reason.clone(),
            reverts: draft.reverts,
            decisions: draft.decisions,
            place: None,
        };
        Ok(Ok(Event::VersionMade { area: area.name, version: Box::new(self.state.fact(&version)) }))
    }

    fn seen(&self, asked: &Deployment) -> Result<State, Fault> {
        match sight::seen(&self.state, &self.area(&asked.area)?, asked) {
            Ok(seen) => Ok(seen.into_owned()),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Refused(no)) => Err(Fault::new("moved-on", no.message, "look at the rule")),
        }
    }

    /// What the version wants of every path it changes; a repair looks at all of them.
    fn wishes(&self, area: &Area, draft: &Draft, before: TreeId) -> Result<Vec<Wish>, Fault> {
        let after = area.filter.project(&self.content, draft.wanted)?;
        let standing = self.targets.get(&area.name);
        let mut paths: Vec<RepoPath> =
            self.content.delta(before, after)?.changes.iter().map(|one| one.path.clone()).collect();
        if draft.kind == VersionKind::Repair {
            paths = self.content.leaves(after)?.into_iter().map(|(path, _)| path).collect();
        }
        let restored = |path: &RepoPath| draft.restore.iter().find(|one| one.path == *path).and_then(|one| one.before);
        let mut wishes = Vec::new();
        for path in paths {
            let standing: Option<Leaf> = standing.and_then(|target| target.get(&path)).copied();
            let (before, after) = (self.content.leaf(before, &path)?, self.content.leaf(after, &path)?);
            let after = restored(&path).or(after);
            wishes.push(Wish { path, before, after, standing, loses_edit: false });
        }
        Ok(wishes)
    }

    /// The tree a stage or an area shows; an area that was never deployed to shows nothing.
    pub fn tree_of(&self, name: &str) -> Option<TreeId> {
        if let Some(line) = self.state.lines.get(&StageName::new(name)) {
            return Some(line.tree);
        }
        let area = AreaName::new(name);
        self.pipeline.area(&area)?;
        Some(self.content.tree(self.targets.get(&area).cloned().unwrap_or_default()))
    }
}

fn build(blueprint: Blueprint) -> Result<Pipeline, String> {
    let Blueprint { settings, stages, areas } = blueprint;
    Pipeline::new(settings, stages, areas).map_err(|defect| defect.message)
}
