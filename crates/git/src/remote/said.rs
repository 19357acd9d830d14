//! What git and the other side said, read into what it means: for pushes by the lines that are made to be read by
//! programs, else by the few sentences that git and the hosts are known for.

use super::url::RemoteUrl;
use switchback_core::words::fault::Fault;

/// How many of the last lines are repeated: they say why.
const LINES_TOLD: usize = 3;

/// The longest that is repeated of what the other side said.
const LONGEST: usize = 400;

/// What became of one ref of a push.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// It is there, or was already.
    Done,
    /// It did not stand where it should.
    Stale,
    /// It stays where it is because another of the same push does.
    Together,
    /// The other side will not have it: a protected branch, a hook. In its own words.
    Refused(String),
}

/// Reads the lines of `git push --porcelain`: the ref there, and what became of it.
pub(super) fn answers(output: &[u8]) -> Vec<(String, Answer)> {
    let text = String::from_utf8_lossy(output);
    let one = |line: &str| {
        let mut fields = line.split('\t');
        let (flag, refs, summary) = (fields.next()?, fields.next()?, fields.next()?);
        let (_, there) = refs.rsplit_once(':')?;
        Some((there.to_owned(), answer(flag, summary)))
    };
    text.lines().filter_map(one).collect()
}

fn answer(flag: &str, summary: &str) -> Answer {
    if flag != "!" {
        return Answer::Done;
    }
    // What is to be deleted and is not there is as good as deleted.
    if summary.contains("does not exist") {
        return Answer::Done;
    }
    let why = summary.split_once('(').map_or(summary, |(_, why)| why.trim_end_matches(')'));
    match why {
        "stale info" | "fetch first" | "non-fast-forward" | "remote ref updated since checkout" | "needs force" => {
            Answer::Stale
        }
        "atomic push failed" | "atomic push failure" | "atomic transaction failed" | "transaction aborted" => {
            Answer::Together
        }
        // Somebody else was faster, and the other side noticed.
        why if why.contains("failed to update ref") || why.contains("cannot lock ref") || why == "failed to lock" => {
            Answer::Stale
        }
        why => Answer::Refused(plain(why)),
    }
}

/// Why nothing could be fetched or pushed at all.
pub(super) fn failure(url: &RemoteUrl, complaint: &[u8]) -> Fault {
    let text = String::from_utf8_lossy(complaint);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let why = told(&text);
    if says(&TOO_LARGE) {
        let hint = "keep large files out of the change, or let the remote take larger pushes";
        return Fault::new("remote-too-large", format!("what was pushed is too large for the remote {url}{why}"), hint);
    }
    if says(&NOT_ITSELF) {
        let message = format!("the remote {url} does not prove that it is what it is called{why}");
        let hint = "name the certificates that its own is signed by: `ca` of the remote in the server's configuration";
        return Fault::new("remote-untrusted", message, hint);
    }
    if says(&UNKNOWN_KEY) {
        let message = format!("the remote {url} shows a key that is not known to be its own{why}");
        let hint = "compare its key with what whoever runs it says, then add it to `known_hosts` of the account that this \
                    runs as: `ssh-keyscan` prints it";
        return Fault::new("remote-untrusted", message, hint);
    }
    if says(&ELSEWHERE) {
        let message = format!("the remote {url} sends on to elsewhere, which is not followed{why}");
        return Fault::new("remote-unreachable", message, "name the address that it sends on to, if you trust it");
    }
    if says(&DENIED) {
        let message = format!("the remote {url} does not let this server in{why}");
        let hint = "see that what it is shown is valid and may read and push, over ssh that its key is known there";
        return Fault::new("remote-denied", message, hint);
    }
    let (what, hint) = match says(&NOT_THERE) {
        true => ("has no repository there", "see that the address is right and that the repository is there"),
        false => ("cannot be reached", "it is tried again by itself; see that the host answers"),
    };
    Fault::new("remote-unreachable", format!("the remote {url} {what}{why}"), hint)
}

const TOO_LARGE: [&str; 4] = ["413", "exceeds GitHub's file size limit", "pack exceeds maximum", "larger than"];

const NOT_ITSELF: [&str; 4] =
    ["SSL certificate problem", "certificate verification failed", "certificate subject name", "SSL peer certificate"];

const UNKNOWN_KEY: [&str; 2] = ["Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED"];

const ELSEWHERE: [&str; 6] =
    ["error: 301", "error: 302", "error: 303", "error: 307", "error: 308", "update url base from redirection"];

const DENIED: [&str; 8] = [
    "Authentication failed",
    "Permission denied",
    "could not read Username",
    "could not read Password",
    "terminal prompts disabled",
    "error: 401",
    "error: 403",
    "insufficient permission",
];

const NOT_THERE: [&str; 4] =
    ["does not appear to be a git repository", "epository not found", "not found", "does not exist"];

/// How much of what is fetched has come, in parts of a hundred; `None` before any of it does.
pub(super) fn came(complaint: &[u8]) -> Option<u8> {
    let text = String::from_utf8_lossy(complaint);
    let told = COMING.iter().filter_map(|word| Some((text.rfind(word)?, word.len())));
    let (at, length) = told.max()?;
    text[at + length..].trim_start().split('%').next()?.parse().ok()
}

/// What git says while objects come, many or few.
const COMING: [&str; 2] = ["Receiving objects:", "Unpacking objects:"];

/// What the other side's hook said, which stands in no line for programs.
pub(super) fn words_of_remote(complaint: &[u8]) -> String {
    let text = String::from_utf8_lossy(complaint);
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("remote:")).collect();
    told(&lines.join("\n"))
}

/// What git adds over ssh whatever went wrong.
const ALWAYS: [&str; 3] = [
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
];

fn told(text: &str) -> String {
    // How far it was is said over and over in one line, and is no reason.
    let is_reason = |line: &&str| !line.is_empty() && !line.contains("% (") && !ALWAYS.contains(line);
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim).filter(is_reason).collect();
    match &lines[lines.len().saturating_sub(LINES_TOLD)..] {
        [] => String::new(),
        last => format!(": {}", plain(&last.join(" / "))),
    }
}

/// Nothing that a terminal would act on, and not too much.
fn plain(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{Answer, answers, came, failure};
    use crate::remote::url::{LocalRemotes, RemoteUrl};

    #[test]
    fn lines_for_programs_are_read() {
        let output = b"To /srv/shop.git\n*\tabc:refs/switchback/operations/x/0\t[new reference]\n\
            =\tabc:refs/heads/dev\t[up to date]\n!\tabc:refs/heads/qa\t[rejected] (stale info)\n\
            !\tabc:refs/heads/sit\t[remote rejected] (pre-receive hook declined)\n\
            !\tabc:refs/heads/it\t[rejected] (atomic push failed)\nDone\n";
        let found: Vec<Answer> = answers(output).into_iter().map(|(_, answer)| answer).collect();
        let refused = Answer::Refused("pre-receive hook declined".to_owned());
        assert_eq!(found, [Answer::Done, Answer::Done, Answer::Stale, refused, Answer::Together]);
    }

    #[test]
    fn how_far_it_is_is_read_and_is_no_reason() {
        assert_eq!(came(b"remote: Counting objects: 100% (9/9), done.\r\n"), None);
        let said =
            b"remote: Counting objects: 100% (9/9)\rReceiving objects:  33% (3/9)\rReceiving objects:  44% (4/9)\r";
        assert_eq!(came(said), Some(44));
        assert_eq!(came(b"Unpacking objects: 100% (9/9), done."), Some(100));
        let url = RemoteUrl::parse("https://shop.example.org/shop.git", LocalRemotes::Refused).unwrap();
        let told = failure(&url, b"Receiving objects:  33% (3/9)\rfatal: the remote end hung up\n").message;
        assert!(told.ends_with(": fatal: the remote end hung up"), "{told}");
    }

    #[test]
    fn what_keeps_a_remote_away_has_its_sentence() {
        let url = RemoteUrl::parse("https://shop.example.org/shop.git", LocalRemotes::Refused).unwrap();
        let code = |complaint: &str| failure(&url, complaint.as_bytes()).code;
        assert_eq!(code("fatal: unable to access: Could not resolve host: shop"), "remote-unreachable");
        assert_eq!(code("remote: Repository not found.\nfatal: repository not found"), "remote-unreachable");
        assert_eq!(code("fatal: Authentication failed for 'https://shop'"), "remote-denied");
        assert_eq!(code("git@host: Permission denied (publickey)."), "remote-denied");
        assert_eq!(code("error: RPC failed; HTTP 413 curl 22"), "remote-too-large");
        for told in
            ["SSL certificate problem: self-signed certificate", "server certificate verification failed. CAfile: none"]
        {
            assert_eq!(code(&format!("fatal: unable to access 'https://shop': {told}")), "remote-untrusted");
        }
        assert_eq!(code("Host key verification failed.\nfatal: Could not read"), "remote-untrusted");
        let led = failure(&url, b"fatal: unable to access 'https://shop': The requested URL returned error: 302");
        assert!(led.code == "remote-unreachable" && led.message.contains("sends on to elsewhere"), "{led}");
        assert!(!failure(&url, b"fatal: \x1b[31mno").message.contains('\x1b'));
    }
}
