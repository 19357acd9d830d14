//! Runs the `git` program closed: no configuration but the copy's own, no hook, no prompt, one protocol; never longer than
//! somebody is willing to wait, and never with a secret among its arguments.

use super::credential::Credential;
use super::reach::{self, MayCall};
use super::said;
use super::setup::Setup;
use super::url::RemoteUrl;
use crate::worktree::FOREIGN;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use switchback_core::words::fault::Fault;
use switchback_machine::child::{self, Capture, Ending};

/// What would make git do something else, or tell more than it should.
const OPENING: [&str; 16] = [
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_TRACE",
    "GIT_TRACE_CURL",
    "GIT_TRACE_PACKET",
    "GIT_TRACE_REDACT",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
    "GIT_CURL_VERBOSE",
    "GIT_SSL_NO_VERIFY",
    "GIT_PROXY_COMMAND",
];

/// What every run is told.
const CLOSED: [&str; 13] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.helper=",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.gpgSign=false",
    "push.followTags=false",
    "transfer.credentialsInUrl=die",
    // Whoever is led elsewhere would be shown there what is for this remote alone.
    "http.followRedirects=false",
    "http.sslVerify=true",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
];

/// How ssh is called where nobody says otherwise: it asks nobody, and does not wait for ever.
const SSH: &str = "ssh -o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4";

/// How long git may work on what is here: nobody waits for ever.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// How long a look at a remote may take.
pub(super) const LOOK: Duration = Duration::from_secs(60);

/// How long a look at the copy itself may take.
const HERE: Duration = Duration::from_secs(60);

/// git, about to ask a remote something.
pub(super) struct Program<'a> {
    pub git_dir: &'a Path,
    pub setup: &'a Setup,
    pub stop: &'a dyn Fn() -> bool,
    /// Which addresses it may call.
    pub may_call: &'a MayCall,
    /// Hears now and then what it says for people.
    pub heard: &'a dyn Fn(&[u8]),
}

/// Who waits for a run.
#[derive(Clone, Copy)]
struct By<'a> {
    stop: &'a dyn Fn() -> bool,
    heard: &'a dyn Fn(&[u8]),
}

/// Nobody listens.
pub(super) fn unheard(_: &[u8]) {}

/// What it said.
pub(crate) struct Said {
    /// Whether it ended well.
    pub is_done: bool,
    /// For programs.
    pub output: Vec<u8>,
    /// For people.
    pub complaint: Vec<u8>,
}

impl Said {
    /// What it said, where it ended well.
    pub(super) fn or_failure(self, url: &RemoteUrl) -> Result<Vec<u8>, Fault> {
        if self.is_done { Ok(self.output) } else { Err(said::failure(url, &self.complaint)) }
    }
}

impl Program<'_> {
    /// Runs it.
    ///
    /// # Errors
    /// `git-unavailable`, `remote-credential-unusable`, `remote-address-refused` for a host beside the server,
    /// `remote-unreachable` where it took too long.
    pub(super) fn run(&self, words: &[&str], patience: Duration) -> Result<Said, Fault> {
        let Setup { url, .. } = self.setup;
        self.setup.check()?;
        let mut command = closed(self.git_dir);
        command.env("GIT_ALLOW_PROTOCOL", url.protocol());
        self.show(&mut command)?;
        command.args(words);
        ended(command, &[], (patience, By { stop: self.stop, heard: self.heard }))?.ok_or_else(|| {
            let message = format!("the remote {url} did not answer in {} seconds", patience.as_secs());
            Fault::new("remote-unreachable", message, "it is tried again by itself; see that the host answers")
        })
    }
}

impl Program<'_> {
    /// What the remote is shown, where it is, and whom it is believed by.
    fn show(&self, command: &mut Command) -> Result<(), Fault> {
        let Setup { url, credential, ca, .. } = self.setup;
        if let Some(ca) = ca {
            // It counts more than any configuration, and the surroundings may have set it for others.
            command.env("GIT_SSL_CAINFO", ca).env_remove("GIT_SSL_CAPATH");
        }
        match url.protocol() {
            "ssh" => {
                command.env("GIT_SSH_COMMAND", self.ssh()?);
            }
            "https" => {
                let found = reach::over_https(url, self.may_call)?;
                command.args(found.iter().flat_map(|found| ["-c", found]));
            }
            _ => {}
        }
        if let (Some(helper), true) = (credential.helper(), url.protocol() != "ssh") {
            command.arg("-c").arg(format!("credential.helper={helper}")).envs(credential.told(url.user()));
        }
        Ok(())
    }

    /// How ssh is called: with the key that it is to show, and to where its host was found. Where the surroundings name
    /// another program, that knows where to.
    fn ssh(&self) -> Result<OsString, Fault> {
        let Setup { url, credential, .. } = self.setup;
        let mut ssh = ssh();
        if let Credential::File(key) = credential {
            ssh.push(" -o IdentitiesOnly=yes -o IdentityAgent=none -i ");
            ssh.push(quoted(key.as_os_str()));
        }
        if std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
            for word in reach::over_ssh(url, self.may_call)? {
                ssh.push(" ");
                ssh.push(quoted(&word));
            }
        }
        Ok(ssh)
    }
}

/// How ssh is called by git: as the surroundings say, or so that it asks nobody.
fn ssh() -> OsString {
    let said = std::env::var_os("GIT_SSH_COMMAND");
    let program = || std::env::var_os("GIT_SSH").map(|program| quoted(&program));
    said.or_else(program).unwrap_or_else(|| OsString::from(SSH))
}

/// A word that a shell takes as it is.
fn quoted(word: &OsStr) -> OsString {
    let mut bytes = vec![b'\''];
    for byte in word.as_bytes() {
        match byte {
            b'\'' => bytes.extend(b"'\\''"),
            byte => bytes.push(*byte),
        }
    }
    bytes.push(b'\'');
    OsString::from_vec(bytes)
}

/// Something that git is to do in a repository of this machine, however long it takes.
pub(crate) struct Task<'a> {
    pub git_dir: &'a Path,
    pub words: &'a [&'a str],
    /// What it reads.
    pub input: &'a [u8],
    pub stop: &'a dyn Fn() -> bool,
}

impl Task<'_> {
    /// Has it done. `None` where somebody wanted it to stop.
    ///
    /// # Errors
    /// `git-unavailable`.
    pub(crate) fn run(&self) -> Result<Option<Said>, Fault> {
        let mut command = closed(self.git_dir);
        // Said so, git asks neither where it is nor whose it is: who opened the repository has asked that.
        command.env("GIT_DIR", self.git_dir).args(self.words);
        ended(command, self.input, (LONGEST, By { stop: self.stop, heard: &unheard }))
    }
}

/// Does something to the copy alone.
pub(super) fn here(git_dir: &Path, words: &[&str]) -> Result<(), Fault> {
    let said = run(closed(git_dir).args(words), HERE, &|| false)?;
    if said.as_ref().is_some_and(|said| said.is_done) {
        return Ok(());
    }
    let why = said.map(|said| String::from_utf8_lossy(&said.complaint).trim().to_owned()).unwrap_or_default();
    let message = format!("the copy {} cannot be worked in: {why}", git_dir.display());
    Err(Fault::new("repository-unreadable", message, "run `git status` there to see what is wrong"))
}

fn closed(git_dir: &Path) -> Command {
    let mut command = Command::new("git");
    for name in FOREIGN.iter().chain(&OPENING) {
        command.env_remove(name);
    }
    command.current_dir(git_dir).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_TERMINAL_PROMPT", "0").env("SSH_ASKPASS_REQUIRE", "never").env("LC_ALL", "C");
    if std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
        command.env("GIT_SSH_COMMAND", SSH);
    }
    for setting in CLOSED {
        command.args(["-c", setting]);
    }
    command
}

/// `None` where its time was up, or somebody wanted it to stop.
fn run(command: &mut Command, timeout: Duration, stop: &dyn Fn() -> bool) -> Result<Option<Said>, Fault> {
    ended(std::mem::replace(command, Command::new("git")), &[], (timeout, By { stop, heard: &unheard }))
}

fn ended(command: Command, input: &[u8], (timeout, by): (Duration, By<'_>)) -> Result<Option<Said>, Fault> {
    let ended =
        child::run_heard(child::Run { command, input, timeout, capture: Capture::Apart, stop: by.stop }, by.heard);
    let ended = ended.map_err(|error| {
        let message = format!("the `git` program cannot be run: {error}");
        Fault::new("git-unavailable", message, "install git, or add it to the PATH")
    })?;
    Ok(match ended.status {
        Ending::Exited(status) => {
            Some(Said { is_done: status.success(), output: ended.output, complaint: ended.complaint })
        }
        Ending::TimedOut | Ending::Stopped => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Program, quoted, unheard};
    use crate::remote::{Credential, LocalRemotes, RemoteUrl, Setup};
    use std::ffi::OsStr;
    use std::net::TcpListener;
    use std::time::Duration;

    #[test]
    fn a_host_that_takes_the_connection_and_says_nothing_is_not_waited_for_for_ever() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for url in [format!("https://{address}/shop.git"), format!("ssh://git@{address}/shop.git")] {
            let url = RemoteUrl::parse(&url, LocalRemotes::Refused).unwrap();
            let setup = Setup { url, credential: Credential::Nothing, ca: None, local: LocalRemotes::Refused };
            let program = Program {
                git_dir: folder.path(),
                setup: &setup,
                stop: &|| false,
                may_call: &|_| true,
                heard: &unheard,
            };
            let words = ["ls-remote", "--", setup.url.as_str()];
            let fault = program.run(&words, Duration::from_millis(500)).err().expect("nobody answers");
            assert_eq!(fault.code, "remote-unreachable");
            assert!(fault.message.contains("did not answer in 0 seconds"), "{fault}");
        }
    }

    #[test]
    fn a_word_for_a_shell_stays_one_word() {
        for (word, wanted) in [("/a b", "'/a b'"), ("it's", "'it'\\''s'"), ("$(id)", "'$(id)'")] {
            assert_eq!(quoted(OsStr::new(word)), wanted);
        }
    }
}
