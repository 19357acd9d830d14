//! Every way to say no. A refusal is an answer with a stable code, a sentence that names the thing, and the next step.

use crate::words::details::Details;
use crate::words::remedy::{Place, Remedy};
use std::fmt;

/// A "no": not an error, and nothing was changed.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// Which rule said it.
    pub code: Code,
    /// One sentence that names the thing.
    pub message: String,
    /// The next step.
    pub remedy: Remedy,
    /// The same for programs.
    pub details: Box<Details>,
}

impl Refusal {
    /// A refusal without details.
    pub fn new(code: Code, message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { code, message: message.into(), remedy: remedy.into(), details: Box::new(Details::Nothing {}) }
    }

    /// The same with details for programs.
    #[must_use]
    pub fn with(self, details: Details) -> Self {
        Self { details: Box::new(details), ..self }
    }

    /// A name that stands for nothing, with the closest one that does.
    pub fn unknown(code: Code, name: &str, known: &[String]) -> Self {
        let did_you_mean = closest(name, known);
        let remedy = match did_you_mean.clone() {
            Some(name) => Remedy::DidYouMean { name },
            None => code.listed(),
        };
        Self::new(code, format!("there is no {} `{name}`", code.noun()), remedy)
            .with(Details::Unknown { name: name.to_owned(), did_you_mean })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The stable codes, documented in `docs/codes.md`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "docs/codes.md tells each, and a test holds the two together")]
pub enum Code {
    AlreadyForgotten,
    AlreadyInitialized,
    AlreadyRolledBack,
    AlreadyThere,
    AreaAhead,
    AreaBlocked,
    AreaDrifted,
    AreaLost,
    AreaMoved,
    AreaNotAtTarget,
    AreaOffline,
    AreaRetired,
    BaselineStays,
    BranchRewritten,
    BringsBackDemoted,
    BrokenResult,
    CameDown,
    CarriesOthers,
    ConflictAmbiguous,
    ContentStays,
    DependedOnBy,
    Demoted,
    DependsOn,
    DeployedToManualArea,
    DevelopmentRollbackFailed,
    Excluded,
    FourEyes,
    HasDependents,
    HeldAbove,
    HeldInBase,
    HookFailed,
    Ignored,
    InFlight,
    InvalidKey,
    InvalidName,
    LedgerBehind,
    MarkersLeft,
    NeedsApproved,
    NeedsChange,
    NeedsTested,
    NoCommonBase,
    NoPullRequest,
    NoSuchConflict,
    NotAtStage,
    NotAttested,
    NotChosen,
    NotConflicted,
    NotDeployedAtSource,
    NotInSource,
    NotInitialized,
    NotLower,
    NotMadeAgain,
    NotOpen,
    NotPermitted,
    NotRetryable,
    NothingKept,
    NothingProposed,
    NothingToDeploy,
    NothingToMove,
    NothingToRebuild,
    NothingToRecord,
    OriginatedHere,
    PipelineBegunElsewhere,
    PlanOutdated,
    RecordChanged,
    ReadyBranchTaken,
    ReasonRequired,
    Regression,
    StageAmbiguous,
    StageFrozen,
    StageMovedOn,
    TaskOpen,
    TimePassed,
    UnfitResolution,
    UnknownArea,
    UnknownChange,
    UnknownDemotion,
    UnknownDeployment,
    UnknownGrant,
    UnknownFileType,
    UnknownJob,
    UnknownMoment,
    UnknownPromotion,
    UnknownResolution,
    UnknownRevision,
    UnknownStage,
    UnknownTask,
    UnknownVersion,
    UnpromotedWorkAtDestination,
}

impl Code {
    /// The code as it is printed; `tests/tidy.rs` reads this table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyForgotten => "already-forgotten",
            Self::AlreadyInitialized => "already-initialized",
            Self::AlreadyRolledBack => "already-rolled-back",
            Self::AlreadyThere => "already-there",
            Self::BaselineStays => "baseline-stays",
            Self::BranchRewritten => "branch-rewritten",
            Self::BringsBackDemoted => "brings-back-demoted",
            Self::BrokenResult => "broken-result",
            Self::CameDown => "came-down",
            Self::CarriesOthers => "carries-others",
            Self::ConflictAmbiguous => "conflict-ambiguous",
            Self::ContentStays => "content-stays",
            Self::DependedOnBy => "depended-on-by",
            Self::Demoted => "demoted",
            Self::DependsOn => "depends-on",
            Self::DeployedToManualArea => "deployed-to-manual-area",
            Self::DevelopmentRollbackFailed => "development-rollback-failed",
            Self::Excluded => "excluded",
            Self::FourEyes => "four-eyes",
            Self::HasDependents => "has-dependents",
            Self::HeldAbove => "held-above",
            Self::HeldInBase => "held-in-base",
            Self::HookFailed => "hook-failed",
            Self::Ignored => "ignored",
            Self::InFlight => "in-flight",
            Self::InvalidKey => "invalid-key",
            Self::InvalidName => "invalid-name",
            Self::LedgerBehind => "ledger-behind",
            Self::MarkersLeft => "markers-left",
            Self::NeedsApproved => "needs-approved",
            Self::NeedsChange => "needs-change",
            Self::NeedsTested => "needs-tested",
            Self::NoCommonBase => "no-common-base",
            Self::NoPullRequest => "no-pull-request",
            Self::NoSuchConflict => "no-such-conflict",
            Self::NotAtStage => "not-at-stage",
            Self::NotAttested => "not-attested",
            Self::NotChosen => "not-chosen",
            Self::NotConflicted => "not-conflicted",
            Self::NotDeployedAtSource => "not-deployed-at-source",
            Self::NotInSource => "not-in-source",
            Self::NotInitialized => "not-initialized",
            Self::NotLower => "not-lower",
            Self::NotMadeAgain => "not-made-again",
            Self::NotOpen => "not-open",
            Self::NotPermitted => "not-permitted",
            Self::NotRetryable => "not-retryable",
            Self::NothingKept => "nothing-kept",
            Self::NothingProposed => "nothing-proposed",
            Self::NothingToDeploy => "nothing-to-deploy",
            Self::NothingToMove => "nothing-to-move",
            Self::NothingToRebuild => "nothing-to-rebuild",
            Self::NothingToRecord => "nothing-to-record",
            Self::OriginatedHere => "originated-here",
            Self::PipelineBegunElsewhere => "pipeline-begun-elsewhere",
            Self::PlanOutdated => "plan-outdated",
            Self::RecordChanged => "record-changed",
            Self::ReadyBranchTaken => "ready-branch-taken",
            Self::ReasonRequired => "reason-required",
            Self::Regression => "regression",
            Self::TaskOpen => "task-open",
            Self::TimePassed => "time-passed",
            Self::UnpromotedWorkAtDestination => "unpromoted-work-at-destination",
            other => other.of_a_stage(),
        }
    }

    /// The code of what stands in a stage's way.
    fn of_a_stage(self) -> &'static str {
        match self {
            Self::StageAmbiguous => "stage-ambiguous",
            Self::StageFrozen => "stage-frozen",
            Self::StageMovedOn => "stage-moved-on",
            other => other.of_an_area(),
        }
    }

    /// The code of what stands in an area's way.
    fn of_an_area(self) -> &'static str {
        match self {
            Self::AreaAhead => "area-ahead",
            Self::AreaBlocked => "area-blocked",
            Self::AreaDrifted => "area-drifted",
            Self::AreaLost => "area-lost",
            Self::AreaMoved => "area-moved",
            Self::AreaNotAtTarget => "area-not-at-target",
            Self::AreaOffline => "area-offline",
            Self::AreaRetired => "area-retired",
            other => other.unknown(),
        }
    }

    /// The code of a name that stands for nothing.
    fn unknown(self) -> &'static str {
        match self {
            Self::UnfitResolution => "unfit-resolution",
            Self::UnknownArea => "unknown-area",
            Self::UnknownChange => "unknown-change",
            Self::UnknownDemotion => "unknown-demotion",
            Self::UnknownDeployment => "unknown-deployment",
            Self::UnknownGrant => "unknown-grant",
            Self::UnknownFileType => "unknown-file-type",
            Self::UnknownJob => "unknown-job",
            Self::UnknownMoment => "unknown-moment",
            Self::UnknownPromotion => "unknown-promotion",
            Self::UnknownResolution => "unknown-resolution",
            Self::UnknownRevision => "unknown-revision",
            Self::UnknownStage => "unknown-stage",
            Self::UnknownTask => "unknown-task",
            Self::UnknownVersion => "unknown-version",
            _ => "unknown",
        }
    }

    /// What a name of this code's kind stands for.
    fn noun(self) -> &'static str {
        match self {
            Self::UnknownArea => "area",
            Self::UnknownChange => "change",
            Self::UnknownDemotion => "demotion",
            Self::UnknownDeployment => "deployment",
            Self::UnknownGrant => "grant",
            Self::UnknownFileType => "file type",
            Self::UnknownJob => "job",
            Self::UnknownMoment => "moment",
            Self::UnknownPromotion => "promotion",
            Self::UnknownResolution => "resolution",
            Self::UnknownRevision => "revision",
            Self::UnknownStage => "stage",
            Self::UnknownTask => "task",
            Self::UnknownVersion => "version",
            _ => "thing",
        }
    }

    /// Where names of this code's kind are listed.
    fn listed(self) -> Remedy {
        let at = match self {
            Self::UnknownArea => Place::Areas,
            Self::UnknownChange => Place::Changes,
            Self::UnknownDeployment | Self::UnknownVersion => Place::History,
            Self::UnknownGrant => Place::Grants,
            Self::UnknownFileType => {
                let shipped = "the shipped ones are in docs/file-types.md; a glob such as `**/*.xml` names files";
                return Remedy::advice(shipped);
            }
            Self::UnknownJob => Place::Jobs,
            Self::UnknownPromotion => Place::Promotions,
            Self::UnknownResolution => Place::Resolutions,
            Self::UnknownStage => Place::Stages,
            Self::UnknownRevision | Self::UnknownTask => Place::Change,
            _ => Place::Entries,
        };
        Remedy::Look { at }
    }
}

/// The known name with the fewest typing errors, if it is close enough to be meant.
pub fn closest(name: &str, known: &[String]) -> Option<String> {
    let wanted = name.to_lowercase();
    known
        .iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate.clone())
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_name_is_offered_and_a_far_one_is_not() {
        let known = ["QA".to_owned(), "PROD".to_owned()];
        let unknown = |name| Refusal::unknown(Code::UnknownStage, name, &known);
        assert_eq!(unknown("PORD").remedy, Remedy::DidYouMean { name: "PROD".to_owned() });
        let details = Details::Unknown { name: "elsewhere".to_owned(), did_you_mean: None };
        assert_eq!((unknown("elsewhere").remedy, *unknown("elsewhere").details), (Place::Stages.into(), details));
    }
}
