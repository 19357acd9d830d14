//! The scenario, from the first record to the last promotion.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::git::Git;
use crate::judge;
use crate::needs::Places;
use crate::program::Program;
use crate::repository::{self, STAGES, Source};
use crate::select::Below;

/// How many changes are demoted one at a time.
const LEAVING: usize = 10;

/// The stages with an area, and the areas.
const AREAS: [(&str, &str); 2] = [("SIT", "sit-host"), ("QA", "qa-host")];

struct Pipeline {
    source: Source,
    /// The repository that Switchback works on.
    repository: PathBuf,
    /// Where the areas' folders lie.
    areas: PathBuf,
    program: Program,
}

/// SPEC C1, L1, L3, L5, P6, D4, D6, D7, D9, D10, A3, A14 on 206 real changes.
#[test]
fn a_debian_patch_queue_climbs_to_qa_and_comes_back_down() {
    let cache = repository::package().expect("the package that tests/real/fetch unpacks");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = repository::prepare(&cache, &folder.path().join("judge"));
    say_what_was_built(&source);
    let unpacked = source.scratch.with_index("patched").tree_of_folder(&cache.join("patched"), &[".pc"]);
    expect_the_judges_to_agree(&source, &unpacked);
    let expected = Expected::of(&source);
    let pipeline = set_up(source, folder.path());

    pipeline.record_all();
    pipeline.try_other_orders(folder.path());
    pipeline.promote("DEV", "SIT", &["--all"]);
    pipeline.promote("SIT", "QA", &["--all"]);
    let full = pipeline.stage_tree("qa");
    pipeline.keep_objects("qa");
    let scratch = &pipeline.source.scratch;
    let (held, wanted) = (judge::without_packaging(scratch, &full), judge::without_packaging(scratch, &unpacked));
    assert_eq!(held, wanted, "QA holds something else than dpkg-source unpacks");
    pipeline.expect_everywhere(&full, "after the promotion");

    pipeline.demote_one_at_a_time(&expected.leaving);
    pipeline.expect_a_refusal_that_names_dependents(&expected);

    let keys: Vec<&str> = expected.leaving.iter().map(|place| pipeline.key(*place)).collect();
    pipeline.promote("DEV", "SIT", &keys);
    pipeline.promote("SIT", "QA", &keys);
    pipeline.expect_everywhere(&full, "after the ten went up again (SPEC L5)");
    pipeline.program.done(&["verify"]);
}

/// What the judges say before the program runs.
struct Expected {
    /// The ten that leave, in order.
    leaving: Vec<usize>,
    /// The one that cannot leave after them.
    held: usize,
    /// What would have to leave with it.
    holders: Places,
}

impl Expected {
    fn of(source: &Source) -> Self {
        let leaving = judge::that_can_leave(source, LEAVING);
        assert_eq!(leaving.len(), LEAVING, "too few changes stand alone");
        let gone = leaving.iter().copied().collect();
        let (held, holders) =
            judge::that_cannot_leave(source, &gone).expect("a change of which all judges say the same");
        let keys: Vec<&str> = leaving.iter().map(|place| source.patches[*place].key.as_str()).collect();
        println!("leaving: {}", keys.join(" "));
        println!("held: {}, by {} others", source.patches[held].key, holders.len());
        Self { leaving, held, holders }
    }
}

/// The branches, merged in order, and the patches, applied in order, make what dpkg-source unpacks.
fn expect_the_judges_to_agree(source: &Source, unpacked: &str) {
    let (applied, merged) =
        (judge::apply_without(source, &Places::new()), judge::merge_without(source, &Places::new()));
    assert!(applied.fallen.is_empty() && merged.fallen.is_empty(), "{:?} {:?}", applied.fallen, merged.fallen);
    assert_eq!(applied.tree, merged.tree, "git apply and git merge-tree disagree");
    let outside = |tree: &str| judge::without_packaging(&source.scratch, tree);
    assert_eq!(outside(&applied.tree), outside(unpacked), "git apply and dpkg-source disagree");
}

fn say_what_was_built(source: &Source) {
    let alone = source.applied.iter().filter(|needs| needs.is_empty()).count();
    let stacked = source.stacked.iter().filter(|needs| !needs.is_empty()).count();
    let files = source.scratch.ask(&["ls-tree", "-r", "--name-only", "-z", &source.base], b"");
    let files = files.stdout.iter().filter(|byte| **byte == 0).count();
    let all = source.patches.len();
    println!("{all} patches on {files} files: {alone} stand alone, {} build on earlier ones", all - alone);
    println!(
        "{stacked} branches lie on another; {} of them so that one branch can hold all that a later one needs, or because a merge asks for it",
        stacked + alone - all
    );
}

fn set_up(source: Source, folder: &Path) -> Pipeline {
    let place = folder.join("repository");
    repository::publish(&source.scratch, &place);
    let (program, areas) = (Program::at(&place), folder.join("areas"));
    let stages: Vec<String> = STAGES.iter().map(|(stage, branch)| format!("{stage}={branch}")).collect();
    let edges: Vec<String> = STAGES.windows(2).map(|pair| format!("{}={}", pair[0].0, pair[1].0)).collect();
    let mut arguments = vec!["init"];
    stages.iter().for_each(|stage| arguments.extend(["--stage", stage]));
    edges.iter().for_each(|edge| arguments.extend(["--next", edge]));
    program.done(&arguments);
    add_areas(&place.join("switchback.toml"), &areas);
    program.done(&["configure"]);
    Pipeline { source, repository: place, areas, program }
}

fn add_areas(configuration: &Path, areas: &Path) {
    let mut text = std::fs::read_to_string(configuration).expect("the configuration that init wrote");
    for (stage, area) in AREAS {
        let folder = areas.join(area);
        std::fs::create_dir_all(&folder).expect("a folder for the area");
        text.push_str(&format!(
            "\n[[area]]\nname = \"{area}\"\nstage = \"{stage}\"\ndefault = true\ntarget = {{ dir = {folder:?} }}\n"
        ));
    }
    std::fs::write(configuration, text).expect("a writable configuration");
}

impl Pipeline {
    fn key(&self, place: usize) -> &str {
        &self.source.patches[place].key
    }

    fn stage_tree(&self, branch: &str) -> String {
        Git::at(&self.repository).tree(&format!("refs/heads/{branch}"))
    }

    /// Brings a stage's objects to the judge.
    fn keep_objects(&self, branch: &str) {
        let from = self.repository.to_str().expect("a path that is UTF-8");
        self.source.scratch.line(&[
            "fetch",
            "-q",
            "--no-tags",
            from,
            &format!("+refs/heads/{branch}:refs/seen/{branch}"),
        ]);
    }

    fn record_all(&self) {
        for patch in &self.source.patches {
            let branch = format!("feature/{}", patch.key);
            self.program.done(&["change", "record", &patch.key, "--branch", &branch, "--stage", "DEV"]);
        }
        let listed = self.program.done(&["where"]);
        let changes = listed["changes"].as_array().map_or(0, Vec::len);
        assert_eq!(changes, self.source.patches.len(), "changes that `where` lists");
    }

    /// Before anything climbs, what would become of other orders.
    fn try_other_orders(&self, folder: &Path) {
        let keys = self.source.patches.iter().map(|patch| patch.key.as_str()).collect();
        let below = Below { repository: &self.repository, folder, keys };
        below.report(&self.stage_tree("dev"));
    }

    fn promote(&self, from: &str, to: &str, changes: &[&str]) {
        let answer = self.program.done(&[&["promote"], changes, &["--from", from, "--to", to, "--deploy"]].concat());
        // What was taken out moves when it is named, and says that it was (`SPEC P2`).
        let mut warnings = answer["warnings"].as_array().into_iter().flatten();
        assert!(warnings.all(|warning| warning["code"] == "demoted"), "promotion {from} to {to}: {answer}");
    }

    /// SIT and QA, and both areas, hold exactly this tree.
    fn expect_everywhere(&self, tree: &str, when: &str) {
        for (stage, branch) in &STAGES[1..3] {
            assert_eq!(self.stage_tree(branch), tree, "{stage} {when}");
        }
        for (_, area) in AREAS {
            let seen = self.source.scratch.with_index(area).tree_of_folder(&self.areas.join(area), &[".switchback"]);
            assert_eq!(seen, tree, "area {area} {when}");
        }
    }

    fn demote_one_at_a_time(&self, leaving: &[usize]) {
        let mut gone = Places::new();
        for place in leaving {
            let key = self.key(*place);
            gone.insert(*place);
            let answer = self.program.done(&["demote", key, "--from", "QA", "--to", "DEV"]);
            expect_demoted(&answer, key);
            let expected = judge::apply_without(&self.source, &gone);
            assert!(expected.fallen.is_empty(), "the judge lost {:?}", expected.fallen);
            self.expect_everywhere(&expected.tree, &format!("after {key} left"));
        }
    }

    fn expect_a_refusal_that_names_dependents(&self, expected: &Expected) {
        let key = self.key(expected.held);
        let before: Vec<String> = STAGES.iter().map(|(_, branch)| self.stage_tree(branch)).collect();
        let answer = self.program.run(&["demote", key, "--from", "QA", "--to", "DEV"]);
        assert_eq!(answer.code, 3, "{}", answer.said);
        let refused = &answer.json["refused"];
        assert_eq!(refused["code"], "has-dependents", "{}", answer.said);
        let mut named = BTreeSet::new();
        collect_keys(&refused["details"], &mut named);
        named.remove(key);
        let holders: BTreeSet<String> = expected.holders.iter().map(|other| self.key(*other).to_owned()).collect();
        assert_eq!(named, holders, "what must leave with {key}: {}", answer.said);
        let after: Vec<String> = STAGES.iter().map(|(_, branch)| self.stage_tree(branch)).collect();
        assert_eq!(before, after, "a refusal moved a branch");
    }
}

/// One change, demoted from QA to DEV, rolled back on both areas (SPEC D7, D10).
fn expect_demoted(answer: &Value, key: &str) {
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.len(), 1, "{answer}");
    let result = &results[0];
    assert_eq!((&result["change"], &result["status"]), (&Value::from(key), &Value::from("demoted")), "{answer}");
    let rollbacks = result["rollbacks"].as_array().cloned().unwrap_or_default();
    let succeeded = |rollback: &&Value| rollback["status"] == "succeeded";
    let areas: BTreeSet<&str> =
        rollbacks.iter().filter(succeeded).filter_map(|rollback| rollback["area"].as_str()).collect();
    assert_eq!(areas, AREAS.iter().map(|(_, area)| *area).collect::<BTreeSet<_>>(), "{answer}");
}

/// Every change that a refusal's details name, wherever they name it.
fn collect_keys(details: &Value, keys: &mut BTreeSet<String>) {
    match details {
        Value::String(text) if text.starts_with("GRUB-") => {
            keys.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        Value::Object(fields) => fields.values().for_each(|field| collect_keys(field, keys)),
        _ => (),
    }
}
