//! Which request each command line makes.

use crate::fake::{asked, run};
use serde_json::{Value, json};

/// The reads, as their query says it.
#[test]
fn reads() {
    for (line, expected) in [
        ("status", "GET /status"),
        ("status --as-of #12", "GET /status?as_of=%2312"),
        ("where", "GET /where"),
        ("where US-1 US-2", "GET /where?change=US-1&change=US-2"),
        ("why US-1 QA", "GET /changes/US-1/why?stage=QA"),
        ("pending", "GET /pending"),
        ("pending qa-web", "GET /pending?area=qa-web"),
        (
            "behind DEV --from QA --from PROD --project p --release r",
            "GET /stages/DEV/behind?from=QA&from=PROD&project=p&release=r",
        ),
        ("ahead DEV", "GET /stages/DEV/ahead"),
        ("change list --stage QA --owner ada", "GET /changes?stage=QA&owner=ada"),
        ("change show US-1", "GET /changes/US-1"),
        ("promotion list --status draft -n 3", "GET /promotions?status=draft&limit=3"),
        ("promotion show P-3", "GET /promotions/P-3"),
        ("conflicts P-3", "GET /conflicts?promotion=P-3"),
        (
            "history --area qa-web --kind deploy --by ada --since 2026-01-01",
            "GET /history?area=qa-web&kind=deploy&by=ada&since=2026-01-01&rollbackable=false",
        ),
        ("history --rollbackable", "GET /history?rollbackable=true"),
        ("area list", "GET /areas"),
        ("area show qa-web", "GET /areas/qa-web"),
        ("area verify qa-web sit-web", "GET /verification/areas?area=qa-web&area=sit-web"),
        ("jobs", "GET /jobs"),
        ("jobs list --state failed", "GET /jobs?state=failed"),
        ("log -n 5", "GET /log?limit=5"),
        ("diff qa-web@3 qa-web@7", "GET /diff?a=qa-web%403&b=qa-web%407"),
        ("verify", "GET /verification"),
        ("grants ada", "GET /grants?who=ada"),
    ] {
        let asked = asked(line);
        assert_eq!((asked.line.as_str(), &asked.body), (expected, &Value::Null), "`{line}`");
    }
}

/// By hand is asked first what is open; where nothing is, nothing is sent that would settle it.
#[test]
fn nothing_is_sent_to_settle_what_is_not_open() {
    let refusal = json!({"refused": {"code": "not-conflicted", "message": "x", "hint": "x", "details": {}}});
    for (line, expected) in [
        ("resolve P-3 --editor", "GET /conflicts?promotion=P-3&to_settle=true"),
        ("resolve P-3 --tool", "GET /conflicts?promotion=P-3&to_settle=true"),
        (
            "resolve P-3 a/b --tool meld --change US-1",
            "GET /conflicts?promotion=P-3&to_settle=true&path=a%2Fb&change=US-1",
        ),
    ] {
        let ran = run(line, 409, &refusal);
        let asked: Vec<_> = ran.asked.iter().map(|one| one.line.as_str()).collect();
        assert_eq!((ran.exit, asked), (3, vec![expected]), "`{line}` {}", ran.err);
        assert!(ran.err.contains("not-conflicted"), "{}", ran.err);
    }
}

fn operation(line: &str, path: &str, expected: &Value) {
    let asked = asked(line);
    let method = if line.starts_with("promotion edit") { "PATCH" } else { "POST" };
    assert_eq!(asked.line, format!("{method} {path}"), "`{line}`");
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&asked.body[key], value, "`{key}` of `{line}`: {}", asked.body);
    }
}

#[test]
fn moves() {
    operation(
        "promote US-1 US-2 --from DEV --to QA --deploy",
        "/promotions",
        &json!({"changes": {"keys": ["US-1", "US-2"]}, "from": "DEV", "to": "QA", "start": "now"}),
    );
    operation(
        "promote --all --draft",
        "/promotions",
        &json!({"changes": "all", "from": null, "to": null, "start": "draft"}),
    );
    operation("promote --all --at 2026-12-01T22:00", "/promotions", &json!({"start": {"at": "2026-12-01T22:00"}}));
    operation(
        "back-promote US-1 --to D1,D2",
        "/back-promotions",
        &json!({"changes": {"keys": ["US-1"]}, "to": ["D1", "D2"]}),
    );
    operation(
        "back-promote --all --to D1 --from QA",
        "/back-promotions",
        &json!({"changes": "all", "from": "QA", "to": ["D1"]}),
    );
    operation(
        "back-promote --mass --from PROD --to D1",
        "/mass-back-promotions",
        &json!({"from": "PROD", "to": ["D1"], "start": "now"}),
    );
    operation(
        "demote US-1 US-2 --from QA --to DEV --with-dependents --all-or-nothing --recursive --override-freeze",
        "/demotions",
        &json!({"changes": ["US-1", "US-2"], "from": "QA", "to": "DEV", "deploy": "nothing", "with_dependents": true,
                "all_or_nothing": true, "recursive": true, "override_freeze": true}),
    );
    operation(
        "demote US-1 --to DEV --area a --area b",
        "/demotions",
        &json!({"from": null, "deploy": {"areas": ["a", "b"]}}),
    );
    operation("demote US-1 --to DEV --deploy", "/demotions", &json!({"deploy": "defaults"}));
}

#[test]
fn options_of_a_promotion() {
    let line = "promote US-1 --project p --release r --owner ada --order-by key --exclude-from-auto-resolve Profile,Layout \
                --full-profiles --full-permission-sets --email-on-complete --with-dependencies --skip-conflicted --recursive \
                --override-freeze --pull-request --area a";
    let options = json!({
        "project": "p", "release": "r", "owner": "ada", "order_by": "key", "exclude_from_auto_resolve": ["Profile", "Layout"],
        "full_profiles": true, "full_permission_sets": true, "email_on_complete": true, "with_dependencies": true,
        "skip_conflicted": true, "recursive": true, "override_freeze": true, "pull_request": true, "deploy": {"areas": ["a"]}
    });
    operation(line, "/promotions", &json!({"options": options}));
    operation(
        &line.replace("promote US-1", "back-promote US-1 --to D1"),
        "/back-promotions",
        &json!({"options": options}),
    );
    let plain = &asked("promote US-1 --no-deploy").body["options"];
    assert_eq!(
        (&plain["deploy"], &plain["order_by"], &plain["exclude_from_auto_resolve"]),
        (&json!("nothing"), &Value::Null, &Value::Null)
    );
}

#[test]
fn records_of_promotions() {
    operation(
        "promotion edit P-3 --add US-1 --add US-2 --remove US-3 --at 2026-12-01T22:00 --full-profiles=false --skip-conflicted",
        "/promotions/P-3",
        &json!({"add": ["US-1", "US-2"], "remove": ["US-3"], "start": {"at": "2026-12-01T22:00"},
                "full_profiles": false, "skip_conflicted": true, "deploy": null, "email_on_complete": null}),
    );
    operation(
        "promotion edit P-3 --draft --no-deploy",
        "/promotions/P-3",
        &json!({"start": "draft", "deploy": "nothing"}),
    );
    operation("promotion run P-3 --override-freeze", "/promotions/P-3/run", &json!({"override_freeze": true}));
    operation("promotion cancel P-3", "/promotions/P-3/cancel", &json!({}));
    operation(
        "resolve P-3 a/b --ours",
        "/resolutions",
        &json!({"promotion": "P-3", "path": "a/b", "change": null, "with": "ours"}),
    );
    operation("resolve P-3 a/b --theirs --change US-1", "/resolutions", &json!({"change": "US-1", "with": "theirs"}));
}

#[test]
fn a_settled_file_is_sent_whole() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), [0, 255, 10]).unwrap();
    let line = format!("resolve P-3 a/b --file {}", file.path().display());
    operation(&line, "/resolutions", &json!({"with": {"content": "AP8K"}}));
    let ran = run("resolve P-3 a/b --file /does/not/exist", 200, &Value::Null);
    assert_eq!((ran.exit, ran.asked.len()), (2, 0));
    assert!(ran.err.starts_with("error [unreadable-file]: `/does/not/exist` cannot be read"), "{}", ran.err);
}

#[test]
fn deployments() {
    operation(
        "deploy US-1 --area a --area b",
        "/deployments",
        &json!({"changes": {"keys": ["US-1"]}, "place": {"areas": ["a", "b"]}}),
    );
    operation("deploy --all --stage QA", "/deployments", &json!({"changes": "all", "place": {"stage": "QA"}}));
    operation("deploy --stage QA", "/deployments", &json!({"changes": "all"}));
    operation("rollback qa-web@7", "/rollbacks", &json!({"what": "qa-web@7"}));
    operation("area repair a", "/areas/a/repair", &json!({}));
    operation("area populate a", "/areas/a/populate", &json!({}));
    operation("jobs wait", "/jobs/wait", &json!({"jobs": []}));
    operation("jobs run 3", "/jobs/run", &json!({"jobs": ["3"]}));
    operation("jobs cancel 3 D-4", "/jobs/cancel", &json!({"jobs": ["3", "D-4"]}));
    operation("jobs retry D-4", "/jobs/retry", &json!({"jobs": ["D-4"]}));
    operation("run-due", "/run-due", &json!({}));
    operation("fetch", "/fetch", &json!({}));
}

#[test]
fn changes() {
    operation(
        "change record US-1 --branch f --stage DEV --title \"Pay by card\" --project p --release r --owner ada --parent US-0",
        "/changes",
        &json!({"change": "US-1", "source": {"branch": "f"}, "stage": "DEV", "title": "Pay by card", "project": "p",
                "release": "r", "owner": "ada", "parent": "US-0"}),
    );
    operation("change record US-1 --commits a..b,c", "/changes", &json!({"source": {"commits": ["a..b", "c"]}}));
    operation(
        "change attest US-1 US-2 tested approved --revision 2",
        "/attestations",
        &json!({"changes": ["US-1", "US-2"], "kinds": ["tested", "approved"], "revision": 2}),
    );
    let decide = |line: &str, decision: Value| operation(line, "/decisions", &json!({"decision": decision}));
    decide("change exclude US-1", json!("exclude"));
    decide("change include US-1", json!("include"));
    decide("change ignore US-1 --stage QA", json!({"ignore": "QA"}));
    decide("change ignore US-1 --stage QA --off", json!({"notice": "QA"}));
    decide("change task US-1 --add \"rotate the key\"", json!({"add-task": {"text": "rotate the key", "area": null}}));
    decide("change task US-1 --done 2 --area a", json!({"do-task": {"number": 2, "area": "a"}}));
    let edit = json!({"title": null, "project": null, "release": null, "owner": "ada", "parent": null});
    decide("change edit US-1 US-2 --owner ada", json!({"edit": edit}));
}

#[test]
fn the_pipeline_itself() {
    operation(
        "init --stage DEV=dev --stage QA=release/qa --next DEV=QA",
        "/init",
        &json!({"stages": [{"stage": "DEV", "branch": "dev"}, {"stage": "QA", "branch": "release/qa"}], "next": [{"from": "DEV", "to": "QA"}]}),
    );
    operation("verify --repair", "/verification/repair", &json!({}));
    operation("stage adopt QA", "/stages/QA/adopt", &json!({}));
    let grant = |scope: Value, effect: &str| json!({"grant": {"who": "ada", "privilege": "deploy", "scope": scope, "effect": effect}});
    operation("grant ada deploy", "/grants", &grant(json!("pipeline"), "allow"));
    operation("grant ada deploy --stage QA --deny", "/grants", &grant(json!({"stage": "QA"}), "deny"));
    operation("revoke ada deploy --area a", "/grants/revoke", &grant(json!({"area": "a"}), "allow"));
}

#[test]
fn who_why_and_how_far_come_along_with_any_request() {
    let asked = asked("--as zoë demote US-1 --to DEV --reason \"50 % off\" --dry-run --no-wait --plan a1");
    let expected = [
        ("if-plan-match", "a1"),
        ("prefer", "respond-async"),
        ("switchback-reason", "50 %25 off"),
        ("switchback-user", "zo%C3%AB"),
    ];
    assert_eq!(asked.line, "POST /plans/demotions");
    assert_eq!(asked.headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(crate::fake::asked("status").headers, []);
}

#[test]
fn words_that_exclude_each_other_are_refused() {
    for line in [
        "promote",
        "promote US-1 --all",
        "promote US-1 --draft --at 2026-12-01",
        "promote US-1 --deploy --no-deploy",
        "promote US-1 --order-by size",
        "back-promote US-1",
        "back-promote --to DEV",
        "back-promote --mass",
        "back-promote US-1 --mass --from PROD",
        "deploy US-1",
        "deploy US-1 --area a --stage QA",
        "deploy US-1 --all --area a",
        "resolve P-1 a/b",
        "resolve P-1 a/b --ours --theirs",
        "change record US-1",
        "change record US-1 --branch b --commits c",
        "change attest US-1 US-2",
        "change attest tested approved",
        "change edit US-1",
        "change task US-1",
        "change task US-1 --done 1",
        "change task US-1 --add x --done 1 --area a",
        "grant ada fly",
        "grant ada deploy --stage QA --area a",
        "init --stage DEV",
        "jobs cancel",
        "history --kind other",
        "user add",
        "user edit ann",
        "user list --data d --server http://localhost",
        "user add ann --dry-run",
        "group add testers ann --as bob",
        "token create ci --for ann --reason x",
        "token create ci --privilege fly",
        "token list --for ann --all",
    ] {
        let ran = run(line, 200, &Value::Null);
        assert_eq!((ran.exit, ran.asked.len()), (2, 0), "`{line}` {}", ran.err);
    }
}
