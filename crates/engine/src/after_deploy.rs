//! Promotions that deploy before they move: once their first deployments have ended, a worker goes on (`SPEC P14`).

use crate::failure::EngineFailure;
use crate::house::House;
use crate::run::Done;
use crate::visit::Visit;
use serde_json::json;
use switchback_core::ledger::state::State;
use switchback_core::ops::after_deploy;
use switchback_core::records::deployment::Deployment;
use switchback_core::records::promotion::Promotion;
use switchback_core::words::refusal::Code;

impl House {
    /// Goes on with promotions whose first deployments have ended; says with how many.
    pub(crate) fn move_deployed(&self) -> Result<usize, EngineFailure> {
        let visit = Visit::worker();
        let state = self.receive(&visit)?.look()?;
        let mut count = 0;
        for promotion in after_deploy::over(&state) {
            self.move_one_deployed(&state, promotion)?;
            count += 1;
        }
        Ok(count)
    }

    /// With the rights and in the name of whoever ran it.
    fn move_one_deployed(&self, state: &State, promotion: &Promotion) -> Result<(), EngineFailure> {
        let first = first(state, promotion);
        let by = first.map_or(&promotion.owner, |asked| &asked.by);
        let reason = first.and_then(|asked| asked.reason.clone());
        let visit = Visit { reason, ..Visit::of((self.people)(by)) };
        let desk = self.receive(&visit)?;
        let id = promotion.id;
        let went = desk
            .carry_out(&json!({ "carry_on": id }), |snapshot, content| after_deploy::carry_on(snapshot, content, id));
        let went = match went {
            Err(EngineFailure::Refused(why)) if why.code != Code::NotOpen => {
                let asked = json!({ "stop": id });
                desk.carry_out_as_it_stands(&asked, |snapshot, _| after_deploy::stop(snapshot, id, &why))
            }
            went => went,
        };
        unless_another_was_first(went)
    }
}

fn first<'a>(state: &'a State, promotion: &Promotion) -> Option<&'a Deployment> {
    let under_way = promotion.under_way.as_ref()?;
    under_way.first.first().and_then(|id| state.deployment(*id))
}

fn unless_another_was_first(went: Result<Done, EngineFailure>) -> Result<(), EngineFailure> {
    match went {
        Err(EngineFailure::Refused(no)) if no.code == Code::NotOpen => Ok(()),
        went => went.map(drop),
    }
}
