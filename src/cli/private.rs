//! Keeping the process's memory, which holds keys and licenses, to itself.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Disables core dumps and, on Linux, reading the memory by other processes of the same user.
pub(super) fn keep_memory_private() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // A core pattern that pipes to a program ignores the limit.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
