//! `init`: the pipeline begins. The configuration is written if there is none, the branches are imported (`SPEC L10`).

use crate::adopt;
use crate::commit::{Commit, Context, ahead, hash};
use crate::config;
use crate::failure::EngineFailure;
use crate::run::Done;
use crate::session::{Depth, Options, Session};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use switchback_core::ledger::state::State;
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_git::GitRepo;

/// What a person says about the pipeline to begin.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// Stages with their branches, lowest first.
    pub stages: Vec<(String, String)>,
    /// Edges, lower stage first.
    pub next: Vec<(String, String)>,
}

/// What came of it.
pub struct Begun {
    /// Where the configuration is.
    pub config_path: PathBuf,
    /// Its text, when this wrote it, or would.
    pub written: Option<String>,
    /// What the first entry did.
    pub done: Done,
}

/// Begins a pipeline.
///
/// # Errors
/// `already-initialized`, a configuration defect, `no-common-base`, or a fault. A configuration that cannot be begun
/// with is not left behind.
pub fn init(options: &Options, request: &Request) -> Result<Begun, EngineFailure> {
    let repo = GitRepo::open(&options.dir)?;
    let wanted = config::place(&repo.top(), &repo.git_dir(), options.pipeline.as_deref())?;
    let written = match wanted.exists() {
        true => None,
        false => Some(starter(&repo, options, request)),
    };
    if let Some(text) = &written {
        config::parse(text, &wanted)?;
        write(&wanted, text)?;
    }
    let keep = written.is_none() || options.depth == Depth::Carry;
    let result = begin(options.clone());
    if (result.is_err() || !keep) && written.is_some() {
        // Nothing was begun with it.
        let _ = std::fs::remove_file(&wanted);
    }
    result.map(|done| Begun { config_path: wanted, written, done })
}

fn begin(options: Options) -> Result<Done, EngineFailure> {
    let session = Session::open(options)?;
    if session.is_initialized()? {
        let message = format!("the pipeline `{}` has begun already", session.pipeline.name());
        let hint = "see where it stands with `switchback status`";
        return Err(Refusal::new(Code::AlreadyInitialized, message, hint).into());
    }
    let plan = adopt::first(&session)?;
    let before = Rc::new(State::default());
    let hash = hash(&plan);
    if session.options.depth == Depth::Preview {
        let after = Rc::new(ahead(&session, &before, &plan));
        return Ok(Done {
            plan,
            hash,
            before,
            beyond: Rc::clone(&after),
            after,
            forecasts: Vec::new(),
            warnings: Vec::new(),
            depth: Depth::Preview,
        });
    }
    let asked = json!({ "init": session.pipeline.name() });
    match session.commit(plan, Context { asked, jobs: &[] })? {
        Commit::Lost => {
            let message = "somebody else began this pipeline at the same moment";
            Err(Refusal::new(Code::AlreadyInitialized, message, "see where it stands with `switchback status`").into())
        }
        Commit::Done(committed) => {
            let after = session.look()?;
            let warnings = session.act(&committed, &after, &after)?;
            session.keep(&after)?;
            // What a clone brought along is known from the start.
            let after = session.look_and_reconcile()?;
            let mut warnings = warnings;
            warnings.extend(session.heard());
            let plan = committed.plan;
            Ok(Done {
                plan,
                hash,
                before,
                beyond: Rc::clone(&after),
                after,
                forecasts: Vec::new(),
                warnings,
                depth: Depth::Carry,
            })
        }
    }
}

fn starter(repo: &GitRepo, options: &Options, request: &Request) -> String {
    let branches = repo.references("refs/heads/").unwrap_or_default();
    let named = options.pipeline.clone();
    // The folder may be called `.`, which is nobody's name for it.
    let top = std::fs::canonicalize(repo.top()).unwrap_or_else(|_| repo.top());
    let folder = top.file_name().map(|name| config::name_from(&name.to_string_lossy()));
    config::starter(&config::Starter {
        name: named.or(folder).unwrap_or_else(|| "pipeline".to_owned()),
        stages: request.stages.clone(),
        next: request.next.clone(),
        branches: branches.iter().filter_map(|(name, _)| name.strip_prefix("refs/heads/")).map(str::to_owned).collect(),
    })
}

fn write(path: &Path, text: &str) -> Result<(), EngineFailure> {
    let unwritable = |error: std::io::Error| {
        let message = format!("{} cannot be written: {error}", path.display());
        Fault::new("configuration-unwritable", message, "check the folder's rights and the disk")
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist_noclobber(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}
