//! Folders: what is in them, and where renames moved them.

use crate::words::object::RepoPath;

/// A folder that went elsewhere with what is in it. The names end with their slash; the root has none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MovedFolder<'a> {
    /// Where it was.
    pub from: &'a [u8],
    /// Where it is.
    pub to: &'a [u8],
}

/// The folder that moved where a file went from one path to another, whatever the file is called since, as git counts it; `None`
/// where it stayed in its folder.
pub fn moved_folder<'a>(from: &'a RepoPath, to: &'a RepoPath) -> Option<MovedFolder<'a>> {
    let ((mut from, _), (mut to, _)) = (parted(from.as_bytes())?, parted(to.as_bytes())?);
    while let (Some((outer, name)), Some((other, same))) = (parted(from), parted(to))
        && name == same
    {
        (from, to) = (outer, other);
    }
    (from != to).then_some(MovedFolder { from, to })
}

/// The folder that a file is in; `None` for the root.
pub fn folder_of(path: &RepoPath) -> Option<RepoPath> {
    let (folder, _) = parted(path.as_bytes())?;
    Some(RepoPath::new(folder.strip_suffix(b"/")?))
}

/// Whether a path lies in a folder, at whatever depth.
pub fn is_in(path: &RepoPath, folder: &RepoPath) -> bool {
    path.as_bytes().strip_prefix(folder.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
}

/// A path, or the name of a folder, parted before its last name; `None` for the root.
fn parted(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = path.len().checked_sub(1)?;
    let start = path[..end].iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    Some((&path[..start], path[start..].strip_suffix(b"/").unwrap_or(&path[start..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(from: &str, to: &str) -> Option<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (from, to) = (RepoPath::new(from), RepoPath::new(to));
        moved_folder(&from, &to).map(|folder| (text(folder.from), text(folder.to)))
    }

    #[test]
    fn the_folder_that_moved_is_told_by_what_a_file_kept_of_its_path() {
        let pair = |from: &str, to: &str| Some((from.to_owned(), to.to_owned()));
        assert_eq!(moved("web/x", "site/x"), pair("web/", "site/"));
        assert_eq!(moved("web/a/x", "site/a/x"), pair("web/", "site/"), "the outermost");
        assert_eq!(moved("web/a/x", "web/b/x"), pair("web/a/", "web/b/"));
        assert_eq!(moved("x", "site/x"), pair("", "site/"));
        assert_eq!(moved("a/b/x", "x"), pair("a/b/", ""));
        assert_eq!(moved("b/x", "a/b/x"), pair("", "a/"));
        assert_eq!(moved("web/x", "site/y"), pair("web/", "site/"), "a file got another name");
        assert_eq!(moved("web/x", "web/y"), None);
        assert_eq!(moved("web/x", "web/x"), None);
    }
}
