//! Progress bars: only on a terminal, and only for work that takes more than a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use switchback_server::Progress;

/// Shorter work shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the bar moves while a step takes long.
const TICK: Duration = Duration::from_millis(120);

/// A bar on standard error.
#[derive(Clone, Debug, Default)]
pub struct Bar(Arc<Mutex<Option<ProgressBar>>>);

impl Bar {
    fn work(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the work once it has taken its time, unless it has ended meanwhile. Work without steps is shown too.
    fn show_later(&self, bar: &ProgressBar) {
        let (all, bar) = (self.clone(), bar.downgrade());
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            let work = all.work();
            if let (Some(_), Some(bar)) = (work.as_ref(), bar.upgrade()) {
                // This target draws nothing where standard error is no terminal.
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(TICK);
            }
        });
    }
}

impl Progress for Bar {
    fn begin(&self, what: &str, total: u64) {
        let steps = (total > 0).then_some(total);
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden());
        let template = if total > 0 { "{msg} {wide_bar} {pos}/{len} {eta}" } else { "{spinner} {msg} {elapsed}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        self.show_later(&bar);
        let before = self.work().replace(bar);
        before.inspect(ProgressBar::finish_and_clear);
    }

    fn step(&self, done: u64) {
        self.work().as_ref().inspect(|bar| bar.inc(done));
    }

    fn end(&self) {
        let work = self.work().take();
        work.inspect(ProgressBar::finish_and_clear);
    }
}
