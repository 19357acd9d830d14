//! What a record that is not here left in a repository: it tells a pipeline that began elsewhere, or whose ledger is lost,
//! from one that never began (`SPEC L11`).

use crate::adopting::stretch::Stretch;
use crate::ledger::entry::Event;
use crate::ledger::state::State;
use crate::pipeline::stage::Stage;
use crate::ports::repository::CommitInfo;
use crate::words::details::Details;
use crate::words::names::{AreaName, OperationId, OperationKind, VersionNo};
use crate::words::object::CommitId;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use std::collections::BTreeMap;

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Traces {
    last: BTreeMap<OperationKind, OperationId>,
    /// The newest version of each area whose versions are still there, with its commit.
    pub areas: BTreeMap<AreaName, (VersionNo, CommitId)>,
    /// How many refs of ours there are.
    pub refs: usize,
    /// A repository this one is a clone of.
    pub remote: Option<String>,
}

impl Traces {
    /// Whether nothing was found: then no pipeline ever began here.
    pub fn is_empty(&self) -> bool {
        self.last.is_empty() && self.refs == 0
    }

    /// The highest operation of each kind that something names, promotions first.
    pub fn last(&self) -> impl Iterator<Item = OperationId> {
        self.last.values().copied()
    }

    /// The highest operation of each kind that a state knows nothing of.
    pub fn beyond(&self, state: &State) -> Vec<OperationId> {
        self.last().filter(|id| !state.knows(*id)).collect()
    }

    /// The numbers that a stretch of a branch has and a state knows nothing of: they are given to nothing else.
    pub fn numbers(state: &State, stretch: &Stretch) -> Option<Event> {
        let mut traces = Self::default();
        stretch.infos().for_each(|info| traces.saw_commit(info));
        let last = traces.beyond(state);
        (!last.is_empty()).then_some(Event::NumbersTaken { last })
    }

    /// Why nothing is done with a stage whose branch carries operations that the ledger does not know.
    pub fn ledger_behind(stage: &Stage, last: Vec<OperationId>) -> Refusal {
        let named: Vec<String> = last.iter().map(ToString::to_string).collect();
        let (branch, stage) = (&stage.branch, stage.name.clone());
        let message = format!(
            "branch {branch} of {stage} carries operations up to {}, which this ledger does not know: it is an older copy",
            named.join(", ")
        );
        let details = Details::LedgerBehind { stage: stage.clone(), last };
        Refusal::new(Code::LedgerBehind, message, Remedy::NewerLedger { stage }).with(details)
    }

    /// An operation that something names.
    pub fn saw(&mut self, id: OperationId) {
        let last = self.last.entry(id.kind).or_insert(id);
        *last = id.max(*last);
    }

    /// A commit of a stage's branch: those of ours name their operation (`SPEC L2`).
    pub fn saw_commit(&mut self, info: &CommitInfo) {
        if let Some(id) = trailer(&info.message, "Operation: ").and_then(OperationId::parse) {
            self.saw(id);
        }
    }

    /// The commit of an area's version: its subject says which, and a trailer what made it (`SPEC A5`).
    pub fn saw_version(&mut self, area: &AreaName, info: &CommitInfo) {
        if let Some(id) = trailer(&info.message, "Deployment: ").and_then(OperationId::parse) {
            self.saw(id);
        }
        let number = info.message.strip_prefix(area.as_str()).and_then(|rest| rest.strip_prefix('@'));
        let number = number.and_then(|rest| rest.split(':').next()?.parse().ok());
        if let Some(number) = number.map(VersionNo) {
            let newest = self.areas.entry(area.clone()).or_insert((number, info.id));
            *newest = (number, info.id).max(*newest);
        }
    }

    /// Why a pipeline does not begin, and why nothing is known of it, where another record of it exists.
    pub fn refusal(&self, pipeline: &str) -> Refusal {
        let last: Vec<OperationId> = self.last().collect();
        let named: Vec<String> = last.iter().map(ToString::to_string).collect();
        let told = match (named.is_empty(), self.refs) {
            (false, _) => format!("its branches and refs tell of operations up to {}", named.join(", ")),
            (true, 1) => "a ref below `refs/switchback/` tells of it".to_owned(),
            (true, refs) => format!("{refs} refs below `refs/switchback/` tell of it"),
        };
        let message = format!("the pipeline `{pipeline}` began elsewhere, or its ledger is lost: {told}");
        let remote = self.remote.clone().filter(|_| self.refs == 0);
        let remedy = Remedy::FindRecord { pipeline: pipeline.to_owned(), remote };
        let details = Details::BegunElsewhere { pipeline: pipeline.to_owned(), last, refs: self.refs };
        Refusal::new(Code::PipelineBegunElsewhere, message, remedy).with(details)
    }
}

/// What a trailer of a message says.
fn trailer<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().rev().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Signature;
    use crate::words::names::Time;
    use crate::words::object::{Oid, TreeId};

    fn info(message: &str) -> CommitInfo {
        let author = Signature { name: "Ann".into(), email: "ann@example.org".into(), time: Time::default() };
        let (id, tree) = (CommitId(Oid([1; 20])), TreeId::EMPTY);
        CommitInfo { id, tree, parents: Vec::new(), committer: author.clone(), author, message: message.to_owned() }
    }

    #[test]
    fn the_highest_of_each_kind_counts() {
        let mut traces = Traces::default();
        for message in ["a\n\nOperation: P-9\n", "b\n\nOperation: P-12\n", "c\n\nOperation: M-3\nfoo", "Operation: P-x"]
        {
            traces.saw_commit(&info(message));
        }
        traces.saw_version(&"qa-web".into(), &info("qa-web@7: deploy\n\nDeployment: D-4\n"));
        traces.saw_version(&"qa-web".into(), &info("qa-web-2@9: deploy\n"));
        let last: Vec<_> = traces.last().map(|id| id.to_string()).collect();
        assert_eq!(last, ["P-12", "M-3", "D-4"]);
        assert_eq!(traces.areas[&"qa-web".into()].0, VersionNo(7));
    }
}
