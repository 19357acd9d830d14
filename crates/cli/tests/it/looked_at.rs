//! What somebody looked at: not sent to them again, told page by page, and edited as they saw it or not at all (`SPEC W2`).

use crate::serving::{ACME, Answer, Caller};
use crate::world::World;
use serde_json::{Value, json};

fn with_a_draft() -> World {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.change("US-2", &[("web/b", "b\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--draft"]);
    world
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

fn again(caller: &Caller, path: &str, tag: &str) -> Answer {
    caller.request(&format!("GET {path}"), &[("if-none-match", tag)], "")
}

fn push(world: &World, branch: &str) {
    world.git(&["checkout", "-q", branch]);
    world.write("web/z", "z\n");
    world.commit("somebody's own");
    world.git(&["checkout", "-q", "main"]);
}

#[test]
fn whoever_has_an_answer_is_not_sent_it_again() {
    let world = with_a_draft();
    let root = Caller::of(&world, "root");
    let reads = ["status", "log", "where", "promotions", "promotions/P-1", "changes/US-1", "edges", "configuration"];
    let paths: Vec<_> = reads.iter().map(|read| format!("{ACME}/{read}")).chain(["/api/v1/users".to_owned()]).collect();
    let before: Vec<_> = paths.iter().map(|path| tag(&root.get(path))).collect();
    for (path, tag) in paths.iter().zip(&before) {
        for has in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let same = again(&root, path, &has);
            assert_eq!((same.status, same.header("etag")), (304, Some(tag.as_str())), "{path} {has}");
            assert_eq!((&same.body, same.head().contains_key("content-type")), (&Value::Null, false), "{path}");
        }
        assert_eq!(again(&root, path, "\"other\"").status, 200, "{path}");
    }
    assert_eq!(root.get(&paths[0]).header("cache-control"), Some("private, no-cache"));
    assert_eq!(root.get("/api/v1/users").header("cache-control"), Some("no-store"));
    world.ok(&["promotion", "run", "P-1"]);
    for (path, tag) in paths.iter().zip(&before).take(6) {
        let other = again(&root, path, tag);
        assert_eq!(other.status, 200, "{path}");
        assert_ne!(other.header("etag"), Some(tag.as_str()), "{path}");
    }
}

/// The ledger is where it was: what changes is a branch that somebody pushed to.
#[test]
fn what_no_entry_tells_makes_another_answer_too() {
    let world = with_a_draft();
    let root = Caller::of(&world, "root");
    let status = format!("{ACME}/status");
    let before = tag(&root.get(&status));
    push(&world, "sit");
    let after = again(&root, &status, &before);
    assert_eq!(after.status, 200);
    assert_eq!(after.body["stages"][1]["standing"], json!({"branch": "ahead", "commits": 1}));
}

#[test]
fn a_record_is_edited_as_somebody_saw_it_or_not_at_all() {
    let world = with_a_draft();
    let root = Caller::of(&world, "root");
    let path = format!("{ACME}/promotions/P-1");
    let edit =
        |seen: &str, body: &Value| root.request(&format!("PATCH {path}"), &[("if-match", seen)], &body.to_string());
    let first = tag(&root.get(&path));
    assert_eq!(edit(&first, &json!({"add": ["US-2"]})).status, 200);
    let no = edit(&first, &json!({"remove": ["US-1"]})).is(412, "record-changed");
    let now = root.get(&path);
    assert_eq!(no.body["details"]["etag"], json!(tag(&now)));
    assert_eq!(no.body["details"]["now"], now.body);
    let changes: Vec<_> =
        now.body["promotion"]["changes"].as_array().unwrap().iter().map(|one| &one["change"]).collect();
    assert_eq!(changes, ["US-1", "US-2"], "nothing was done");
    assert_eq!(edit(&tag(&now), &json!({"remove": ["US-1"]})).status, 200);
    // The same with its plan, and with whatever else is done with a record.
    let plan = format!("POST {ACME}/plans/promotions/P-1/run");
    root.request(&plan, &[("if-match", &first)], "").is(412, "record-changed");
    let run = |seen: &str| root.request(&format!("POST {path}/run"), &[("if-match", seen)], "");
    run(&first).is(412, "record-changed");
    assert_eq!(run("*").status, 200);
    // Without it, nobody is held to anything; and what is not there is not there.
    root.request(&format!("PATCH {ACME}/promotions/P-9"), &[("if-match", &first)], "{}").is(404, "unknown-promotion");
}

/// What is only said beside an answer is no change of the record.
#[test]
fn a_warning_keeps_nobody_from_editing() {
    let world = with_a_draft();
    let root = Caller::of(&world, "root");
    let path = format!("{ACME}/promotions/P-1");
    let silent = tag(&root.get(&path));
    push(&world, "main");
    let warned = root.get(&path);
    assert!(warned.body["warnings"].is_array(), "{}", warned.body);
    assert_ne!(tag(&warned), silent);
    for seen in [silent, tag(&warned)] {
        let plan = format!("POST {ACME}/plans/promotions/P-1");
        let done = root.request(&plan, &[("if-match", &seen)], &json!({"add": ["US-2"]}).to_string());
        assert_eq!(done.status, 200, "{}", done.body);
    }
}

#[test]
fn every_record_that_is_edited_can_be_held_to() {
    let world = with_a_draft();
    world.ok(&["grant", "ann", "attest"]);
    let root = Caller::of(&world, "root");
    let title = |title: &str| json!({"changes": ["US-1"], "decision": {"edit": {"title": title}}});
    let grant =
        |who: &str| json!({"grant": {"who": who, "privilege": "record", "scope": "pipeline", "effect": "allow"}});
    let text = |more: &str| json!({"text": format!("{}{more}", crate::world::THREE_STAGES)});
    let acme = |path: &str| format!("{ACME}{path}");
    let all = [
        (acme("/changes/US-1"), format!("POST {ACME}/decisions"), title("one"), title("two")),
        (acme("/grants"), format!("POST {ACME}/grants"), grant("bob"), grant("cyd")),
        (acme("/grants"), format!("POST {ACME}/grants/revoke"), grant("bob"), grant("cyd")),
        (acme("/configuration"), format!("POST {ACME}/configuration"), text("\n# one\n"), text("\n# two\n")),
    ];
    let ask = |line: &str, seen: &str, body: &Value| {
        let body = if body.is_null() { "{}".to_owned() } else { body.to_string() };
        let headers = [("if-match", seen), ("content-type", "application/json")];
        root.request(line, &headers, &body)
    };
    for (read, line, first, second) in all {
        let seen = tag(&root.get(&read));
        let done = ask(&line, &seen, &first);
        assert_eq!(done.status, 200, "{line}: {}", done.body);
        let no = ask(&line, &seen, &second).is(412, "record-changed");
        let now = root.get(&read);
        assert_eq!((&no.body["details"]["etag"], &no.body["details"]["now"]), (&json!(tag(&now)), &now.body), "{line}");
    }
}

#[test]
fn nobody_is_held_to_what_is_no_record() {
    let world = with_a_draft();
    let root = Caller::of(&world, "root");
    let seen = [("if-match", "\"x\"")];
    root.post(&format!("{ACME}/demotions"), &seen, &json!({"changes": ["US-1"]})).is(422, "invalid-request");
    let two = json!({"changes": ["US-1", "US-2"], "decision": "include"});
    root.post(&format!("{ACME}/decisions"), &seen, &two).is(422, "invalid-request");
    let headers = [("if-match", "\"x\""), ("content-type", "application/json")];
    let token = json!({"name": "x"});
    let no = root.post("/api/v1/tokens", &headers, &token);
    assert_eq!(no.status, 422, "{}", no.body);
}

/// Every page of a list, by its `Link`; each must be no longer than was asked for.
fn pages(caller: &Caller, path: &str, items: &str) -> Vec<Value> {
    let (mut all, mut at) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = at {
        let page = caller.get(&path);
        let told = page.body[items].as_array().unwrap_or_else(|| panic!("{path}: {}", page.body));
        assert!(told.len() <= 2, "{path}");
        all.extend(told.clone());
        let link = page.header("link").map(str::to_owned);
        at = link.map(|link| {
            let next = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
            assert!(next.contains(&format!("cursor={}", page.body["next"].as_str().unwrap())), "{next}");
            next
        });
    }
    all
}

#[test]
fn lists_are_told_page_by_page() {
    let world = with_a_draft();
    for key in ["US-3", "US-4", "US-5"] {
        world.change(key, &[(&format!("web/{key}"), "x\n")]);
        world.ok(&["promote", key, "--to", "SIT", "--deploy"]);
    }
    world.ok(&["demote", "US-3"]);
    world.ok(&["demote", "US-4"]);
    let callers: Vec<_> = ["root", "ann", "bob", "cyd"].into_iter().map(|who| Caller::of(&world, who)).collect();
    let root = &callers[0];
    let lists = [
        ("log", "entries"),
        ("history", "entries"),
        ("jobs", "jobs"),
        ("promotions", "promotions"),
        ("changes", "changes"),
        ("where", "changes"),
        ("where?change=US-5&change=US-1&change=US-3", "changes"),
        ("history?stage=SIT", "entries"),
    ];
    let own = [("/api/v1/users", "users")];
    let lists = lists.iter().map(|(list, items)| (format!("{ACME}/{list}"), *items));
    for (list, items) in lists.chain(own.map(|(list, items)| (list.to_owned(), items))) {
        let whole = root.get(&list);
        assert_eq!((&whole.body["next"], whole.header("link")), (&Value::Null, None), "{list}");
        let by = if list.contains('?') { '&' } else { '?' };
        let paged = pages(root, &format!("{list}{by}limit=2"), items);
        assert!(paged.len() > 2, "{list} has one page alone");
        assert_eq!(&json!(paged), &whole.body[items], "{list}");
        root.get(&format!("{list}{by}cursor=x")).is(422, "cursor-unknown");
        root.get(&format!("{list}{by}limit=0")).is(422, "invalid-request");
    }
    let of_log = root.get(&format!("{ACME}/log?limit=1")).body["next"].as_str().unwrap().to_owned();
    root.get(&format!("{ACME}/jobs?cursor={of_log}")).is(422, "cursor-unknown");
}

#[test]
fn what_comes_meanwhile_is_neither_told_twice_nor_in_the_way() {
    let world = with_a_draft();
    let root = Caller::of(&world, "root");
    let whole = root.get(&format!("{ACME}/log")).body["entries"].clone();
    let first = root.get(&format!("{ACME}/log?limit=2"));
    world.change("US-9", &[("web/nine", "9\n")]);
    let next = first.body["next"].as_str().unwrap();
    let rest = root.get(&format!("{ACME}/log?limit=100&cursor={next}"));
    let told: Vec<_> = [&first, &rest].iter().flat_map(|page| page.body["entries"].as_array().unwrap()).collect();
    assert_eq!(json!(told), whole);
}

/// However many pages it takes, the command line tells what was asked for, and nothing of pages.
#[test]
fn the_command_line_knows_no_pages() {
    let world = with_a_draft();
    let some = world.json(0, &["log", "-n", "2"]);
    assert_eq!((some["entries"].as_array().unwrap().len(), &some["next"]), (2, &Value::Null));
    let all = world.json(0, &["log", "-n", "5000"]);
    assert_eq!(all["entries"], world.json(0, &["log"])["entries"]);
}
