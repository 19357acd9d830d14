//! Signing in by a provider of identities, at the command line: with a browser, which the tests are.

use crate::identity_provider::{CLIENT, IdentityProvider, SECRET, query};
use crate::process;
use crate::world::{Ran, THREE_STAGES, World};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};
use ureq::Agent;
use ureq::http::{Request, Response};

const PASSWORD: &str = "correct horse battery";

/// The provider that is another program; `tests/oidc/run` has it installed and says where.
const PROGRAM: &str = "SWITCHBACK_OIDC_PROVIDER";

pub struct Scene {
    pub world: World,
    server: Child,
    pub address: String,
}

impl Scene {
    /// A server that is told of a provider, and what else it is told.
    pub fn new(issuer: &str, told: (&str, &str)) -> Self {
        Self::of(World::three_stages(), (issuer, CLIENT), told)
    }

    pub fn of(world: World, (issuer, client): (&str, &str), (first, more): (&str, &str)) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let data = world.path("data");
        std::fs::create_dir_all(&data).unwrap();
        std::fs::write(data.join("secret"), SECRET).unwrap();
        let text = format!(
            "public_url = \"http://{address}\"\n{first}\n[[oidc]]\nname = \"company\"\nissuer = \"{issuer}\"\n\
             client_id = \"{client}\"\nclient_secret = {{ file = \"secret\" }}\n{more}\n"
        );
        std::fs::write(data.join("server.toml"), text).unwrap();
        let mut serve = world.command_in(&world.repo(), &["serve", "--json", "--listen", &address, "--data"]);
        // Providers have the time that it is.
        serve.arg(&data).stdout(Stdio::piped()).env_remove("SWITCHBACK_NOW");
        let log = std::fs::File::create(world.path("log")).unwrap();
        let mut server = serve.stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains(&address), "{line}");
        Self { server, address: format!("http://{address}"), world }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.world.command_in(&self.world.repo(), words);
        command.env_remove("SWITCHBACK_NOW");
        let file = self.world.path("passwords");
        command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "credential.helper");
        command.env("GIT_CONFIG_VALUE_0", format!("store --file={}", file.display()));
        command
    }

    /// Begins to sign in: the command, what it goes on saying, and the address that it names.
    pub fn begins(&self, words: &[&str]) -> (Child, BufReader<ChildStderr>, String) {
        let mut command = self.command(&[&["login", &self.address], words].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut address = String::new();
        while !address.contains("?handover=") {
            address.clear();
            assert_ne!(said.read_line(&mut address).unwrap(), 0, "it names no address");
        }
        (child, said, address.trim().to_owned())
    }

    fn run(&self, words: &[&str], lines: &[&str]) -> Ran {
        let mut child =
            self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
        process::ran(child)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A browser asks for an address with what it holds, and is sent on, or shown something.
pub fn browse(address: &str, cookie: &str) -> Response<String> {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
    let request = Request::get(address).header("cookie", cookie).header("accept", "text/html");
    let (head, mut body) = agent.run(request.body(()).unwrap()).unwrap().into_parts();
    Response::from_parts(head, body.read_to_string().unwrap())
}

/// Where it is sent on to, and what it holds from then on.
pub fn sent(answer: &Response<String>) -> (String, String) {
    let of = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(answer.status(), 303, "{}", answer.body());
    (of("location"), of("set-cookie").split(';').next().unwrap().to_owned())
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A person at a provider of the tests' own.
pub fn at_own(provider: &IdentityProvider, address: &str, scene: &Scene) -> Response<String> {
    let (location, cookie) = sent(&browse(address, ""));
    let (code, state) = provider.grants(&location);
    let back = format!("{}/api/v1/sign-in/oidc/company/callback?code={code}&state={state}", scene.address);
    browse(&back, &cookie)
}

#[test]
fn somebody_signs_in_with_a_browser_and_the_command_line_has_a_token() {
    let provider = IdentityProvider::new();
    provider.says().now = now();
    let scene = Scene::new(&provider.issuer, ("passwords = false", "new_people = true"));
    // Where passwords are off and there is one provider, nothing need be said.
    let (child, mut said, address) = scene.begins(&[]);
    let (handed, _) = sent(&at_own(&provider, &address, &scene));
    assert!(handed.starts_with("http://127.0.0.1:"), "{handed}");
    let port = handed.trim_start_matches("http://").split('/').next().unwrap();
    assert_eq!(browse(&format!("http://{port}/favicon.ico"), "").status(), 404, "it is not what is waited for");
    let shown = browse(&handed, "");
    assert!(shown.status() == 200 && shown.body().contains("signed in at the command line"), "{shown:?}");
    let ran = process::ran(child);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!((ran.exit, ran.out.contains("You are ann at")), (Some(0), true), "{ran:?} {rest}");
    let mut status = scene.command(&["status"]);
    let status = Ran::of(status.env("SWITCHBACK_SERVER", &scene.address).output().unwrap());
    assert_eq!(status.exit, Some(0), "{status:?}");
    // With the browser elsewhere.
    let (mut child, _said, address) = scene.begins(&["--provider", "company", "--paste"]);
    let shown = at_own(&provider, &address, &scene);
    let code = shown.body().lines().find(|line| line.trim().starts_with("sbh_")).unwrap_or_else(|| panic!("{shown:?}"));
    writeln!(child.stdin.take().unwrap(), "{}", code.trim()).unwrap();
    let ran = process::ran(child);
    assert_eq!((ran.exit, ran.out.contains("You are ann at")), (Some(0), true), "{ran:?}");
    let no = scene.run(&["login", &scene.address, "--provider", "other"], &[]);
    assert_eq!((no.exit, no.err.contains("company")), (Some(2), true), "{no:?}");
    let log = std::fs::read_to_string(scene.world.path("log")).unwrap();
    assert!(log.contains("somebody came in by a provider"), "{log}");
    for secret in ["sbh_", "sbx_", "sbw_", "sbs_", "code-", SECRET, "access_token", "ann@example.org"] {
        assert!(!log.contains(secret), "{secret} stands in the log: {log}");
    }
}

#[test]
fn the_console_lets_an_administrator_in_where_passwords_are_off() {
    let provider = IdentityProvider::new();
    provider.says().now = now();
    let scene = Scene::new(&provider.issuer, ("passwords = false", ""));
    let data = scene.world.path("data");
    let data = data.to_str().unwrap();
    let added = scene.run(&["user", "--data", data, "--json", "add", "root", "--administrator"], &[]);
    let added: serde_json::Value = serde_json::from_str(&added.out).unwrap();
    let secret = added["secret"].as_str().unwrap();
    let ran = scene.run(&["login", &scene.address, "--invited"], &[secret, PASSWORD]);
    assert_eq!((ran.exit, ran.out.contains("You are root at")), (Some(0), true), "{ran:?}");
    // Whoever the provider knows is told by what an administrator links them, and is in when they did.
    let (child, mut said, address) = scene.begins(&[]);
    let shown = browse(&sent(&at_own(&provider, &address, &scene)).0, "");
    assert!(shown.body().contains("nobody here is known to be you"), "{shown:?}");
    let (ran, mut rest) = (process::ran(child), String::new());
    said.read_to_string(&mut rest).unwrap();
    assert_eq!((ran.exit, rest.contains("[identity-unknown]")), (Some(3), true), "{ran:?} {rest}");
    let linked = ["user", "--data", data, "link", "root", "--provider", "company", "--subject", "248"];
    let linked = scene.run(&linked, &[]);
    assert!(linked.exit == Some(0) && linked.out.contains("248 at http://127.0.0.1"), "{linked:?}");
    let (child, _said, address) = scene.begins(&[]);
    browse(&sent(&at_own(&provider, &address, &scene)).0, "");
    let ran = process::ran(child);
    assert_eq!((ran.exit, ran.out.contains("You are root at")), (Some(0), true), "{ran:?}");
    let ended = scene.run(&["user", "--data", data, "unlink", "root"], &[]);
    assert!(ended.exit == Some(0) && !ended.out.contains("248"), "{ended:?}");
}

/// Against a provider that nobody here wrote: discovery, keys of RSA, and what it thinks PKCE is.
#[test]
fn a_provider_that_is_another_program_is_understood() {
    let Some(program) = std::env::var_os(PROGRAM) else {
        eprintln!("passed over: {PROGRAM} names no provider; `tests/oidc/run` has one");
        return;
    };
    let port = free_port();
    let claims = r#"{"sub": "u-17", "preferred_username": "cy", "name": "Cy Other", "groups": ["testers"]}"#;
    let mut command = Command::new(program);
    command.args(["--port", &port.to_string(), "--require-nonce", "true", "--user-claims", claims]);
    let mut other = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let issuer = format!("http://127.0.0.1:{port}");
    process::wait_for("the provider", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    // It takes the name of a client as it stands in the header, without decoding it.
    let told = ("", "new_people = true");
    let scene = Scene::of(World::three_stages(), (&issuer, "switchback"), told);
    let (child, mut said, address) = scene.begins(&["--provider", "company"]);
    let (location, cookie) = sent(&browse(&address, ""));
    let asked = query(location.split_once('?').unwrap().1);
    assert_eq!(asked["code_challenge_method"], "S256");
    let agent: Agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
    let answer = agent.post(&location).send_form([("sub", "u-17")]).unwrap();
    let back = answer.headers().get("location").unwrap_or_else(|| panic!("{answer:?}")).to_str().unwrap().to_owned();
    let (handed, _) = sent(&browse(&back, &cookie));
    browse(&handed, "");
    let ran = process::ran(child);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!((ran.exit, ran.out.contains("You are cy at")), (Some(0), true), "{ran:?} {rest}");
    let log = std::fs::read_to_string(scene.world.path("log")).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(log.contains("somebody came in by a provider"), "{log}");
}

/// Whoever approves is known by all their names: what commits, people and providers call them (`SPEC S5`).
#[test]
fn nobody_approves_their_own_change_under_another_name() {
    let text = THREE_STAGES.replace("name = \"acme\"\n", "name = \"acme\"\nfour_eyes = true\n");
    assert_ne!(text, THREE_STAGES);
    let provider = IdentityProvider::new();
    provider.says().now = now();
    let scene = Scene::of(World::with(&text), (&provider.issuer, CLIENT), ("passwords = false", "new_people = true"));
    let own = ["ann", "ANN", "Ann Other", "ann@example.org", "Ann Other <ann@example.org>", "248"];
    let others = ["bob", "Other", "ann@example.com"];
    for (at, owner) in own.iter().chain(&others).enumerate() {
        let key = format!("US-{at}");
        scene.world.branch(&key, &[(&format!("web/{at}"), "a\n")]);
        let branch = format!("feature/{key}");
        scene.world.ok(&["change", "record", &key, "--branch", &branch, "--stage", "DEV", "--owner", owner]);
    }
    let (child, _said, address) = scene.begins(&[]);
    browse(&sent(&at_own(&provider, &address, &scene)).0, "");
    assert_eq!(process::ran(child).exit, Some(0));
    let approves = |at: usize| {
        let mut command = scene.command(&["change", "attest", &format!("US-{at}"), "approved"]);
        Ran::of(command.env("SWITCHBACK_SERVER", &scene.address).output().unwrap())
    };
    for (at, owner) in own.iter().enumerate() {
        let no = approves(at);
        assert_eq!((no.exit, no.err.contains("[four-eyes]")), (Some(3), true), "{owner}: {no:?}");
    }
    for (at, owner) in others.iter().enumerate() {
        let done = approves(own.len() + at);
        assert_eq!(done.exit, Some(0), "{owner}: {done:?}");
    }
}
