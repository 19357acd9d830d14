//! What people see of each read.

use crate::fake::{run, shown};
use serde_json::{Value, json};

fn expect(line: &str, answer: &Value, expected: &str) {
    let text = shown(line, answer);
    assert_eq!(text.trim_end(), expected.trim_matches('\n'), "\n`{line}` shows:\n{text}");
}

fn stage(name: &str, next: &[&str], ahead: &[(&str, u64)], behind: &[(&str, u64)]) -> Value {
    let counts = |counts: &[(&str, u64)]| -> Vec<Value> {
        counts.iter().map(|(stage, count)| json!({"stage": stage, "count": count})).collect()
    };
    json!({
        "name": name, "branch": name.to_lowercase(), "next": next, "head": "c0ffee", "tree": "7ree", "changes": 12,
        "ahead": counts(ahead), "behind": counts(behind), "frozen": null, "areas": []
    })
}

fn area(name: &str, version: Option<u32>, pending: u64, drifted: Option<u64>) -> Value {
    json!({
        "name": name, "default": true, "class": "deployment", "sequence": 1, "version": version, "pending": pending,
        "leftover": 0, "on_hold": 0, "drifted": drifted, "offline": false, "jobs": 0
    })
}

#[test]
fn status_draws_the_pipeline() {
    let mut stages = [
        stage("DEV1", &["INT"], &[("INT", 3)], &[("INT", 0)]),
        stage("DEV2", &["INT"], &[("INT", 0)], &[("INT", 5)]),
        stage("INT", &["PROD"], &[("PROD", 2)], &[("PROD", 1)]),
        stage("HOTFIX", &["PROD"], &[("PROD", 0)], &[("PROD", 0)]),
        stage("PROD", &[], &[], &[]),
    ];
    stages[2]["areas"] = json!([area("int-web", Some(7), 2, None), area("int-db", None, 0, Some(0))]);
    stages[4]["areas"] = json!([area("prod-web", Some(3), 0, Some(1))]);
    stages[4]["frozen"] = json!({"until": "2026-12-31T23:59:00+01:00", "reason": "year end"});
    let words = json!({
        "change": "Stories", "stage": "Environment", "area": "Area", "promotion": "Promotion", "demotion": "Demotion",
        "deployment": "Deployment", "rollback": "Rollback"
    });
    let promotion = json!({
        "id": "P-3", "direction": "back", "source": "PROD", "destination": "INT", "status": "scheduled", "changes": 1,
        "scheduled_at": "2026-12-01T22:00:00+01:00"
    });
    let status = json!({
        "pipeline": "acme", "seq": 41, "at": "2026-11-22T05:00:00+01:00", "words": words, "stages": stages,
        "promotions": [promotion], "jobs": {"queued": 0, "running": 1, "failed": 2},
        "warnings": [{"code": "rollback-failed", "message": "int-web still holds US-1"}]
    });
    expect(
        "status",
        &status,
        "
acme at #41, 2026-11-22 05:00

Environment  Branch  Stories  Ahead  Behind  Note
PROD         prod    12                      frozen until 2026-12-31 23:59: year end
├─ HOTFIX    hotfix  12       –      –
└─ INT       int     12       ↑2     ↓1
   ├─ DEV2   dev2    12       –      ↓5
   └─ DEV1   dev1    12       ↑3     –

Area      Environment  Kind     Version  State
prod-web  PROD         default  @3       ✗ 1 drifted
int-web   INT          default  @7       … 2 pending
int-db    INT          default  –        – never deployed

   Promotion  Way                          Status     Runs
…  P-3        PROD → INT (back), 1 change  scheduled  2026-12-01 22:00

Jobs: 1 running, 2 failed. Look with `switchback jobs`.

! warning [rollback-failed]: int-web still holds US-1
",
    );
}

#[test]
fn a_stage_that_leads_to_several_is_told_once() {
    let stages = [
        stage("DEV", &["QA", "HOT"], &[("QA", 1), ("HOT", 2)], &[]),
        stage("HOT", &["PROD"], &[], &[]),
        stage("QA", &["PROD"], &[], &[]),
        stage("PROD", &[], &[], &[]),
    ];
    let words = json!({
        "change": "Change", "stage": "Stage", "area": "Area", "promotion": "Promotion", "demotion": "Demotion",
        "deployment": "Deployment", "rollback": "Rollback"
    });
    let status = json!({
        "pipeline": "acme", "seq": 1, "at": null, "words": words, "stages": stages, "promotions": [],
        "jobs": {"queued": 0, "running": 0, "failed": 0}, "warnings": []
    });
    expect(
        "status",
        &status,
        "
acme at #1

Stage      Branch   Change  Ahead
PROD       prod     12
├─ QA      qa       12
│  └─ DEV  dev      12      ↑1 QA, ↑2 HOT
└─ HOT     hot      12
   └─ DEV  (above)
",
    );
}

#[test]
fn where_is_a_matrix() {
    let held = |revision: u32, state: &str| json!({"revision": revision, "state": state});
    let located = |key: &str, revision: u32, stages: Value| json!({"key": key, "title": format!("Title of {key}"), "revision": revision, "excluded": false, "stages": stages});
    let changes = [
        located("US-1", 2, json!({"DEV": held(2, "current"), "QA": held(1, "outdated")})),
        located("US-10", 1, json!({"DEV": held(1, "current"), "QA": held(1, "current"), "PROD": held(1, "current")})),
        located("US-3", 1, json!({"PROD": held(1, "current")})),
    ];
    expect(
        "where",
        &json!({"stages": ["DEV", "QA", "PROD"], "changes": changes}),
        "
Change  Rev  DEV  QA  PROD  Title
US-1    2    ✓    ↑1  ·     Title of US-1
US-10   1    ✓    ✓   ✓     Title of US-10
US-3    1    ·    ·   ✓     Title of US-3
✓ current   ↑N outdated: held at revision N, a newer one exists   · not there
",
    );
}

#[test]
fn candidates_say_why_they_are_locked() {
    let candidate = |change: &str, eligible: bool, reasons: Value| {
        json!({"change": change, "title": "", "revision": 2, "held": if eligible { json!(1) } else { Value::Null },
               "source": "QA", "eligible": eligible, "reasons": reasons})
    };
    let reason = |code: &str, message: &str, blocks: bool| json!({"code": code, "message": message, "blocks": blocks});
    let candidates = [
        candidate("US-1", true, json!([])),
        candidate("US-2", true, json!([reason("unpromoted-work-at-destination", "US-7 touches a.txt", false)])),
        candidate(
            "US-3",
            false,
            json!([reason("needs-tested", "revision 2 is not tested", true), reason("excluded", "by ada", true)]),
        ),
    ];
    expect(
        "behind DEV",
        &json!({"stage": "DEV", "from": ["QA"], "candidates": candidates}),
        "
DEV is behind QA: 3 changes, 2 can go
   Change  Revision  From  Verdict
✓  US-1    1 → 2     QA    eligible
✓  US-2    1 → 2     QA    eligible, but [unpromoted-work-at-destination] US-7 touches a.txt
✗  US-3    2         QA    locked: [needs-tested] revision 2 is not tested; [excluded] by ada
",
    );
    expect("ahead DEV", &json!({"stage": "DEV", "to": ["QA"], "candidates": []}), "DEV is ahead of QA: nothing");
}

#[test]
fn history_says_what_can_be_rolled_back_and_why_not() {
    let entry = |deployment: &str, version: u32, kind: &str, rollbackable: bool, reasons: Value| {
        json!({
            "deployment": deployment, "area": "qa-web", "stage": "QA", "version": version, "kind": kind, "status": "succeeded",
            "changes": [{"change": "US-1", "revision": 2}], "operation": "P-1", "by": "ada", "at": "2026-11-22T05:00:00Z",
            "reason": null, "reverts": if kind == "rollback" { json!(2) } else { Value::Null }, "problem": null,
            "rollbackable": rollbackable, "reasons": reasons
        })
    };
    let why = json!([{"code": "already-rolled-back", "message": "by version 3", "blocks": true}]);
    let entries = [
        entry("D-3", 3, "rollback", false, json!([])),
        entry("D-2", 2, "deploy", true, json!([])),
        entry("D-1", 1, "deploy", false, why),
    ];
    expect(
        "history",
        &json!({"entries": entries}),
        "
   Deployment  Version   Kind            Status     When              Who  Changes  Rollback
✓  D-3         qa-web@3  rollback of @2  succeeded  2026-11-22 05:00  ada  US-1@2   –
✓  D-2         qa-web@2  deploy          succeeded  2026-11-22 05:00  ada  US-1@2   ✓ possible
✓  D-1         qa-web@1  deploy          succeeded  2026-11-22 05:00  ada  US-1@2   – [already-rolled-back] by version 3
",
    );
}

#[test]
fn pending_names_what_the_stage_holds_and_the_area_does_not() {
    let change = |key: &str, revision: Value, held: Value, on_hold: bool| json!({"change": key, "revision": revision, "held": held, "on_hold": on_hold});
    let changes = [
        change("US-1", json!(1), Value::Null, true),
        change("US-2", json!(2), json!(1), false),
        change("US-3", Value::Null, json!(1), false),
    ];
    let areas = json!({"areas": [
        {"area": "qa-web", "stage": "QA", "version": 7, "changes": changes},
        {"area": "qa-db", "stage": "QA", "version": null, "changes": []},
    ]});
    expect(
        "pending",
        &areas,
        "
qa-web@7 of QA  3 changes pending
  +  US-1  revision 1 not there yet                            on hold: automatic deployments skip it
  ~  US-2  revision 1 there, 2 at the stage
  -  US-3  revision 1 still there, the stage holds it no more
qa-db of QA  – was never deployed to, and nothing is pending
",
    );
}

#[test]
fn why_tells_the_facts_in_order() {
    let fact = |seq: u32, says: &str, operation: Value| json!({"seq": seq, "at": "2026-11-22T05:00:00Z", "by": "ada", "operation": operation, "says": says, "reason": null});
    let view = json!({
        "change": "US-1", "stage": "QA", "state": "absent", "revision": null, "says": "QA does not hold US-1: M-2 took it out",
        "facts": [fact(4, "US-1 arrived", json!("P-1")), fact(12, "US-1 left", json!("M-2"))],
        "reasons": [{"code": "needs-tested", "message": "revision 2 is not tested", "blocks": true}]
    });
    expect(
        "why US-1 QA",
        &view,
        "
QA does not hold US-1: M-2 took it out  – absent
  #4   2026-11-22 05:00  ada  P-1  US-1 arrived
  #12  2026-11-22 05:00  ada  M-2  US-1 left
✗ [needs-tested] revision 2 is not tested
",
    );
}

#[test]
fn jobs_and_the_log_are_tables() {
    let job = json!({
        "id": 12, "area": "qa-web", "deployment": "D-4", "operation": "M-2", "state": "failed", "sequence": 1, "attempts": 3,
        "run_at": "2026-11-22T05:00:00Z", "worker": null, "version": null,
        "problem": {"code": "area-drifted", "message": "a.txt was edited", "hint": "repair it"}
    });
    expect(
        "jobs",
        &json!({"jobs": [job]}),
        "
   Job  Area    Deployment  For  State   Runs              Attempts  Why
✗  12   qa-web  D-4         M-2  failed  2026-11-22 05:00  3         [area-drifted] a.txt was edited
",
    );
    assert_eq!(run("jobs", 200, &json!({"jobs": [job]})).exit, 0, "a list is only a list");
    assert_eq!(run("jobs wait", 200, &json!({"jobs": [job]})).exit, 3, "somebody waited for a job that failed");
    let entry = json!({
        "seq": 3, "at": "2026-11-22T05:00:00Z", "actor": "ada", "kind": "demotion", "operation": "M-2", "says": "M-2 demotes US-1",
        "reason": "broken", "warnings": [{"code": "a", "message": "b"}], "hash": "abc"
    });
    expect(
        "log",
        &json!({"entries": [entry]}),
        "
Entry  When              Who  Kind      What
#3     2026-11-22 05:00  ada  demotion  M-2 demotes US-1 “broken” (! 1 warned)
",
    );
}

#[test]
fn what_disagrees_needs_a_person() {
    let check = |what: &str, name: &str, problems: Value| json!({"what": what, "name": name, "ok": problems == json!([]), "problems": problems});
    let problem = json!([{"code": "branch-rewritten", "message": "qa stands elsewhere", "hint": "run `switchback stage adopt QA`"}]);
    let checks = [check("chain", "", json!([])), check("branch", "QA", problem)];
    let view = json!({"ok": false, "entries": 12, "head": "0123456789", "checks": checks});
    expect(
        "verify",
        &view,
        "
✓ chain agrees
✗ branch QA disagrees: 1 finding
    qa stands elsewhere
    hint: run `switchback stage adopt QA`
✗ 1 check failed: 12 entries
",
    );
    assert_eq!(run("verify", 200, &view).exit, 3);
    let deviation = json!({"path": "a.txt", "what": "changed", "expected": "100644 1", "found": "100644 2"});
    let areas = json!({"areas": [{"area": "qa-web", "version": 7, "tree": "a", "found": "b", "clean": false, "files": 12, "deviations": [deviation], "problem": null}]});
    expect(
        "area verify",
        &areas,
        "
✗ qa-web@7 differs: 1 deviation in 12 files
    changed    a.txt
hint: `switchback area repair qa-web`
",
    );
    assert_eq!(run("area verify", 200, &areas).exit, 3);
}

#[test]
fn a_diff_names_changes_and_files() {
    let view = json!({
        "a": {"name": "QA@#3", "tree": "0123456789"}, "b": {"name": "QA", "tree": "abcdef0123"},
        "changes": [{"change": "US-1", "a": null, "b": 1}, {"change": "US-2", "a": 1, "b": 2}, {"change": "US-3", "a": 1, "b": null}],
        "files": [{"path": "a.txt", "change": "added"}, {"path": "b.txt", "change": "modified"}, {"path": "c.txt", "change": "deleted"}]
    });
    expect(
        "diff QA@#3 QA",
        &view,
        "
QA@#3 (tree 01234567) → QA (tree abcdef01)
  +  US-1  only the second holds it, at revision 1
  ~  US-2  revision 1 → 2
  -  US-3  only the first holds it, at revision 1
3 files
  + added    a.txt
  ~ modified b.txt
  - deleted  c.txt
",
    );
}

#[test]
fn json_is_one_object_as_the_contract_writes_it() {
    let held = json!({"DEV": {"revision": 2, "state": "current"}, "QA": {"revision": 1, "state": "outdated"}});
    let view = json!({
        "stages": ["DEV", "QA"],
        "changes": [{"key": "US-1", "title": "T", "revision": 2, "excluded": false, "stages": held}]
    });
    assert_eq!(run("where --json", 200, &view).out, format!("{view}\n"));
}
