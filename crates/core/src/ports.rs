//! What the engine asks of the world, as traits: where facts are kept, where content lives, where a deployment goes, and
//! who wants to know how far it is, who watches; and what a server asks: who may come in. The adapters keep these contracts; rules see
//! none of them but [`Content`](crate::content::Content).

pub mod branches;
pub mod ledger;
pub mod outbox;
pub mod people;
pub mod progress;
pub mod repository;
pub mod target;
pub mod witness;
