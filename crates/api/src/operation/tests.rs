use super::*;
use crate::answer::Answer;
use serde_json::json;

fn demotion(statuses: &[&str]) -> Operation {
    let result = |status: &&str| ChangeResult {
        change: "US-1".to_owned(),
        status: (*status).to_owned(),
        from: Some("QA".to_owned()),
        to: Some("DEV".to_owned()),
        rollbacks: Some(vec![Deployment {
            area: "qa-web".to_owned(),
            deployment: "D-4".to_owned(),
            kind: "rollback".to_owned(),
            status: "succeeded".to_owned(),
            version: Some(8),
            ..Deployment::default()
        }]),
        ..ChangeResult::default()
    };
    Operation {
        operation: Some("M-2".to_owned()),
        kind: "demotion".to_owned(),
        results: statuses.iter().map(result).collect(),
        ..Operation::default()
    }
}

#[test]
fn a_demotion_says_what_the_contract_says() {
    let said = serde_json::to_value(Answer::<Operation, Preview>::Done(demotion(&["demoted"]))).unwrap();
    assert_eq!(said["operation"], "M-2");
    let result = &said["results"][0];
    let named = ["change", "status", "from", "to"].map(|key| result[key].as_str().unwrap());
    assert_eq!(named, ["US-1", "demoted", "QA", "DEV"]);
    assert_eq!(result["rollbacks"][0]["version"], 8);
    assert_eq!((&said["deployments"], &said["warnings"]), (&json!([]), &json!([])));
    assert_eq!(said.get("plan"), None);
}

#[test]
fn a_plan_has_the_same_shape_under_one_key_and_is_read_again() {
    let plan = Preview { operation: demotion(&["demoted"]), hash: "a1".to_owned(), ..Preview::default() };
    let answer = Answer::<Operation, Preview>::Plan(plan);
    let said = serde_json::to_value(&answer).unwrap();
    assert_eq!(said.as_object().unwrap().keys().collect::<Vec<_>>(), ["plan"]);
    assert_eq!((&said["plan"]["operation"], &said["plan"]["hash"]), (&json!("M-2"), &json!("a1")));
    assert_eq!(serde_json::from_value::<Answer<Operation, Preview>>(said).unwrap(), answer);
}

#[test]
fn a_change_that_stayed_needs_a_person_and_so_does_a_failed_rollback() {
    assert_eq!(demotion(&["demoted", "refused", "not-run"]).exit(), Exit::Refused);
    let mut warned = demotion(&["demoted"]);
    assert_eq!(warned.exit(), Exit::Done);
    warned.results[0].rollbacks.as_mut().unwrap()[0].status = "failed".to_owned();
    assert_eq!(warned.exit(), Exit::Refused);
}

#[test]
fn a_conflicted_promotion_and_a_failed_deployment_by_hand_need_a_person() {
    let promotion = |status: &str| Operation {
        kind: "promotion".to_owned(),
        status: Some(status.to_owned()),
        ..Operation::default()
    };
    assert_eq!(promotion("conflicted").exit(), Exit::Refused);
    assert_eq!(promotion("scheduled").exit(), Exit::Done);
    let failed = Deployment { status: "failed".to_owned(), ..Deployment::default() };
    let by_hand = Operation { kind: "deployment".to_owned(), deployments: vec![failed], ..Operation::default() };
    assert_eq!(by_hand.exit(), Exit::Refused);
}
