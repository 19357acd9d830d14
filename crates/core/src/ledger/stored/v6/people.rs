//! Format 6: who may do what.

use crate::ledger::stored::form::{Form, forms};
use crate::records::grant;
use crate::words::names::{AreaName, StageName, UserName};

forms! {
    struct Grant = grant::Grant { who: UserName, privilege: Privilege, scope: Scope, effect: Effect, }

    enum Privilege = grant::Privilege {
        Record,
        Attest,
        PromoteNext,
        PromoteAny,
        DemoteNext,
        DemoteAny,
        Deploy,
        Rollback,
        Resolve,
        Configure,
        OverrideFreeze,
        Administer,
    }

    enum Scope = grant::Scope { Pipeline, Stage(stage: StageName), Area(area: AreaName), }

    enum Effect = grant::Effect { Allow, Deny, }
}
