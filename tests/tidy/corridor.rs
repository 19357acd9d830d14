//! The one corridor: who makes plans, who appends them, and that every fact is folded by its name.

use crate::files::{Complaint, Files, complaint};
use crate::tokens::{Found, search};
use syn::visit::Visit;
use syn::{Arm, Pat};

/// Appends to the ledger.
const APPENDS: &str = "crates/engine/src/run.rs";
/// Where the trait that appends is declared and kept.
const LEDGERS: [&str; 2] = ["crates/core/src/ports/ledger.rs", "crates/ledger/src/"];
/// Makes plans.
const PLANS: &str = "crates/core/src/";
/// Match events by name.
const FOLDS: [&str; 3] = [
    "crates/core/src/ledger/fold",
    "crates/core/src/ledger/remember.rs",
    "crates/core/src/ledger/plan_encoding/events.rs",
];

/// Where something leaves the corridor.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (path, text) in files.below("crates/").filter(|(path, _)| path.ends_with(".rs") && path.contains("/src/")) {
        if path != APPENDS && !LEDGERS.iter().any(|ledger| path.starts_with(ledger)) {
            let what = "appends to the ledger; only `engine/src/run.rs` does";
            found.extend(each(path, search(text, &["ledger", ".", "append"]), what));
            found.extend(each(path, search(text, &["ledger", "(", ")", ".", "append"]), what));
        }
        if !path.starts_with(PLANS) {
            let what = "makes a plan; only the rules do, in `core`";
            found.extend(each(path, search(text, &["Plan", "::", "new"]), what));
            found.extend(each(path, search(text, &["plan", "::", "Plan", "{"]), what));
        }
        if FOLDS.iter().any(|fold| path.starts_with(fold)) {
            found.extend(wildcards(path, text));
        }
    }
    if files.text(APPENDS).is_some_and(|text| search(text, &["ledger", ".", "append"]).len() != 1) {
        found.push(complaint(APPENDS, 1, "appends to the ledger in one place"));
    }
    found
}

fn each(path: &str, found: Vec<Found>, what: &str) -> Vec<Complaint> {
    found.into_iter().map(|Found { line }| complaint(path, line, what)).collect()
}

/// Arms that take whatever is left: an event that is new would pass through them unseen.
fn wildcards(path: &str, text: &str) -> Vec<Complaint> {
    let mut arms = Arms::default();
    if let Ok(file) = syn::parse_file(text) {
        arms.visit_file(&file);
    }
    let what = "a `_` arm in the fold: name every event";
    arms.0.into_iter().map(|line| complaint(path, line, what)).collect()
}

#[derive(Default)]
struct Arms(Vec<usize>);

impl<'ast> Visit<'ast> for Arms {
    fn visit_arm(&mut self, arm: &'ast Arm) {
        if let Pat::Wild(wild) = &arm.pat {
            self.0.push(wild.underscore_token.spans[0].start().line);
        }
        syn::visit::visit_arm(self, arm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        complaints(&Files::new(&[(path, text)])).iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn a_second_hand_that_appends() {
        let text = "fn f(a: &A) {\n    a.ledger.append(b);\n}";
        assert!(found("crates/engine/src/jobs.rs", text).concat().starts_with("crates/engine/src/jobs.rs:2: appends"));
        assert!(found("crates/server/src/a.rs", "fn f(a: &A) { a.ledger().append(b) }").concat().contains("appends"));
        assert_eq!(found(APPENDS, text), [""; 0]);
        assert_eq!(found("crates/ledger/src/sqlite.rs", text), [""; 0]);
        assert_eq!(found("crates/engine/src/jobs.rs", "fn f(a: &mut Vec<u8>) { a.append(&mut b) }"), [""; 0]);
        let twice = format!("{text}\n{text}");
        assert!(found(APPENDS, &twice).concat().contains("in one place"));
    }

    #[test]
    fn a_plan_made_outside_the_rules() {
        assert!(found("crates/engine/src/a.rs", "fn f() { Plan::new(b); }").concat().contains("makes a plan"));
        assert!(found("crates/engine/src/a.rs", "fn f() { plan::Plan { b }; }").concat().contains("makes a plan"));
        assert_eq!(found("crates/core/src/ops/a.rs", "fn f() { Plan::new(b); }"), [""; 0]);
        assert_eq!(found("crates/engine/src/a.rs", "fn f(a: &Plan) -> Plan { a.clone() }"), [""; 0]);
    }

    #[test]
    fn an_event_that_nobody_folds() {
        let text = "fn f(a: &Event) { match a {\n    Event::A => {}\n    _ => {}\n} }";
        assert!(found("crates/core/src/ledger/fold/moves.rs", text).concat().contains("moves.rs:3: a `_` arm"));
        assert_eq!(found("crates/core/src/ledger/rights.rs", text), [""; 0]);
    }
}
