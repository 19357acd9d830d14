//! Progress bars: only on a terminal, and only for work that takes more than a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use switchback_engine::progress::Progress;

/// Shorter work shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the bar moves while a step takes long.
const TICK: Duration = Duration::from_millis(120);

/// A bar on standard error.
#[derive(Debug, Default)]
pub struct Bar(Mutex<Option<Work>>);

#[derive(Debug)]
struct Work {
    bar: ProgressBar,
    since: Instant,
    shown: bool,
}

impl Bar {
    fn work(&self) -> MutexGuard<'_, Option<Work>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bar {
    fn begin(&self, what: &str, total: u64) {
        let steps = (total > 0).then_some(total);
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden());
        let template = if total > 0 { "{msg} {wide_bar} {pos}/{len} {eta}" } else { "{spinner} {msg} {pos}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        let before = self.work().replace(Work { bar, since: Instant::now(), shown: false });
        before.inspect(|work| work.bar.finish_and_clear());
    }

    fn step(&self, done: u64) {
        let mut work = self.work();
        let Some(work) = work.as_mut() else { return };
        work.bar.inc(done);
        if !work.shown && work.since.elapsed() >= PATIENCE {
            // This target draws nothing where standard error is no terminal.
            work.bar.set_draw_target(ProgressDrawTarget::stderr());
            work.bar.enable_steady_tick(TICK);
            work.shown = true;
        }
    }

    fn end(&self) {
        let work = self.work().take();
        work.inspect(|work| work.bar.finish_and_clear());
    }
}
