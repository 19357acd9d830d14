//! Nothing is half there: every code is documented and tried, every verb has its file in every layer.

use crate::files::{Complaint, Files, complaint};
use std::collections::BTreeSet;
use syn::visit::Visit;
use syn::{Arm, Expr, ExprCall, ExprLit, ImplItemFn, ItemFn, Lit, LitStr};

const REFUSALS: &str = "crates/core/src/words/refusal.rs";
/// The functions that may hold the table of codes.
const TABLES: [&str; 3] = ["as_str", "of_an_area", "code"];
/// Where a table of codes is one of faults.
const FAULT_TABLES: [&str; 1] = ["crates/ledger/src/fault.rs"];
/// What carries a code as its first word: a fault, and why somebody is not let in.
const CODED: [&str; 2] = ["Fault", "NotIn"];
const CODES: &str = "docs/codes.md";
const SCENARIOS: &str = "crates/core/tests/scenarios/";
const OPS: &str = "crates/core/src/ops/";
/// Files in `ops` that are no verbs, or that nobody types by that name.
const NO_VERBS: [&str; 10] =
    ["mod", "after_deploy", "automatic", "learn", "mend", "merged", "prelude", "rebuild", "schedule", "version"];
/// Where each verb has a file of its own. A layer that does not exist yet asks for nothing.
const LAYERS: [&str; 3] = ["crates/api/src/verbs/", "crates/server/src/routes/", "crates/cli/src/commands/"];

/// What is missing.
pub fn complaints(files: &Files) -> Vec<Complaint> {
    let mut found = about_refusals(files);
    found.extend(about_faults(files));
    found.extend(about_verbs(files));
    found
}

fn about_refusals(files: &Files) -> Vec<Complaint> {
    let Some(text) = files.text(REFUSALS) else { return Vec::new() };
    let codes = refusal_codes(text);
    if codes.is_empty() {
        let what =
            "no codes found: `fn as_str` (or `fn code`) matches each variant to its code, `Self::A => \"a-code\"`";
        return vec![complaint(REFUSALS, 1, what)];
    }
    let scenarios: Vec<_> = files.below(SCENARIOS).filter(|(path, _)| is_told(path)).collect();
    let mut found = Vec::new();
    for (line, code) in codes {
        if !files.text(CODES).is_some_and(|text| documents(text, &code)) {
            found.push(complaint(REFUSALS, line, format!("`{code}` has no line in {CODES}")));
        }
        if !scenarios.iter().any(|(_, text)| mentions(text, &code)) {
            found.push(complaint(REFUSALS, line, format!("`{code}` is in no scenario below {SCENARIOS}")));
        }
    }
    found
}

/// Scenarios, and the guide to them, which lists what only the engine says; a test of the core holds the two together.
fn is_told(path: &str) -> bool {
    path.ends_with(".txt") || path.ends_with("README.md")
}

/// Faults are documented with the refusals, once that page exists.
fn about_faults(files: &Files) -> Vec<Complaint> {
    let Some(page) = files.text(CODES) else { return Vec::new() };
    let mut found = Vec::new();
    for (path, text) in files.rust().filter(|(path, _)| path.starts_with("crates/") && path.contains("/src/")) {
        let Ok(file) = syn::parse_file(text) else { continue };
        let mut faults = Faults(Vec::new());
        faults.visit_file(&file);
        let table = if FAULT_TABLES.contains(&path) { refusal_codes(text) } else { Vec::new() };
        for (line, code) in faults.0.into_iter().chain(table) {
            if !documents(page, &code) {
                found.push(complaint(path, line, format!("the fault `{code}` has no line in {CODES}")));
            }
        }
    }
    found
}

fn about_verbs(files: &Files) -> Vec<Complaint> {
    let verbs: BTreeSet<&str> = stems(files, OPS).filter(|stem| !NO_VERBS.contains(stem)).collect();
    let mut found = Vec::new();
    for layer in LAYERS {
        let there: BTreeSet<&str> = stems(files, layer).collect();
        if there.is_empty() {
            continue;
        }
        for verb in verbs.difference(&there) {
            let what = format!("the verb has no file in {layer}: it is called the same in every layer");
            found.push(complaint(&format!("{OPS}{verb}.rs"), 1, what));
        }
    }
    found
}

/// The names of a folder's files and folders: `promote` for `promote.rs` and for `promote/mod.rs`.
fn stems<'a>(files: &'a Files, folder: &'a str) -> impl Iterator<Item = &'a str> {
    files.below(folder).filter_map(move |(path, _)| {
        let inside = path.strip_prefix(folder)?;
        inside.split_once('/').map(|(first, _)| first).or_else(|| inside.strip_suffix(".rs"))
    })
}

fn documents(page: &str, code: &str) -> bool {
    page.contains(&format!("`{code}`"))
}

/// Whether a text names a code, and not only a longer one that contains it.
fn mentions(text: &str, code: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').any(|word| word == code)
}

/// The literals that the table of codes answers with.
fn refusal_codes(text: &str) -> Vec<(usize, String)> {
    let Ok(file) = syn::parse_file(text) else { return Vec::new() };
    let mut codes = Codes { inside: false, found: Vec::new() };
    codes.visit_file(&file);
    codes.found
}

fn literal(text: &LitStr) -> (usize, String) {
    (text.span().start().line, text.value())
}

struct Codes {
    inside: bool,
    found: Vec<(usize, String)>,
}

impl<'ast> Visit<'ast> for Codes {
    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.inside = TABLES.iter().any(|table| item.sig.ident == table);
        syn::visit::visit_impl_item_fn(self, item);
        self.inside = false;
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let outer = self.inside;
        self.inside = TABLES.iter().any(|table| item.sig.ident == table);
        syn::visit::visit_item_fn(self, item);
        self.inside = outer;
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if let (true, Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) = (self.inside, &*arm.body) {
            self.found.push(literal(text));
        }
        syn::visit::visit_arm(self, arm);
    }
}

/// The codes that `Fault::new` and the like are given.
struct Faults(Vec<(usize, String)>);

impl<'ast> Visit<'ast> for Faults {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let (Expr::Path(called), Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. }))) =
            (&*call.func, call.args.first())
        {
            let names: Vec<String> = called.path.segments.iter().map(|part| part.ident.to_string()).collect();
            if CODED.iter().any(|coded| names.ends_with(&[(*coded).to_owned(), "new".to_owned()])) {
                self.0.push(literal(text));
            }
        }
        syn::visit::visit_expr_call(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "impl Refusal {\n fn code(&self) -> &'static str {\n  match self {\n   \
                          Self::Frozen { .. } => \"stage-frozen\",\n   Self::There => \"already-there\",\n  }\n }\n \
                          fn hint(&self) -> &str { match self { _ => \"not-a-code\" } }\n}";

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        complaints(&Files::new(files)).iter().map(Complaint::to_string).collect()
    }

    #[test]
    fn covered_codes() {
        let page = "| `stage-frozen` | … |\n| `already-there` | … |";
        let files = [
            (REFUSALS, SOURCE),
            (CODES, page),
            (
                "crates/core/tests/scenarios/a.txt",
                "> promote\n\
             refused stage-frozen\nA: already-there",
            ),
        ];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn codes_without_a_line_or_a_scenario() {
        let files = [
            (REFUSALS, SOURCE),
            (CODES, "`stage-frozen`, and already-there without quotes"),
            ("crates/core/tests/scenarios/a.txt", "refused stage-frozen-again\nA: already-there"),
            ("crates/core/tests/scenarios/a.md", "stage-frozen"),
        ];
        assert_eq!(
            found(&files),
            [
                "crates/core/src/words/refusal.rs:4: `stage-frozen` is in no scenario below crates/core/tests/scenarios/",
                "crates/core/src/words/refusal.rs:5: `already-there` has no line in docs/codes.md",
            ]
        );
        let other_table = SOURCE.replace("fn code(", "fn as_str(");
        assert_eq!(found(&[(REFUSALS, &other_table)]).len(), 4);
        assert_eq!(found(&[(REFUSALS, SOURCE)]).len(), 4, "a page and scenarios that do not exist cover nothing");
    }

    #[test]
    fn refusals_in_a_form_that_is_not_understood() {
        let found = found(&[(REFUSALS, "impl R { fn code(&self) -> &str { CODES[self.number()] } }")]);
        assert!(found.len() == 1 && found[0].contains("no codes found"), "{found:?}");
    }

    #[test]
    fn undocumented_faults() {
        let source = "fn f() -> Fault { let a = Other::new(\"no-fault\"); fault::Fault::new(\"disk-full\", a, b) }";
        let path = "crates/engine/src/a.rs";
        assert_eq!(found(&[(path, source), (CODES, "`disk-full`")]), [""; 0]);
        let expected = "crates/engine/src/a.rs:1: the fault `disk-full` has no line in docs/codes.md";
        assert_eq!(found(&[(path, source), (CODES, "`disk`")]), [expected]);
        assert_eq!(found(&[("crates/engine/tests/it/a.rs", source), (CODES, "")]), [""; 0]);
        let other = source.replace("fault::Fault::new", "NotIn::new");
        assert_eq!(found(&[(path, &other), (CODES, "`disk`")]), [expected]);
    }

    #[test]
    fn undocumented_faults_of_a_table() {
        let source =
            "fn code(a: A) -> &'static str {\n match a {\n  A::B => \"disk-full\",\n  A::C => \"busy\",\n }\n}";
        let [path] = FAULT_TABLES;
        assert_eq!(found(&[(path, source), (CODES, "`disk-full` `busy`")]), [""; 0]);
        let expected = format!("{path}:4: the fault `busy` has no line in docs/codes.md");
        assert_eq!(found(&[(path, source), (CODES, "`disk-full`")]), [expected]);
        assert_eq!(found(&[("crates/engine/src/a.rs", source), (CODES, "")]), [""; 0], "no table of faults");
    }

    #[test]
    fn verbs_in_every_layer() {
        let ops = [("crates/core/src/ops/mod.rs", ""), ("crates/core/src/ops/demote.rs", "")];
        assert_eq!(found(&ops), [""; 0], "no other layer exists yet");
        for layer in LAYERS {
            let (other, same) = (format!("{layer}promote.rs"), format!("{layer}demote.rs"));
            let inside = format!("{layer}demote/mod.rs");
            let missing = found(&[ops[0], ops[1], (&other, "")]);
            assert_eq!(missing.len(), 1);
            assert!(missing[0].starts_with("crates/core/src/ops/demote.rs:1: ") && missing[0].contains(layer));
            assert_eq!(found(&[ops[0], ops[1], (&other, ""), (&same, "")]), [""; 0]);
            assert_eq!(found(&[ops[0], ops[1], (&inside, "")]), [""; 0]);
        }
    }
}
