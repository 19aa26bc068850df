//! Runs the target of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::payment_order::run(input));
