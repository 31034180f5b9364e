//! What the process keeps to itself.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Leaves no image of the memory behind, in which keys and licenses stand, when the process crashes; and, on Linux,
/// lets no other process of the same user read it.
///
/// # Errors
/// The system refuses, which no supported one does.
pub(super) fn keep_memory_private() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // A core pattern that pipes to a program does not ask for the limit.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
