//! Who writes the lines of the log. Whoever has something to say puts it down and goes on: a pipe that nobody reads holds
//! up the one thread that writes, and nobody who works.

use std::io::Write;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How many bytes of lines wait to be written at most; what comes then is lost, and counted.
const MOST: usize = 1 << 20;

/// How long whoever writes puts the pen down after it wrote: where much is said, many lines are one write, and nobody who
/// works wakes anybody.
const PAUSE: Duration = Duration::from_millis(5);

/// Takes lines, and has them written by a thread of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scribe(Arc<Desk>);

#[derive(Debug, Default)]
struct Desk {
    sheet: Mutex<Sheet>,
    /// Something was put down.
    news: Condvar,
    /// All that was put down is written.
    written: Condvar,
}

/// What is yet to be written.
#[derive(Debug, Default)]
struct Sheet {
    lines: Vec<u8>,
    /// How many lines found no room since somebody was last told so.
    lost: u64,
    /// Whether something was taken from here and is being written.
    is_writing: bool,
    /// Whether whoever writes waits to be woken.
    rests: bool,
}

impl Sheet {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.lost == 0
    }
}

impl Scribe {
    /// Begins to write to `out`; where lines were lost, `says` makes the line that says how many.
    pub fn begin(mut out: impl Write + Send + 'static, says: impl Fn(u64) -> String + Send + 'static) -> Self {
        let scribe = Self::default();
        let desk = Arc::clone(&scribe.0);
        let write = move || {
            loop {
                let (lines, lost) = desk.take();
                // Who does not listen is served all the same.
                let _ = out.write_all(&lines);
                if lost > 0 {
                    let _ = out.write_all(says(lost).as_bytes());
                }
                let _ = out.flush();
                desk.wrote();
                thread::sleep(PAUSE);
            }
        };
        // Without a thread nothing is written, and the work goes on.
        drop(thread::Builder::new().name("log".to_owned()).spawn(write));
        scribe
    }

    /// Puts a line down, with its end.
    pub fn put(&self, line: &str) {
        let mut sheet = self.0.sheet();
        match sheet.lines.len() + line.len() <= MOST {
            true => sheet.lines.extend_from_slice(line.as_bytes()),
            false => sheet.lost += 1,
        }
        let rests = mem::take(&mut sheet.rests);
        drop(sheet);
        if rests {
            self.0.news.notify_one();
        }
    }

    /// Waits until all that was put down is written, at most so long.
    pub fn finish(&self, at_most: Duration) {
        let sheet = self.0.sheet();
        drop(self.0.written.wait_timeout_while(sheet, at_most, |sheet| sheet.is_writing || !sheet.is_empty()));
    }
}

impl Desk {
    /// Waits for something to write.
    fn take(&self) -> (Vec<u8>, u64) {
        let mut sheet = self.sheet();
        sheet.rests = sheet.is_empty();
        let waited = self.news.wait_while(sheet, |sheet| sheet.is_empty());
        let mut sheet = waited.unwrap_or_else(PoisonError::into_inner);
        sheet.is_writing = true;
        (mem::take(&mut sheet.lines), mem::take(&mut sheet.lost))
    }

    fn wrote(&self) {
        let mut sheet = self.sheet();
        sheet.is_writing = false;
        if sheet.is_empty() {
            self.written.notify_all();
        }
    }

    fn sheet(&self) -> MutexGuard<'_, Sheet> {
        self.sheet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// A pipe: what is written to it waits until somebody reads.
    struct Pipe {
        writes: Sender<()>,
        read: Receiver<()>,
        text: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.writes.send(());
            self.read.recv().map_err(io::Error::other)?;
            self.text.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_says_something_waits_for_nobody_and_what_is_lost_is_said() {
        let ((writes, written), (reads, read), text) = (channel(), channel(), Arc::default());
        let pipe = Pipe { writes, read, text: Arc::clone(&text) };
        let scribe = Scribe::begin(pipe, |lost| format!("{lost} lost\n"));
        scribe.put("first\n");
        written.recv().unwrap();
        let line = format!("{}\n", "x".repeat(MOST / 4 - 1));
        (0..7).for_each(|_| scribe.put(&line));
        scribe.finish(Duration::ZERO);
        assert!(text.lock().unwrap().is_empty());
        (0..3).for_each(|_| reads.send(()).unwrap());
        scribe.finish(Duration::MAX);
        let wanted = format!("first\n{}3 lost\n", line.repeat(4));
        assert!(*text.lock().unwrap() == wanted.as_bytes());
    }
}
