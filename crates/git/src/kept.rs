//! What is remembered of objects: within bounds, and forgotten all at once when it grows too much.

use super::ids::IdHasher;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash};
use std::sync::Arc;
use switchback_core::words::object::Oid;

/// Things by the ids of the objects that they are about.
pub(super) struct Kept<T: ?Sized, K = Oid> {
    known: RefCell<Known<T, K>>,
    most: usize,
}

struct Known<T: ?Sized, K> {
    by_id: HashMap<K, Arc<T>, BuildHasherDefault<IdHasher>>,
    room: usize,
}

impl<T: ?Sized, K: Eq + Hash> Kept<T, K> {
    /// Room for so much, in whatever measure [`Self::keep`] is told.
    pub(super) fn up_to(most: usize) -> Self {
        Self { known: RefCell::new(Known { by_id: HashMap::default(), room: 0 }), most }
    }

    /// What is known about an object.
    pub(super) fn get(&self, id: &K) -> Option<Arc<T>> {
        self.known.borrow().by_id.get(id).map(Arc::clone)
    }

    /// Remembers something that takes so much room. One is always remembered, however large: whoever asks of it asks often.
    pub(super) fn keep(&self, id: K, one: &Arc<T>, room: usize) {
        if self.known.borrow().room + room > self.most {
            self.forget();
        }
        let mut known = self.known.borrow_mut();
        known.room += room;
        known.by_id.insert(id, Arc::clone(one));
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        *self.known.borrow_mut() = Known { by_id: HashMap::default(), room: 0 };
    }
}
