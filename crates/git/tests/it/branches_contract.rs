//! What every kind of branches promises, asked of branches that are here and of branches on a remote; and what only those
//! on a remote can come to.

use crate::git_program::{Scratch, git};
use std::path::Path;
use std::sync::Arc;
use switchback_core::content::{CommitDraft, Content as _, Signature};
use switchback_core::ports::branches::{BranchMove, Branches, Secured};
use switchback_core::ports::repository::{RefMove, Repo as _};
use switchback_core::words::names::Time;
use switchback_core::words::object::{CommitId, Oid};
use switchback_git::{
    Credential, GitRepo, LocalBranches, LocalRemotes, Remote, RemoteBranches, RemoteUrl, Setup, Surroundings,
};

/// A repository with `main` and `qa` on one commit, and what is worked in: itself, or a copy of it.
struct Place {
    origin: Scratch,
    repo: GitRepo,
    branches: Box<dyn Branches>,
    _copies: tempfile::TempDir,
}

fn surroundings() -> Surroundings {
    Surroundings {
        now: Box::new(|| Time(1_000)),
        stop: Box::new(|| false),
        came: Box::new(|_| ()),
        may_call: Arc::new(|_| true),
    }
}

fn setup(origin: &Path) -> Setup {
    let local = LocalRemotes::Allowed;
    Setup {
        url: RemoteUrl::parse(&origin.to_string_lossy(), local).unwrap(),
        credential: Credential::Nothing,
        ca: None,
        local,
    }
}

fn origin() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.commit_all("base");
    scratch.git(&["branch", "qa"]);
    scratch.git(&["checkout", "-q", "--detach"]);
    scratch
}

fn here() -> Place {
    let origin = origin();
    let repo = GitRepo::open(&origin.path()).unwrap();
    Place { origin, repo, branches: Box::new(LocalBranches), _copies: tempfile::tempdir().unwrap() }
}

fn elsewhere() -> Place {
    let (origin, copies) = (origin(), tempfile::tempdir().unwrap());
    let copy = copies.path().join("shop.git");
    Remote::keep(&copy, &setup(&origin.path()), surroundings()).unwrap();
    let repo = GitRepo::open(&copy).unwrap();
    let remote = Remote::of(&repo.git_dir(), surroundings()).unwrap().unwrap();
    Place { origin, repo, branches: Box::new(RemoteBranches(Arc::new(remote))), _copies: copies }
}

impl Place {
    fn tip(&self, branch: &str) -> Option<CommitId> {
        self.branches.tip(&self.repo, branch).unwrap()
    }

    /// A commit on another, made and stored here.
    fn on(&self, parent: CommitId, message: &str) -> CommitId {
        let ann = Signature { name: "Ann".into(), email: "ann@example.com".into(), time: Time(1_700_000_000_000) };
        let tree = self.repo.commit_info(parent).unwrap().tree;
        let (author, committer) = (ann.clone(), ann);
        let draft = CommitDraft { tree, parents: vec![parent], author, committer, message: message.into() };
        let made = self.repo.commit(&draft).unwrap();
        self.repo.store().unwrap();
        made
    }

    /// Where a ref stands where the branches are.
    fn there(&self, name: &str) -> Option<CommitId> {
        let output = git(&self.origin.path(), &["rev-parse", "--verify", "-q", name]).output().unwrap();
        Oid::from_hex(String::from_utf8_lossy(&output.stdout).trim()).map(CommitId)
    }

    /// Somebody pushes to a branch where it is.
    fn pushed(&self, branch: &str) -> CommitId {
        self.origin.git(&["checkout", "-q", branch]);
        self.origin.git(&["commit", "-q", "--allow-empty", "-m", "beside"]);
        self.origin.git(&["checkout", "-q", "--detach"]);
        self.origin.commit_of(branch)
    }

    fn hook(&self, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.origin.path().join(".git/hooks/update");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn advance(&self, from: CommitId, to: CommitId) -> Result<bool, &'static str> {
        let moved = self.branches.advance(&self.repo, BranchMove { branch: "qa", from, to });
        moved.map_err(|fault| fault.code)
    }
}

#[test]
fn branches_are_seen_and_moved() {
    for place in [here(), elsewhere()] {
        let base = place.tip("qa").unwrap();
        assert_eq!((place.tip("main"), place.tip("no")), (Some(base), None));
        assert_eq!(place.branches.names(&place.repo).unwrap(), ["main", "qa"]);
        let (one, two) = (place.on(base, "one"), place.on(base, "two"));
        assert_eq!(place.advance(base, one), Ok(true));
        assert_eq!((place.tip("qa"), place.there("refs/heads/qa")), (Some(one), Some(one)));
        // It stands elsewhere by now.
        assert_eq!(place.advance(base, two), Ok(false));
        assert_eq!((place.tip("qa"), place.there("refs/heads/qa")), (Some(one), Some(one)));
        assert_eq!(place.advance(one, one), Ok(true));
    }
}

#[test]
fn what_others_did_is_seen_after_a_look() {
    for place in [here(), elsewhere()] {
        let base = place.tip("qa").unwrap();
        let theirs = place.pushed("qa");
        place.origin.git(&["branch", "feature/new"]);
        place.origin.git(&["branch", "-D", "main"]);
        place.branches.refresh(&place.repo).unwrap();
        assert_eq!((place.tip("qa"), place.tip("main")), (Some(theirs), None));
        assert_eq!(place.branches.names(&place.repo).unwrap(), ["feature/new", "qa"]);
        // Set back by force.
        place.origin.git(&["branch", "-f", "qa", &base.to_string()]);
        place.branches.refresh(&place.repo).unwrap();
        assert_eq!(place.tip("qa"), Some(base));
    }
}

#[test]
fn a_branch_is_moved_from_where_it_is_and_not_from_where_it_was_seen() {
    let place = elsewhere();
    let base = place.tip("qa").unwrap();
    let ours = place.on(base, "ours");
    let theirs = place.pushed("qa");
    assert_eq!(place.advance(base, ours), Ok(false));
    assert_eq!((place.tip("qa"), place.there("refs/heads/qa")), (Some(theirs), Some(theirs)));
}

#[test]
fn what_an_entry_names_is_there_before_and_goes_after() {
    let place = elsewhere();
    let base = place.tip("qa").unwrap();
    let ours = place.on(base, "ours");
    let moves = [BranchMove { branch: "qa", from: base, to: ours }];
    let what = Secured { operation: "shop-1-abc", commits: &[ours], moves: &moves };
    assert_eq!(place.branches.secure(&place.repo, what), Ok(true));
    assert_eq!(place.there("refs/switchback/operations/shop-1-abc/0"), Some(ours));
    assert_eq!(place.there("refs/heads/qa"), Some(base));
    let kept = RefMove { name: "refs/switchback/heads/QA".to_owned(), from: None, to: Some(ours) };
    assert_eq!(place.repo.move_refs(&[kept]), Ok(true));
    place.branches.release(&place.repo, "shop-1-abc").unwrap();
    assert_eq!(place.there("refs/switchback/operations/shop-1-abc/0"), None);
    assert_eq!(place.there("refs/switchback/heads/QA"), Some(ours));
    // Where somebody was faster, nothing is left and it is to be looked at again.
    let theirs = place.pushed("qa");
    assert_eq!(place.branches.secure(&place.repo, what), Ok(false));
    assert_eq!((place.there("refs/switchback/operations/shop-1-abc/0"), place.tip("qa")), (None, Some(theirs)));
}

#[test]
fn what_the_dead_left_is_finished() {
    let place = elsewhere();
    let base = place.tip("qa").unwrap();
    let ours = place.on(base, "ours");
    for operation in ["shop-1-abc", "shop-2-def"] {
        let what = Secured { operation, commits: &[ours], moves: &[] };
        assert_eq!(place.branches.secure(&place.repo, what), Ok(true));
    }
    place.branches.settle(&place.repo, &|operation| operation == "shop-2-def").unwrap();
    assert_eq!(place.there("refs/switchback/operations/shop-1-abc/0"), None);
    assert_eq!(place.there("refs/switchback/operations/shop-2-def/0"), Some(ours));
    place.branches.settle(&place.repo, &|_| false).unwrap();
    assert_eq!(place.there("refs/switchback/operations/shop-2-def/0"), None);
}

#[test]
fn several_branches_go_together() {
    let place = elsewhere();
    let base = place.tip("qa").unwrap();
    let ours = place.on(base, "ours");
    let moves = ["main", "qa"].map(|branch| BranchMove { branch, from: base, to: ours });
    place.hook("test \"$1\" != refs/heads/main");
    // One that is refused leaves the other to be moved alone.
    place.branches.advance_together(&place.repo, &moves).unwrap();
    assert_eq!((place.tip("main"), place.tip("qa")), (Some(base), Some(base)));
    let main = || place.branches.advance(&place.repo, moves[0]).map_err(|fault| fault.code);
    assert_eq!((main(), place.advance(base, ours)), (Err("remote-protected"), Ok(true)));
    assert_eq!(place.advance(ours, base), Ok(true));
    place.hook("exit 0");
    place.branches.advance_together(&place.repo, &moves).unwrap();
    assert_eq!((place.there("refs/heads/main"), place.there("refs/heads/qa")), (Some(ours), Some(ours)));
    assert_eq!((place.tip("main"), place.tip("qa")), (Some(ours), Some(ours)));
}

#[test]
fn a_branch_that_is_protected_has_its_sentence() {
    let place = elsewhere();
    let base = place.tip("qa").unwrap();
    let ours = place.on(base, "ours");
    place.hook("test \"$1\" != refs/heads/qa || { echo 'only through review' >&2; exit 1; }");
    let said = place.branches.advance(&place.repo, BranchMove { branch: "qa", from: base, to: ours }).unwrap_err();
    assert_eq!(said.code, "remote-protected");
    assert!(said.message.contains("branch qa") && said.message.contains("only through review"), "{said}");
    assert_eq!((place.tip("qa"), place.there("refs/heads/qa")), (Some(base), Some(base)));
    assert_eq!(place.branches.contact().unwrap().refused, [said]);
    place.hook("exit 0");
    // It is looked at again once somebody looks at the remote.
    place.branches.refresh(&place.repo).unwrap();
    assert_eq!(place.advance(base, ours), Ok(true));
    assert_eq!(place.branches.contact().unwrap().refused, []);
}

#[test]
fn a_remote_that_is_away_is_seen_as_it_was() {
    let place = elsewhere();
    let base = place.tip("qa").unwrap();
    let ours = place.on(base, "ours");
    let (at, aside) = (place.origin.path().join(".git"), place.origin.path().join("aside"));
    std::fs::rename(&at, &aside).unwrap();
    assert_eq!(place.branches.refresh(&place.repo).unwrap_err().code, "remote-unreachable");
    let what = Secured { operation: "shop-1-abc", commits: &[ours], moves: &[] };
    assert_eq!(place.branches.secure(&place.repo, what).unwrap_err().code, "remote-unreachable");
    assert_eq!((place.tip("qa"), place.advance(base, ours)), (Some(base), Err("remote-unreachable")));
    let (since, _) = place.branches.contact().unwrap().away.unwrap();
    // Whoever begins anew knows since when.
    let again = Remote::of(&place.repo.git_dir(), surroundings()).unwrap().unwrap();
    assert_eq!(again.contact().away.map(|(since, fault)| (since, fault.code)), Some((since, "remote-unreachable")));
    std::fs::rename(&aside, &at).unwrap();
    place.branches.refresh(&place.repo).unwrap();
    assert_eq!((place.branches.contact().unwrap().away, place.advance(base, ours)), (None, Ok(true)));
    // What was left of the operation that was refused goes.
    place.branches.settle(&place.repo, &|_| false).unwrap();
    assert_eq!(place.there("refs/switchback/operations/shop-1-abc/0"), None);
}

#[test]
fn another_default_branch_is_noticed() {
    let place = elsewhere();
    let known = |place: &Place| {
        let contact = place.branches.contact().unwrap();
        (contact.default_branch, contact.default_was)
    };
    place.origin.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    place.branches.refresh(&place.repo).unwrap();
    assert_eq!(known(&place), (Some("main".to_owned()), None));
    place.origin.git(&["symbolic-ref", "HEAD", "refs/heads/qa"]);
    place.branches.refresh(&place.repo).unwrap();
    assert_eq!(known(&place), (Some("qa".to_owned()), Some("main".to_owned())));
    assert_eq!(place.repo.stands_for("HEAD").unwrap(), Some("refs/heads/qa".to_owned()));
}

#[test]
fn a_look_at_many_branches_costs_little_where_nothing_changed() {
    let origin = origin();
    let at = origin.commit_of("main");
    let lines: String = (0..2000).map(|nth| format!("create refs/heads/feature/US-{nth} {at}\n")).collect();
    assert!(origin.fed(&["update-ref", "--stdin"], lines.as_bytes()).status.success());
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("shop.git");
    Remote::keep(&copy, &setup(&origin.path()), surroundings()).unwrap();
    let repo = GitRepo::open(&copy).unwrap();
    let branches = RemoteBranches(Arc::new(Remote::of(&copy, surroundings()).unwrap().unwrap()));
    assert_eq!(branches.names(&repo).unwrap().len(), 2002);
    let read = repo.objects_read();
    branches.refresh(&repo).unwrap();
    assert_eq!(repo.objects_read(), read);
    origin.git(&["branch", "-D", "feature/US-7"]);
    branches.refresh(&repo).unwrap();
    assert_eq!(branches.names(&repo).unwrap().len(), 2001);
}
