//! Ctrl-C: the first asks the work to stop where it is safe, the second ends the program at once.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::pipe;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use switchback_server::Interrupt;

/// How a program ends that was interrupted: 128 and the signal's number, as a shell says it.
const INTERRUPTED: i32 = 130;

/// What the work asks whether to stop.
pub fn interrupt() -> Interrupt {
    let interrupt = Interrupt::default();
    for signal in [SIGINT, SIGTERM] {
        // Where a signal cannot be handled, it does what it always did.
        let _ = flag::register_conditional_shutdown(signal, INTERRUPTED, interrupt.flag());
        let _ = flag::register(signal, interrupt.flag());
    }
    interrupt
}

/// Has a byte to read after each signal that these two hear; to be asked for after them, so that they have heard it by then.
pub fn heard() -> Option<UnixStream> {
    let (read, write) = UnixStream::pair().ok()?;
    read.set_nonblocking(true).ok()?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        pipe::register(signal, write.try_clone().ok()?).ok()?;
    }
    Some(read)
}

/// The wish of a terminal that hung up, or of who administers a server: that its configuration is read again.
pub fn hang_up() -> Arc<AtomicBool> {
    let wish = Arc::new(AtomicBool::new(false));
    let _ = flag::register(SIGHUP, Arc::clone(&wish));
    wish
}
