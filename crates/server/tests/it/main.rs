//! What is asked of a whole house, whose parts are put together here as the door of one machine puts them together; and of
//! a whole server, without a socket.

#![cfg(test)]

mod growth;
mod home;
mod knocking;
mod openapi;
mod people;
mod who_may;
