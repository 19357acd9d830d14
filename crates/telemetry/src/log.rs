//! The log: what is said becomes lines on standard error, down to a level that may change while the program runs.

use crate::collector::Collector;
use crate::fields::Fields;
use crate::line::{Format, Line};
use crate::scribe::Scribe;
use crate::traces::Traces;
use jiff::Timestamp;
use std::fs::File;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// How what Switchback says itself begins to be called.
pub const OUR_OWN: &str = "switchback";

/// How long the end of a process waits for who reads the log.
const LAST: Duration = Duration::from_secs(2);

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Level {
    /// What went wrong, and needs somebody.
    Error,
    /// What is odd, or was in vain and is tried again.
    Warn,
    /// What happens: requests, operations, jobs, mail.
    #[default]
    Info,
    /// What only helps to find a mistake.
    Debug,
}

impl Level {
    /// Every level, with its word.
    pub const ALL: [(&'static str, Self); 4] =
        [("error", Self::Error), ("warn", Self::Warn), ("info", Self::Info), ("debug", Self::Debug)];

    /// From its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, level)| *level)
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("", |(word, _)| word)
    }

    fn of(level: &tracing::Level) -> Self {
        match *level {
            tracing::Level::ERROR => Self::Error,
            tracing::Level::WARN => Self::Warn,
            tracing::Level::INFO => Self::Info,
            _ => Self::Debug,
        }
    }
}

/// The log of this process.
#[derive(Clone, Debug, Default)]
pub struct Log {
    level: Arc<AtomicU8>,
    traces: Traces,
    scribe: Scribe,
}

impl Log {
    /// Begins to write; the first who begins decides how lines look. Spans go to a collector as well where one is named.
    ///
    /// # Errors
    /// Why the collector cannot be asked at all, as a sentence.
    pub fn begin(format: Format, level: Level, collector: Option<&Collector>) -> Result<Self, String> {
        let traces = collector.map(Traces::begin).transpose()?.unwrap_or_default();
        let log = Self { level: Arc::default(), traces, scribe: scribe(format) };
        log.set_level(level);
        let lines = Lines { format, level: Arc::clone(&log.level), scribe: log.scribe.clone() };
        // A second log of one process would say everything twice.
        let _ = tracing::subscriber::set_global_default(Registry::default().with(log.traces.layer()).with(lines));
        Ok(log)
    }

    /// Sends what the collector has yet to get, and writes the last lines, for as long as that may take when a server ends.
    pub fn end(&self) {
        self.traces.end();
        self.scribe.finish(LAST);
    }

    /// Says more from now on, or less.
    pub fn set_level(&self, level: Level) {
        self.level.store(level as u8, Ordering::Relaxed);
    }
}

/// Writes to standard error, past the lock on it: whoever else has something to say there does not wait for the log.
fn scribe(format: Format) -> Scribe {
    let says = move |lost: u64| {
        let message = "lines of the log were lost, because nobody read it".to_owned();
        Line { at: now(), level: tracing::Level::WARN, message, fields: vec![("lost", lost.into())] }.written(format)
    };
    match std::io::stderr().as_fd().try_clone_to_owned() {
        Ok(out) => Scribe::begin(File::from(out), says),
        Err(_) => Scribe::begin(std::io::stderr(), says),
    }
}

fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

struct Lines {
    format: Format,
    level: Arc<AtomicU8>,
    scribe: Scribe,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target().starts_with(OUR_OWN) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        metadata.target().starts_with(OUR_OWN)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if Level::of(event.metadata().level()) as u8 > self.level.load(Ordering::Relaxed) {
            return;
        }
        let mut said = Fields::default();
        event.record(&mut said);
        let message = said.take_message();
        let mut fields = said.0;
        // What the work says that this belongs to, the nearest first.
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Fields(around)) = span.extensions().get::<Fields>() {
                let new: Vec<_> =
                    around.iter().filter(|(name, _)| fields.iter().all(|(known, _)| known != name)).collect();
                let new: Vec<_> = new.into_iter().cloned().collect();
                fields.extend(new);
            }
        }
        let line = Line { at: now(), level: *event.metadata().level(), message, fields };
        self.scribe.put(&line.written(self.format));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_words_and_an_order() {
        assert!(Level::Error < Level::Debug);
        for (word, level) in Level::ALL {
            assert_eq!((Level::parse(word), level.as_str()), (Some(level), word));
        }
        assert_eq!(Level::parse("loud"), None);
    }
}
