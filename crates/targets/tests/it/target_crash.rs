//! Real processes killed at every step of a deployment, an undo and a confirmation (`SPEC A6`, `L7`), and
//! deployments that run out of room or of rights half way.

use crate::target_world::{Files, Kind, Memory, Snapshot, World, check, files, put, target};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus};
use switchback_core::words::names::VersionNo;
use switchback_core::words::object::{Mode, RepoPath};
use switchback_machine::failpoint;

const ACT: &str = "SWITCHBACK_TEST_ACT";
const ROOT: &str = "SWITCHBACK_TEST_ROOT";

/// Deployments that take the different ways through the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Case {
    Populate,
    Modify,
    Switch,
    /// So many that one sync serves all.
    Many,
}

impl Case {
    /// At how many of a point's passes it is killed: many files pass through most points in the same way.
    fn most(self) -> u32 {
        if self == Self::Many { 2 } else { u32::MAX }
    }

    fn files(self) -> (Files, Files) {
        let one = files(&[
            (b"a", Mode::File, "one"),
            (b"b/c", Mode::Executable, "run"),
            (b"b/d/e", Mode::File, "deep"),
            (b"l", Mode::Symlink, "a"),
        ]);
        match self {
            Self::Populate => (Files::new(), one),
            Self::Modify => {
                let two = [
                    (&b"a"[..], Mode::Executable, "two"),
                    (b"b/c", Mode::File, "changed"),
                    (b"l", Mode::Symlink, "b"),
                    (b"n/m", Mode::File, "new"),
                ];
                (one, files(&two))
            }
            Self::Many => {
                let many = |text: &str| {
                    let path = |nth: usize| RepoPath::new(format!("f/{}/{nth}", nth % 3));
                    let file = |nth| (path(nth), (Mode::File, format!("{text} {nth}").into_bytes()));
                    (0..40).map(file).collect::<Files>()
                };
                (many("one"), many("two"))
            }
            Self::Switch => (one, files(&[(b"a/x", Mode::File, "in a"), (b"b", Mode::File, "was a folder")])),
        }
    }

    fn prepare(self, kind: Kind) -> World {
        let world = World::new(kind);
        let (before, _) = self.files();
        world.deploy(1, &Files::new(), &before);
        world
    }
}

/// The child's part: one call, then the end. A fault's code goes to standard error.
fn act_as_child() -> bool {
    let (Ok(act), Some(root)) = (std::env::var(ACT), std::env::var_os(ROOT)) else { return false };
    let words: Vec<&str> = act.split(' ').collect();
    let kind = if words[0] == "Dir" { Kind::Dir } else { Kind::Command };
    let (version, (before, after)) = match words[1] {
        "Populate" => (2, Case::Populate.files()),
        "Modify" => (2, Case::Modify.files()),
        "Switch" => (2, Case::Switch.files()),
        "Many" => (2, Case::Many.files()),
        _ => (1, (Files::new(), large())),
    };
    let target = target(kind, Path::new(&root));
    let result = match words[2] {
        "put" => put(&*target, version, &before, &after),
        "check" => check(&*target, version, &before, &after).map(drop),
        "undo" => target.undo(&Memory::of(&[&before, &after])),
        _ => target.confirm(VersionNo(2)),
    };
    if let Err(fault) = result {
        eprintln!("{}: {}", fault.code, fault.message);
        std::process::exit(3);
    }
    true
}

fn large() -> Files {
    let text = "x".repeat(100_000);
    files(&[(b"k/small", Mode::File, "small"), (b"m/large", Mode::File, &text), (b"z", Mode::File, "last")])
}

fn child(test: &str, root: &Path, act: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(ACT, act).env(ROOT, root);
    command
}

/// Runs a call to the given point; says whether it died there. A call that never comes to the point ends well.
fn dies(test: &str, (world, act): (&World, &str), (point, nth): (&str, u32)) -> bool {
    let mut command = child(test, &world.root(), act);
    let output = command.env(failpoint::VARIABLE, format!("{point}:{nth}")).output().unwrap();
    match output.status.signal() {
        Some(9) => true,
        _ => {
            assert!(output.status.success(), "{act} at {point}:{nth}: {}", String::from_utf8_lossy(&output.stderr));
            false
        }
    }
}

fn kill_everywhere(test: &str, kind: Kind, cases: &[Case]) {
    let prefix = if kind == Kind::Dir { "dir." } else { "journaled." };
    let mut visited = BTreeSet::new();
    for &case in cases {
        let (before, after) = case.files();
        let twin = case.prepare(kind);
        twin.deploy(2, &before, &after);
        let twin = twin.snapshot();
        for point in failpoint::POINTS.iter().filter(|point| point.starts_with(prefix)) {
            let mut nth = 1;
            while nth <= case.most() && strike(&Strike { test, kind, case, twin: &twin, point, nth }) {
                visited.insert(*point);
                nth += 1;
            }
        }
    }
    let missed: Vec<_> =
        failpoint::POINTS.iter().filter(|point| point.starts_with(prefix) && !visited.contains(**point)).collect();
    assert_eq!(missed, [&""; 0], "these points were never passed");
}

/// One call to be killed once.
struct Strike<'a> {
    test: &'a str,
    kind: Kind,
    case: Case,
    /// The target as the call leaves it when nobody kills it.
    twin: &'a Snapshot,
    point: &'a str,
    nth: u32,
}

/// Kills a call, mends, and compares; `false` when the call ended before the point.
fn strike(&Strike { test, kind, case, twin, point, nth }: &Strike<'_>) -> bool {
    let world = case.prepare(kind);
    let (before, after) = case.files();
    let untouched = world.snapshot();
    let verb = point.split('.').nth(1).unwrap();
    if point == "dir.confirm.compacted" {
        // Together with the first and the second version, one segment more than is kept.
        for version in 100..163 {
            world.deploy(version, &before, &before);
        }
    }
    if verb != "put" {
        world.put(2, &before, &after).unwrap();
    }
    let act = format!("{kind:?} {case:?} {verb}");
    let killed = dies(test, (&world, &act), (point, nth));
    if verb == "confirm" {
        world.target().confirm(VersionNo(2)).unwrap();
    } else {
        world.undo(&before, &after);
        assert_eq!(world.snapshot(), untouched, "{act} at {point}:{nth}");
        world.assert_holds(&before);
        world.deploy(2, &before, &after);
    }
    assert_eq!(world.target().underway().unwrap(), None);
    world.assert_holds(&after);
    assert_eq!(world.snapshot(), *twin, "{act} at {point}:{nth}");
    killed
}

#[test]
fn a_directory_survives_a_kill_at_every_point() {
    const TEST: &str = "target_crash::a_directory_survives_a_kill_at_every_point";
    if !act_as_child() {
        kill_everywhere(TEST, Kind::Dir, &[Case::Populate, Case::Modify, Case::Switch, Case::Many]);
    }
}

#[test]
fn what_a_power_cut_took_while_it_waited_is_nobodys_edit() {
    const TEST: &str = "target_crash::what_a_power_cut_took_while_it_waited_is_nobodys_edit";
    if act_as_child() {
        return;
    }
    let world = Case::Many.prepare(Kind::Dir);
    let (before, after) = Case::Many.files();
    let untouched = world.snapshot();
    world.put(2, &before, &after).unwrap();
    assert!(dies(TEST, (&world, "Dir Many undo"), ("dir.undo.restoring", 20)));
    let mut cut = 0;
    for folder in ["f/0", "f/1", "f/2"] {
        for file in std::fs::read_dir(world.path(folder)).unwrap().flatten() {
            if file.file_name().to_string_lossy().starts_with(".switchback") {
                std::fs::write(file.path(), "").unwrap();
                cut += 1;
            }
        }
    }
    assert!(cut > 10, "{cut} wait");
    world.undo(&before, &after);
    assert_eq!(world.snapshot(), untouched);
    world.assert_holds(&before);
    assert!(world.target().set_aside().unwrap().is_empty());
}

#[test]
fn a_program_survives_a_kill_at_every_point() {
    const TEST: &str = "target_crash::a_program_survives_a_kill_at_every_point";
    if !act_as_child() {
        // Every call starts a few processes, so one case has to do.
        kill_everywhere(TEST, Kind::Command, &[Case::Modify]);
    }
}

#[test]
fn running_out_of_room_half_way_reinstates() {
    const TEST: &str = "target_crash::running_out_of_room_half_way_reinstates";
    if act_as_child() {
        return;
    }
    let world = World::new(Kind::Dir);
    std::fs::create_dir(world.root()).unwrap();
    std::fs::write(world.path("foreign"), "mine").unwrap();
    std::fs::create_dir(world.path(".switchback")).unwrap();
    let before = world.snapshot();
    // A limit on the size of a file fails a write as a full disk does, and needs no disk.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"]);
    let inner = child(TEST, &world.root(), "Dir Large put");
    shell.arg(inner.get_program()).args(inner.get_args());
    shell.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let (status, complaint) = ended(shell);
    assert_eq!((status.code(), complaint.contains("area-io")), (Some(3), true), "{complaint}");
    assert!(complaint.contains("m/large"), "the fault names the file: {complaint}");
    assert_eq!(world.snapshot(), before);
    assert_eq!(world.target().underway().unwrap(), None);
}

#[test]
fn a_folder_without_rights_half_way_reinstates() {
    const TEST: &str = "target_crash::a_folder_without_rights_half_way_reinstates";
    if act_as_child() {
        return;
    }
    let world = World::new(Kind::Dir);
    std::fs::create_dir(world.root()).unwrap();
    std::fs::create_dir(world.path("m")).unwrap();
    let bits = |path: &Path, bits| std::fs::set_permissions(path, PermissionsExt::from_mode(bits)).unwrap();
    bits(world.folder.path(), 0o777);
    bits(&world.root(), 0o777);
    bits(&world.path("m"), 0o555);
    let before = world.snapshot();
    for act in ["check", "put"] {
        let mut command = child(TEST, &world.root(), &format!("Dir Large {act}"));
        if rustix::process::geteuid().is_root() {
            // Rights do not bind the superuser, so the child is somebody else.
            command.uid(65534).gid(65534);
        }
        let (status, complaint) = ended(command);
        assert_eq!((status.code(), complaint.contains("area-io")), (Some(3), true), "{act}: {complaint}");
        assert_eq!(world.snapshot(), before, "{act}");
        assert_eq!(world.path(".switchback").exists(), act == "put", "a check makes no folder");
    }
    assert!(!world.path(".switchback/journal").exists());
}

fn ended(mut command: Command) -> (ExitStatus, String) {
    let output = command.output().unwrap();
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}
