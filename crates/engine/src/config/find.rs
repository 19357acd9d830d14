//! Where the configuration of a repository is.

use super::defect::ConfigDefect;
use super::read::load;
use std::path::{Path, PathBuf};
use switchback_core::words::name_rule::{fault_in_pipeline, shown};
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;
use toml::de::{DeTable, DeValue};

/// The configuration of a repository's pipeline; further pipelines are in `switchback.NAME.toml`.
pub const FILE_NAME: &str = "switchback.toml";

/// Which pipeline is meant, and the file of it that is at hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Its file, where there is one.
    pub file: Option<PathBuf>,
}

/// Chooses a pipeline (`SPEC K1`): the one that is named, else the only one that has `begun`, else the one whose file is
/// at hand. Where none has begun, a file says which one would.
///
/// # Errors
/// `not-initialized` when nothing has begun and no file is there, `pipeline-unknown` when the name is none or several
/// could be meant, and the defect of a file that does not tell its pipeline.
pub fn choose(
    dir: &Path,
    git_dir: &Path,
    (pipeline_name, begun): (Option<&str>, &[String]),
) -> Result<Chosen, ConfigDefect> {
    let begun_one = |name: &String| Chosen { name: name.clone(), file: file_of(dir, git_dir, name, begun) };
    match (pipeline_name, begun) {
        (Some(name), _) => match begun.iter().find(|one| *one == name) {
            Some(name) => Ok(begun_one(name)),
            None => Ok(Chosen { name: name.to_owned(), file: Some(named((dir, git_dir), name, begun)?) }),
        },
        (None, [only]) => Ok(begun_one(only)),
        (None, []) => {
            let file = existing(dir, git_dir, FILE_NAME).ok_or_else(|| unnamed(dir, git_dir))?;
            let name = match name_within(&file) {
                Some(name) => name,
                // Whatever keeps it from telling its name is what its reader says of it.
                None => super::parse(&load(&file)?, &file)?.name().to_owned(),
            };
            Ok(Chosen { name, file: Some(file) })
        }
        (None, several) => {
            let general = existing(dir, git_dir, FILE_NAME).and_then(|file| name_within(&file));
            let own = others(dir, git_dir);
            let mut at_hand = several.iter().filter(|name| own.contains(name));
            let only = at_hand.next().filter(|_| at_hand.next().is_none());
            match several.iter().find(|name| general.as_ref() == Some(name)).or(only) {
                Some(name) => Ok(begun_one(name)),
                None => Err(several_begun(dir, several)),
            }
        }
    }
}

/// The file of a pipeline that has begun. `switchback.toml` is taken for it also where it names a pipeline that nobody
/// knows, or none: then it differs, and people are told.
fn file_of(dir: &Path, git_dir: &Path, name: &str, begun: &[String]) -> Option<PathBuf> {
    let own = existing(dir, git_dir, &format!("switchback.{name}.toml"));
    own.or_else(|| {
        let general = existing(dir, git_dir, FILE_NAME)?;
        let is_of_another = |called: String| called != name && (begun.len() > 1 || begun.contains(&called));
        let is_another = name_within(&general).is_some_and(is_of_another);
        (!is_another).then_some(general)
    })
}

fn several_begun(dir: &Path, begun: &[String]) -> ConfigDefect {
    let message = "this repository has several pipelines, and no file here says which is meant".to_owned();
    let remedy = Remedy::NamePipeline { names: begun.to_vec() };
    ConfigDefect::of_file("pipeline-unknown", dir.join(FILE_NAME), message, remedy)
}

/// Says that a ledger of an older program needs a file, and none is at hand.
pub fn not_at_hand(dir: &Path) -> ConfigDefect {
    let message = "the ledger keeps no configuration yet, and no file of this pipeline is here".to_owned();
    let remedy = Remedy::Configure { file: Some("FILE".to_owned()) };
    ConfigDefect::of_file("configuration-missing", dir.join(FILE_NAME), message, remedy)
}

/// Finds the configuration file: in `dir`, the top folder of the work tree, else in `git_dir`, where a bare repository
/// keeps it. With a pipeline's name, that is `switchback.NAME.toml`, or `switchback.toml` when it has this name.
///
/// # Errors
/// `not-initialized` when there is none at all, `pipeline-unknown` when there is none of this name.
fn find(dir: &Path, git_dir: &Path, pipeline_name: Option<&str>) -> Result<PathBuf, ConfigDefect> {
    match pipeline_name {
        Some(name) => named((dir, git_dir), name, &[]),
        None => existing(dir, git_dir, FILE_NAME).ok_or_else(|| unnamed(dir, git_dir)),
    }
}

/// Where the configuration of a pipeline is, or where `init` puts it: `switchback.toml`, unless that belongs to another
/// pipeline.
///
/// # Errors
/// `pipeline-unknown` when the name is none.
pub fn place(dir: &Path, git_dir: &Path, pipeline_name: Option<&str>) -> Result<PathBuf, ConfigDefect> {
    if let Ok(found) = find(dir, git_dir, pipeline_name) {
        return Ok(found);
    }
    let Some(name) = pipeline_name else { return Ok(dir.join(FILE_NAME)) };
    check_name(dir, name)?;
    match existing(dir, git_dir, FILE_NAME) {
        Some(_) => Ok(dir.join(format!("switchback.{name}.toml"))),
        None => Ok(dir.join(FILE_NAME)),
    }
}

fn existing(dir: &Path, git_dir: &Path, file: &str) -> Option<PathBuf> {
    // What cannot be looked at is taken to be there, so that reading it says why.
    [dir, git_dir].map(|folder| folder.join(file)).into_iter().find(|path| path.try_exists().unwrap_or(true))
}

fn named((dir, git_dir): (&Path, &Path), name: &str, begun: &[String]) -> Result<PathBuf, ConfigDefect> {
    check_name(dir, name)?;
    if let Some(own) = existing(dir, git_dir, &format!("switchback.{name}.toml")) {
        return Ok(own);
    }
    let general = existing(dir, git_dir, FILE_NAME);
    let called = general.as_deref().map(name_within);
    match (general, called) {
        // A file that does not tell its name is left to the reader, who says what is wrong with it.
        (Some(path), Some(None)) => Ok(path),
        (Some(path), Some(Some(called))) if called == name => Ok(path),
        (_, called) => {
            let here = called.flatten().into_iter().chain(others(dir, git_dir));
            let mut known: Vec<String> = here.chain(begun.iter().cloned()).collect();
            known.sort();
            known.dedup();
            Err(unknown(dir, name, &known))
        }
    }
}

/// A name becomes part of a path, so it must be one.
fn check_name(dir: &Path, name: &str) -> Result<(), ConfigDefect> {
    let Some(why) = fault_in_pipeline(name) else { return Ok(()) };
    let message = format!("`{}` names no pipeline: it {why}", shown(name));
    let hint = "use letters, digits, `-`, `_` and `.`";
    Err(ConfigDefect::of_file("pipeline-unknown", dir.join(FILE_NAME), message, hint))
}

/// What a configuration calls its pipeline; `None` when it cannot be told.
fn name_within(path: &Path) -> Option<String> {
    called(&load(path).ok()?)
}

/// The pipeline that a text says it is of, where it can be read that far.
pub fn called(text: &str) -> Option<String> {
    let document = DeTable::parse(text).ok()?;
    match document.get_ref().get("pipeline")?.get_ref().get("name")?.get_ref() {
        DeValue::String(name) => Some(name.to_string()),
        _ => None,
    }
}

/// The names in `switchback.NAME.toml`, in order.
fn others(dir: &Path, git_dir: &Path) -> Vec<String> {
    let files = [dir, git_dir].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut names: Vec<String> = files
        .filter_map(|file| {
            let file_name = file.file_name();
            let name = file_name.to_str()?.strip_prefix("switchback.")?.strip_suffix(".toml")?;
            Some(name.to_owned())
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn unknown(dir: &Path, name: &str, known: &[String]) -> ConfigDefect {
    let file = dir.join(format!("switchback.{name}.toml"));
    let message = format!("there is no pipeline `{name}` here");
    match (closest(name, known), known) {
        (_, []) => not_initialized(dir, Some(name)),
        (Some(near), _) => {
            ConfigDefect::of_file("pipeline-unknown", file, message, Remedy::DidYouMeanPipeline { name: near })
        }
        (None, known) => {
            ConfigDefect::of_file("pipeline-unknown", file, message, format!("there is: {}", known.join(", ")))
        }
    }
}

fn unnamed(dir: &Path, git_dir: &Path) -> ConfigDefect {
    match others(dir, git_dir).as_slice() {
        [] => not_initialized(dir, None),
        others => {
            let message = "there is no `switchback.toml` here, only pipelines with a name of their own".to_owned();
            let remedy = Remedy::NamePipeline { names: others.to_vec() };
            ConfigDefect::of_file("pipeline-unknown", dir.join(FILE_NAME), message, remedy)
        }
    }
}

fn not_initialized(dir: &Path, pipeline: Option<&str>) -> ConfigDefect {
    let message = "this repository is not initialized: it has no `switchback.toml`".to_owned();
    let remedy = Remedy::Initialize { pipeline: pipeline.map(str::to_owned) };
    ConfigDefect::of_file("not-initialized", dir.join(FILE_NAME), message, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with some files, and an empty git directory.
    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, tempfile::TempDir) {
        let (dir, git_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        (dir, git_dir)
    }

    /// Files with their text, the name asked for, the code and the remedy.
    type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, &'a str, Remedy);

    const ACME: (&str, &str) = (FILE_NAME, "pipeline.name = 'acme'");

    #[test]
    fn a_pipeline_is_found_by_file_or_by_name() {
        let (dir, git_dir) = folder(&[ACME, ("switchback.web.toml", "")]);
        let found = |name| find(dir.path(), git_dir.path(), name).map(|path| path.file_name().unwrap().to_owned());
        assert_eq!(found(None).unwrap(), FILE_NAME);
        assert_eq!(found(Some("web")).unwrap(), "switchback.web.toml");
        assert_eq!(found(Some("acme")).unwrap(), FILE_NAME);
    }

    #[test]
    fn a_bare_repository_keeps_it_in_its_git_directory() {
        let (git_dir, work) = folder(&[ACME]);
        assert_eq!(find(work.path(), git_dir.path(), None).unwrap(), git_dir.path().join(FILE_NAME));
    }

    #[test]
    fn a_new_pipeline_gets_a_file_of_its_own_beside_another() {
        let (dir, git_dir) = folder(&[]);
        let placed = |name| place(dir.path(), git_dir.path(), name).unwrap().file_name().unwrap().to_owned();
        assert_eq!((placed(None), placed(Some("web"))), (FILE_NAME.into(), FILE_NAME.into()));
        std::fs::write(dir.path().join(FILE_NAME), ACME.1).unwrap();
        assert_eq!((placed(None), placed(Some("acme"))), (FILE_NAME.into(), FILE_NAME.into()));
        assert_eq!(placed(Some("web")), "switchback.web.toml");
        assert_eq!(place(dir.path(), git_dir.path(), Some("../x")).unwrap_err().code, "pipeline-unknown");
    }

    #[test]
    fn what_is_not_there_is_told_with_the_next_step() {
        let cases: &[Case<'_>] = &[
            (&[], None, "not-initialized", Remedy::Initialize { pipeline: None }),
            (&[], Some("web"), "not-initialized", Remedy::Initialize { pipeline: Some("web".to_owned()) }),
            (&[ACME], Some("acne"), "pipeline-unknown", Remedy::DidYouMeanPipeline { name: "acme".to_owned() }),
            (&[ACME, ("switchback.web.toml", "")], Some("mobile"), "pipeline-unknown", "there is: acme, web".into()),
            (
                &[("switchback.web.toml", "")],
                None,
                "pipeline-unknown",
                Remedy::NamePipeline { names: vec!["web".to_owned()] },
            ),
            (&[ACME], Some("../x"), "pipeline-unknown", "use letters, digits, `-`, `_` and `.`".into()),
        ];
        for (files, name, code, remedy) in cases {
            let (dir, git_dir) = folder(files);
            let defect = find(dir.path(), git_dir.path(), *name).unwrap_err();
            assert_eq!((defect.code, &*defect.remedy), (*code, remedy), "{name:?}");
        }
    }

    #[test]
    fn a_broken_file_is_left_to_its_reader() {
        let (dir, git_dir) = folder(&[(FILE_NAME, "[pipeline")]);
        let found = find(dir.path(), git_dir.path(), Some("acme")).unwrap();
        assert!(crate::config::parse(&load(&found).unwrap(), &found).is_err());
    }
}
