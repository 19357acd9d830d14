//! What every stored form can do: be made of something the domain says, and become it again.

use crate::content::sketch::Sketch;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::ResolutionId;
use crate::words::names::{
    AreaName, ChangeKey, OperationId, PlaceId, RevisionNo, Seq, StageName, Time, UserName, VersionNo,
};
use crate::words::object::{BlobId, CommitId, RepoPath, TreeId};

/// A stored form.
pub(in crate::ledger::stored) trait Form: Sized {
    /// What it is the form of.
    type Of;
    /// Makes it.
    fn write(of: &Self::Of) -> Self;
    /// Becomes it again.
    fn read(self) -> Self::Of;
}

/// Words are stored as they are: names and numbers, ids as they are printed, what is opaque as it was computed.
macro_rules! as_they_are {
    ($($word:ty)*) => {
        $(impl Form for $word {
            type Of = Self;
            fn write(of: &Self) -> Self {
                of.clone()
            }
            fn read(self) -> Self {
                self
            }
        })*
    };
}

as_they_are! {
    bool u32 i32 String serde_json::Value crate::words::remedy::Remedy ChangeKey StageName AreaName UserName RevisionNo VersionNo Seq Time OperationId
    PlaceId TreeId CommitId BlobId RepoPath ResolutionId Sketch ChangeIx
}

impl<F: Form> Form for Vec<F> {
    type Of = Vec<F::Of>;
    fn write(of: &Self::Of) -> Self {
        of.iter().map(F::write).collect()
    }
    fn read(self) -> Self::Of {
        self.into_iter().map(F::read).collect()
    }
}

impl<F: Form> Form for Option<F> {
    type Of = Option<F::Of>;
    fn write(of: &Self::Of) -> Self {
        of.as_ref().map(F::write)
    }
    fn read(self) -> Self::Of {
        self.map(F::read)
    }
}

impl<F: Form> Form for Box<F> {
    type Of = Box<F::Of>;
    fn write(of: &Self::Of) -> Self {
        Self::new(F::write(of))
    }
    fn read(self) -> Self::Of {
        Box::new((*self).read())
    }
}

impl<A: Form, B: Form> Form for (A, B) {
    type Of = (A::Of, B::Of);
    fn write(of: &Self::Of) -> Self {
        (A::write(&of.0), B::write(&of.1))
    }
    fn read(self) -> Self::Of {
        (self.0.read(), self.1.read())
    }
}

/// Declares forms whose fields or variants are called as the domain calls them. A field the domain gains does not
/// compile before a form says what becomes of it.
macro_rules! forms {
    () => {};
    (
        $(#[$meta:meta])* struct $name:ident = $of:path { $($(#[$of_field:meta])* $field:ident: $kind:ty,)* }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(in crate::ledger::stored) struct $name { $($(#[$of_field])* $field: $kind,)* }

        impl Form for $name {
            type Of = $of;
            fn write(of: &Self::Of) -> Self {
                let $of { $($field,)* } = of;
                Self { $($field: <$kind as Form>::write($field),)* }
            }
            fn read(self) -> Self::Of {
                $of { $($field: self.$field.read(),)* }
            }
        }

        forms! { $($rest)* }
    };
    (
        $(#[$meta:meta])* enum $name:ident = $of:path {
            $($(#[$of_variant:meta])* $variant:ident
                $({ $($(#[$of_field:meta])* $field:ident: $kind:ty,)* })? $(($one:ident: $inner:ty))?,)*
        }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub(in crate::ledger::stored) enum $name {
            $($(#[$of_variant])* $variant $({ $($(#[$of_field])* $field: $kind,)* })? $(($inner))?,)*
        }

        impl Form for $name {
            type Of = $of;
            fn write(of: &Self::Of) -> Self {
                type Of = $of;
                match of {
                    $(Of::$variant $({ $($field,)* })? $(($one))? => {
                        Self::$variant $({ $($field: <$kind as Form>::write($field),)* })? $((<$inner as Form>::write($one)))?
                    })*
                }
            }
            fn read(self) -> Self::Of {
                type Of = $of;
                match self {
                    $(Self::$variant $({ $($field,)* })? $(($one))? => {
                        Of::$variant $({ $($field: $field.read(),)* })? $(($one.read()))?
                    })*
                }
            }
        }

        forms! { $($rest)* }
    };
}

pub(in crate::ledger::stored) use forms;
