//! What is remembered of objects: by id, within bounds, and forgotten all at once when it grows too much.

use super::objects::IdMap;
use std::cell::RefCell;
use std::sync::Arc;
use switchback_core::words::object::Oid;

/// Things by the id of the object that they are about.
pub(super) struct Kept<T: ?Sized> {
    by_id: RefCell<(IdMap<Arc<T>>, usize)>,
    most: usize,
}

impl<T: ?Sized> Kept<T> {
    /// Room for so much, in whatever measure [`Self::keep`] is told.
    pub(super) fn up_to(most: usize) -> Self {
        Self { by_id: RefCell::default(), most }
    }

    /// What is known about an object.
    pub(super) fn get(&self, id: Oid) -> Option<Arc<T>> {
        self.by_id.borrow().0.get(&id).map(Arc::clone)
    }

    /// Remembers something that takes so much room; what would take most of it alone is not remembered.
    pub(super) fn keep(&self, id: Oid, one: &Arc<T>, room: usize) {
        if room > self.most / 8 {
            return;
        }
        let mut kept = self.by_id.borrow_mut();
        if kept.1 + room > self.most {
            *kept = Default::default();
        }
        kept.1 += room;
        kept.0.insert(id, Arc::clone(one));
    }
}
