//! Gives the rules by which structured files are read and merged a number: what is kept of their outcomes is about these
//! rules alone, and nobody has to think of that when a rule changes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where the rules are, from this folder: what reads and merges, the words it is told with, and how it is kept. The lock file
/// tells which parsers there are.
const RULES: [&str; 5] =
    ["../structural/src", "../core/src/content", "src/by_element.rs", "src/outcomes.rs", "../../Cargo.lock"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut rules = DefaultHasher::new();
    for rule in RULES {
        println!("cargo::rerun-if-changed={rule}");
        read(Path::new(rule), &mut rules)?;
    }
    let file = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("rules");
    fs::write(file, rules.finish().to_le_bytes())
}

/// Takes in the files of a folder in the order of their names.
fn read(path: &Path, rules: &mut DefaultHasher) -> io::Result<()> {
    if !path.is_dir() {
        path.hash(rules);
        fs::read(path)?.hash(rules);
        return Ok(());
    }
    let mut below: Vec<PathBuf> = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    below.sort();
    below.iter().try_for_each(|path| read(path, rules))
}
