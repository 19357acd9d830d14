//! How the system gives memory.

/// Has the system give this process its memory in pages of the usual size, and not in huge ones: of those a program that
/// rests holds many that it uses little of. Asked early, for what was given stays as it is. Where that cannot be asked it
/// only holds more.
pub(crate) fn keep_small() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
