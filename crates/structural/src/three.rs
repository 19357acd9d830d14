//! Three versions of anything, and the rule that settles most of it: what only one side changed is that side's.

/// Three versions of a thing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Three<T> {
    /// What both sides started from; `None` for what both added.
    pub(super) base: Option<T>,
    /// The destination's.
    pub(super) ours: T,
    /// The change's.
    pub(super) theirs: T,
}

/// One of the two sides of a merge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Ours,
    Theirs,
}

impl Side {
    /// The other one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }

    /// Its name in a sentence.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }
}

impl<T: Copy> Three<T> {
    /// What a side has.
    pub(super) fn of(&self, side: Side) -> T {
        match side {
            Side::Ours => self.ours,
            Side::Theirs => self.theirs,
        }
    }

    /// The same question asked of all three.
    pub(super) fn map<U>(&self, ask: impl Fn(T) -> U) -> Three<U> {
        Three { base: self.base.map(&ask), ours: ask(self.ours), theirs: ask(self.theirs) }
    }
}

impl<T> Three<T> {
    /// The same, borrowed.
    pub(super) fn by_ref(&self) -> Three<&T> {
        Three { base: self.base.as_ref(), ours: &self.ours, theirs: &self.theirs }
    }
}

impl<T: PartialEq + Copy> Three<T> {
    /// Whose version is right: the side that changed it, or either where both made the same; `None` where both changed
    /// it in different ways.
    pub(super) fn settle(&self) -> Option<Side> {
        let Self { base, ours, theirs } = self;
        match base {
            _ if ours == theirs => Some(Side::Ours),
            Some(base) if base == ours => Some(Side::Theirs),
            Some(base) if base == theirs => Some(Side::Ours),
            _ => None,
        }
    }
}

impl Three<&[u8]> {
    /// As [`settle`](Three::settle), for what stands around elements: what was absent was empty, and blanks and commas
    /// are looked at only when that settles it.
    pub(super) fn settle_around(&self) -> Option<Side> {
        let absent = Three { base: Some(self.base.unwrap_or_default()), ..*self };
        absent.settle().or_else(|| {
            let bare = absent.map(squeeze);
            Three { base: bare.base.as_deref(), ours: &bare.ours, theirs: &bare.theirs }.settle()
        })
    }
}

/// The bytes that are neither blank nor a comma.
pub(super) fn squeeze(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace() && *byte != b',').collect()
}
