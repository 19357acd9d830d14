//! What a person types and sees.

mod demo;
