//! What keeps a change from coming into an area, in words.

use crate::pipeline::area::Area;
use crate::words::details::Details;
use crate::words::names::ChangeKey;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

pub(super) fn not_at_stage(key: &ChangeKey, area: &Area) -> Refusal {
    let message = format!("{} does not hold {key}, so it cannot be deployed to {}", area.stage, area.name);
    let remedy = Remedy::PromoteFirst { change: key.clone(), to: area.stage.clone() };
    Refusal::new(Code::NotAtStage, message, remedy).with(Details::NotAtStageOfArea {
        change: key.clone(),
        area: area.name.clone(),
        stage: area.stage.clone(),
    })
}

pub(super) fn task_open(key: &ChangeKey, number: u32, text: &str, area: &Area) -> Refusal {
    let message = format!("{key} has a manual task for {}: {text}", area.name);
    let (change, name) = (key.clone(), area.name.clone());
    Refusal::new(Code::TaskOpen, message, Remedy::FinishTask { change, task: number, area: name.clone() })
        .with(Details::Task { change: key.clone(), task: number, area: name })
}

pub(super) fn regression(key: &ChangeKey, area: &Area, revisions: (u32, u32)) -> Refusal {
    let (there, coming) = revisions;
    let message = format!("{} holds {key} at revision {there}; revision {coming} is older", area.name);
    let hint = "promote the newer revision, or set `regression = \"allow\"` for the area";
    Refusal::new(Code::Regression, message, hint)
        .with(Details::ChangeInArea { change: key.clone(), area: area.name.clone() })
}
