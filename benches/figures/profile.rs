//! A structural merge of a 5 MB profile: both sides add, edit and delete field permissions all over it.

use std::path::{Path, PathBuf};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use switchback_core::content::filetype::{FileTypes, Format};
use switchback_structural::Texts;

use crate::contest::{Contest, Side};
use crate::meter::Step;
use crate::plan::Wanted;
use crate::report::Report;

/// The first argument that turns this program into a merge of three files.
pub const WORD: &str = "merge-profile";

/// So many field permissions make 5 MB.
const FIELDS: usize = 29_000;
/// One field in so many is edited by one side or the other, and as many are added and taken out.
const EVERY: usize = 100;

/// Merges the three files of a folder, in a process of its own.
pub fn take(bench: &Path, wanted: &Wanted, report: &mut Report) {
    let home = bench.join("profile");
    std::fs::create_dir_all(&home).expect("a folder");
    for (side, name) in ["base", "ours", "theirs"].into_iter().enumerate() {
        std::fs::write(home.join(name), profile(side)).expect("a text");
    }
    let program = std::env::current_exe().expect("the path of this program");
    let line = [program.to_str().expect("a path in UTF-8"), WORD, home.to_str().expect("a path in UTF-8")];
    let steps = || vec![Step::new(&home, &line)];
    let lines = ["git", "merge-file", "--stdout", "--union", "ours", "base", "theirs"];
    let sides = vec![
        Side::new("by element, checked", move |_| steps()),
        Side::new("git merge-file --union, which keeps both of every edit", |_| vec![Step::new(&home, &lines)]),
    ];
    let (name, repository) = ("merge a 5 MB profile", "profile".to_owned());
    report.add(Contest { name, repository, sides, wanted: Vec::new() }.run(wanted));
}

/// Merges `base`, `ours` and `theirs` of a folder.
pub fn run_as_merge(arguments: &[String]) {
    let [folder] = arguments else { panic!("{WORD} FOLDER") };
    let read = |name: &str| std::fs::read(PathBuf::from(folder).join(name)).expect("a text");
    let (base, ours, theirs) = (read("base"), read("ours"), read("theirs"));
    let profile = FileTypes::shipped().iter().find(|one| one.name == "Profile").expect("a shipped type");
    let texts = Texts { base: &base, ours: &ours, theirs: &theirs };
    let before = cpu();
    let merged = switchback_structural::merge(Format::Xml, &profile.keys, texts).expect("a merge");
    eprintln!("the merge alone: {:.3} s of processor time", cpu() - before);
    let merged = String::from_utf8(merged).expect("a text");
    // As many were added as taken out, and nothing is lost or there twice.
    assert_eq!(merged.matches("<fieldPermissions>").count(), FIELDS);
}

/// Seconds of processor time this process took so far.
fn cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("the usage of one's own process");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// The profile as the base (0), our side (1) or theirs (2) has it.
fn profile(side: usize) -> String {
    let mut text = String::with_capacity(6 << 20);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Profile xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n",
    );
    for number in 0..FIELDS {
        let mine = side > 0 && number % (2 * EVERY) == (side - 1) * EVERY;
        let goes = side > 0 && number % (2 * EVERY) == (side - 1) * EVERY + EVERY / 2;
        if !goes {
            field(
                &mut text,
                &format!("Object{:03}__c.Field{number:05}__c", number / 100),
                if mine { "true" } else { "false" },
            );
        }
        // Both sides add right behind the same field: text cannot tell whose comes first.
        if side > 0 && number % (2 * EVERY) == EVERY / 4 {
            field(&mut text, &format!("Object{:03}__c.Field{number:05}{side}__c", number / 100), "true");
        }
    }
    text.push_str("</Profile>\n");
    text
}

fn field(text: &mut String, name: &str, editable: &str) {
    text.push_str(&format!(
        "    <fieldPermissions>\n        <editable>{editable}</editable>\n        <field>{name}</field>\n        <readable>true</readable>\n    </fieldPermissions>\n"
    ));
}
