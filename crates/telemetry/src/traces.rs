//! Spans, as a collector of OpenTelemetry gets them: what was asked and what was done for it, across processes and queues.

use crate::collector::Collector;
use crate::origin::CONTINUES;
use crate::sender::Sender;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// Whose spans they are.
const SCOPE: &str = "switchback";

/// How long the end of a process waits for the collector.
const LAST: Duration = Duration::from_secs(5);

/// Whether a collector was named in this process.
static COLLECTED: AtomicBool = AtomicBool::new(false);

/// Whether somebody collects spans.
pub fn is_collected() -> bool {
    COLLECTED.load(Ordering::Relaxed)
}

/// What sends spans; nothing where no collector is named.
#[derive(Clone, Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Begins to send.
    ///
    /// # Errors
    /// Why the address cannot be used.
    pub fn begin(to: &Collector) -> Result<Self, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender::to(&to.address))
            .with_endpoint(&to.address)
            .build()
            .map_err(|error| error.to_string())?;
        let resource = Resource::builder().with_service_name(to.service.clone()).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        COLLECTED.store(true, Ordering::Relaxed);
        Ok(Self(Some(provider)))
    }

    /// What hears of spans. What is said at `debug` alone, such as who asks whether a server lives, is not sent.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> Option<impl Layer<S> + use<S>> {
        let tracer = self.0.as_ref()?.tracer(SCOPE);
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        Some(
            layer
                .with_location(false)
                .with_threads(false)
                .with_tracked_inactivity(false)
                .with_filter(LevelFilter::INFO),
        )
    }

    /// Sends what is still to be sent.
    pub fn end(&self) {
        if let Some(provider) = &self.0 {
            // Whether the collector took it was said by who sends.
            let _ = provider.shutdown_with_timeout(LAST);
        }
    }
}

/// Has a span that has just begun be a part of what somebody else began, as their headers `traceparent` and `tracestate` say.
pub fn continue_from(span: &Span, header: &dyn Fn(&str) -> Option<String>) {
    struct Headers(Vec<(&'static str, String)>);
    impl Extractor for Headers {
        fn get(&self, key: &str) -> Option<&str> {
            self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str())
        }

        fn keys(&self) -> Vec<&str> {
            self.0.iter().map(|(name, _)| *name).collect()
        }
    }
    let said = CONTINUES.into_iter().filter_map(|name| Some((name, header(name)?)));
    let context = TraceContextPropagator::new().extract(&Headers(said.collect()));
    if context.span().span_context().is_valid() {
        // Nobody listens, or it is a span that is not sent: then there is nothing to continue.
        let _ = span.set_parent(context);
    }
}

/// Where a span is among others, for what follows from it later and elsewhere.
#[derive(Clone, Debug)]
pub struct Place(SpanContext);

/// The place of a span; `None` where nothing is sent.
pub fn place(span: &Span) -> Option<Place> {
    let context = span.context();
    let known = context.span().span_context().clone();
    known.is_valid().then_some(Place(known))
}

/// Says that a span follows from another, which has ended perhaps.
pub fn link(span: &Span, to: &Place) {
    span.add_link(to.0.clone());
}

/// Asks a collector whether it answers, without sending it anything; whatever it answers is an answer.
///
/// # Errors
/// Why it cannot be reached.
pub fn greet(to: &Collector) -> Result<(), String> {
    Sender::to(&to.address).greet(&to.address)
}
