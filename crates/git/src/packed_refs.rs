//! Brings refs of ours together: each record makes one, and each is a file and a folder of its own that whoever lists refs
//! opens. Those made since the last time are noted; when they are many, they go into git's `packed-refs`, as `git
//! pack-refs` would put them there, and only they: refs of people stay where they are.

use super::locks::Announced;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use switchback_core::ports::repository::RefMove;
use switchback_core::words::object::Oid;
use switchback_machine::failpoint;

/// The refs that are ours.
const OURS: &str = "refs/switchback/";
/// How many bytes of names are noted before the refs are brought together: some two hundred.
const NOTED: u64 = 8 << 10;

/// Notes refs that were made, and brings together what has gathered. Housekeeping: what fails is tried again.
pub(super) fn made(common_dir: &Path, moves: &[RefMove]) {
    let is_new = |one: &&RefMove| one.from.is_none() && one.to.is_some() && one.name.starts_with(OURS);
    let names: Vec<&str> = moves.iter().filter(is_new).map(|one| one.name.as_str()).collect();
    if !names.is_empty() {
        let _ = note(common_dir, &names).and_then(|noted| if noted > NOTED { together(common_dir) } else { Ok(()) });
    }
}

fn notes(common_dir: &Path) -> PathBuf {
    common_dir.join("switchback").join("loose-refs")
}

/// Notes some names; how many bytes are noted now. Where nothing is, what lies there loose is noted too.
fn note(common_dir: &Path, names: &[&str]) -> io::Result<u64> {
    let path = notes(common_dir);
    let mut text: String = names.iter().map(|name| format!("{name}\n")).collect();
    if !path.exists() {
        let mut loose = Vec::new();
        list(&common_dir.join(OURS), OURS, &mut loose)?;
        text = loose.iter().map(|name| format!("{name}\n")).collect();
    }
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file.metadata()?.len())
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else { continue };
        match entry.file_type()?.is_dir() {
            true => list(&entry.path(), &format!("{name}/"), found)?,
            false if name.ends_with(".lock") => {}
            false => found.push(name),
        }
    }
    Ok(())
}

/// Takes what was noted into `packed-refs`.
fn together(common_dir: &Path) -> io::Result<()> {
    let turn = File::create(common_dir.join("switchback").join("refs.lock"))?;
    // Whoever holds it is at it already.
    if turn.try_lock().is_err() {
        return Ok(());
    }
    let noted = fs::read_to_string(notes(common_dir))?;
    let loose: BTreeMap<&str, Oid> =
        noted.lines().filter_map(|name| Some((name, read(&common_dir.join(name))?))).collect();
    let moves: Vec<RefMove> =
        loose.keys().map(|name| RefMove { name: (*name).to_owned(), from: None, to: None }).collect();
    let _announced = Announced::moves(common_dir, &moves);
    if pack(common_dir, &loose)? {
        failpoint::hit("refs.together");
        for (name, id) in &loose {
            remove_loose(common_dir, (name, *id))?;
        }
    }
    // What somebody noted this moment is found when the next one notes.
    fs::remove_file(notes(common_dir))
}

/// What a loose ref holds, where it holds an object.
fn read(path: &Path) -> Option<Oid> {
    Oid::from_hex(fs::read_to_string(path).ok()?.trim_end())
}

/// A lock as git's; gone when it is dropped.
struct Lock {
    path: PathBuf,
    file: File,
    /// Whether it became what it was the lock of.
    is_spent: bool,
}

impl Lock {
    /// Nothing where somebody holds it.
    fn take(of: &Path) -> Option<Self> {
        let mut path = of.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let file = OpenOptions::new().write(true).create_new(true).open(&path).ok()?;
        Some(Self { path, file, is_spent: false })
    }

    /// Puts it in the place of what it is the lock of, durably.
    fn replace(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        // From now on, a lock that stands there is somebody else's.
        self.is_spent = true;
        File::open(path.parent().unwrap_or(path))?.sync_all()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.is_spent {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes `packed-refs` with some refs more, durably; `false` where it is locked, or not as git writes it.
fn pack(common_dir: &Path, loose: &BTreeMap<&str, Oid>) -> io::Result<bool> {
    let path = common_dir.join("packed-refs");
    let Some(mut lock) = Lock::take(&path) else { return Ok(false) };
    let there = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        there => there?,
    };
    let Some(merged) = merged(&there, loose) else { return Ok(false) };
    if let Ok(found) = fs::metadata(&path) {
        lock.file.set_permissions(found.permissions())?;
    }
    lock.file.write_all(merged.as_bytes())?;
    lock.replace(&path).map(|()| true)
}

/// The text of `packed-refs` with some refs more. Every other line stays as it is.
fn merged(there: &str, loose: &BTreeMap<&str, Oid>) -> Option<String> {
    let (head, lines) = match there.split_once('\n') {
        Some((head, lines)) if head.starts_with('#') => (head, lines),
        None if there.is_empty() => ("# pack-refs with: peeled fully-peeled sorted ", ""),
        _ => return None,
    };
    // Without these words, git would have to look for a tag behind each of ours.
    if !["fully-peeled", "sorted"].iter().all(|word| head.split(' ').any(|said| said == *word)) {
        return None;
    }
    let mut refs: BTreeMap<&str, String> = BTreeMap::new();
    let mut last = "";
    for line in lines.lines() {
        if line.starts_with('^') {
            refs.entry(last).or_default().push_str(&format!("{line}\n"));
        } else {
            last = line.split_once(' ')?.1;
            refs.insert(last, format!("{line}\n"));
        }
    }
    refs.extend(loose.iter().map(|(name, id)| (*name, format!("{id} {name}\n"))));
    Some(refs.into_values().fold(format!("{head}\n"), |text, lines| text + &lines))
}

/// Removes a loose ref that still holds what was packed, and the folders that it leaves empty.
fn remove_loose(common_dir: &Path, (name, id): (&str, Oid)) -> io::Result<()> {
    let path = common_dir.join(name);
    if let Some(_lock) = Lock::take(&path)
        && read(&path) == Some(id)
    {
        fs::remove_file(&path)?;
        failpoint::hit("refs.removing");
    }
    let kinds = name[OURS.len()..].split('/').count();
    for folder in path.ancestors().skip(1).take(kinds.saturating_sub(2)) {
        // One that is not empty stays.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}
