//! Work that blocks, as reading disks and running programs does, off the threads that serve. What it says belongs to the
//! request it is done for.

use switchback_api::Failure;
use tokio::task::{JoinError, spawn_blocking};
use tracing::Span;

/// Does it there.
///
/// # Errors
/// Where it panicked.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let span = Span::current();
    spawn_blocking(move || span.in_scope(work)).await
}

/// The same for what may fail.
///
/// # Errors
/// What it failed with; `bug` where it panicked.
pub async fn try_off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    off_thread(work).await.map_err(Failure::bug)?
}
