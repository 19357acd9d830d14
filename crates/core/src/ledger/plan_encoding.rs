//! What makes a plan this plan and no other, in bytes. Their hash is what `--plan` and approvals name, so the encoding is
//! specified, and pinned by a golden file.
//!
//! A plan is the version word, then its parts in order. A text is its length in bytes (4 bytes, the highest first) and
//! its UTF-8; raw bytes likewise. A number is 8 bytes, the highest first; a moment is one. An object id is its 20 bytes.
//! A truth is one byte, 0 or 1. What may be absent is a truth, then the thing. A list is its length (4 bytes), then its
//! things. A record is its fields in order. One of several variants is the variant's name as a text, then its fields.
//!
//! Several plans that are approved as one are the version word, and a list of parts: where it goes, whether there is a plan,
//! then the plan, or the code and the sentence of what keeps it from being made.
//!
//! Left out are who asks, when and why, which the entry says, and what carries a plan: the commits that are written for
//! it. Looked at again a minute later, an unchanged plan is the same plan.

mod events;
mod records;

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::records::resolution::ResolutionId;
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, Seq, StageName, Time, UserName, VersionNo};
use crate::words::object::{BlobId, CommitId, RepoPath, TreeId};

/// The version word: it changes whenever equal plans would be encoded otherwise.
const VERSION: &str = "switchback plan 4";

/// The bytes of a plan.
pub fn encode(plan: &Plan) -> Vec<u8> {
    let mut to = Vec::new();
    plan.encode(&mut to);
    to
}

/// One of several plans that are approved as one.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// Where it goes.
    pub destination: &'a StageName,
    /// The plan, or the code and the sentence of what keeps it from being made.
    pub plan: Result<&'a Plan, (&'a str, &'a str)>,
}

/// The bytes of several plans that are approved as one.
pub fn encode_all(parts: &[Part<'_>]) -> Vec<u8> {
    let mut to = Vec::new();
    text(VERSION, &mut to);
    parts.encode(&mut to);
    to
}

impl Encode for Part<'_> {
    fn encode(&self, to: &mut Vec<u8>) {
        self.destination.encode(to);
        self.plan.is_ok().encode(to);
        match self.plan {
            Ok(plan) => plan.encode(to),
            Err((code, sentence)) => {
                text(code, to);
                text(sentence, to);
            }
        }
    }
}

impl Encode for Plan {
    fn encode(&self, to: &mut Vec<u8>) {
        // The position binds a plan in another way, and says nothing about what it does.
        let Self { guard: _, kind, operation, says, then, events, queue, privileges, warnings } = self;
        text(VERSION, to);
        text(kind, to);
        operation.encode(to);
        says.encode(to);
        then.encode(to);
        // Where resolutions are kept follows from what is decided, and is a commit that carries the moment.
        let told: Vec<&Event> = events.iter().filter(|event| !matches!(event, Event::ResolutionsKept { .. })).collect();
        told.encode(to);
        privileges.encode(to);
        warnings.encode(to);
        queue.encode(to);
    }
}

/// What can be part of a plan.
trait Encode {
    fn encode(&self, to: &mut Vec<u8>);
}

fn length(length: usize, to: &mut Vec<u8>) {
    to.extend((length as u32).to_be_bytes());
}

fn bytes(bytes: &[u8], to: &mut Vec<u8>) {
    length(bytes.len(), to);
    to.extend(bytes);
}

fn text(text: &str, to: &mut Vec<u8>) {
    bytes(text.as_bytes(), to);
}

fn number(number: u64, to: &mut Vec<u8>) {
    to.extend(number.to_be_bytes());
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, to: &mut Vec<u8>) {
        (**self).encode(to);
    }
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self, to: &mut Vec<u8>) {
        (**self).encode(to);
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, to: &mut Vec<u8>) {
        self.is_some().encode(to);
        if let Some(thing) = self {
            thing.encode(to);
        }
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, to: &mut Vec<u8>) {
        length(self.len(), to);
        self.iter().for_each(|thing| thing.encode(to));
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, to: &mut Vec<u8>) {
        self.as_slice().encode(to);
    }
}

impl<A: Encode, B: Encode> Encode for (A, B) {
    fn encode(&self, to: &mut Vec<u8>) {
        self.0.encode(to);
        self.1.encode(to);
    }
}

/// Says how words become bytes.
macro_rules! words {
    ($($word:ty: $of:ident => $bytes:expr;)*) => {
        $(impl Encode for $word {
            fn encode(&self, to: &mut Vec<u8>) {
                let $of = self;
                let encoded: &mut dyn FnMut(&mut Vec<u8>) = &mut $bytes;
                encoded(to);
            }
        })*
    };
}

words! {
    bool: of => |to| to.push(u8::from(*of));
    u32: of => |to| number(u64::from(*of), to);
    u64: of => |to| number(*of, to);
    String: of => |to| text(of, to);
    ChangeKey: of => |to| text(of.as_str(), to);
    StageName: of => |to| text(of.as_str(), to);
    AreaName: of => |to| text(of.as_str(), to);
    UserName: of => |to| text(of.as_str(), to);
    OperationId: of => |to| text(&of.to_string(), to);
    ResolutionId: of => |to| text(&of.to_string(), to);
    RevisionNo: of => |to| number(u64::from(of.0), to);
    VersionNo: of => |to| number(u64::from(of.0), to);
    Seq: of => |to| number(of.0, to);
    Time: of => |to| to.extend(of.0.to_be_bytes());
    RepoPath: of => |to| bytes(of.as_bytes(), to);
    TreeId: of => |to| to.extend(of.0.0);
    CommitId: of => |to| to.extend(of.0.0);
    BlobId: of => |to| to.extend(of.0.0);
}

/// Declares which fields of a record count, and after the semicolon those that do not. Every field is named: a new one
/// does not compile before it is.
macro_rules! encoded {
    () => {};
    (struct $name:ty as $of:ident { $($field:ident)* $(; $($left_out:ident)*)? } $($rest:tt)*) => {
        impl Encode for $name {
            fn encode(&self, to: &mut Vec<u8>) {
                let $of { $($field,)* $($($left_out: _,)*)? } = self;
                $($field.encode(to);)*
            }
        }
        encoded! { $($rest)* }
    };
    (enum $name:ident {
        $($variant:ident $({ $($field:ident)* $(; $($left_out:ident)*)? })? $(($one:ident))?,)*
    } $($rest:tt)*) => {
        impl Encode for $name {
            fn encode(&self, to: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $({ $($field,)* $($($left_out: _,)*)? })? $(($one))? => {
                        text(stringify!($variant), to);
                        $($($field.encode(to);)*)?
                        $($one.encode(to);)?
                    })*
                }
            }
        }
        encoded! { $($rest)* }
    };
}

use encoded;
