//! The Salesforce types, in source format and in metadata format, named as the Metadata API names them.

use super::{Check, FileType, Format, Keys, Strategy};

/// The shipped Salesforce types.
pub(super) fn types() -> Vec<FileType> {
    vec![FileType {
        name: "Profile".to_owned(),
        paths: vec!["**/*.profile".to_owned(), "**/*.profile-meta.xml".to_owned()],
        format: Some(Format::Xml),
        strategy: Strategy::Structural,
        check: Check::Verify,
        keys: Keys {
            by_item: [("fieldPermissions".to_owned(), vec!["field".to_owned()])].into(),
            otherwise: ["fullName", "name"].map(str::to_owned).to_vec(),
            in_order: Vec::new(),
        },
    }]
}
