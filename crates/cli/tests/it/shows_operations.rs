//! What people see of operations and their plans, and how those runs end.

use crate::fake::{run, shown};
use serde_json::{Value, json};

fn expect(line: &str, answer: &Value, expected: &str) {
    let text = shown(line, answer);
    assert_eq!(text.trim_end(), expected.trim_matches('\n'), "\n`{line}` shows:\n{text}");
}

fn rollback(area: &str, status: &str, version: Value, problem: Value) -> Value {
    json!({
        "area": area, "deployment": "D-4", "kind": "rollback", "status": status, "version": version,
        "changes": [{"change": "US-1", "revision": 1}], "problem": problem
    })
}

fn demotion(results: Value) -> Value {
    json!({"operation": "M-2", "kind": "demotion", "says": "M-2 demotes US-1 from QA to DEV", "results": results, "deployments": [], "warnings": []})
}

#[test]
fn a_demotion_shows_its_rollbacks() {
    let problem = json!({"code": "area-drifted", "message": "a.txt was edited", "hint": "repair it"});
    let rollbacks =
        [rollback("qa-web", "succeeded", json!(8), Value::Null), rollback("sit-web", "failed", Value::Null, problem)];
    let results = json!([{"change": "US-1", "status": "demoted", "revision": 1, "from": "QA", "to": "DEV", "rollbacks": rollbacks}]);
    let mut view = demotion(results);
    view["warnings"] = json!([{"code": "area-drifted", "message": "sit-web still holds US-1"}]);
    expect(
        "demote US-1 --to DEV",
        &view,
        "
M-2 demotes US-1 from QA to DEV
  ✓  US-1  demoted  revision 1  QA → DEV
      ✓  rollback  qa-web@8  D-4  succeeded  1 change
      ✗  rollback  sit-web   D-4  failed     1 change
          [area-drifted] a.txt was edited
          hint: repair it
! warning [area-drifted]: sit-web still holds US-1
",
    );
    assert_eq!(
        run("demote US-1 --to DEV", 200, &view).exit,
        3,
        "SPEC D7: the demotion stands, and a rollback is left to somebody"
    );
}

#[test]
fn a_demotion_that_stopped_half_way_says_which_is_which() {
    let refused = json!({"code": "has-dependents", "message": "US-5 builds on US-2", "hint": "add --with-dependents", "details": {}});
    let results = json!([
        {"change": "US-1", "status": "demoted", "revision": 1, "from": "QA", "to": "DEV", "rollbacks": []},
        {"change": "US-2", "status": "refused", "from": "QA", "to": "DEV", "rollbacks": [], "refused": refused},
        {"change": "US-3", "status": "not-run", "from": "QA", "to": "DEV", "rollbacks": []},
    ]);
    let ran = run("demote US-1 US-2 US-3 --to DEV", 200, &demotion(results.clone()));
    assert_eq!(ran.exit, 3, "SPEC D9");
    expect(
        "demote US-1 US-2 US-3 --to DEV",
        &demotion(results),
        "
M-2 demotes US-1 from QA to DEV
  ✓  US-1  demoted  revision 1  QA → DEV
  ✗  US-2  refused              QA → DEV
      [has-dependents] US-5 builds on US-2
      hint: add --with-dependents
  –  US-3  not-run              QA → DEV
",
    );
}

#[test]
fn a_conflicted_promotion_says_what_to_do() {
    let conflict = json!({
        "change": "US-1", "path": "a.txt", "kind": "content", "stage": "QA", "base": "1\n", "ours": "2\n", "theirs": "3\n",
        "encoding": "utf-8", "other_side": "US-2"
    });
    let view = json!({
        "operation": "P-3", "kind": "promotion", "status": "conflicted", "says": "P-3 stops: US-1 conflicts on a.txt",
        "results": [{"change": "US-1", "status": "conflicted", "revision": 1, "from": "DEV", "to": "QA"}],
        "conflicts": [conflict], "deployments": [], "warnings": []
    });
    let text = "
P-3 stops: US-1 conflicts on a.txt  ✗ conflicted
  ✗  US-1  conflicted  revision 1  DEV → QA
  ✗ conflict a.txt (content): US-1 against US-2, on QA
hint: look with `switchback conflicts P-3`,
      settle each with `switchback resolve P-3 PATH --ours|--theirs|--base|--file F|--editor|--tool`
";
    expect("promote US-1", &view, text);
    let json = run("promote US-1 --json", 200, &view);
    assert_eq!((json.exit, json.out), (3, format!("{view}\n")));
    expect(
        "conflicts P-3",
        &json!({"conflicts": [conflict]}),
        "
  ✗ conflict a.txt (content): US-1 against US-2, on QA
    ── base
    1
    ── ours: the destination
    2
    ── theirs: the change
    3
",
    );
}

#[test]
fn a_conflict_is_shown_where_its_sides_differ() {
    let text = |middle: &str| format!("1\n2\n3\n4\n{middle}\n6\n7\n8\n9\n");
    let conflict = |base: Value, encoding: &str| {
        json!({"conflicts": [{
            "change": "US-1", "path": "a.txt", "kind": "content", "stage": "QA", "base": base, "ours": text("x"),
            "theirs": text("y\nz"), "encoding": encoding, "other_side": null
        }]})
    };
    expect(
        "conflicts P-3",
        &conflict(json!(text("5")), "utf-8"),
        "
  ✗ conflict a.txt (content): US-1 against what the stage began with, on QA
    ── base
    … 2 lines alike
    3
    4
    5
    6
    7
    … 2 lines alike
    ── ours: the destination
    … 2 lines alike
    3
    4
    x
    6
    7
    … 2 lines alike
    ── theirs: the change
    … 2 lines alike
    3
    4
    y
    z
    6
    7
    … 2 lines alike
",
    );
    let nothing = shown("conflicts P-3", &conflict(Value::Null, "utf-8"));
    assert!(nothing.contains("── base\n    (nothing)\n    ── ours: the destination\n    1\n    2"), "{nothing}");
    let binary = shown("conflicts P-3", &conflict(json!("AP8K"), "base64"));
    assert!(binary.contains("── base\n    (no text: 4 bytes in base64)"), "{binary}");
}

#[test]
fn a_plan_shows_the_exact_outcome() {
    let stages = json!([{
        "stage": "QA", "tree": "0123456789abcdef", "files": [{"path": "a.txt", "change": "modified"}],
        "commits": [{"change": "US-1", "action": "remove", "tree": "0123456789abcdef"}]
    }]);
    let areas = json!([{
        "area": "qa-web", "stage": "QA", "deployment": "D-4", "kind": "rollback", "version": 8, "tree": "fedcba98",
        "files": [{"path": "a.txt", "change": "modified"}], "problem": null
    }]);
    let privileges = json!([
        {"privilege": "demote-any", "scope": {"stage": "QA"}, "implicit": null},
        {"privilege": "rollback", "scope": {"area": "qa-web"}, "implicit": "qa-web is a default area"},
    ]);
    let mut plan =
        demotion(json!([{"change": "US-1", "status": "demoted", "from": "QA", "to": "DEV", "rollbacks": []}]));
    plan["stages"] = stages;
    plan["areas"] = areas;
    plan["dependents"] = json!([{"change": "US-5", "because_of": "US-1"}]);
    plan["privileges"] = privileges;
    plan["hash"] = json!("a1b2c3");
    let view = json!({"plan": plan});
    expect(
        "demote US-1 --to DEV --dry-run",
        &view,
        "
A plan: nothing was written.
M-2 demotes US-1 from QA to DEV
  ✓  US-1  demoted  QA → DEV

Stage QA
  tree 0123456789abcdef, 1 commit, 1 file
  remove  US-1  tree 01234567
  ~ modified a.txt

Area qa-web of QA
  D-4 rollback makes qa-web@8, tree fedcba98, 1 file
  ~ modified a.txt

Goes along
  US-5 because of US-1

Privileges
  demote-any on stage QA (explicit)
  rollback on area qa-web (implicit: qa-web is a default area)

To do exactly this: repeat the command with `--plan a1b2c3`
",
    );
    assert_eq!(run("demote US-1 --to DEV --dry-run --json", 200, &view).out, format!("{view}\n"));
}

#[test]
fn a_mass_back_promotion_shows_one_block_for_each_destination() {
    let row = |destination: &str, operation: Value, status: &str, changes: Value, locked: Value| json!({"destination": destination, "operation": operation, "status": status, "changes": changes, "locked": locked});
    let locked = json!([{"change": "US-2", "reasons": [{"code": "ignored", "message": "US-2 is ignored at DEV1", "blocks": true}]}]);
    let moved = json!([{"change": "US-1", "revision": 1, "status": "moved"}]);
    let mut rows = vec![
        row("DEV1", json!("P-4"), "completed", moved, locked),
        row("DEV2", Value::Null, "nothing-to-move", json!([]), json!([])),
    ];
    let view = |rows: &[Value]| {
        json!({
            "operation": null, "kind": "mass-back-promotion", "says": "1 promotion from PROD", "results": [], "promotions": rows,
            "deployments": [], "warnings": []
        })
    };
    let line = "back-promote --mass --from PROD";
    expect(
        line,
        &view(&rows),
        "
1 promotion from PROD
→ DEV1  P-4  ✓ completed
  ✓  US-1  moved   revision 1
  ✗  US-2  locked  [ignored] US-2 is ignored at DEV1
→ DEV2  no promotion  – nothing-to-move
",
    );
    assert_eq!(run(line, 200, &view(&rows)).exit, 0);
    rows.push(row("DEV3", json!("P-5"), "conflicted", json!([]), json!([])));
    assert_eq!(run(line, 200, &view(&rows)).exit, 3);
}

#[test]
fn a_deployment_by_hand_that_failed_needs_a_person() {
    let one = |status: &str| json!({"area": "qa-web", "deployment": "D-4", "kind": "deploy", "status": status, "version": null, "changes": [], "problem": null});
    let view = |status: &str| json!({"operation": "D-4", "kind": "deployment", "results": [], "deployments": [one(status)], "warnings": []});
    assert_eq!(run("deploy --stage QA", 200, &view("failed")).exit, 3);
    assert_eq!(run("deploy --stage QA --no-wait", 200, &view("queued")).exit, 0);
}

#[test]
fn init_says_what_it_found() {
    let stage = |stage: &str, next: &[&str], imported: &[&str]| json!({"stage": stage, "branch": stage.to_lowercase(), "next": next, "head": "c0ffee", "imported": imported});
    let view = json!({
        "operation": null, "kind": "init", "pipeline": "acme", "configuration": "switchback.toml", "wrote_configuration": true,
        "administrator": "ada", "stages": [stage("DEV", &["QA"], &["US-1", "US-2"]), stage("QA", &[], &[])], "warnings": []
    });
    expect(
        "init",
        &view,
        "
Pipeline acme begins; ada administers it
Stage  Branch  Leads to  Imported
DEV    dev     QA        US-1, US-2
QA     qa                nothing
The configuration is written to switchback.toml.
",
    );
    let plan = shown("init --dry-run", &json!({"plan": view}));
    assert!(plan.starts_with("A plan: nothing was written.\nPipeline acme would begin"), "{plan}");
}
