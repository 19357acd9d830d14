//! Asks a remote whether it answers and lets in, and leaves everything as it is: what came of it is told to who asked, and
//! is not taken for how it stands with the remote.

use super::copy::Remote;
use super::fetch::heads;
use super::git::LOOK;
use super::said;
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;

impl Remote {
    /// Reads where its branches are, and comes as if to push one to where it stands already.
    ///
    /// # Errors
    /// `remote-unreachable`, `remote-denied`.
    pub(super) fn knock(&self, repo: &dyn Repo) -> Result<(), Fault> {
        let url = &self.setup.url;
        let listed = self.program().run(&["ls-remote", "--", self.address(), "refs/heads/*"], LOOK)?;
        let listed = listed.or_failure(url)?;
        // One of which everything is here, so that nothing would have to go there.
        let known = |(_, id): &(String, _)| repo.commit_info(CommitId(*id)).is_ok();
        let Some((name, id)) = heads(&String::from_utf8_lossy(&listed)).find(known) else { return Ok(()) };
        let there = format!("{id}:{name}");
        let pushed = self.program().run(&["push", "--dry-run", "--porcelain", "--", self.address(), &there], LOOK)?;
        // What it would not move is an answer of one that lets in.
        match pushed.is_done || !said::answers(&pushed.output).is_empty() {
            true => Ok(()),
            false => Err(only_reads(self, &said::failure(url, &pushed.complaint))),
        }
    }
}

fn only_reads(remote: &Remote, fault: &Fault) -> Fault {
    let message = format!("{}, though it lets it read", fault.message);
    let hint = format!("let whom this server comes as push to {}", remote.setup.url);
    Fault::new(fault.code, message, hint)
}
