//! How much memory data may take: half of what is free when they are opened.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Bytes that are there without asking, which takes longer than reading them.
pub const SMALL: u64 = 1 << 20;

/// Bytes that a data file may take in memory: half of what the system, and the control group that
/// the process stands in, have to give. Where neither tells, there is no limit but the
/// allocator's own.
#[must_use]
pub fn budget() -> u64 {
    let refresh = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let Ok(system) = System::new_with_specifics(refresh) else {
        return u64::MAX;
    };
    let group = system
        .cgroup_limits()
        .map_or(u64::MAX, |limits| limits.free_memory);
    system.available_memory().min(group) / 2
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_room_for_seventy_thousand_digits() {
        assert!(super::budget() > 70_000 * 784);
    }
}
