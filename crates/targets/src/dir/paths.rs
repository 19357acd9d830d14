//! Which paths may be written at all. Knows no file system.

use super::faults;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::RepoPath;

/// The folder inside an area that is Switchback's own.
pub(super) const HOME: &str = ".switchback";

/// The folder and the name of a path; the folder of a top-level name is empty.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}

/// Whether `path` is `folder` itself or lies in it.
pub(super) fn within(folder: &[u8], path: &[u8]) -> bool {
    match path.strip_prefix(folder) {
        Some(rest) => folder.is_empty() || rest.is_empty() || rest[0] == b'/',
        None => false,
    }
}

/// Every folder a path lies in, outermost first, without the area's root.
pub(super) fn folders(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(slash, _)| &path[..slash])
}

/// The name under which a file waits beside its place. No path of a delta may look like it.
pub(super) fn waiting(version: u32, index: usize) -> String {
    format!("{HOME}-{version}-{index}")
}

/// Refuses a path that could leave the area, or reach what belongs to git or to Switchback.
pub(super) fn check(path: &RepoPath) -> Result<(), Fault> {
    if path.as_bytes().split(|&byte| byte == b'/').all(is_plain) { Ok(()) } else { Err(faults::unsafe_path(path)) }
}

fn is_plain(name: &[u8]) -> bool {
    let reserved = |word: &[u8]| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    !(name.is_empty()
        || name == b"."
        || name == b".."
        || name.contains(&0)
        || name.eq_ignore_ascii_case(b".git")
        || name.eq_ignore_ascii_case(HOME.as_bytes())
        || reserved(b".switchback-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_could_leave_the_area_are_refused() {
        for path in ["", "/etc/passwd", "a/../b", "..", "./a", "a//b", "a/", ".git/config", "a/.GIT/x"] {
            let fault = check(&RepoPath::new(path)).unwrap_err();
            assert_eq!(fault.code, "area-path-unsafe", "{path}");
        }
        for path in [".switchback/journal", "a/.switchback", ".switchback-1-0", "a\0b"] {
            assert!(check(&RepoPath::new(path)).is_err(), "{path}");
        }
        for path in ["a", "a/b", "...", ".gitignore", ".github/x", ".switchbacks"] {
            assert!(check(&RepoPath::new(path)).is_ok(), "{path}");
        }
    }

    #[test]
    fn within_stops_at_the_name() {
        assert!(within(b"a", b"a/b"));
        assert!(within(b"a", b"a"));
        assert!(within(b"", b"x"));
        assert!(!within(b"a", b"ab"));
    }
}
