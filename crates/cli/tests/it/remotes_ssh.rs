//! Remotes over ssh, against OpenSSH's own server: a key by reference, hosts that are known, and nobody who is asked.

use crate::process;
use crate::remote_world::{Far, Serving};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where `sshd` is; `tests/ssh/run` has it installed and says so.
const PROGRAM: &str = "SWITCHBACK_SSHD";

/// A server of OpenSSH that lets one key in.
struct Sshd {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl Sshd {
    fn begin(program: &Path, folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("a folder");
        for (name, word) in [("host", ""), ("key", ""), ("wrong", ""), ("locked", "a passphrase")] {
            keygen(&folder.join(name), word);
        }
        let allowed = ["key.pub", "locked.pub"].map(|name| fs::read_to_string(folder.join(name)).expect("a key"));
        fs::write(folder.join("allowed"), allowed.concat()).expect("a file");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let shown = folder.display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {shown}/host\nAuthorizedKeysFile {shown}/allowed\nPidFile none\n\
             UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        );
        fs::write(folder.join("config"), config).expect("a file");
        let log = fs::File::create(folder.join("log")).expect("a log");
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f"]).arg(folder.join("config")).stdin(Stdio::null()).stderr(log);
        let process = command.spawn().expect("sshd starts");
        let sshd = Self { process, port, folder };
        process::wait_for("sshd", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        sshd
    }

    /// The host's key as `known_hosts` has it; or another one in its place.
    fn known(&self, key: &str) {
        let text = fs::read_to_string(self.folder.join(format!("{key}.pub"))).expect("a key");
        fs::write(self.folder.join("known"), format!("[127.0.0.1]:{} {text}", self.port)).expect("a file");
    }

    /// The words that name the repository there, and the key that it is shown.
    fn named(&self, far: &Far, key: &str) -> [String; 4] {
        let user = Command::new("id").arg("-un").output().expect("id runs").stdout;
        let (user, origin) = (String::from_utf8(user).expect("a name"), far.origin());
        let remote = format!("shop=ssh://{}@127.0.0.1:{}{}", user.trim(), self.port, origin.display());
        let credential = format!("shop=file:{}", self.folder.join(key).display());
        ["--remote".to_owned(), remote, "--remote-credential".to_owned(), credential]
    }

    fn serve(&self, far: &Far, key: &str) -> Serving {
        far.served_by(&self.named(far, key), "1")
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn keygen(path: &Path, passphrase: &str) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-C", "", "-N", passphrase, "-f"]).arg(path);
    assert!(command.status().expect("ssh-keygen runs").success());
}

/// A world in which `ssh` knows hosts by a file of the test's, and nothing of whoever runs it.
fn world(folder: &Path, far: &mut Far) {
    let ssh = Command::new("sh").args(["-c", "command -v ssh"]).output().expect("a shell runs").stdout;
    let (ssh, shown) = (String::from_utf8(ssh).expect("a name"), folder.display());
    let config = format!("Host *\n  UserKnownHostsFile {shown}/known\n  GlobalKnownHostsFile /dev/null\n");
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).expect("a folder");
    fs::write(folder.join("client"), config).expect("a file");
    let script = format!("#!/bin/sh\nexec {} -F {shown}/client \"$@\"\n", ssh.trim());
    fs::write(bin.join("ssh"), script).expect("a program");
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).expect("it can be run");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"));
    far.surroundings.push(("PATH".to_owned(), path));
}

fn fault(far: &Far, words: &[&str]) -> (String, String) {
    let said = far.json(1, words);
    let of = |name: &str| said["fault"][name].as_str().expect("a text").to_owned();
    (of("code"), of("message") + " / " + &of("hint"))
}

#[test]
fn whoever_has_the_key_is_let_in_where_the_host_is_known_and_nobody_is_asked() {
    let Some(program) = std::env::var_os(PROGRAM) else { return };
    let mut far = Far::new();
    let sshd = Sshd::begin(Path::new(&program), far.world.path("ssh"));
    world(&sshd.folder, &mut far);
    // A host whose key nobody has compared is shown nothing.
    let serving = far.begun_by(&sshd.named(&far, "key"), "1");
    process::wait_for("the sentence", || far.log().contains("[remote-untrusted]"));
    let log = far.log();
    assert!(
        log.contains("shows a key that is not known to be its own: ") && log.contains("verification failed"),
        "{log}"
    );
    drop(serving);
    sshd.known("host");
    let serving = sshd.serve(&far, "key");
    let refs = far.goes_up(&serving);
    assert!(refs.contains("refs/switchback/changes/US-1/1"), "{refs}");
    far.ask(&serving, 0, &["verify"]);
    let said = far.ask(&serving, 0, &["doctor", "--online"]);
    assert!(said.to_string().contains("answers and lets this program in to push"), "{said}");
    drop(serving);
    // Another key, and one whose passphrase nobody is asked for.
    for key in ["wrong", "locked"] {
        drop(sshd.serve(&far, key));
        let (code, told) = fault(&far, &["fetch"]);
        assert!(code == "remote-denied" && told.contains("Permission denied"), "{key}: {told}");
    }
    drop(sshd.serve(&far, "nowhere"));
    assert_eq!(fault(&far, &["fetch"]).0, "remote-credential-unusable");
    // Somebody else stands in the host's place.
    drop(sshd.serve(&far, "key"));
    far.here(&["fetch"]);
    sshd.known("wrong");
    let (code, told) = fault(&far, &["fetch"]);
    assert!(code == "remote-untrusted" && told.contains("compare its key"), "{told}");
}

#[test]
fn what_ssh_cannot_be_shown_is_said_at_once() {
    let far = Far::new();
    for credential in ["env:SHOP_TOKEN", "helper:store"] {
        let (remote, credential) = ("shop=ssh://git@shop.example.org/shop.git", format!("shop={credential}"));
        let words = ["serve", "--listen", "127.0.0.1:0", "--remote", remote, "--remote-credential", &credential];
        let output = far.world.command_in(&far.world.repo(), &words).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains("over ssh the remote ssh://git@shop"), "{said}");
    }
}
