//! Reads that ask the same at the same moment are answered by one look: whoever comes while somebody looks waits for the
//! next look, which begins after they came. So nobody is told what was so before they asked, and nothing is kept.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot::{Receiver, Sender, channel};

/// Looks that are under way, by what is asked.
pub struct Together<K: Hash + Eq, A>(Mutex<HashMap<K, Waiting<K, A>>>);

/// Those who came while somebody looks.
type Waiting<K, A> = Vec<Sender<Turn<K, A>>>;

/// What becomes of whoever waits.
enum Turn<K: Hash + Eq, A> {
    /// Somebody looked for them.
    Told(A),
    /// It is theirs to look.
    Look(Mine<K, A>),
}

impl<K: Hash + Eq, A> Default for Together<K, A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq + Clone, A: Clone> Together<K, A> {
    /// The answer to a question: of a look of one's own, or of one that somebody else began after this was called.
    pub async fn ask(self: &Arc<Self>, question: K, look: impl AsyncFnOnce() -> A) -> A {
        let mut turn = match self.place(&question) {
            None => Mine { looks: Arc::clone(self), question: Some(question), with: Vec::new() },
            Some(behind) => match behind.await {
                Ok(Turn::Told(answer)) => return answer,
                Ok(Turn::Look(turn)) => turn,
                // Whoever looked broke off without a word.
                Err(_) => return look().await,
            },
        };
        let answer = look().await;
        for one in turn.with.drain(..) {
            // Whoever hung up meanwhile hears nothing.
            let _ = one.send(Turn::Told(answer.clone()));
        }
        answer
    }

    /// A place behind whoever looks; none where nobody does, for then it is one's own turn.
    fn place(&self, question: &K) -> Option<Receiver<Turn<K, A>>> {
        let mut all = self.all();
        if let Some(waiting) = all.get_mut(question) {
            let (told, turn) = channel();
            waiting.push(told);
            return Some(turn);
        }
        all.insert(question.clone(), Vec::new());
        None
    }
}

impl<K: Hash + Eq, A> Together<K, A> {
    fn all(&self) -> MutexGuard<'_, HashMap<K, Waiting<K, A>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody's turn to look. When it is over, with an answer or because they hung up, it is the turn of whoever waits.
struct Mine<K: Hash + Eq, A> {
    looks: Arc<Together<K, A>>,
    question: Option<K>,
    /// Those for whom they look.
    with: Waiting<K, A>,
}

impl<K: Hash + Eq, A> Drop for Mine<K, A> {
    fn drop(&mut self) {
        let mut question = self.question.take();
        while let Some(asked) = question {
            let mut with = mem::take(&mut self.with);
            let mut all = self.looks.all();
            with.extend(all.get_mut(&asked).map(mem::take).unwrap_or_default());
            if with.is_empty() {
                all.remove(&asked);
                return;
            }
            drop(all);
            let next = with.remove(0);
            let turn = Self { looks: Arc::clone(&self.looks), question: Some(asked), with };
            question = match next.send(Turn::Look(turn)) {
                // They hung up: it is the turn of the one after them.
                Err(Turn::Look(mut turn)) => {
                    self.with = mem::take(&mut turn.with);
                    turn.question.take()
                }
                Ok(()) | Err(Turn::Told(_)) => None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Notify;
    use tokio::task::{JoinHandle, yield_now};

    /// People who ask the same; each look waits until it is let go, and answers which look it was.
    struct Crowd {
        looks: Arc<Together<&'static str, usize>>,
        begun: Arc<AtomicUsize>,
        gate: Arc<Notify>,
    }

    impl Crowd {
        fn new() -> Self {
            Self { looks: Arc::default(), begun: Arc::default(), gate: Arc::default() }
        }

        async fn comes(&self, question: &'static str) -> JoinHandle<usize> {
            let (looks, begun, gate) = (Arc::clone(&self.looks), Arc::clone(&self.begun), Arc::clone(&self.gate));
            let asked = tokio::spawn(async move {
                let look = async || {
                    let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
                    gate.notified().await;
                    number
                };
                looks.ask(question, look).await
            });
            settle().await;
            asked
        }

        async fn goes_on(&self) {
            self.gate.notify_one();
            settle().await;
        }

        fn looks_begun(&self) -> usize {
            self.begun.load(Ordering::SeqCst)
        }
    }

    /// Everybody gets as far as they can: there is one thread.
    async fn settle() {
        for _ in 0..100 {
            yield_now().await;
        }
    }

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test);
    }

    #[test]
    fn who_comes_during_a_look_is_told_by_the_next_one() {
        run(async {
            let crowd = Crowd::new();
            let first = crowd.comes("a").await;
            let (second, third) = (crowd.comes("a").await, crowd.comes("a").await);
            assert_eq!(crowd.looks_begun(), 1);
            crowd.goes_on().await;
            assert_eq!(crowd.looks_begun(), 2);
            let late = crowd.comes("a").await;
            crowd.goes_on().await;
            crowd.goes_on().await;
            let told = (first.await.unwrap(), second.await.unwrap(), third.await.unwrap(), late.await.unwrap());
            assert_eq!(told, (1, 2, 2, 3));
            assert!(crowd.looks.all().is_empty());
        });
    }

    #[test]
    fn who_asks_something_else_waits_for_nobody() {
        run(async {
            let crowd = Crowd::new();
            let (one, other) = (crowd.comes("a").await, crowd.comes("b").await);
            assert_eq!(crowd.looks_begun(), 2);
            crowd.goes_on().await;
            crowd.goes_on().await;
            assert_eq!(one.await.unwrap() + other.await.unwrap(), 3);
        });
    }

    #[test]
    fn who_hangs_up_leaves_the_look_to_who_waits() {
        run(async {
            let crowd = Crowd::new();
            let first = crowd.comes("a").await;
            let (second, third, fourth) = (crowd.comes("a").await, crowd.comes("a").await, crowd.comes("a").await);
            second.abort();
            first.abort();
            settle().await;
            assert_eq!(crowd.looks_begun(), 2, "the third looks, for the fourth as well");
            third.abort();
            settle().await;
            assert_eq!(crowd.looks_begun(), 3);
            crowd.goes_on().await;
            assert_eq!(fourth.await.unwrap(), 3);
            assert!(crowd.looks.all().is_empty());
        });
    }
}
