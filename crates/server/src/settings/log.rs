//! What a server says of its work: lines of its log, and spans for a collector.

use super::{Settings, Source};
use serde::Deserialize;
use switchback_engine::config::ConfigDefect;
use switchback_telemetry::{Collector, Format, Level};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogWritten {
    format: Option<Spanned<String>>,
    level: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TelemetryWritten {
    endpoint: Option<Spanned<String>>,
    service_name: Option<String>,
}

impl Settings {
    /// Who is sent spans: the surroundings say so, by OpenTelemetry's own names, or else the file.
    pub fn collector(&self) -> Option<Collector> {
        let (endpoint, service) = &self.telemetry;
        Collector::named((endpoint.as_deref(), service.as_deref()), &|name| std::env::var(name).ok())
    }
}

impl Source<'_> {
    pub(super) fn log(self, log: &LogWritten) -> Result<(Option<Format>, Option<Level>), ConfigDefect> {
        let unknown = |word: &Spanned<String>, hint: &str| {
            let message = format!("`{}` is no word for it", word.get_ref().escape_debug());
            self.defect(&word.span(), message, hint)
        };
        let format = log
            .format
            .as_ref()
            .map(|word| Format::parse(word.get_ref()).ok_or_else(|| unknown(word, "write `text` or `json`")));
        let level = log.level.as_ref().map(|word| {
            Level::parse(word.get_ref()).ok_or_else(|| unknown(word, "write `error`, `warn`, `info` or `debug`"))
        });
        Ok((format.transpose()?, level.transpose()?))
    }

    /// The name of whoever signs in there is no part of the address: it would stand in a file that others read.
    pub(super) fn telemetry(self, written: TelemetryWritten) -> Result<(Option<String>, Option<String>), ConfigDefect> {
        let endpoint = written.endpoint.map(|url| self.address(&url, "a collector", "http://127.0.0.1:4318"));
        Ok((endpoint.transpose()?, written.service_name))
    }
}
