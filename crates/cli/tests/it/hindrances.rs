//! What the command line says of each work tree that stayed behind.

use switchback_core::words::object::{CommitId, Oid};
use switchback_core::words::remedy::{Hindrance, LeftBehind, Remedy};

pub fn about_work_trees(hindrance: &Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Edited => {
            "do not commit there before it follows; bring it along with `git -C /w update-ref --no-deref HEAD \
             0101010101010101010101010101010101010101 && git -C /w stash push --include-untracked --message left-01010101 && \
             git -C /w checkout --no-overwrite-ignore qa && git -C /w stash list --format=%gd \
             --grep-reflog=left-01010101 | xargs -r git -C /w stash pop`"
        }
        Hindrance::InTheWay { .. } => {
            "move a.log elsewhere, do not commit there before, and bring it along with `git -C /w update-ref --no-deref \
             HEAD 0101010101010101010101010101010101010101 && git -C /w checkout --no-overwrite-ignore qa`"
        }
        Hindrance::UnderWay { .. } => {
            "put HEAD back with `git -C /w update-ref --no-deref HEAD 0101010101010101010101010101010101010101`, end or \
             abort the merge, and bring it along with `git -C /w checkout --no-overwrite-ignore qa`"
        }
        Hindrance::NoGit => {
            "install git, or add it to the PATH, and bring it along with `git -C /w update-ref --no-deref HEAD \
             0101010101010101010101010101010101010101 && git -C /w checkout --no-overwrite-ignore qa`"
        }
        Hindrance::Locked { .. } => {
            "when no git process works there any more, bring it along with `rm -f '/w/the lock' && git -C /w update-ref \
             --no-deref HEAD 0101010101010101010101010101010101010101 && git -C /w checkout --no-overwrite-ignore qa`"
        }
    }
}

pub fn every_hindrance() -> Vec<Remedy> {
    let hindrances = [
        Hindrance::Edited,
        Hindrance::InTheWay { file: "a.log".to_owned() },
        Hindrance::UnderWay { what: "merge".to_owned() },
        Hindrance::NoGit,
        Hindrance::Locked { lock: "/w/the lock".to_owned() },
    ];
    let left = |hindrance| {
        let (path, branch, shows) = ("/w".to_owned(), "qa".to_owned(), CommitId(Oid([1; 20])));
        Remedy::BringAlong(Box::new(LeftBehind { path, branch, shows, hindrance }))
    };
    hindrances.map(left).into()
}
