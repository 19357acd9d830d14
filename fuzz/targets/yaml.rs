//! Merges whatever bytes as yaml.
#![no_main]

mod merging;

use libfuzzer_sys::fuzz_target;
use switchback_core::content::filetype::Format;

fuzz_target!(|input: &[u8]| merging::try_input(Format::Yaml, input));
