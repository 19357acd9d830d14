//! Patterns of paths and branches, as they are written.

use globset::GlobBuilder;

/// Why a glob cannot be read; `None` when it can.
pub(super) fn fault_in_glob(glob: &str) -> Option<String> {
    if glob.trim().is_empty() {
        return Some("it is empty".into());
    }
    GlobBuilder::new(glob).literal_separator(true).build().err().map(|error| error.kind().to_string())
}
