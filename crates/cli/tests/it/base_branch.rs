//! A server looks at what the base branch says (`SPEC K4`).

use crate::process;
use crate::served::token_of;
use crate::serving::{ACME, Caller};
use crate::world::{THREE_STAGES, World};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

fn frozen() -> String {
    let branch = "branch = \"sit\"";
    let freeze = "freeze = [{ from = \"2026-01-01\", to = \"2026-12-31\", reason = \"audit\" }]";
    THREE_STAGES.replacen(branch, &format!("{branch}\n{freeze}"), 1)
}

/// A server of a world whose base branch says what is in force.
struct Scene {
    world: World,
    server: Option<Child>,
    root: Caller,
    address: String,
    token: String,
}

impl Drop for Scene {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Scene {
    fn with(settings: &str) -> Self {
        let world = World::three_stages();
        pushed(&world, THREE_STAGES);
        let data = world.path("data");
        std::fs::create_dir_all(&data).unwrap();
        std::fs::write(data.join("server.toml"), settings).unwrap();
        let words = ["serve", "--json", "--listen", "127.0.0.1:0", "--data"];
        let mut serve = world.command_in(&world.repo(), &words);
        // A pipe that nobody empties would stop the server.
        let log = std::fs::File::create(world.path("log")).unwrap();
        let mut server = serve.arg(&data).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let (address, token) = (said["address"].as_str().unwrap().to_owned(), token_of(&data, "root"));
        let root = Caller::at(&address, &token);
        let scene = Self { world, server: Some(server), root, address, token };
        // From here on it is known what came.
        process::wait_for("a look", || scene.world.repo().join(".git/switchback/offered-acme").exists());
        scene
    }

    fn shown(&self) -> Value {
        self.root.get(&format!("{ACME}/configuration")).body
    }

    /// What a reading command says about an offer, once a round has looked.
    fn told(&self) -> String {
        let told = || {
            let mut command = self.world.command_in(&self.world.repo(), &["where", "--json"]);
            command.env("SWITCHBACK_SERVER", &self.address).env("SWITCHBACK_TOKEN", &self.token);
            let said: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
            let all = said["warnings"].as_array().cloned().unwrap_or_default();
            let one = all.iter().find(|one| one["code"] == "configuration-offered");
            one.map(|one| one["message"].as_str().unwrap().to_owned())
        };
        process::wait_for("the offer", || told().is_some());
        told().unwrap()
    }

    /// Ends the server; gives what it said on the way.
    fn end(mut self) -> String {
        let server = self.server.take().unwrap();
        process::signal(&server, "TERM");
        let ended = process::ran(server);
        assert_eq!(ended.exit, Some(0), "{ended:?}");
        std::fs::read_to_string(self.world.path("log")).unwrap()
    }
}

/// Somebody pushes a configuration to the base branch.
fn pushed(world: &World, text: &str) {
    world.git(&["checkout", "--quiet", "--force", "main"]);
    world.write("switchback.toml", text);
    world.git(&["add", "--force", "switchback.toml"]);
    world.git(&["commit", "--quiet", "--message", "another configuration"]);
    world.git(&["checkout", "--quiet", "--detach"]);
}

#[test]
fn what_is_new_on_the_base_branch_is_offered_and_somebody_takes_it() {
    let scene = Scene::with("");
    assert_eq!(scene.shown()["offered"], Value::Null);
    pushed(&scene.world, &frozen());
    let told = scene.told();
    assert!(
        told.starts_with("switchback.toml on main (")
            && told.contains("says something new about stage SIT: put in force what is offered"),
        "{told}"
    );
    let shown = scene.shown();
    let (key, text) = (&shown["offered"]["changes"][0]["key"], &shown["offered"]["text"]);
    assert_eq!((key, text, &shown["offered"]["branch"]), (&json!("freeze"), &json!(frozen()), &json!("main")));
    assert_eq!((&shown["text"], &shown["by"]), (&json!(THREE_STAGES), &json!("root")), "it is only offered");
    let plan = scene.root.post(&format!("{ACME}/plans/configuration"), &[], &json!({ "offered": true }));
    assert_eq!(plan.body["plan"]["changes"][0]["name"], "SIT", "{}", plan.body);
    let done = scene.root.post(&format!("{ACME}/configuration"), &[], &json!({ "offered": true }));
    assert_eq!(done.status, 200, "{}", done.body);
    let shown = scene.shown();
    assert_eq!((&shown["text"], &shown["offered"]), (&json!(frozen()), &Value::Null));
    let again = scene.root.post(&format!("{ACME}/configuration"), &[], &json!({ "offered": true }));
    assert_eq!((again.status, &again.body["code"]), (409, &json!("nothing-offered")));
    scene.end();
}

#[test]
fn what_comes_is_put_in_force_by_itself_where_the_server_says_so() {
    let scene = Scene::with("configuration = \"auto\"\n");
    pushed(&scene.world, &frozen());
    process::wait_for("the configuration", || scene.shown()["text"] == json!(frozen()));
    let shown = scene.shown();
    assert_eq!((&shown["by"], &shown["offered"]), (&json!("root"), &Value::Null));
    // Who puts something in force by hand is not overruled by what lies on the branch still.
    let by_hand = json!({ "text": THREE_STAGES });
    assert_eq!(scene.root.post(&format!("{ACME}/configuration"), &[], &by_hand).status, 200);
    assert!(scene.told().contains("says something new about stage SIT"));
    assert_eq!(scene.shown()["text"], THREE_STAGES);
    // A defect leaves what is in force, and is told; in the log once.
    pushed(&scene.world, &frozen().replace("next = [\"QA\"]", "next = [\"QS\"]"));
    process::wait_for("the defect", || scene.told().contains("cannot be put in force"));
    assert!(scene.told().contains("leads to `QS`, which is no stage"), "{}", scene.told());
    let shown = scene.shown();
    assert_eq!((&shown["text"], &shown["offered"]["defect"]["code"]), (&json!(THREE_STAGES), &json!("config-defect")));
    scene.world.git(&["commit", "--quiet", "--allow-empty", "--message", "US-77 something else"]);
    let head = scene.world.git(&["rev-parse", "HEAD"]);
    scene.world.git(&["branch", "--force", "main", head.trim()]);
    let commit = || scene.shown()["offered"]["commit"] == json!(head.trim()) && scene.told().contains(&head[..7]);
    process::wait_for("another look", commit);
    assert_eq!(scene.end().matches("cannot be put in force").count(), 1);
}
