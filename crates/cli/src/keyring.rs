//! Where the token for a server is kept: where git keeps people's passwords, by the credential helper that they chose
//! (the system's keyring, a cache, a file). So nothing has to be set up twice.

use http::Uri;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Whose it is, to git.
const USER: &str = "switchback";

/// The token that is kept for a server.
pub fn find(server: &Uri) -> Option<String> {
    let said = git("fill", server, None)?;
    let token = said.lines().find_map(|line| line.strip_prefix("password="))?;
    Some(token.to_owned()).filter(|token| !token.is_empty())
}

/// Keeps a token; whether somebody does keep it.
pub fn keep(server: &Uri, token: &str) -> bool {
    git("approve", server, Some(token)).is_some() && find(server).as_deref() == Some(token)
}

/// Forgets the token for a server.
pub fn forget(server: &Uri) {
    let known = find(server);
    git("reject", server, known.as_deref());
}

/// Asks git, which asks nobody: whoever has no helper keeps nothing. What is secret goes through a pipe, not through the
/// list of processes.
fn git(what: &str, server: &Uri, token: Option<&str>) -> Option<String> {
    let (scheme, host) = (server.scheme_str()?, server.authority()?.as_str());
    let mut input = format!("protocol={scheme}\nhost={host}\nusername={USER}\n");
    if let Some(token) = token {
        input.push_str(&format!("password={token}\n"));
    }
    input.push('\n');
    let mut git = Command::new("git")
        .args(["-c", "core.askPass=", "-c", "credential.interactive=false", "credential", what])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_ASKPASS")
        .env_remove("SSH_ASKPASS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // A git that ends before it has read everything has said no.
    let _ = git.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = git.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
