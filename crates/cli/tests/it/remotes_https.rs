//! Remotes over https: who is believed, what is shown to whom, and what is said where that does not work.

use crate::https_host::{HttpsHost, Manner};
use crate::process;
use crate::remote_world::{Far, SECRET, warned};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What must stand nowhere either.
const WRONG: &str = "wr0ng-s3cret";

fn host(far: &Far) -> HttpsHost {
    HttpsHost::begin(far.world.path("ca.pem"), Manner::Serves(far.world.path(".")))
}

/// The words that name a host as the remote, what it is shown, and by which certificate it is known.
fn named(host: &HttpsHost, credential: &str) -> Vec<String> {
    let remote = format!("shop={}", host.address("origin.git"));
    let (credential, ca) = (format!("shop={credential}"), format!("shop={}", host.ca.display()));
    ["--remote", &remote, "--remote-credential", &credential, "--remote-ca", &ca].map(str::to_owned).to_vec()
}

fn file(far: &Far, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = far.world.path(name);
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its rights");
    path
}

/// A server says this, sooner or later.
fn says(far: &Far, words: &str) {
    process::wait_for(words, || far.log().contains(words));
}

#[test]
fn it_is_cloned_fetched_and_pushed_with_what_is_shown_by_reference() {
    let far = Far::new();
    let host = host(&far);
    let serving = far.served_by(&named(&host, "env:SHOP_TOKEN"), "1");
    let refs = far.goes_up(&serving);
    assert!(refs.contains("refs/switchback/changes/US-1/1") && !refs.contains("refs/switchback/operations/"), "{refs}");
    far.pushed("dev", "web/by-hand");
    far.ask(&serving, 0, &["fetch"]);
    far.ask(&serving, 0, &["verify"]);
    let said = far.ask(&serving, 0, &["doctor", "--online"]);
    assert!(said.to_string().contains("answers and lets this program in to push"), "{said}");
    let listed = Command::new("ps").args(["-eo", "args"]).output().expect("ps runs");
    assert!(!String::from_utf8_lossy(&listed.stdout).contains(SECRET));
    assert!(!far.holds_the_secret());
    drop(serving);
    // The copy goes on from what is written down in it, whoever asks.
    let helper = format!("#!/bin/sh\ntest $1 = get && printf 'username=bot\\npassword={SECRET}\\n'\n");
    let helper = file(&far, "helper", &helper, 0o700);
    let secret = file(&far, "secret", &format!("{SECRET}\n"), 0o600);
    for credential in [format!("file:{}", secret.display()), format!("helper:{}", helper.display())] {
        drop(far.served_by(&named(&host, &credential), "1"));
        let before = host.seen().len();
        far.here(&["fetch"]);
        assert!(host.seen()[before..].iter().any(|(_, shown)| shown.is_some()), "{credential}");
    }
}

/// Whoever names a remote leads the server to nothing that is beside it, by whatever name.
#[test]
fn a_host_beside_the_server_is_called_only_where_that_is_allowed() {
    let far = Far::new();
    let host = host(&far);
    let data = far.world.path("data");
    fs::create_dir_all(&data).expect("a folder");
    let serve = |said: &str| {
        fs::write(data.join("server.toml"), said).expect("a file");
        let log = fs::File::options().create(true).append(true).open(far.world.path("log")).expect("a log");
        let words = [
            &["serve".to_owned(), "--listen".to_owned(), "127.0.0.1:0".to_owned()][..],
            &named(&host, "env:SHOP_TOKEN"),
        ];
        let words = words.concat();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = far.world.command_in(&data, &words);
        command.arg("--data").arg(&data).env("SHOP_TOKEN", SECRET).stdout(Stdio::null()).stderr(log);
        command.spawn().expect("the server starts")
    };
    let mut refused = serve("");
    says(&far, "[remote-address-refused]");
    refused.kill().and_then(|()| refused.wait()).expect("it ends");
    assert!(host.seen().is_empty(), "{:?}", host.seen());
    assert!(far.log().contains("is at 127.0.0.1, which is no public address"), "{}", far.log());
    let mut allowed = serve("[network]\nallow = [\"127.0.0.0/8\"]\n");
    process::wait_for("the copy", || far.copy().exists());
    allowed.kill().and_then(|()| allowed.wait()).expect("it ends");
}

#[test]
fn a_wrong_password_is_said_and_stands_nowhere() {
    let far = Far::new();
    let host = host(&far);
    let wrong = file(&far, "secret", WRONG, 0o600);
    let serving = far.begun_by(&named(&host, &format!("file:{}", wrong.display())), "1");
    says(&far, "WARN  [remote-denied] the remote https://bot@127.0.0.1");
    let said = far.ask(&serving, 1, &["init"]);
    assert_eq!(said["fault"]["code"], "remote-denied", "{said}");
    assert!(host.seen().iter().any(|(_, shown)| *shown == Some(format!("bot:{WRONG}"))), "it was shown");
    let mut looked = Command::new("grep");
    looked.args(["-r", "-q", WRONG]).args([far.world.path("data"), far.world.path("log")]);
    assert!(!looked.status().expect("grep runs").success());
    // Mended where it stands, it is tried again by itself.
    fs::write(&wrong, SECRET).expect("a file");
    process::wait_for("the copy", || far.copy().exists());
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_said_with_where_one_is_named() {
    let far = Far::new();
    let host = host(&far);
    let known = named(&host, "env:SHOP_TOKEN");
    let unknown = &known[..4];
    let serving = far.begun_by(unknown, "1");
    says(&far, "[remote-untrusted] the remote https://bot@127.0.0.1");
    drop(serving);
    assert_eq!(host.seen(), [], "nothing was shown to it");
    drop(far.served_by(&known, "1"));
    far.here(&["init"]);
    let serving = far.served_by(unknown, "1");
    let said = far.ask(&serving, 1, &["fetch"]);
    assert_eq!(said["fault"]["code"], "remote-untrusted", "{said}");
    assert!(said["fault"]["hint"].as_str().expect("a step").contains("`ca` of the remote"), "{said}");
    let status = far.ask(&serving, 0, &["status"]);
    assert_eq!(warned(&status), ["remote-untrusted"], "reads go on: {status}");
    drop(serving);
    // Whatever the surroundings say, nobody is believed blindly.
    let mut far = far;
    far.surroundings.push(("GIT_SSL_NO_VERIFY".to_owned(), "1".to_owned()));
    assert_eq!(far.json(1, &["fetch"])["fault"]["code"], "remote-untrusted");
    far.surroundings.clear();
    fs::write(far.world.path("data/server.toml"), "[[remote]]\nname = \"shop\"\nca = \"../ca.pem\"\n").expect("a file");
    let serving = far.served_by(unknown, "1");
    far.ask(&serving, 0, &["fetch"]);
    fs::remove_file(&host.ca).expect("it was there");
    let said = far.ask(&serving, 1, &["fetch"]);
    assert_eq!(said["fault"]["code"], "remote-credential-unusable", "{said}");
}

#[test]
fn whoever_sends_on_to_elsewhere_is_not_followed_and_nothing_is_shown_there() {
    let far = Far::new();
    let elsewhere = HttpsHost::begin(far.world.path("elsewhere.pem"), Manner::Serves(far.world.path(".")));
    let to = elsewhere.address("").trim_end_matches('/').to_owned();
    let host = HttpsHost::begin(far.world.path("ca.pem"), Manner::SendsOn(to));
    // Both are known, so that only the rule keeps git from going there.
    let both = fs::read_to_string(&host.ca).expect("one") + &fs::read_to_string(&elsewhere.ca).expect("another");
    fs::write(&host.ca, both).expect("a file");
    let _serving = far.begun_by(&named(&host, "env:SHOP_TOKEN"), "1");
    says(&far, "sends on to elsewhere, which is not followed");
    assert_eq!(elsewhere.seen(), []);
    assert!(!host.seen().is_empty());
}

#[test]
fn an_address_with_a_secret_in_the_servers_own_file_is_refused_and_not_repeated() {
    let far = Far::new();
    let data = far.world.path("data");
    fs::create_dir_all(&data).expect("a folder");
    let text = format!("[[remote]]\nname = \"shop\"\nurl = \"https://bot:{WRONG}@shop.example.org/shop.git\"\n");
    fs::write(data.join("server.toml"), text).expect("a file");
    let words = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().expect("a name")];
    let output = far.world.command_in(&far.world.repo(), &words).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("[remote-address-refused]") && !said.contains(WRONG), "{said}");
}
