//! How many cases a property is tried on, and which.

use proptest::prelude::*;

/// So many cases, unless `PROPTEST_CASES` says how many; which they are, `PROPTEST_RNG_SEED` says (`.cargo/config.toml`).
pub fn tries(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").map_or(usual, |cases| cases.parse().expect("a number of cases"));
    ProptestConfig { cases, ..ProptestConfig::default() }
}
