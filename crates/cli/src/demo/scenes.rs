//! The walk: what is typed, in which order, and why.

/// A part of the walk.
pub struct Scene {
    /// What it is about.
    pub heading: &'static str,
    /// What is typed.
    pub steps: &'static [Step],
}

/// A command.
pub struct Step {
    /// What it is for; empty where the step before said it.
    pub says: &'static str,
    /// What is typed after the program's name.
    pub line: &'static str,
    /// The exit code it must end with.
    pub ends: u8,
    /// Whether it is shown.
    pub shown: Shown,
}

/// Whether a step is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The command and what it prints.
    Whole,
    /// Neither: another like it was shown.
    Not,
}

/// What a person might type next.
pub const TRY: [(&str, &str); 3] = [
    ("promote SHOP-108 --from Dev1", "meets a conflict, and says how it is settled"),
    ("demote SHOP-102 --to Dev1 --with-dependents --dry-run", "shows exactly what would happen"),
    ("history --rollbackable", "lists what you may roll back now, and in which order"),
];

/// The whole walk.
pub const SCENES: [Scene; 5] = [
    Scene { heading: "Begin a pipeline, and record changes", steps: &BEGIN },
    Scene { heading: "Promote, and deploy", steps: &PROMOTE },
    Scene { heading: "A hotfix, carried back down to every stage that lacks it", steps: &HOTFIX },
    Scene { heading: "Demote, and roll back where it was deployed", steps: &DEMOTE },
    Scene { heading: "Look back", steps: &LOOK },
];

const BEGIN: [Step; 13] = [
    done("switchback.toml names stages, branches and areas.", "init"),
    done(
        "A change is a branch with a key. It begins at a stage.",
        "change record SHOP-101 --branch feature/SHOP-101 --stage Dev1 --project storefront --release 26.1 --owner ada",
    ),
    quiet("change record SHOP-102 --branch feature/SHOP-102 --stage Dev1 --project billing --release 26.1 --owner ben"),
    quiet(
        "change record SHOP-103 --branch feature/SHOP-103 --stage Dev1 --project billing --release 26.1 --owner cleo",
    ),
    quiet("change record SHOP-104 --branch feature/SHOP-104 --stage Dev1 --project billing --release 26.1 --owner ben"),
    quiet(
        "change record SHOP-105 --branch feature/SHOP-105 --stage Dev1 --project storefront --release 26.2 --owner ada",
    ),
    quiet(
        "change record SHOP-106 --branch feature/SHOP-106 --stage Dev1 --project storefront --release 26.2 --owner dan",
    ),
    quiet("change record SHOP-107 --branch feature/SHOP-107 --stage Dev2 --project parcels --release 26.1 --owner dan"),
    quiet(
        "change record SHOP-108 --branch feature/SHOP-108 --stage Dev1 --project parcels --release 26.2 --owner cleo",
    ),
    quiet(
        "change record SHOP-109 --branch feature/SHOP-109 --stage Dev2 --project storefront --release 26.2 --owner eve",
    ),
    quiet(
        "change record SHOP-110 --branch feature/SHOP-110 --stage Dev2 --project storefront --release 26.1 --owner eve",
    ),
    quiet("change record SHOP-111 --branch feature/SHOP-111 --stage Dev2 --project parcels --release 26.2 --owner dan"),
    done("Ten more were recorded in the same way; SHOP-104 was built on top of SHOP-102.", "status"),
];

const PROMOTE: [Step; 6] = [
    done(
        "Chosen changes climb to the next stage, in one commit each, and its default areas get them.",
        "promote SHOP-101 SHOP-102 SHOP-103 SHOP-104 --from Dev1 --deploy",
    ),
    done("", "promote SHOP-107 SHOP-110 --from Dev2 --deploy"),
    done(
        "What would a release take along? A dry run plans everything and does nothing.",
        "promote --all --release 26.1 --from INT --deploy --dry-run",
    ),
    done("It is right, so do it.", "promote --all --release 26.1 --from INT --deploy"),
    done("A manual area gets only what somebody puts there.", "deploy SHOP-103 --area uat-lab"),
    done("Two of them may go live.", "promote SHOP-101 SHOP-110 --from UAT --deploy"),
];

const HOTFIX: [Step; 5] = [
    done(
        "A hotfix begins on its own stage, below PROD only.",
        "change record SHOP-901 --branch feature/SHOP-901 --stage Hotfix --project storefront --owner ada",
    ),
    done("", "promote SHOP-901 --from Hotfix --deploy"),
    done("Back down go only changes that were tested and approved.", "change attest SHOP-101 SHOP-901 tested approved"),
    done(
        "One promotion for each lower stage that lacks something. SHOP-110 was not approved, so it stays.",
        "back-promote --mass --from PROD --deploy",
    ),
    done("", "where"),
];

const DEMOTE: [Step; 5] = [
    Step {
        says: "SHOP-104 builds on SHOP-102, so SHOP-102 cannot leave alone.",
        line: "demote SHOP-102 --to INT",
        ends: 3,
        shown: Shown::Whole,
    },
    Step {
        says: "SHOP-103 is on a manual area, and only a person takes it from there.",
        line: "demote SHOP-103 --to Dev1",
        ends: 3,
        shown: Shown::Whole,
    },
    done("So roll that back by hand first.", "rollback uat-lab@2"),
    done(
        "Now it goes: out of UAT and INT, and out of the default areas of both.",
        "demote SHOP-103 --to Dev1 --reason \"the bank is not ready\"",
    ),
    done("", "where SHOP-102 SHOP-103 SHOP-104"),
];

const LOOK: [Step; 3] = [
    done("Every version of every area that SHOP-103 was part of.", "history --change SHOP-103"),
    done("", "status"),
    done("Everything is recomputed from the ledger, and compared with branches and areas.", "verify"),
];

const fn done(says: &'static str, line: &'static str) -> Step {
    Step { says, line, ends: 0, shown: Shown::Whole }
}

const fn quiet(line: &'static str) -> Step {
    Step { says: "", line, ends: 0, shown: Shown::Not }
}
