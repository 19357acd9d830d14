//! A notice in a mail's words, and as the JSON of a webhook.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use switchback_api::address::fill;
use switchback_core::ports::outbox::KeptNotice;
use switchback_core::records::notice::{Notice, NoticeKind, Subject};
use switchback_engine::clock::format_time;
use switchback_notify::letter::Letter;

/// The longest subject of a mail.
const SUBJECT: usize = 120;

/// A notice, and where it is from.
pub struct Told<'a> {
    /// The pipeline.
    pub pipeline: &'a str,
    /// As it is kept.
    pub kept: &'a KeptNotice,
    /// The same, read.
    pub notice: &'a Notice,
    /// Where people find the server.
    pub public_url: Option<&'a str>,
}

/// What names a notice to those who get it, however often it is sent.
pub fn message_id(pipeline: &str, kept: &KeptNotice) -> String {
    let named = format!("{pipeline}\0{}\0{}", kept.name, kept.at.0);
    let digest = Sha256::digest(named.as_bytes());
    format!("msg_{}", faster_hex::hex_string(&digest[..16]))
}

/// A mail to somebody.
pub fn letter(told: &Told<'_>, to: &str) -> Letter {
    let Told { pipeline, kept, notice, .. } = told;
    let subject: String = format!("[{pipeline}] {}", notice.says).chars().take(SUBJECT).collect();
    let why = match notice.owners.iter().any(|owner| owner.as_str() == to) {
        true => format!("You get this because it concerns your work in {pipeline}."),
        false => format!("You get this because you subscribed to it in {pipeline}."),
    };
    Letter {
        id: message_id(pipeline, kept),
        subject,
        says: vec![notice.says.clone()],
        facts: facts(told),
        link: link(told).map(|address| (address, "Look at it in Switchback".to_owned())),
        why,
    }
}

fn facts(told: &Told<'_>) -> Vec<(String, String)> {
    let Told { pipeline, notice, kept, .. } = told;
    let Subject { operation, stage, source, area, changes, due } = &notice.subject;
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    let all = [
        ("Pipeline", Some((*pipeline).to_owned())),
        ("Operation", operation.map(|id| id.to_string())),
        ("From", source.as_ref().map(ToString::to_string)),
        ("Stage", stage.as_ref().map(ToString::to_string)),
        ("Area", area.as_ref().map(ToString::to_string)),
        ("Changes", Some(changes.join(", ")).filter(|names| !names.is_empty())),
        ("By", notice.by.as_ref().map(ToString::to_string)),
        ("Due", due.map(|at| format_time(at, UTC))),
        ("When", Some(format_time(kept.at, UTC))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The zone of times that people of any zone read.
const UTC: &str = "UTC";

/// Where the page shows it (`SPEC W6`).
fn link(told: &Told<'_>) -> Option<String> {
    let (notice, subject) = (told.notice, &told.notice.subject);
    let pattern = match notice.kind {
        NoticeKind::Conflict => "/{pipeline}/conflicts/{operation}",
        NoticeKind::Promotion | NoticeKind::PromotionFailed | NoticeKind::DeploymentComplete | NoticeKind::Arrived => {
            "/{pipeline}/promotions/{operation}"
        }
        NoticeKind::Demotion => "/{pipeline}/history/{seq}",
        NoticeKind::Deployment
        | NoticeKind::DeploymentFailed
        | NoticeKind::Rollback
        | NoticeKind::RollbackFailed
        | NoticeKind::Drifted => "/{pipeline}/deployments/{area}",
        NoticeKind::Arriving => "/{pipeline}/stages/{stage}/behind",
    };
    let path = fill(pattern, |name| match name {
        "pipeline" => Some(told.pipeline.to_owned()),
        "operation" => subject.operation.map(|id| id.to_string()),
        "seq" => Some(told.kept.seq.to_string()),
        "area" => subject.area.as_ref().map(ToString::to_string),
        "stage" => subject.stage.as_ref().map(ToString::to_string),
        _ => None,
    });
    Some(format!("{}{}", told.public_url?, path.ok()?))
}

/// What a webhook carries.
pub fn payload(told: &Told<'_>) -> Value {
    let Told { pipeline, kept, notice, .. } = told;
    let Subject { operation, stage, source, area, changes, due } = &notice.subject;
    json!({
        "type": notice.kind,
        "timestamp": format_time(kept.at, UTC),
        "data": {
            "pipeline": pipeline,
            "entry": kept.seq,
            "says": notice.says,
            "by": notice.by,
            "operation": operation,
            "from": source,
            "stage": stage,
            "area": area,
            "changes": changes,
            "due": due.map(|at| format_time(at, UTC)),
            "url": link(told),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_core::words::names::{OperationId, Seq, Time};

    #[test]
    fn a_notice_in_words_and_as_json() {
        let kept = KeptNotice {
            id: 1,
            name: "7/0".into(),
            seq: Seq(7),
            at: Time(0),
            kind: String::new(),
            body: String::new(),
        };
        let subject = Subject {
            operation: OperationId::parse("P-1"),
            stage: Some("QA".into()),
            changes: vec!["US-1".into()],
            ..Subject::default()
        };
        let (kind, owners) = (NoticeKind::Conflict, vec!["ann".into()]);
        let notice = Notice { kind, says: "P-1 stops".into(), by: Some("bob".into()), subject, owners };
        let told = Told { pipeline: "my shop", kept: &kept, notice: &notice, public_url: Some("https://sb.example") };
        let letter = letter(&told, "ann");
        assert_eq!(letter.subject, "[my shop] P-1 stops");
        assert_eq!(letter.link.map(|link| link.0).as_deref(), Some("https://sb.example/my%20shop/conflicts/P-1"));
        assert!(letter.why.contains("concerns your work"));
        let said = payload(&told);
        assert_eq!(said["type"], "conflict");
        assert_eq!(said["timestamp"], "1970-01-01T00:00:00Z");
        assert_eq!((&said["data"]["operation"], &said["data"]["due"]), (&json!("P-1"), &Value::Null));
        assert_eq!(message_id("my shop", &kept), message_id("my shop", &kept));
        assert_ne!(message_id("my shop", &kept), message_id("other", &kept));
        assert!(payload(&Told { public_url: None, ..told })["data"]["url"].is_null());
    }
}
