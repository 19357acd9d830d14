//! Says in a server's own folder that a server runs on it: a note whose lock tells whether it still does.

use std::path::{Path, PathBuf};
use switchback_machine::notes::{self, Left, Note};

/// The note of a server that runs. Gone with the value.
pub struct Serving(Option<Note>);

impl Serving {
    /// Leaves it. A folder in which no note can be left is served all the same.
    pub fn begin(data: &Path, address: &str) -> Self {
        let folder = folder(data);
        notes::left(&folder).iter().filter(|note| note.is_dead()).for_each(Left::remove);
        Self(Note::leave(&folder, &format!("process {} at {address}", std::process::id())).ok())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.iter().for_each(Note::take_back);
    }
}

/// The server that runs on a folder, for people to read; `None` where there is none.
pub fn who(data: &Path) -> Option<String> {
    notes::of_the_living(&folder(data)).into_iter().next()
}

fn folder(data: &Path) -> PathBuf {
    data.join("serving")
}
