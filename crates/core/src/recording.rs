//! What of a branch is a change's own, when it is recorded (`SPEC C1`): neither what a stage's branch brought along, nor
//! what another change did.

pub mod apart;
mod as_well;
mod begun;
pub mod history;
pub mod originating;
pub mod own;
pub mod pushed;
pub mod sight;
pub mod squashed;
