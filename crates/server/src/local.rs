//! The door of one person on one machine: the same router as a server's, called in process.

use crate::entrance::{Beginning, Begun, Entrance, Keeper};
use crate::failure::Said;
use crate::repository::{Identity, Repository, Surroundings, by_name};
use crate::router;
use axum::Router;
use std::path::PathBuf;
use std::sync::Arc;
use switchback_api::Failure;
use switchback_core::ledger::snapshot::Actor;
use switchback_core::ports::progress::Progress;
use switchback_core::ports::witness::Unwatched;
use switchback_core::words::names::UserName;
use switchback_engine::house::House;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::visit::Visit;

/// Which repository the door leads to.
#[derive(Clone)]
pub struct LocalOptions {
    /// A folder of the repository.
    pub dir: PathBuf,
    /// Who wants to know how far long work is.
    pub progress: Arc<dyn Progress>,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
}

/// The router that answers for one repository.
pub fn router(options: LocalOptions) -> Router {
    let LocalOptions { dir, progress, interrupt } = options;
    let own = system_user();
    let people = move |user: &UserName, identity: Option<&Identity>| {
        person(user, identity.filter(|_| user.as_str() == own).cloned())
    };
    let (people, writers) = (Arc::new(people), Arc::new(by_name));
    let surroundings = Surroundings {
        people,
        writers,
        progress,
        witness: Arc::new(Unwatched),
        interrupt,
        may_call: Arc::new(|_| true),
    };
    router::routes().router.with_state(Entrance::through(Arc::new(Local(Repository::of(dir, surroundings)))))
}

/// Keeps the house of one repository on this machine.
struct Local(Repository);

impl Keeper for Local {
    fn open(&self, pipeline: Option<&str>) -> Result<House, Failure> {
        self.0.house(pipeline).said()
    }

    fn principal(&self, named: Option<&str>) -> Result<Actor, Failure> {
        let own = system_user();
        let user = UserName::new(named.map_or_else(|| own.clone(), str::to_owned));
        let identity = if user.as_str() == own { self.0.identity().said()? } else { None };
        Ok(person(&user, identity))
    }

    fn only(&self) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, Failure> {
        if beginning.repository.is_some() {
            return Err(Failure::usage(
                "a repository is named to a server that keeps several; here it is the one at hand",
            ));
        }
        self.0.begin(visit, beginning).said()
    }
}

/// How commits name a person: as git is configured where it is their own machine.
fn person(user: &UserName, identity: Option<Identity>) -> Actor {
    let (name, email) = identity.unwrap_or_else(|| (user.to_string(), format!("{user}@localhost")));
    Actor::new(user.clone(), name, email)
}

/// The operating-system user (`SPEC S4`).
pub fn system_user() -> String {
    let named = ["LOGNAME", "USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| {
        let uid = rustix::process::getuid().as_raw();
        if uid == 0 { "root".to_owned() } else { format!("uid-{uid}") }
    })
}
