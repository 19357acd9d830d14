//! `backup` and `restore`: what was kept comes back, whatever went on meanwhile, and what is no whole backup never does.

use crate::process;
use crate::remote_world::Far;
use crate::serving::begun;
use crate::somebody::made;
use crate::world::{Ran, World};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use switchback_core::ports::people::persons::Persons as _;
use switchback_core::ports::people::sessions::Proof;
use switchback_core::words::names::{Time, UserName};
use switchback_ledger::SqlitePeople;
use switchback_people::invitation;
use switchback_people::session::{self, Beginning, Lasting};
use switchback_people::token::{self, Wish};

/// What the program says, asked at home.
fn asked(world: &World, folder: &Path, words: &[&str]) -> Ran {
    Ran::of(world.command_in(folder, &[words, &["--json"]].concat()).output().unwrap())
}

fn said(world: &World, folder: &Path, exit: i32, words: &[&str]) -> Value {
    let ran = asked(world, folder, words);
    assert_eq!(ran.exit, Some(exit), "{words:?}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

fn backup(world: &World, name: &str) -> PathBuf {
    let place = world.path(name);
    said(world, &world.repo(), 0, &["backup", "--to", place.to_str().unwrap()]);
    place
}

/// Restores the only repository of a backup into a folder of the world.
fn restored(world: &World, backup: &Path, name: &str) -> (PathBuf, Value) {
    let place = world.path(name);
    let named = format!("repo={}", place.display());
    let told = said(world, &world.path("."), 0, &["restore", backup.to_str().unwrap(), "--repository", &named]);
    (place, told)
}

fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(folder).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn is_sound(world: &World, folder: &Path) {
    let verified = said(world, folder, 0, &["verify"]);
    assert_eq!(verified["ok"], true, "{verified}");
}

#[test]
fn a_repository_is_called_after_its_own_folder_wherever_in_it_somebody_stands() {
    let world = World::three_stages();
    let web = world.repo().join("web");
    fs::create_dir_all(&web).unwrap();
    let other = world.path("elsewhere");
    world.git(&["worktree", "add", "--quiet", "--detach", other.to_str().unwrap()]);
    for (nth, folder) in [&web, &other].into_iter().enumerate() {
        let to = world.path(&format!("b{nth}"));
        let made = said(&world, folder, 0, &["backup", "--to", to.to_str().unwrap()]);
        assert_eq!(made["pipelines"][0]["repository"], "repo", "{made}");
    }
}

#[test]
fn a_repository_comes_back_as_it_was() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    world.ok(&["promote", "US-1", "--to", "SIT", "--deploy"]);
    let made = said(&world, &world.repo(), 0, &["backup", "--to", world.path("b").to_str().unwrap()]);
    assert_eq!((&made["people"], &made["lacking"]), (&json!(false), &json!(0)), "{made}");
    let entries = said(&world, &world.repo(), 0, &["log"])["entries"].as_array().unwrap().len();
    assert_eq!(made["pipelines"], json!([{"pipeline": "acme", "repository": "repo", "seq": entries}]));
    for file in ["b/index", "b/repositories/repo/ledger.sqlite", "b/repositories/repo/objects.pack"] {
        assert_eq!(mode(&world.path(file)), 0o600, "{file}");
    }
    assert_eq!(mode(&world.path("b")), 0o700);

    let (place, told) = restored(&world, &world.path("b"), "again");
    let one = &told["pipelines"][0];
    assert_eq!((&told["ok"], &one["seq"], &one["problems"]), (&json!(true), &json!(entries), &json!([])), "{told}");
    assert_eq!(one["areas"], json!([]), "the areas stand where they stood");
    let refs = ["for-each-ref", "--format=%(refname) %(objectname)"];
    assert_eq!(git(&place, &refs), git(&world.repo(), &refs));
    assert_eq!(said(&world, &place, 0, &["log"]), said(&world, &world.repo(), 0, &["log"]));
    assert!(place.join("web/index.html").exists(), "its work tree is laid out");
    assert_eq!(git(&place, &["status", "--porcelain"]), "");
    is_sound(&world, &place);
    // It goes on from there.
    said(&world, &place, 0, &["promote", "US-1", "--to", "QA", "--deploy"]);
    is_sound(&world, &place);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let world = World::three_stages();
    let place = backup(&world, "b");
    let no = said(&world, &world.repo(), 2, &["backup", "--to", place.to_str().unwrap()]);
    assert_eq!(no["usage"]["code"], "folder-not-empty", "{no}");
    let mine = world.path("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("file"), "mine").unwrap();
    for words in [
        ["--to".to_owned(), mine.display().to_string()],
        ["--repository".to_owned(), format!("repo={}", mine.display())],
    ] {
        let no = said(&world, &world.repo(), 2, &["restore", place.to_str().unwrap(), &words[0], &words[1]]);
        assert_eq!(no["usage"]["code"], "folder-not-empty", "{no}");
    }
    assert_eq!(fs::read_dir(&mine).unwrap().count(), 1);
    let no = said(&world, &world.repo(), 2, &["restore", place.to_str().unwrap(), "--repository", "shop=/tmp/x"]);
    assert!(no["usage"]["message"].as_str().unwrap().contains("it has repo"), "{no}");
    said(&world, &world.repo(), 2, &["restore", place.to_str().unwrap()]);
}

/// What somebody does to a backup.
type Harm<'a> = &'a dyn Fn(&Path);

#[test]
fn what_is_no_whole_backup_is_not_restored_and_leaves_nothing() {
    let world = World::three_stages();
    let good = backup(&world, "good");
    let text = fs::read_to_string(good.join("index")).unwrap();
    let pack = Path::new("repositories/repo/objects.pack");
    let cases: [(&str, Harm<'_>); 6] = [
        ("backup-incomplete", &|place| fs::remove_file(place.join("index")).unwrap()),
        ("backup-newer", &|place| fs::write(place.join("index"), text.replace("backup 1\n", "backup 7\n")).unwrap()),
        ("backup-damaged", &|place| fs::write(place.join("index"), &text[..text.len() - 9]).unwrap()),
        ("backup-damaged", &|place| {
            let bytes = fs::read(place.join(pack)).unwrap();
            fs::write(place.join(pack), &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("backup-damaged", &|place| {
            let ledger = place.join("repositories/repo/ledger.sqlite");
            let mut bytes = fs::read(&ledger).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            fs::write(ledger, bytes).unwrap();
        }),
        ("backup-damaged", &|place| fs::remove_file(place.join("repositories/repo/refs")).unwrap()),
    ];
    for (number, (code, harm)) in cases.iter().enumerate() {
        let bad = world.path(&format!("bad-{number}"));
        assert!(Command::new("cp").arg("-a").arg(&good).arg(&bad).status().unwrap().success());
        harm(&bad);
        let target = world.path("target");
        let no = said(&world, &world.repo(), 1, &["restore", bad.to_str().unwrap(), "--to", target.to_str().unwrap()]);
        assert_eq!(&no["fault"]["code"], code, "{no}");
        assert!(!target.exists());
    }
    // A newer ledger in a backup that is whole.
    let newer = World::three_stages();
    let place = backup(&newer, "b");
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version=99'); c.commit()";
    let ledger = place.join("repositories/repo/ledger.sqlite");
    assert!(Command::new("python3").args(["-c", script]).arg(&ledger).status().unwrap().success());
    let index = fs::read_to_string(place.join("index")).unwrap();
    fs::write(place.join("index"), reindexed(&index, &ledger)).unwrap();
    let target = newer.path("target");
    let no = said(&newer, &newer.repo(), 1, &["restore", place.to_str().unwrap(), "--to", target.to_str().unwrap()]);
    assert_eq!((&no["fault"]["code"], target.exists()), (&json!("ledger-newer"), false), "{no}");
    let left: Vec<_> = fs::read_dir(newer.path(".")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".target")), "{left:?}");
}

/// The index with the right hash of a ledger that was changed.
fn reindexed(index: &str, ledger: &Path) -> String {
    let hash = |path: &Path| {
        let output = Command::new("sha256sum").arg(path).output().unwrap();
        String::from_utf8(output.stdout).unwrap()[..64].to_owned()
    };
    let (body, _) = index.rsplit_once("sha256 ").unwrap();
    let at = body.find("repositories/repo/ledger.sqlite").unwrap();
    let start = at + body[at..].find("\"sha256\": \"").unwrap() + 11;
    let body = format!("{}{}{}", &body[..start], hash(ledger), &body[start + 64..]);
    let file = ledger.with_file_name("body");
    fs::write(&file, &body).unwrap();
    format!("{body}sha256 {}\n", hash(&file))
}

#[test]
fn what_was_under_way_is_finished_where_it_is_restored() {
    for point in ["corridor.stored", "corridor.committed", "corridor.branch-moved", "corridor.moved", "corridor.kept"] {
        let world = World::three_stages();
        world.change("US-1", &[("web/a", "a\n")]);
        let killed = world.run_until(point, &["promote", "US-1", "--to", "SIT"]);
        assert_eq!(killed.signal, Some(9), "{point}: {killed:?}");
        let place = backup(&world, "b");
        let (again, told) = restored(&world, &place, "again");
        assert_eq!(told["ok"], true, "{point}: {told}");
        // The first who works there puts it right, as at home.
        said(&world, &again, 0, &["grant", "ann", "deploy"]);
        said(&world, &world.repo(), 0, &["grant", "ann", "deploy"]);
        is_sound(&world, &again);
        let tips = ["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/switchback"];
        assert_eq!(git(&again, &tips), git(&world.repo(), &tips), "{point}");
    }
}

#[test]
fn a_backup_agrees_with_itself_whatever_goes_on_meanwhile() {
    let world = World::three_stages();
    for number in 1..=12 {
        world.change(&format!("US-{number}"), &[(&format!("web/{number}"), "new\n")]);
    }
    let done = AtomicBool::new(false);
    let repo = world.repo();
    let commands: Vec<Vec<Command>> = (1..=12)
        .map(|number| {
            let key = format!("US-{number}");
            let up = |to: &str| world.command_in(&repo, &["promote", &key, "--to", to, "--deploy"]);
            vec![up("SIT"), up("QA"), world.command_in(&repo, &["demote", &key, "--to", "DEV"])]
        })
        .collect();
    let mut backups = Vec::new();
    thread::scope(|scope| {
        let done = &done;
        scope.spawn(move || {
            for mut command in commands.into_iter().flatten() {
                let ran = Ran::of(command.output().unwrap());
                assert!(matches!(ran.exit, Some(0 | 3)), "{ran:?}");
            }
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            backups.push(backup(&world, &format!("b-{}", backups.len())));
        }
    });
    let mut seen = Vec::new();
    for (number, place) in backups.iter().enumerate() {
        let (again, told) = restored(&world, place, &format!("again-{number}"));
        assert_eq!(told["ok"], true, "{told}");
        seen.push(told["pipelines"][0]["seq"].as_u64().unwrap());
        let looked = said(&world, &again, 0, &["grant", "ann", "deploy"]);
        assert_eq!(looked["warnings"], json!([]), "{looked}");
        let verified = asked(&world, &again, &["verify"]);
        let verified: Value = serde_json::from_str(&verified.out).unwrap();
        let checks = verified["checks"].as_array().unwrap();
        // What areas hold is not in a backup, and goes on.
        let wrong: Vec<_> = checks.iter().filter(|check| check["what"] != "area" && check["ok"] != true).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    assert!(seen.len() > 2 && seen.first() < seen.last(), "nothing went on meanwhile: {seen:?}");
}

#[test]
fn what_somebody_anchored_later_tells_a_ledger_that_was_set_back() {
    let world = World::three_stages();
    world.change("US-1", &[("web/a", "a\n")]);
    let place = backup(&world, "b");
    world.ok(&["promote", "US-1", "--to", "SIT"]);
    let anchor = world.path("anchor").display().to_string();
    said(&world, &world.repo(), 0, &["verify", "--anchor", &anchor]);
    let (again, _) = restored(&world, &place, "again");
    let no = said(&world, &again, 3, &["verify", "--anchor", &anchor]);
    let checks = no["checks"].as_array().unwrap();
    let wrong: Vec<_> = checks.iter().filter(|check| check["ok"] != true).map(|check| &check["what"]).collect();
    assert_eq!(wrong, ["anchor"], "{no}");
}

#[test]
fn a_server_comes_back_and_everybody_signs_in_again() {
    let world = World::three_stages();
    let data = world.path("data");
    let (server, told) = begun(&world, &data);
    let people = SqlitePeople::open(&data.join("people.sqlite")).unwrap();
    let working = made(&people, "root");
    let root = people.person("root").unwrap().unwrap();
    let beginning = Beginning { person: &root, proof: Proof::Outside, at: Time(0), agent: "a browser" };
    let browser = session::begin(&people, beginning, Lasting::default()).unwrap();
    let invited = invitation::choose_password(&people, &UserName::new("root"), Time(0)).unwrap().unwrap();
    fs::write(data.join("server.toml"), "public_url = \"https://switchback.example.org\"\n").unwrap();
    let copied = world.path("b");
    let words = ["backup", "--to", copied.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let done = said(&world, &world.repo(), 0, &words);
    assert_eq!(done["people"], true, "{done}");
    // What is revoked after the backup is not known to it, and is said.
    let late = token::make(&people, wish("late"), Time(0)).unwrap();
    drop(people);
    process::signal(&server, "TERM");
    assert_eq!(process::ran(server).exit, Some(0));
    let grep = |text: &str| Command::new("grep").args(["-r", "-q", text]).arg(world.path("b")).status().unwrap();
    for secret in
        [working.as_str(), browser.secret.reveal(), invited.reveal(), told["first_administrator"].as_str().unwrap()]
    {
        assert!(!grep(secret).success(), "a secret stands in the backup");
    }

    let (back, repo) = (world.path("back"), format!("repo={}", world.path("shop").display()));
    let words = ["restore", copied.to_str().unwrap(), "--to", back.to_str().unwrap(), "--repository", &repo];
    let told = said(&world, &world.path("."), 0, &words);
    assert_eq!((&told["ok"], &told["tokens"]), (&json!(true), &json!(1)), "{told}");
    assert_eq!(mode(&back.join("people.sqlite")), 0o600);
    assert!(fs::read_to_string(back.join("server.toml")).unwrap().contains("switchback.example.org"));
    let people = SqlitePeople::open(&back.join("people.sqlite")).unwrap();
    assert!(people.person("root").unwrap().is_some());
    assert!(invitation::look(&people, invited.reveal(), Time(1)).is_err(), "links are over");
    let lets_in = |token: &str| token::who(&people, token, Time(1)).is_ok();
    assert!(lets_in(&working) && !lets_in(late.secret.reveal()));
    assert!(session::who(&people, browser.secret.reveal(), Time(1)).is_err(), "sessions are over");
}

/// A remote that has moved on since the backup tells that the ledger was set back, and nothing is pushed over it.
#[test]
fn the_copy_of_a_remote_comes_back_and_pushes_nothing_by_that() {
    let far = Far::begun();
    let data = far.world.path("data");
    let place = far.world.path("b");
    let words = ["backup", "--to", place.to_str().unwrap(), "--data", data.to_str().unwrap()];
    said(&far.world, &far.world.path("."), 0, &words);
    let before = far.refs();
    let restore = |name: &str| {
        let target = far.world.path(name);
        let told = said(
            &far.world,
            &far.world.path("."),
            0,
            &["restore", place.to_str().unwrap(), "--to", target.to_str().unwrap()],
        );
        assert_eq!((&told["ok"], &told["pipelines"][0]["is_copy"]), (&json!(true), &json!(true)), "{told}");
        target.join("repositories/shop.git")
    };
    let again = restore("again");
    assert_eq!(far.refs(), before);
    let token =
        |mut command: Command| Ran::of(command.env("SHOP_TOKEN", crate::remote_world::SECRET).output().unwrap());
    let done = token(far.world.command_in(&again, &["promote", "US-1", "--to", "SIT"]));
    assert_eq!(done.exit, Some(0), "{done:?}");
    assert_ne!(far.refs(), before, "it goes on where the remote is");
    let after = far.refs();
    let older = restore("older");
    let no = token(far.world.command_in(&older, &["grant", "ann", "deploy"]));
    assert!(no.exit == Some(3) && no.err.contains("[ledger-behind]"), "{no:?}");
    assert_eq!(far.refs(), after);
}

fn wish(name: &str) -> Wish {
    Wish {
        person: UserName::new("root"),
        name: name.to_owned(),
        privileges: Vec::new(),
        pipelines: Vec::new(),
        stages: Vec::new(),
        plan_only: false,
        expires: Time(i64::MAX),
    }
}
