//! Who asks the very same again is answered at once while nothing changed: neither they, nor what they may see, nor anything
//! that the answer was read from. Whatever the clock alone makes another is told a second later at most (decision 66).

use crate::holds::Again;
use crate::lately::comes_in;
use crate::request_line::REQUEST_ID;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use switchback_core::ports::people::People;
use switchback_core::words::names::Time;
use switchback_telemetry::CONTINUES;

/// How long an answer is told again: as exactly as times are shown.
const LASTING: Duration = Duration::from_secs(1);

/// How many bytes of answers are kept.
const ROOM: usize = 8 << 20;

/// Answers that may be told again.
#[derive(Default)]
pub struct ToldAgain {
    hashes: RandomState,
    kept: Mutex<HashMap<u64, Arc<Answer>>>,
    /// How often somebody meant to change something.
    deeds: AtomicU64,
}

/// What was so before anybody looked.
pub struct Before {
    began: Instant,
    deeds: u64,
    /// How people were.
    people: u64,
}

/// An answer as it was told.
pub struct Answer {
    /// To what.
    pub asked: (Uri, HeaderMap),
    /// How it stood before.
    pub before: Before,
    /// How it began.
    pub head: (StatusCode, HeaderMap),
    /// What it takes to tell it again.
    pub again: Again,
}

/// Something that somebody means to change.
pub struct Deed<'a>(&'a ToldAgain);

impl Drop for Deed<'_> {
    fn drop(&mut self) {
        self.0.deeds.fetch_add(1, Ordering::Release);
    }
}

impl ToldAgain {
    /// How it stands before somebody looks.
    pub fn before(&self, people: &dyn People) -> Option<Before> {
        let (began, deeds) = (Instant::now(), self.deeds.load(Ordering::Acquire));
        Some(Before { began, deeds, people: people.version().ok()? })
    }

    /// Somebody means to change something: when that is over, whatever came of it, nothing that was told before is told again.
    pub fn deed(&self) -> Deed<'_> {
        Deed(self)
    }

    /// What was answered to the very same, if that holds.
    pub fn find<B>(&self, request: &Request<B>, people: &dyn People, now: (Instant, Time)) -> Option<Arc<Answer>> {
        let answer = self.kept().get(&self.hash(request.uri(), request.headers())).cloned()?;
        let Answer { asked: (uri, headers), before, again, .. } = &*answer;
        let is_it = uri == request.uri() && telling(headers).eq(telling(request.headers()));
        let is_fresh = now.0 - before.began < LASTING && self.deeds.load(Ordering::Acquire) == before.deeds;
        let holds = is_it
            && is_fresh
            && comes_in(&again.caller, now.1)
            && people.version().is_ok_and(|version| version == before.people)
            && again.holds.is_still();
        holds.then_some(answer)
    }

    /// Keeps an answer for a while.
    pub fn keep(&self, answer: Answer) {
        let (now, hash) = (Instant::now(), self.hash(&answer.asked.0, &answer.asked.1));
        let mut kept = self.kept();
        kept.retain(|_, answer| now - answer.before.began < LASTING);
        let size: usize = kept.values().map(|answer| answer.again.body.len()).sum();
        if size + answer.again.body.len() <= ROOM {
            kept.insert(hash, Arc::new(answer));
        }
    }

    fn hash(&self, address: &Uri, headers: &HeaderMap) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        address.hash(&mut hasher);
        for (name, value) in telling(headers) {
            name.hash(&mut hasher);
            value.hash(&mut hasher);
        }
        hasher.finish()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<u64, Arc<Answer>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came along with a request, without what only names it.
fn telling(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
    headers.iter().filter(|(name, _)| **name != REQUEST_ID && !CONTINUES.contains(&name.as_str()))
}
