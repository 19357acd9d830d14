//! What we say aloud.
