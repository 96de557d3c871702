#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;
#[allow(dead_code)]
#[path = "../../tests/readers/seeds.rs"]
mod seeds;
#[allow(dead_code)]
#[path = "../../tests/readers/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    targets::session(data);
});
