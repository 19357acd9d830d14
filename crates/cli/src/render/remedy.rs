//! The next step in the words of the command line. This is the only place that turns a remedy into a command; it does so
//! as soon as an answer arrives, so that text and `--json` say the same.

mod fixed;
mod places;
mod quoted;
mod recording;

use crate::render::bring_along;
use fixed::{ask_again, look};
use places::{about_an_area, in_an_area, roll_back_first};
use quoted::for_a_shell;
use recording::{record_apart, settle_on_branch, to_record};
use serde_json::Value;
use switchback_api::Remedy;
use switchback_api::remedy::{Edge, Mended};
use switchback_api::scope::Scope;

/// Words every remedy of an answer: under `hint` where there is room for it, else at the end of the message, as in a
/// warning. An answer without remedies is left as it is.
pub fn worded(body: Vec<u8>) -> Vec<u8> {
    const MEMBER: &[u8] = b"\"remedy\"";
    if !body.windows(MEMBER.len()).any(|window| window == MEMBER) {
        return body;
    }
    let Ok(mut answer) = serde_json::from_slice::<Value>(&body) else { return body };
    word(&mut answer);
    serde_json::to_vec(&answer).unwrap_or(body)
}

fn word(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(word),
        Value::Object(members) => {
            members.values_mut().for_each(word);
            let known = members.get("remedy").map(|remedy| serde_json::from_value::<Remedy>(remedy.clone()));
            let Some(Ok(remedy)) = known else { return };
            let said = words(&remedy);
            match (members.contains_key("hint"), members.get("message").and_then(Value::as_str)) {
                (true, _) => drop(members.insert("hint".to_owned(), said.into())),
                (false, Some(message)) => {
                    let joint = if message.contains(": ") { ';' } else { ':' };
                    let message = format!("{message}{joint} {said}");
                    members.insert("message".to_owned(), message.into());
                }
                (false, None) => {}
            }
            if let (Remedy::RollBack { .. }, Some(Value::Object(details))) = (&remedy, members.get_mut("details")) {
                details.insert("command".to_owned(), command(&remedy).into());
            }
        }
        _ => {}
    }
}

/// The next step, in one sentence without its full stop. What is in it to be pasted means in a shell what it says.
pub fn words(remedy: &Remedy) -> String {
    sentence(&for_a_shell(remedy))
}

fn sentence(remedy: &Remedy) -> String {
    let command = typed(remedy);
    match remedy {
        Remedy::Advice { text } => text.clone(),
        Remedy::DidYouMean { name } => format!("did you mean `{name}`?"),
        Remedy::DidYouMeanPipeline { .. } => format!("did you mean `{command}`?"),
        Remedy::NamePipeline { names } => format!("name one of them with `{command}`: {}", names.join(", ")),
        Remedy::NameStage { .. } => format!("name one with `{command}`"),
        Remedy::Look { at } => look(*at).to_owned(),
        Remedy::AskAgain { with } => ask_again(*with).to_owned(),
        Remedy::Initialize { .. } | Remedy::BeginRecord { .. } | Remedy::FindRecord { .. } => begin(remedy, &command),
        Remedy::AddStage | Remedy::CompareConfiguration | Remedy::Configure { .. } => begin(remedy, &command),
        Remedy::BareGroup { name } => format!("write `{name}`; the `@` is for `{command}`"),
        Remedy::ShowWhere { .. } => format!("see where it is with `{command}`"),
        Remedy::ShowRollbackable { area } => rollbackable(area.as_deref(), &command),
        Remedy::Attest { .. } => format!("attest it with `{command}`"),
        Remedy::Include { .. } | Remedy::StopIgnoring { .. } => format!("take it back in with `{command}`"),
        Remedy::DeployAtSource { .. } => format!("deploy it with `{command}`"),
        Remedy::DeployTogether { .. } => format!("deploy them together: `{command}`"),
        Remedy::DeployByName { .. } => format!("deploy by name what is wanted again: `{command}`"),
        Remedy::DeployTo { .. } => format!("deploy to it with `{command}`"),
        Remedy::Populate { .. } => format!("begin with `{command}`"),
        Remedy::FinishTask { .. } => format!("do it, then say so with `{command}`"),
        Remedy::RollBack { .. } => format!("roll it back there first: `{command}`"),
        Remedy::RollBackAnyway { .. } => format!("roll it back all the same with `{command}`"),
        Remedy::RollBackFirst { area, versions } => roll_back_first(area, versions),
        Remedy::TakeAlong { .. } => format!("take them along with `{command}`, or leave it"),
        Remedy::TakeAlongOrRewrite { .. } => {
            format!("take them along with `{command}`, or rewrite them without it with `--rewrite-dependents`")
        }
        Remedy::LeaveContent { brought_by } if brought_by.is_empty() => format!("leave it, or add `{command}`"),
        Remedy::LeaveContent { brought_by } => {
            format!("name {} as well, with `--all-or-nothing`; or add `{command}`", brought_by.join(", "))
        }
        Remedy::DemoteFromTop { .. } => format!("demote it from the top: leave `--from` away, or say `{command}`"),
        Remedy::Grant { .. } | Remedy::LiftDenial { .. } => about_rights(remedy, &command),
        Remedy::RecordApart { others, commits, .. } => record_apart(others, commits, &command),
        Remedy::SettleOnBranch(on) => settle_on_branch(on),
        Remedy::SettleDrift { .. }
        | Remedy::SettlePlace { .. }
        | Remedy::RepairArea { .. }
        | Remedy::ShowKept { .. }
        | Remedy::MakeWay { .. } => about_an_area(remedy, &command),
        Remedy::RetryJob { after, .. } => retry(*after, &command),
        Remedy::RetryAfter { first, .. } => format!("{}; then `{command}`", sentence(first).trim_end_matches('.')),
        Remedy::RestoreBranch { .. } | Remedy::RestoreOrAdopt { .. } => about_a_branch(remedy, &command),
        Remedy::NewerLedger { .. } | Remedy::BringLevel | Remedy::TakeIn { .. } => about_a_branch(remedy, &command),
        Remedy::BringAlong(left) => bring_along::words(left),
        Remedy::ReportEntries => format!("report this with the output of `{command}`; the branch itself is untouched"),
        Remedy::GoOnOrCallOff { deployment } => {
            format!("go on with `{command}`, or call it off with `switchback jobs cancel {deployment}`")
        }
        Remedy::RetryFirst { .. } => format!("try that one again first, or both together: `{command}`"),
        Remedy::MendLedger => format!("mend it with `{command}`; report what stays after that"),
        Remedy::RestoreLedger { file } => restore_ledger(file.as_deref(), &command),
        Remedy::RetryThenVerify => {
            format!("Run the command again; if it fails again, check the disk and run `{command}`.")
        }
        _ => about_a_promotion(remedy, &command),
    }
}

/// How a pipeline begins, or what is missing for it.
fn begin(remedy: &Remedy, command: &str) -> String {
    match remedy {
        Remedy::Initialize { .. } => format!("run `{command}`"),
        Remedy::BeginRecord { .. } => format!("begin one with `{command}`"),
        Remedy::FindRecord { .. } => format!(
            "work where its ledger is, bring it here (`switchback/ledger.sqlite` in the git directory), or build a new \
             one from branches and refs with `{command}`"
        ),
        Remedy::AddStage => format!("add a [[stage]] with a name and a branch, or begin with `{command}`"),
        Remedy::Configure { .. } => format!("`{command}` puts it in force"),
        _ => format!("compare it with what `{command}` writes"),
    }
}

/// The next step about a branch that is not where its stage is.
fn about_a_branch(remedy: &Remedy, command: &str) -> String {
    match remedy {
        Remedy::RestoreOrAdopt { stage, .. } => {
            format!("put it back with `{command}`, or take it as it is with `switchback stage adopt {stage}`")
        }
        Remedy::NewerLedger { .. } => format!(
            "put a newer copy of the ledger back; if there is none, take in what the branch says with `{command}`"
        ),
        Remedy::BringLevel => format!("the next operation brings it level; `{command}` is one"),
        Remedy::TakeIn { .. } => format!("the next operation takes them in; see what comes with `{command}`"),
        _ => format!("put it back with `{command}`"),
    }
}

/// The next step of somebody who may not.
fn about_rights(remedy: &Remedy, command: &str) -> String {
    match remedy {
        Remedy::LiftDenial { .. } => format!("an administrator can take the denial back with `{command}`"),
        _ => format!("an administrator can run `{command}`"),
    }
}

/// The next step about a promotion or its changes.
fn about_a_promotion(remedy: &Remedy, command: &str) -> String {
    match remedy {
        Remedy::WaitOrOverrideFreeze => format!("wait, or pass `{command}` if you hold that privilege"),
        Remedy::NameEdge { edges } => {
            let each: Vec<_> = edges.iter().map(|edge| format!("`{}`", climb(edge))).collect();
            format!("say which: {}", each.join(", or "))
        }
        Remedy::AddChange { .. } => format!("choose some with `{command}`"),
        Remedy::ClonePromotion { .. } => format!("make a new one of it with `{command}`"),
        Remedy::NameChange { others, .. } => {
            let it = if others.is_empty() { "it is" } else { "they are" };
            format!("name `{command}` as well if {it} meant to move")
        }
        Remedy::ShowBehind { .. } | Remedy::ShowAhead { .. } => format!("see why with `{command}`"),
        Remedy::ShowCarried { .. } => format!("see what it carries with `{command}`"),
        Remedy::RunWithDependencies { .. } => format!("take it along with `{command}`"),
        Remedy::CancelPromotion { .. } => format!("call it off with `{command}`"),
        Remedy::WaitOrCancelPromotion => format!("wait for that promotion, or cancel it with `{command}`"),
        Remedy::PromoteFirst { .. } => format!("promote it first: `{command}`"),
        Remedy::BringFirst(_) => format!("bring there first what it needs: `{command}`"),
        Remedy::RecordFirst(unheld) => format!("record {} there again first: `{command}`", unheld.change),
        _ => format!("look at it with `{command}`"),
    }
}

fn restore_ledger(file: Option<&str>, command: &str) -> String {
    match file {
        Some(file) => format!("Keep {file} aside, put a copy of it back (a backup or a clone) and run `{command}`."),
        None => format!("restore a copy of the ledger; `{command}` names what is wrong"),
    }
}

/// What is to be typed for it: a command, or the option that was missing; nothing where there is nothing to type, or
/// where the sentence names it.
pub fn command(remedy: &Remedy) -> String {
    typed(&for_a_shell(remedy))
}

fn typed(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Advice { .. } | Remedy::DidYouMean { .. } | Remedy::Look { .. } => String::new(),
        Remedy::AskAgain { .. } | Remedy::RollBackFirst { .. } => String::new(),
        Remedy::DidYouMeanPipeline { name } => format!("--pipeline {name}"),
        Remedy::NamePipeline { .. } => "--pipeline".to_owned(),
        Remedy::NameStage { end } => format!("--{end} STAGE"),
        Remedy::Initialize { .. }
        | Remedy::BeginRecord { .. }
        | Remedy::CompareConfiguration
        | Remedy::Configure { .. }
        | Remedy::AddStage
        | Remedy::FindRecord { .. } => begin_command(remedy),
        Remedy::BareGroup { name } => format!("switchback grant @{name} …"),
        Remedy::ShowWhere { change } => format!("switchback where {change}"),
        Remedy::NameChange { change, others } => [std::slice::from_ref(change), others].concat().join(" "),
        Remedy::AddChange { promotion } => of_promotion("edit", promotion) + " --add CHANGE",
        Remedy::ClonePromotion { promotion } => of_promotion("clone", promotion),
        Remedy::NameEdge { edges } => edges.first().map(climb).unwrap_or_default(),
        Remedy::ShowBehind { destination, source } => format!("switchback behind {destination} --from {source}"),
        Remedy::ShowAhead { source, destination } => format!("switchback ahead {source} --to {destination}"),
        Remedy::ShowRollbackable { area } => show_rollbackable(area.as_deref()),
        Remedy::ShowPromotion { promotion } | Remedy::ShowCarried { promotion } => of_promotion("show", promotion),
        Remedy::RunWithDependencies { promotion } => of_promotion("run", promotion) + " --with-dependencies",
        Remedy::CancelPromotion { promotion } => of_promotion("cancel", promotion),
        Remedy::WaitOrCancelPromotion => "switchback promotion cancel".to_owned(),
        Remedy::WaitOrOverrideFreeze => "--override-freeze --reason TEXT".to_owned(),
        Remedy::Attest { change, kind } => format!("switchback change attest {change} {kind}"),
        Remedy::Include { change } => format!("switchback change include {change}"),
        Remedy::StopIgnoring { change } => format!("switchback change ignore {change} --stage STAGE --off"),
        Remedy::PromoteFirst { change, to } => format!("switchback promote {change} --to {to}"),
        Remedy::DeployAtSource { change, stage } => format!("switchback deploy {change} --stage {stage}"),
        Remedy::DeployTogether { changes, area } | Remedy::DeployByName { changes, area } => {
            format!("switchback deploy {} --area {area}", changes.join(" "))
        }
        Remedy::FinishTask { change, task, area } => {
            format!("switchback change task {change} --done {task} --area {area}")
        }
        Remedy::TakeAlong { .. } | Remedy::TakeAlongOrRewrite { .. } => "--with-dependents".to_owned(),
        Remedy::LeaveContent { .. } => "--anyway".to_owned(),
        Remedy::DemoteFromTop { from, .. } => format!("--from {from}"),
        Remedy::Grant { user, privilege, scope } => format!("switchback grant {user} {privilege}{}", flag(scope)),
        Remedy::LiftDenial { who, privilege, scope } => lift_denial(who, privilege, scope),
        Remedy::RecordApart { .. } | Remedy::SettleOnBranch(_) | Remedy::BringFirst(_) | Remedy::RecordFirst(_) => {
            to_record(remedy)
        }
        Remedy::RollBack { .. }
        | Remedy::RollBackAnyway { .. }
        | Remedy::Populate { .. }
        | Remedy::DeployTo { .. }
        | Remedy::SettleDrift { .. }
        | Remedy::SettlePlace { .. }
        | Remedy::ShowKept { .. }
        | Remedy::MakeWay { .. }
        | Remedy::RepairArea { .. } => in_an_area(remedy),
        Remedy::RetryJob { .. }
        | Remedy::RetryAfter { .. }
        | Remedy::RetryFirst { .. }
        | Remedy::GoOnOrCallOff { .. } => for_a_job(remedy),
        Remedy::RestoreBranch { .. }
        | Remedy::RestoreOrAdopt { .. }
        | Remedy::NewerLedger { .. }
        | Remedy::BringLevel
        | Remedy::TakeIn { .. } => for_a_branch(remedy),
        Remedy::BringAlong(left) => bring_along::command(left),
        Remedy::ReportEntries => "switchback log".to_owned(),
        Remedy::MendLedger => "switchback verify --repair".to_owned(),
        Remedy::RestoreLedger { .. } | Remedy::RetryThenVerify => "switchback verify".to_owned(),
    }
}

fn show_rollbackable(area: Option<&str>) -> String {
    let area = area.map(|area| format!(" --area {area}")).unwrap_or_default();
    format!("switchback history{area} --rollbackable")
}

fn of_promotion(verb: &str, promotion: &str) -> String {
    format!("switchback promotion {verb} {promotion}")
}

fn for_a_branch(remedy: &Remedy) -> String {
    match remedy {
        Remedy::RestoreOrAdopt { branch, commit, .. } => format!("git branch -f {branch} {commit}"),
        Remedy::NewerLedger { stage } => format!("switchback stage adopt {stage}"),
        Remedy::TakeIn { stage } => format!("switchback stage adopt {stage} --dry-run"),
        Remedy::RestoreBranch { branch, commit } => format!("git branch {branch} {commit}"),
        _ => "switchback run-due".to_owned(),
    }
}

fn for_a_job(remedy: &Remedy) -> String {
    match remedy {
        Remedy::GoOnOrCallOff { deployment } => format!("switchback jobs run {deployment}"),
        Remedy::RetryFirst { job } => format!("switchback jobs retry {job}"),
        Remedy::RetryJob { deployment: Some(id), .. } | Remedy::RetryAfter { deployment: id, .. } => {
            format!("switchback jobs retry {id}")
        }
        _ => "switchback jobs retry".to_owned(),
    }
}

fn lift_denial(who: &str, privilege: &str, scope: &Scope) -> String {
    format!("switchback revoke {who} {privilege}{} --deny", flag(scope))
}

fn climb(edge: &Edge) -> String {
    format!("switchback promote --all --from {} --to {}", edge.from, edge.to)
}

fn rollbackable(area: Option<&str>, command: &str) -> String {
    match area {
        Some(_) => format!("see what can be with `{command}`"),
        None => format!("see what can be rolled back with `{command}`"),
    }
}

fn retry(after: Mended, command: &str) -> String {
    match after {
        Mended::Nothing => format!("try it again with `{command}`"),
        Mended::Cause => format!("mend what it says, then `{command}`"),
    }
}

fn begin_command(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Configure { file: None } => "switchback configure".to_owned(),
        Remedy::Configure { file: Some(file) } => format!("switchback configure --file {file}"),
        Remedy::AddStage => "switchback init --stage NAME=BRANCH".to_owned(),
        Remedy::Initialize { pipeline: Some(name) } => format!("switchback init --pipeline {name}"),
        Remedy::FindRecord { remote: None, .. } => "switchback init --rebuild".to_owned(),
        Remedy::FindRecord { remote: Some(remote), .. } => {
            format!("git fetch {remote} 'refs/switchback/*:refs/switchback/*' && switchback init --rebuild")
        }
        _ => "switchback init".to_owned(),
    }
}

fn flag(scope: &Scope) -> String {
    match scope {
        Scope::Pipeline => String::new(),
        Scope::Stage(stage) => format!(" --stage {stage}"),
        Scope::Area(area) => format!(" --area {area}"),
    }
}
