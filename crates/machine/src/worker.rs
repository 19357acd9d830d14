//! Who runs a job: a name that tells whether its process still lives.

use std::fs;

/// The name of this process: host, process and when it began, so that a reused process number is no confusion.
pub fn name() -> String {
    let pid = std::process::id();
    format!("{}:{pid}:{}", host(), began(pid).unwrap_or_default())
}

/// Whether a worker is known to be dead. Of other machines nothing is known; their leases run out by themselves.
pub fn is_dead(worker: &str) -> bool {
    let mut parts = worker.split(':');
    let (Some(there), Some(pid), Some(start)) = (parts.next(), parts.next(), parts.next()) else { return true };
    let Ok(pid) = pid.parse() else { return true };
    there == host() && began(pid).as_deref() != Some(start)
}

fn host() -> String {
    let named = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    named.trim().replace(':', "-")
}

/// When a process began, in clock ticks since the machine did; `None` when there is no such process.
fn began(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the fields after it are counted from its end.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    if state == "Z" {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_an_impossible_one_does_not() {
        assert!(!is_dead(&name()));
        assert!(is_dead(&format!("{}:4294967294:1", host())));
        assert!(is_dead(&format!("{}:{}:1", host(), std::process::id())));
        assert!(!is_dead("elsewhere:1:1"));
    }
}
