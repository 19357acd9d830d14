//! Which tables and keys a configuration may hold, and the words some of them take.

use switchback_core::pipeline::area::{AreaClass, DriftPolicy, Regression, RollbackPolicy};
use switchback_core::pipeline::stage::{Attestation, Mode, OnFailure, Takes, UnpromotedWork};
use switchback_core::pipeline::{Recording, ScheduleMove};

/// A table of the configuration.
#[derive(Debug)]
pub(super) struct Shape {
    /// How a sentence calls it: "`color` is no key of …".
    pub called: &'static str,
    /// Every key it may hold.
    pub keys: &'static [&'static str],
}

pub(super) const ROOT: Shape = Shape {
    called: "this file",
    keys: &["pipeline", "changes", "words", "groups", "file_type", "stage", "area", "schedule"],
};
pub(super) const PIPELINE: Shape = Shape {
    called: "[pipeline]",
    keys: &["name", "time_zone", "base_branch", "order_by", "exclude_from_auto_resolve", "four_eyes", "on_failure"],
};
pub(super) const CHANGES: Shape = Shape { called: "[changes]", keys: &["key", "branches", "record"] };
/// The words of `SPEC 1`; `version` is an area version.
pub(super) const WORDS: Shape = Shape {
    called: "[words]",
    keys: &[
        "pipeline",
        "stage",
        "change",
        "revision",
        "receipt",
        "line",
        "promotion",
        "demotion",
        "area",
        "deployment",
        "version",
        "rollback",
        "ledger",
        "plan",
        "refusal",
    ],
};
pub(super) const STAGE: Shape = Shape {
    called: "a [[stage]]",
    keys: &["name", "was", "branch", "next", "promote", "back_promote", "freeze", "on_failure", "move"],
};
pub(super) const GATE: Shape = Shape {
    called: "a gate",
    keys: &["require", "require_deployed_at_source", "unpromoted_work", "mode", "mode_from"],
};
pub(super) const FREEZE: Shape = Shape { called: "a freeze window", keys: &["from", "to", "reason"] };
pub(super) const AREA: Shape = Shape {
    called: "an [[area]]",
    keys: &[
        "name",
        "was",
        "stage",
        "default",
        "class",
        "target",
        "sequence",
        "include",
        "exclude",
        "strip_prefix",
        "on_drift",
        "rollback",
        "regression",
        "verify_every_s",
        "offline",
        "retired",
        "hooks",
    ],
};
pub(super) const TARGET: Shape = Shape { called: "a target", keys: &["dir", "command", "timeout_s", "check_put"] };
pub(super) const HOOKS: Shape = Shape { called: "hooks", keys: &["before", "after", "on_failure"] };
pub(super) const HOOK: Shape = Shape { called: "a hook", keys: &["run", "timeout_s"] };
pub(super) const SCHEDULE: Shape = Shape { called: "a [[schedule]]", keys: &["cron", "move", "from", "to", "deploy"] };

pub(super) const FILE_TYPE: Shape = Shape {
    called: "a [[file_type]]",
    keys: &[
        "name",
        "paths",
        "format",
        "strategy",
        "proposals",
        "verify",
        "keys",
        "ordered",
        "order_decides",
        "regenerate",
        "timeout_s",
    ],
};

/// The words a key takes, with what each means.
pub(super) type Choice<T> = &'static [(&'static str, T)];

pub(super) const RECORDINGS: Choice<Recording> = &[("hand", Recording::ByHand), ("push", Recording::OnPush)];
pub(super) const ATTESTATIONS: Choice<Attestation> =
    &[("tested", Attestation::Tested), ("approved", Attestation::Approved)];
pub(super) const UNPROMOTED: Choice<UnpromotedWork> =
    &[("allow", UnpromotedWork::Allow), ("warn", UnpromotedWork::Warn), ("block", UnpromotedWork::Block)];
pub(super) const MOVES: Choice<ScheduleMove> =
    &[("back-promote", ScheduleMove::BackPromote), ("promote", ScheduleMove::Promote)];
pub(super) const MODES: Choice<Mode> =
    &[("manual", Mode::Manual), ("scheduled", Mode::Scheduled), ("automatic", Mode::Automatic)];
pub(super) const TAKES: Choice<Takes> =
    &[("first", Takes::First), ("after-deploy", Takes::AfterDeploy), ("pull-request", Takes::PullRequest)];
pub(super) const ON_FAILURE: Choice<OnFailure> = &[("stop", OnFailure::Stop), ("undo-all", OnFailure::UndoAll)];
pub(super) const CLASSES: Choice<AreaClass> =
    &[("deployment", AreaClass::Deployment), ("development", AreaClass::Development)];
pub(super) const ON_DRIFT: Choice<DriftPolicy> =
    &[("refuse", DriftPolicy::Refuse), ("overwrite", DriftPolicy::Overwrite), ("keep", DriftPolicy::Keep)];
pub(super) const ROLLBACKS: Choice<RollbackPolicy> =
    &[("files", RollbackPolicy::Files), ("lines", RollbackPolicy::Lines), ("strict", RollbackPolicy::Strict)];
pub(super) const REGRESSIONS: Choice<Regression> = &[("allow", Regression::Allow), ("refuse", Regression::Refuse)];
