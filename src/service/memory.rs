//! Large pieces of memory go back to the system as soon as nobody has them.
//!
//! The GNU allocator takes large pieces straight from the system, but calls fewer and fewer of them large as
//! they come and go (up to 32 MB), and keeps the holes that the others leave. Mixtures, trainers and pictures
//! are such pieces. With the limit held where it begins, a *Quick* session with seven networks of a ladder
//! takes 373 MB in the place of 447.

/// Bytes of a large piece.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 128 << 10;

/// Has large pieces of memory be the system's again when they are given up. To be called first of all.
pub fn large_pieces_go_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    set();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "the only way to say it; a measurement calls for it (see above)"
)]
fn set() {
    // SAFETY: the call takes two numbers by value, sets one of the allocator's own parameters under the
    // allocator's own lock, and touches no memory of ours. What it returns is whether it did.
    if unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) } == 0 {
        tracing::debug!("the allocator keeps its own limit for large pieces");
    }
}
