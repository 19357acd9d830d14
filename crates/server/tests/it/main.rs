//! What is asked of a whole house: its parts are put together here as the door of one machine puts them together.

#![cfg(test)]

mod growth;
mod home;
mod openapi;
