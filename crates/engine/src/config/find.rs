//! Where the configuration of a repository is.

use super::ConfigDefect;
use std::path::{Path, PathBuf};

/// Finds it: `switchback.toml` in a folder, else in the git directory; `switchback.NAME.toml` for a named pipeline.
///
/// # Errors
/// `not-initialized` when there is none.
pub fn find(top: &Path, git_dir: &Path, pipeline: Option<&str>) -> Result<PathBuf, ConfigDefect> {
    let mut names: Vec<String> = pipeline.map(|name| format!("switchback.{name}.toml")).into_iter().collect();
    names.push("switchback.toml".to_owned());
    let folders = [top, git_dir];
    let places = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file()).ok_or_else(|| {
        let message = "there is no switchback.toml here".to_owned();
        ConfigDefect::of_file("not-initialized", top.join("switchback.toml"), message, "begin with `switchback init`")
    })
}
