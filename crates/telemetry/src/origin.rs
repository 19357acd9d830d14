//! Of what a request is a part, as whoever asks says it.

/// The headers that say so (W3C Trace Context).
pub const CONTINUES: [&str; 2] = ["traceparent", "tracestate"];
