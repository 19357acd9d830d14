//! Where spans are sent besides the log: what is written of it, and what the surroundings say, by OpenTelemetry's own names.

/// Where the spans of a process go, and under which name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collector {
    /// The whole address that is posted to, `http://127.0.0.1:4318/v1/traces`.
    pub address: String,
    /// What the process is called there.
    pub service: String,
}

/// What it is called unless somebody says otherwise.
const SERVICE: &str = "switchback";

/// What is added to the address of a collector for traces.
const FOR_TRACES: &str = "v1/traces";

impl Collector {
    /// The one that the surroundings name, or else the one that is written, each by the address without `/v1/traces`; `None`
    /// where there is none, or the surroundings say that nothing is to be sent.
    pub fn named(
        (endpoint, service): (Option<&str>, Option<&str>),
        surroundings: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let said = |name: &str| surroundings(name).filter(|text| !text.trim().is_empty());
        let is_off = said("OTEL_SDK_DISABLED").is_some_and(|word| word.eq_ignore_ascii_case("true"))
            || said("OTEL_TRACES_EXPORTER").is_some_and(|word| word == "none");
        if is_off {
            return None;
        }
        let below = |endpoint: &str| format!("{}/{FOR_TRACES}", endpoint.trim_end_matches('/'));
        let address = said("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .or_else(|| said("OTEL_EXPORTER_OTLP_ENDPOINT").map(|endpoint| below(&endpoint)))
            .or_else(|| endpoint.map(below))?;
        let service = said("OTEL_SERVICE_NAME").or_else(|| service.map(str::to_owned));
        Some(Self { address, service: service.unwrap_or_else(|| SERVICE.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `address service`, of the variables `NAME=value …`.
    fn named(written: (Option<&str>, Option<&str>), surroundings: &str) -> Option<String> {
        let said: Vec<(&str, &str)> = surroundings.split_whitespace().filter_map(|one| one.split_once('=')).collect();
        let found = |name: &str| said.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Collector::named(written, &found).map(|to| format!("{} {}", to.address, to.service))
    }

    #[test]
    fn surroundings_count_more_than_what_is_written() {
        let file = (Some("http://file:4318/"), Some("shop"));
        assert_eq!(named((None, None), ""), None);
        assert_eq!(named((None, Some("shop")), "OTEL_SERVICE_NAME=x"), None, "a name is no place");
        assert_eq!(named(file, "").as_deref(), Some("http://file:4318/v1/traces shop"));
        let both = "OTEL_EXPORTER_OTLP_ENDPOINT=https://env:4318/otlp OTEL_SERVICE_NAME=env";
        assert_eq!(named(file, both).as_deref(), Some("https://env:4318/otlp/v1/traces env"));
        let traces = format!("{both} OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://traces/as/it/is");
        assert_eq!(named(file, &traces).as_deref(), Some("http://traces/as/it/is env"));
        assert_eq!(named((Some("http://file"), None), "").as_deref(), Some("http://file/v1/traces switchback"));
        assert_eq!(named(file, "OTEL_EXPORTER_OTLP_ENDPOINT=").as_deref(), Some("http://file:4318/v1/traces shop"));
        for off in ["OTEL_SDK_DISABLED=TRUE", "OTEL_TRACES_EXPORTER=none"] {
            assert_eq!(named(file, &format!("{both} {off}")), None, "{off}");
        }
    }
}
