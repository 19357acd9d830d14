//! Every next step that the core can name arrives at the command line as data and is worded there.

use crate::every_remedy::every;
use crate::fake::{run, shown};
use crate::hindrances::about_work_trees;
use serde_json::{Value, json};
use switchback_api::remedy::Edge;
use switchback_api::scope::Scope as TheirScope;
use switchback_api::{Operation, Remedy as Told};
use switchback_cli::render::remedy::words;
use switchback_core::words::names::AreaName;
use switchback_core::words::remedy::{Addition, Course, Damage, Mended, Missing, OnBranch, Place, Remedy, Settling};
use switchback_core::words::scope::Scope;

const FIND_RECORD: &str = "work where its ledger is, bring it here (`switchback/ledger.sqlite` in the git directory), \
                           or build a new one from branches and refs with `switchback init --rebuild`";
const FETCH_AND_FIND_RECORD: &str = "work where its ledger is, bring it here (`switchback/ledger.sqlite` in the git \
                                     directory), or build a new one from branches and refs with `git fetch origin \
                                     'refs/switchback/*:refs/switchback/*' && switchback init --rebuild`";
const ADD_STAGE: &str = "add a [[stage]] with a name and a branch, or begin with `switchback init --stage NAME=BRANCH`";

fn about_branches(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::RestoreBranch { .. } => "put it back with `git branch qa 0101010101010101010101010101010101010101`",
        Remedy::RestoreOrAdopt { .. } => {
            "put it back with `git branch -f qa 0101010101010101010101010101010101010101`, \
             or take it as it is with `switchback stage adopt QA`"
        }
        Remedy::NewerLedger { .. } => {
            "put a newer copy of the ledger back; if there is none, take in what the branch says with `switchback stage adopt QA`"
        }
        Remedy::BringLevel => "the next operation brings it level; `switchback run-due` is one",
        _ => "the next operation takes them in; see what comes with `switchback stage adopt QA --dry-run`",
    }
}

fn about_others(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::RecordApart { commits, .. } if commits.is_empty() => "record US-2 first, then this again",
        Remedy::RecordApart { others, .. } if others.is_empty() => {
            "name its own commits with `switchback change record US-1 --commits 01010101`"
        }
        Remedy::RecordApart { .. } => {
            "record US-2 first, then this again; or name its own commits with `switchback change record US-1 --commits \
             01010101`"
        }
        _ => "an administrator can take the denial back with `switchback revoke @ops record --stage QA --deny`",
    }
}

fn about_an_area(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::SettleDrift { .. } => {
            "look with `switchback area verify qa-web`; reinstate with `switchback area repair qa-web`, or set `on_drift`"
        }
        Remedy::ShowKept { .. } => "see what is kept with `switchback area kept qa-web`",
        Remedy::SettlePlace { ways, .. } => settle_place(ways.len()),
        Remedy::RepairArea { area: Some(_), .. } => "reinstate it with `switchback area repair qa-web`",
        Remedy::RepairArea { area: None, after } => repair(*after),
        _ => "move it away, or take it over as it stands with `switchback area adopt qa-web`",
    }
}

fn about_jobs(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::RetryFirst { .. } => "try that one again first, or both together: `switchback jobs retry 7`",
        _ => "go on with `switchback jobs run D-3`, or call it off with `switchback jobs cancel D-3`",
    }
}

fn about_a_promotion(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::ShowBehind { .. } => "see why with `switchback behind QA --from DEV`",
        Remedy::AddChange { .. } => "choose some with `switchback promotion edit P-3 --add CHANGE`",
        Remedy::ClonePromotion { .. } => "make a new one of it with `switchback promotion clone P-3`",
        Remedy::NameChange { others, .. } if !others.is_empty() => "name `US-1 US-2` as well if they are meant to move",
        Remedy::NameChange { .. } => "name `US-1` as well if it is meant to move",
        Remedy::ShowAhead { .. } => "see why with `switchback ahead DEV --to QA`",
        Remedy::NameEdge { .. } => {
            "say which: `switchback promote --all --from DEV --to QA`, or `switchback promote --all --from QA --to PROD`"
        }
        Remedy::ShowCarried { .. } => "see what it carries with `switchback promotion show P-3`",
        Remedy::RunWithDependencies { .. } => "take it along with `switchback promotion run P-3 --with-dependencies`",
        Remedy::CancelPromotion { .. } => "call it off with `switchback promotion cancel P-3`",
        Remedy::WaitOrCancelPromotion => "wait for that promotion, or cancel it with `switchback promotion cancel`",
        Remedy::PromoteFirst { .. } => "promote it first: `switchback promote US-1 --to QA`",
        Remedy::BringFirst(Missing { course: Course::Up, .. }) => {
            "bring there first what it needs: `switchback promote US-1 US-2 --to QA`"
        }
        Remedy::BringFirst(Missing { from: Some(_), .. }) => {
            "bring there first what it needs: `switchback back-promote US-1 --from PROD --to QA`"
        }
        Remedy::BringFirst(_) => "bring there first what it needs: `switchback back-promote US-1 --to QA`",
        Remedy::RecordFirst(_) => {
            "record US-1 there again first: `switchback change record US-1 --branch 01010101 --stage QA`"
        }
        _ => "look at it with `switchback promotion show P-3`",
    }
}

fn settled_on_branch(on: &OnBranch) -> &'static str {
    match (on.settling, &on.own) {
        (Settling::Onto { .. }, Some(_)) => {
            "put its own commits onto that branch with `git rebase --onto qa 01010101 feature/US-1`, settle there what \
             conflicts, then record it again with `switchback change record US-1 --branch feature/US-1 --stage QA`"
        }
        (Settling::Onto { .. }, None) => {
            "put its own commits onto that branch with `git rebase --onto qa 01010101`, settle there what conflicts, then \
             record it again with `switchback change record US-1 --branch BRANCH --stage QA`"
        }
        (Settling::Merge, Some(_)) => {
            "settle it on its branch with `git switch feature/US-1 && git merge qa`, commit that, then record it again with \
             `switchback change record US-1 --branch feature/US-1 --stage QA`"
        }
        (Settling::Merge, None) => {
            "settle it on its branch with `git merge qa`, commit that, then record it again with \
             `switchback change record US-1 --branch BRANCH --stage QA`"
        }
        (Settling::Mend, Some(_)) => {
            "settle it on its branch with `git switch feature/US-1 && git merge --no-commit qa`, put right there what git \
             merges without a conflict, commit that, then record it again with \
             `switchback change record US-1 --branch feature/US-1 --stage QA`"
        }
        (Settling::Mend, None) => {
            "settle it on its branch with `git merge --no-commit qa`, put right there what git merges without a conflict, \
             commit that, then record it again with `switchback change record US-1 --branch BRANCH --stage QA`"
        }
        (Settling::Anew, Some(_)) => {
            "record what is new as a change of its own: `git switch -c feature/KEY feature/US-1 && git merge qa`, settle and \
             commit what conflicts, then `git reset --soft qa && git commit -m 'KEY: What is new'`, and \
             `switchback change record KEY --branch feature/KEY --stage QA`"
        }
        (Settling::Anew, None) => {
            "record what is new as a change of its own: `git switch -c feature/KEY && git merge qa`, settle and commit what \
             conflicts, then `git reset --soft qa && git commit -m 'KEY: What is new'`, and \
             `switchback change record KEY --branch feature/KEY --stage QA`"
        }
    }
}

fn begin(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::Initialize { pipeline: None } => "run `switchback init`",
        Remedy::Initialize { pipeline: Some(_) } => "run `switchback init --pipeline web`",
        Remedy::BeginRecord { .. } => "begin one with `switchback init`",
        Remedy::FindRecord { remote: None, .. } => FIND_RECORD,
        Remedy::FindRecord { .. } => FETCH_AND_FIND_RECORD,
        Remedy::AddStage => ADD_STAGE,
        Remedy::Configure { file: None } => "`switchback configure` puts it in force",
        Remedy::Configure { file: Some(_) } => "`switchback configure --file FILE` puts it in force",
        _ => "compare it with what `switchback init` writes",
    }
}

fn settle_place(ways: usize) -> &'static str {
    match ways {
        1 => "take what stands there as a new version with `switchback area adopt qa-web`",
        _ => {
            "fill it from its newest version with `switchback area repair qa-web`, \
             name where it was moved in `switchback.toml` and follow it with `switchback area move qa-web`, \
             or put the newer copy of the ledger back"
        }
    }
}

fn about_deploying(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::DeployAtSource { .. } => "deploy it with `switchback deploy US-1 --stage QA`",
        Remedy::DeployTogether { .. } => "deploy them together: `switchback deploy US-1 US-2 --area qa-web`",
        Remedy::DeployTo { .. } => "deploy to it with `switchback deploy --all --area qa-web`",
        Remedy::Populate { .. } => "begin with `switchback area populate qa-web`",
        Remedy::FinishTask { .. } => "do it, then say so with `switchback change task US-1 --done 2 --area qa-web`",
        _ => "deploy by name what is wanted again: `switchback deploy US-1 --area qa-web`",
    }
}

fn rollbackable(area: Option<&AreaName>) -> &'static str {
    match area {
        None => "see what can be rolled back with `switchback history --rollbackable`",
        Some(_) => "see what can be with `switchback history --area qa-web --rollbackable`",
    }
}

fn restored(file: Option<&str>) -> &'static str {
    match file {
        None => "restore a copy of the ledger; `switchback verify` names what is wrong",
        Some(_) => "Keep a.db aside, put a copy of it back (a backup or a clone) and run `switchback verify`.",
    }
}

/// A remedy with what the command line says; a new one does not compile until it is here.
fn said(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::Advice { .. } => "wait",
        Remedy::DidYouMean { .. } => "did you mean `QA`?",
        Remedy::DidYouMeanPipeline { .. } => "did you mean `--pipeline web`?",
        Remedy::NamePipeline { .. } => "name one of them with `--pipeline`: web, app",
        Remedy::NameStage { .. } => "name one with `--from STAGE`",
        Remedy::NameEdge { .. }
        | Remedy::NameChange { .. }
        | Remedy::AddChange { .. }
        | Remedy::ClonePromotion { .. }
        | Remedy::ShowBehind { .. }
        | Remedy::ShowAhead { .. }
        | Remedy::ShowPromotion { .. }
        | Remedy::ShowCarried { .. }
        | Remedy::CancelPromotion { .. }
        | Remedy::RunWithDependencies { .. }
        | Remedy::WaitOrCancelPromotion
        | Remedy::PromoteFirst { .. }
        | Remedy::BringFirst(_)
        | Remedy::RecordFirst(_) => about_a_promotion(remedy),
        Remedy::SettleOnBranch(on) => settled_on_branch(on),
        Remedy::Look { at } => look(*at),
        Remedy::AskAgain { with } => ask_again(*with),
        Remedy::Initialize { .. } | Remedy::BeginRecord { .. } | Remedy::FindRecord { .. } => begin(remedy),
        Remedy::AddStage | Remedy::CompareConfiguration | Remedy::Configure { .. } => begin(remedy),
        Remedy::BareGroup { .. } => "write `qa`; the `@` is for `switchback grant @qa …`",
        Remedy::ShowWhere { .. } => "see where it is with `switchback where US-1`",
        Remedy::ShowRollbackable { area } => rollbackable(area.as_ref()),
        Remedy::WaitOrOverrideFreeze => "wait, or pass `--override-freeze --reason TEXT` if you hold that privilege",
        Remedy::Attest { .. } => "attest it with `switchback change attest US-1 tested`",
        Remedy::Include { .. } => "take it back in with `switchback change include US-1`",
        Remedy::StopIgnoring { .. } => "take it back in with `switchback change ignore US-1 --stage STAGE --off`",
        Remedy::DeployAtSource { .. }
        | Remedy::DeployTogether { .. }
        | Remedy::DeployTo { .. }
        | Remedy::Populate { .. }
        | Remedy::FinishTask { .. }
        | Remedy::DeployByName { .. } => about_deploying(remedy),
        Remedy::RollBackAnyway { .. } => "roll it back all the same with `switchback rollback qa-web@7 --anyway`",
        Remedy::RollBack { .. } => "roll it back there first: `switchback rollback qa-web@7`",
        Remedy::RollBackFirst { .. } => "roll back qa-web@7, then qa-web@6 first, in this order",
        Remedy::TakeAlong { .. } => "take them along with `--with-dependents`, or leave it",
        Remedy::TakeAlongOrRewrite { .. } => {
            "take them along with `--with-dependents`, or rewrite them without it with `--rewrite-dependents`"
        }
        Remedy::LeaveContent { brought_by } if brought_by.is_empty() => "leave it, or add `--anyway`",
        Remedy::LeaveContent { .. } => "name US-1 as well, with `--all-or-nothing`; or add `--anyway`",
        Remedy::DemoteFromTop { .. } => "demote it from the top: leave `--from` away, or say `--from QA`",
        Remedy::Grant { scope, .. } => grant(scope),
        Remedy::LiftDenial { .. } | Remedy::RecordApart { .. } => about_others(remedy),
        Remedy::SettleDrift { .. }
        | Remedy::SettlePlace { .. }
        | Remedy::RepairArea { .. }
        | Remedy::ShowKept { .. }
        | Remedy::MakeWay { .. } => about_an_area(remedy),
        Remedy::RetryJob { .. } | Remedy::RetryAfter { .. } => retry(remedy),
        Remedy::RestoreBranch { .. } | Remedy::RestoreOrAdopt { .. } => about_branches(remedy),
        Remedy::BringAlong(left) => about_work_trees(&left.hindrance),
        Remedy::NewerLedger { .. } | Remedy::BringLevel | Remedy::TakeIn { .. } => about_branches(remedy),
        Remedy::RetryFirst { .. } | Remedy::GoOnOrCallOff { .. } => about_jobs(remedy),
        Remedy::MendLedger => "mend it with `switchback verify --repair`; report what stays after that",
        Remedy::ReportEntries => "report this with the output of `switchback log`; the branch itself is untouched",
        Remedy::RestoreLedger { file } => restored(file.as_deref()),
        Remedy::RetryThenVerify => {
            "Run the command again; if it fails again, check the disk and run `switchback verify`."
        }
    }
}

fn retry(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::RetryJob { after: Mended::Nothing, .. } => "try it again with `switchback jobs retry`",
        Remedy::RetryJob { deployment: None, .. } => "mend what it says, then `switchback jobs retry`",
        Remedy::RetryJob { .. } => "mend what it says, then `switchback jobs retry D-3`",
        _ => {
            "move it away, or take it over as it stands with `switchback area adopt qa-web`; then `switchback jobs retry \
             D-3`"
        }
    }
}

fn grant(scope: &Scope) -> &'static str {
    match scope {
        Scope::Pipeline => "an administrator can run `switchback grant bob record`",
        Scope::Stage(_) => "an administrator can run `switchback grant bob record --stage QA`",
        Scope::Area(_) => "an administrator can run `switchback grant bob record --area qa-web`",
    }
}

fn look(at: Place) -> &'static str {
    match at {
        Place::Areas => "list them with `switchback area list`",
        Place::Changes => "list them with `switchback change list`, or record it with `switchback change record`",
        Place::History => "list them with `switchback history`",
        Place::Deviations => "Run `switchback area verify` to see what deviates.",
        Place::Grants => "list grants with `switchback grants`",
        Place::Jobs => "list them with `switchback jobs list`",
        Place::OpenJobs => "only queued and running jobs can be cancelled; see `switchback jobs list`",
        Place::Promotions => "list them with `switchback promotion list`",
        Place::Resolutions => "list them with `switchback resolution list`",
        Place::Stages => "list them with `switchback status`",
        Place::Change => "look with `switchback change show`",
        Place::Pending => "see what is where with `switchback pending`",
        Place::Pipeline => "look at the pipeline with `switchback status`",
        Place::Status => "see where it stands with `switchback status`",
        Place::Entries => "see its entries with `switchback log`",
    }
}

fn ask_again(with: Addition) -> &'static str {
    match with {
        Addition::Reason => "say why with `--reason TEXT`",
        Addition::Areas => "name areas with `--area`",
        Addition::StageOrChange => "say which with `--stage STAGE` or `--change CHANGE`",
        Addition::Commits => "name commits: `--commits X..Y` or a list",
        Addition::TrialStage => "name the stage to try them on with `--to STAGE`",
        Addition::Dependencies => "add what it needs with `--with-dependencies`",
        Addition::Counterpart => "take it along with `--with-dependencies`",
        Addition::Anyway => "mend it, or take it as it is with `--anyway`",
        Addition::NoStage => "record it without `--stage` for now, and name the stage when the window is over",
        Addition::NewPlan => "look at it again with `--dry-run`, then name the new hash",
        Addition::OneChange => "demote one change at a time, or all as one with `--all-or-nothing`",
    }
}

fn repair(after: Damage) -> &'static str {
    match after {
        Damage::Differs => "reinstate it with `switchback area repair`",
        Damage::ListLost => "Run `switchback area repair`, which rebuilds it from the last version.",
        Damage::JournalDamaged => "Move the journal away, then run `switchback area repair`.",
        Damage::DocumentDamaged => "Restore it, or run `switchback area repair`.",
        Damage::OtherFilter => "its next version follows, and `switchback area repair` brings it level at once",
    }
}

#[test]
fn every_remedy_of_the_core_is_worded() {
    for remedy in every() {
        let sent = serde_json::to_value(&remedy).unwrap();
        let read: switchback_api::Remedy = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), sent);
        assert_eq!(words(&read), said(&remedy));
    }
}

fn refused(remedy: &Value) -> Value {
    let details = json!({"area": "qa-web", "version": 7});
    json!({"refused": {"code": "x", "message": "no", "hint": "", "details": details, "remedy": remedy}})
}

#[test]
fn an_answer_is_worded_as_text_and_as_json() {
    let answer = refused(&json!({"step": "roll-back", "area": "qa-web", "version": 7}));
    let ran = run("status", 409, &answer);
    assert_eq!(ran.err, "refused [x]: no\nhint: roll it back there first: `switchback rollback qa-web@7`\n");
    let told: Value = serde_json::from_str(&run("status --json", 409, &answer).out).unwrap();
    assert_eq!(told["refused"]["hint"], "roll it back there first: `switchback rollback qa-web@7`");
    assert_eq!(told["refused"]["details"]["command"], "switchback rollback qa-web@7");
    assert_eq!(told["refused"]["remedy"], answer["refused"]["remedy"]);
}

#[test]
fn a_warning_ends_with_what_to_do() {
    let remedy = json!({"step": "ask-again", "with": "counterpart"});
    let warning = |message: &str| json!({"code": "x", "message": message, "remedy": remedy});
    let mut answer = json!(Operation { kind: "promotion".to_owned(), ..Operation::default() });
    answer["warnings"] = json!([warning("US-2 needs US-1"), warning("D-4: no")]);
    let told = shown("promote US-2 --to QA", &answer);
    assert!(told.contains("US-2 needs US-1: take it along with `--with-dependencies`"), "{told}");
    assert!(told.contains("D-4: no; take it along with `--with-dependencies`"), "{told}");
}

/// What is pasted means what it says, whatever people call their stages, areas and branches.
#[test]
fn names_are_quoted_where_a_shell_would_read_them_otherwise() {
    let odd = || "it's $HOME; a b".to_owned();
    let quoted = r"'it'\''s $HOME; a b'";
    let scope = |stage| TheirScope::Stage(stage);
    let remedies = [
        Told::RollBack { area: odd(), version: 3 },
        Told::SettleDrift { area: odd() },
        Told::RollBackFirst { area: odd(), versions: vec![3, 2] },
        Told::ShowBehind { destination: odd(), source: odd() },
        Told::DeployAtSource { change: "US-1".to_owned(), stage: odd() },
        Told::Grant { user: odd(), privilege: "promote-next".to_owned(), scope: scope(odd()) },
        Told::NameEdge { edges: vec![Edge { from: odd(), to: odd() }] },
        Told::RestoreBranch { branch: odd(), commit: "c0ffee".to_owned() },
        Told::Initialize { pipeline: Some(odd()) },
        Told::Configure { file: Some(odd()) },
    ];
    for remedy in remedies {
        let said = words(&remedy);
        assert!(said.contains(quoted) && !said.replace(quoted, "").contains("HOME"), "{said}");
    }
    let two = Told::Attest { change: "US-1".to_owned(), kind: "tested approved".to_owned() };
    assert_eq!(words(&two), "attest it with `switchback change attest US-1 tested approved`");
}
