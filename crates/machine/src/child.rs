//! Runs a program with a time limit and gathers what it says. Hooks and command targets use it.

use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::VecDeque;
use std::io::{self, PipeReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a talkative stream is kept: its last bytes.
const TAIL: usize = 64 * 1024;
/// What a program may still do after it was asked to end.
const GRACE: Duration = Duration::from_secs(5);
/// How often somebody who may want it to stop is asked.
const LOOK: Duration = Duration::from_millis(100);
/// How many of the last bytes are heard meanwhile.
const HEARD: usize = 1024;
/// How long to wait for what was said, once the program is gone. A process it left behind may hold the pipe open.
const DRAIN: Duration = Duration::from_secs(1);

/// Which streams are kept, and where.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// Both in one, as a terminal would show them; the last 64 KiB.
    Together,
    /// Standard output in full, and the last 64 KiB of standard error.
    Apart,
}

/// How a program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// Its time was up, and it was killed.
    TimedOut,
    /// Somebody wanted it to stop, and it was killed.
    Stopped,
}

/// What became of a program.
pub struct Ended {
    /// How it ended.
    pub status: Ending,
    /// What it printed; with [`Capture::Together`] both streams.
    pub output: Vec<u8>,
    /// What it complained about; empty with [`Capture::Together`].
    pub complaint: Vec<u8>,
    /// How long it ran.
    pub took: Duration,
}

/// A program that is about to be run.
pub struct Run<'a> {
    /// What is run, with its arguments and environment.
    pub command: Command,
    /// What it reads from standard input.
    pub input: &'a [u8],
    /// After this time it and everything it started is asked to end, and killed five seconds later.
    pub timeout: Duration,
    /// Which of its streams are kept.
    pub capture: Capture,
    /// Asked now and then; once it says so, the program is ended as if its time were up.
    pub stop: &'a dyn Fn() -> bool,
}

enum Event {
    Exited(io::Result<ExitStatus>),
    Drained,
}

struct Stream {
    kept: Mutex<VecDeque<u8>>,
    limit: usize,
}

impl Ending {
    /// The exit code; a signal counts as 128 and its number, as in a shell. `None` where it was killed from here.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Exited(status) => Some(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())),
            Self::TimedOut | Self::Stopped => None,
        }
    }
}

/// The last lines of what a program printed; bytes that are no text are replaced.
pub fn last_lines(printed: &[u8], most: usize) -> Vec<String> {
    let text = String::from_utf8_lossy(printed);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(most)..].iter().map(|line| (*line).to_owned()).collect()
}

/// Runs a program in a process group of its own. The error is that it could not be started.
pub fn run(run: Run<'_>) -> io::Result<Ended> {
    run_heard(run, &|_| ())
}

/// The same for somebody who wants to hear, now and then, the last of what it complained about.
pub fn run_heard(run: Run<'_>, heard: &dyn Fn(&[u8])) -> io::Result<Ended> {
    let started = Instant::now();
    let (output, complaint) = (Stream::new(run.capture), Stream::new(Capture::Together));
    let (events, happened) = channel();
    let (child, readers) = start(run.command, run.capture)?;
    let group = Pid::from_child(&child);
    let streams = readers.len();
    for (reader, stream) in readers.into_iter().zip([&output, &complaint]) {
        gather(reader, Arc::clone(stream), events.clone());
    }
    feed_and_wait(child, run.input.to_vec(), events);
    let mut end = Awaited { happened, streams, status: None };
    let until = started + run.timeout;
    let mut stopped = false;
    while end.status.is_none() && !stopped && Instant::now() < until {
        end.wait(until.min(Instant::now() + LOOK))?;
        heard(&complaint.last());
        stopped = end.status.is_none() && (run.stop)();
    }
    let in_time = end.status.is_some();
    if !in_time {
        // A group that is already gone is as good as killed.
        let _ = kill_process_group(group, Signal::TERM);
        end.wait(Instant::now() + GRACE)?;
        let _ = kill_process_group(group, Signal::KILL);
        end.wait(Instant::now() + GRACE)?;
    }
    end.drain();
    let status = match end.status.filter(|_| in_time) {
        Some(status) => Ending::Exited(status),
        None if stopped => Ending::Stopped,
        None => Ending::TimedOut,
    };
    Ok(Ended { status, output: output.take(), complaint: complaint.take(), took: started.elapsed() })
}

fn start(mut command: Command, capture: Capture) -> io::Result<(Child, Vec<PipeReader>)> {
    let (output, said) = io::pipe()?;
    let mut readers = vec![output];
    match capture {
        Capture::Together => {
            command.stderr(said.try_clone()?);
        }
        Capture::Apart => {
            let (complaint, complained) = io::pipe()?;
            command.stderr(complained);
            readers.push(complaint);
        }
    }
    // The command holds this side's ends of the pipes and is dropped here, so the end of a stream can be seen.
    let child = command.stdin(Stdio::piped()).stdout(said).process_group(0).spawn()?;
    Ok((child, readers))
}

fn feed_and_wait(mut child: Child, input: Vec<u8>, events: Sender<Event>) {
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input closes the pipe; that is its right.
        thread::spawn(move || stdin.write_all(&input));
    }
    thread::spawn(move || events.send(Event::Exited(child.wait())));
}

fn gather(mut reader: PipeReader, stream: Arc<Stream>, events: Sender<Event>) {
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            stream.add(&buffer[..length]);
        }
        // Nobody may be listening any more.
        let _ = events.send(Event::Drained);
    });
}

struct Awaited {
    happened: Receiver<Event>,
    streams: usize,
    status: Option<ExitStatus>,
}

impl Awaited {
    /// Waits for the program's end; `false` when the time was up first.
    fn wait(&mut self, until: Instant) -> io::Result<bool> {
        while self.status.is_none() {
            match self.happened.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Event::Exited(status)) => self.status = Some(status?),
                Ok(Event::Drained) => self.streams -= 1,
                Err(RecvTimeoutError::Timeout) => return Ok(false),
                Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
        Ok(true)
    }

    fn drain(&mut self) {
        let until = Instant::now() + DRAIN;
        while self.streams > 0 {
            match self.happened.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Event::Drained) => self.streams -= 1,
                Ok(Event::Exited(_)) => {}
                Err(_) => return,
            }
        }
    }
}

impl Stream {
    fn new(capture: Capture) -> Arc<Self> {
        let limit = match capture {
            Capture::Together => TAIL,
            Capture::Apart => usize::MAX,
        };
        Arc::new(Self { kept: Mutex::default(), limit })
    }

    fn add(&self, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let surplus = kept.len().saturating_sub(self.limit);
        kept.drain(..surplus);
    }

    fn last(&self) -> Vec<u8> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().skip(kept.len().saturating_sub(HEARD)).copied().collect()
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}
