//! Records as parts of a plan.

use crate::content::entry::Places;
use crate::content::filetype::Strategy;
use crate::content::proposal::Proposal;
use crate::content::{ConflictKind, Sides, Signature};
use crate::ledger::plan_encoding::{Encode, encoded, text};
use crate::pipeline::order_by::OrderBy;
use crate::pipeline::stage::Attestation;
use crate::records::area_line::EarlierVersion;
use crate::records::change::{Facts, Remark, Revision, Voice};
use crate::records::conflict::MoveConflict;
use crate::records::demotion::{Demoted, DemotionAsked, Dependents};
use crate::records::deployment::{Deployment, DeploymentKind, DeploymentStatus, Occasion};
use crate::records::freeze::Freeze;
use crate::records::grant::{Effect, Grant, Privilege, Scope};
use crate::records::line::{Item, Source, TakenOff};
use crate::records::promotion::{
    Decision, DeployWish, Direction, LeftOut, MoveResolution, MoveStatus, PromotedChange, Promotion, PromotionOptions,
    PromotionStatus,
};
use crate::records::resolution::{Redecided, Remembered, Resolution, Settler};
use crate::records::schedule::RunFailure;
use crate::records::version::{AreaDecision, Holding, Version, VersionChange, VersionKind};
use crate::words::names::ChangeKey;
use crate::words::object::{Leaf, Mode, PathChange};

encoded! {
    struct Facts as Facts { title project release owner parent }
    // Base and tip may have been written for this plan; what they hold counts.
    struct Revision as Revision {
        number base_tree tip_tree author subject depends_on;
        base tip attested recorded_at sketch
    }
    struct Signature as Signature { name email; time }
    struct Remark as Remark { by at reason }
    enum Attestation { Tested, Approved, }
    enum Voice { Others, Owners, }

    struct Item<ChangeKey> as Item { change revision source operation resolutions; commit }
    struct TakenOff as TakenOff { change commit }
    enum Source { Revision, Update { from }, Commit { base theirs }, Held, }
    struct Resolution as Resolution { path sides result at left by }
    enum Settler { Person, Remembered(id), Blocks(ids), Attribute(written), Proposed { name kinds }, Type { name strategy }, AsSource(stage), NeverHeld(older), Followed, }
    enum Proposal { Later, Touching, Insertions, Ordered, }
    enum Strategy { Structural, Union, Source, Destination, Regenerate, Stop, }
    struct Remembered as Remembered { path sides result place left by at operation forgotten }
    struct Redecided as Redecided { resolution; commit }
    struct Sides as Sides { base ours theirs }
    struct Leaf as Leaf { mode id }
    enum Mode { File, Executable, Symlink, Submodule, }
    struct PathChange as PathChange { path before after }

    // What it is about to do stands in the plan once more, as what is carried on with.
    struct Promotion as Promotion {
        id direction source destination changes project release owner status options scheduled_at conflicts resolutions
        decisions note left_out cloned_as;
        // What came of trying it decides nothing about what it does.
        created_at under_way validation
    }
    struct LeftOut as LeftOut { change code message }
    enum Direction { Forward, Back, }
    enum PromotionStatus {
        Draft, Scheduled, Merging, Conflicted, Merged, Deploying, Completed, CompletedWithErrors, Failed, Cancelled,
    }
    struct PromotedChange as PromotedChange { change revision status }
    enum MoveStatus { Chosen, Moved, Conflicted, Skipped, }
    struct PromotionOptions as PromotionOptions {
        order_by exclude_from_auto_resolve full_profiles full_permission_sets email_on_complete with_dependencies
        skip_conflicted recursive deploy pull_request
    }
    enum OrderBy { Recorded, Key, Approved, Title, Project, }
    enum DeployWish { Nothing, Defaults, Areas(areas), }
    struct MoveConflict as MoveConflict { stage change path kind sides places other_side needs why }
    struct Places as Places { base ours theirs ours_merged theirs_merged left }
    enum ConflictKind {
        Content, Binary, AddAdd, EditDelete, Mode, FileFolder, Rename, FolderRename, Submodule,
    }
    struct MoveResolution as MoveResolution { change resolution }
    struct Decision as Decision { stage change path by }

    struct Demoted as Demoted { change from left because_of withdrawn }
    // Whether content may stay shows in what the plan does and warns of.
    struct DemotionAsked as DemotionAsked { changes then from to deploy dependents freeze withdraw; content }
    struct RunFailure as RunFailure { source destination code message }
    enum Dependents { Refuse, Take, Rewrite, }
    enum Freeze { Respect, Override, }

    struct Deployment as Deployment { id area kind changes operation occasion sequence status; by at reason }
    enum DeploymentKind { Populate, Deploy, Rollback { version }, Remove, Repair, Rewrite, Adopt, Move, }
    enum Occasion { Automatic, Explicit, }
    enum DeploymentStatus {
        Queued,
        Succeeded { version },
        Unchanged,
        Failed { code message output; remedy },
        Cancelled { message },
        Void { message },
    }
    struct Version<ChangeKey> as Version {
        number kind deployment changes tree wanted overwritten kept stage_head reverts decisions;
        commit by at reason place
    }
    struct EarlierVersion as EarlierVersion { area number commit }
    enum VersionKind { Baseline, Deploy, Rollback, Repair, Adopt, Move, }
    struct VersionChange<ChangeKey> as VersionChange { change after before }
    struct Holding<ChangeKey> as Holding { revision since items }
    struct AreaDecision<ChangeKey> as AreaDecision { change resolution }

    struct Grant as Grant { who privilege scope effect }
    enum Privilege {
        Record, Attest, PromoteNext, PromoteAny, DemoteNext, DemoteAny, Deploy, Rollback, Resolve, Configure,
        OverrideFreeze, Administer,
    }
    enum Scope { Pipeline, Stage(stage), Area(area), }
    enum Effect { Allow, Deny, }
}
