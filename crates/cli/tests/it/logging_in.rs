//! The way in for people: a link, a password, and a token that is kept where git keeps passwords.

use crate::process;
use crate::serving;
use crate::world::{Ran, World};
use std::io::Write as _;
use std::process::{Child, Command, Stdio};

const PASSWORD: &str = "correct horse battery";

struct Scene {
    world: World,
    server: Child,
    address: String,
    /// The secret by which the first administrator comes in.
    link: String,
}

impl Scene {
    fn new() -> Self {
        let world = World::three_stages();
        let (server, said) = serving::begun(&world, &world.path("data"));
        let text = |name: &str| said[name].as_str().unwrap().to_owned();
        Self { address: text("address"), link: text("first_administrator"), server, world }
    }

    /// A command of somebody whose git keeps passwords in a file.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.world.command_in(&self.world.repo(), words);
        let file = self.world.path("passwords");
        command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "credential.helper");
        command.env("GIT_CONFIG_VALUE_0", format!("store --file={}", file.display()));
        command
    }

    fn typed(mut command: Command, lines: &[&str]) -> Ran {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
        process::ran(child)
    }

    fn login(&self, words: &[&str], lines: &[&str]) -> Ran {
        Self::typed(self.command(&[&["login", &self.address], words].concat()), lines)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn the_first_administrator_comes_in_by_the_link_and_is_known_from_then_on() {
    let scene = Scene::new();
    let ran = scene.login(&["--invited", "--user", "root"], &[&scene.link, PASSWORD]);
    assert_eq!(
        (ran.exit, ran.out.lines().next()),
        (Some(0), Some(format!("You are root at {}", scene.address).as_str())),
        "{ran:?}"
    );
    let asked = |words: &[&str]| {
        let mut command = scene.command(words);
        Ran::of(command.env("SWITCHBACK_SERVER", &scene.address).output().unwrap())
    };
    let shown = asked(&["status"]);
    assert_eq!(shown.exit, Some(0), "{shown:?}");
    // The link works once, the password from now on.
    let again = scene.login(&["--invited", "--user", "eve"], &[&scene.link, PASSWORD]);
    assert!(again.err.contains("[invitation-over]"), "{again:?}");
    let ran = scene.login(&["--user", "root"], &[PASSWORD]);
    assert_eq!(ran.exit, Some(0), "{ran:?}");
    let wrong = scene.login(&["--user", "root"], &["correct horse batterie"]);
    assert!(wrong.err.contains("[sign-in-wrong]"), "{wrong:?}");
    let out = Scene::typed(scene.command(&["logout", &scene.address]), &[]);
    assert_eq!(out.exit, Some(0), "{out:?}");
    let nobody = asked(&["status"]);
    assert!(nobody.err.contains("[not-signed-in]"), "{nobody:?}");
}

#[test]
fn without_a_helper_the_token_is_told_and_a_token_that_is_there_is_kept() {
    let scene = Scene::new();
    let words = ["login", &scene.address, "--invited", "--user", "root", "--json"];
    let ran = Scene::typed(scene.world.command_in(&scene.world.repo(), &words), &[&scene.link, PASSWORD]);
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!((&said["person"], &said["kept"]), (&"root".into(), &false.into()));
    let secret = said["secret"].as_str().unwrap();
    assert!(secret.starts_with("sbt_"), "{said}");
    let kept = scene.login(&["--with-token", "--json"], &[secret]);
    assert!(kept.out.contains("\"kept\":true") && !kept.said().contains(secret), "{kept:?}");
    let bad = scene.login(&["--with-token"], &["sbt_nonsense"]);
    assert!(bad.err.contains("[token-unknown]"), "{bad:?}");
    let none = scene.login(&["--user", "root"], &[""]);
    assert_eq!(none.exit, Some(2), "{none:?}");
}
