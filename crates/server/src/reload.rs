//! `server.toml` is read again while the server runs: what can change at once does, and what cannot is named. A defect leaves
//! in force what was. Nobody's call and nobody's job is disturbed.

use crate::reception::Reception;
use crate::settings::Settings;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use switchback_engine::config::ConfigDefect;
use switchback_telemetry::{Level, Log};
use tracing::{error, info, warn};

/// What is said when nobody says how much.
const USUAL: Level = Level::Info;

/// Somebody's wish that it be read again; a signal handler sets it.
pub type Wish = Arc<AtomicBool>;

/// Where the settings stand, and what takes them up.
pub struct Reload {
    /// The file that was named; what stands in the server's own folder if none was.
    pub named: Option<PathBuf>,
    /// The server's own folder.
    pub data: PathBuf,
    /// The log, and the level that counts more than the file's.
    pub log: (Log, Option<Level>),
    /// The wish.
    pub wish: Wish,
}

impl Reload {
    /// Reads the file again if somebody wishes it.
    pub fn if_wished(&self, reception: &Reception) {
        if !self.wish.swap(false, Ordering::SeqCst) {
            return;
        }
        match read(self.named.as_deref(), &self.data) {
            Ok(settings) => self.take_up(reception, settings),
            Err(defect) => {
                let (code, reason) = (defect.code, defect.placed());
                error!(code, reason, "the configuration was not read again; what was in force stays so");
            }
        }
    }

    fn take_up(&self, reception: &Reception, settings: Settings) {
        let before = reception.ways.means();
        if before.settings.log.0 != settings.log.0 {
            warn!(key = "log.format", "needs a restart");
        }
        if before.settings.telemetry != settings.telemetry {
            warn!(key = "telemetry", "needs a restart");
        }
        if before.settings.remotes != settings.remotes {
            warn!(key = "remote", "needs a restart");
        }
        let (log, counts_more) = &self.log;
        log.set_level(counts_more.or(settings.log.1).unwrap_or(USUAL));
        reception.ways.take_up(settings);
        info!("the configuration was read again");
    }
}

/// What a server is told about itself; nothing where there is no file.
///
/// # Errors
/// `config-unreadable`, `config-defect`.
pub fn read(named: Option<&Path>, data: &Path) -> Result<Settings, ConfigDefect> {
    let usual = || Some(data.join("server.toml")).filter(|file| file.exists());
    let file = named.map(Path::to_owned).or_else(usual);
    file.map(|file| Settings::read(&file)).transpose().map(Option::unwrap_or_default)
}
