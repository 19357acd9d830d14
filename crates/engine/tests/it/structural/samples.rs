//! Sample metadata of each Salesforce type, with two-sided edits: `base`, `ours` and `theirs`, and either what must come
//! out (`merged.xml`) or what the refusal must name (`conflict.txt`). The folder is named after the type.

use std::fs;
use std::path::{Path, PathBuf};
use switchback_core::filetype::{FileTypes, Format, Keys};
use switchback_engine::structural::{Texts, merge};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/metadata")
}

fn keys_of_type(name: &str) -> Keys {
    let types = FileTypes::default();
    let found = types.all().iter().find(|one| one.name == name && one.format == Some(Format::Xml));
    found.unwrap_or_else(|| panic!("{name} is no type")).keys.clone()
}

#[test]
fn samples_come_out_as_they_must() {
    // Where a folder is given, what comes out is left there for other programs to judge.
    let judged = std::env::var_os("SWITCHBACK_JUDGED").map(PathBuf::from);
    let mut count = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let sample = entry.unwrap().path();
        let name = sample.file_name().unwrap().to_str().unwrap().to_owned();
        let read = |file: &str| fs::read(sample.join(file)).unwrap();
        let (base, ours, theirs) = (read("base.xml"), read("ours.xml"), read("theirs.xml"));
        let keys = keys_of_type(name.split('.').next().unwrap());
        let merged = merge(Format::Xml, &keys, Texts { base: &base, ours: &ours, theirs: &theirs });
        let merged = merged.map(|text| String::from_utf8(text).unwrap());
        if let (Some(judged), Ok(merged)) = (&judged, &merged) {
            fs::write(judged.join(format!("{name}.xml")), merged).unwrap();
        }
        match fs::read_to_string(sample.join("conflict.txt")) {
            Ok(named) => {
                let why = merged.expect_err(&name).message;
                assert!(why.contains(named.trim_end()), "{name}: {why}");
            }
            Err(_) => assert_eq!(
                merged.map_err(|why| why.message),
                Ok(fs::read_to_string(sample.join("merged.xml")).unwrap()),
                "{name}"
            ),
        }
        count += 1;
    }
    assert!(count > 40, "only {count} samples were found");
}

#[test]
fn every_type_that_is_shipped_for_metadata_of_its_own_has_a_sample() {
    let names = [
        "ApexClass",
        "ApexComponent",
        "ApexPage",
        "ApexTrigger",
        "AuraDefinitionBundle",
        "BusinessProcess",
        "CompactLayout",
        "CustomField",
        "CustomLabels",
        "CustomMetadata",
        "CustomObject",
        "FieldSet",
        "FlexiPage",
        "Flow",
        "GlobalValueSet",
        "Index",
        "Layout",
        "LightningComponentBundle",
        "ListView",
        "PermissionSet",
        "PermissionSetGroup",
        "Profile",
        "RecordType",
        "Settings",
        "SharingReason",
        "StaticResource",
        "Translations",
        "ValidationRule",
        "WebLink",
        "Workflow",
    ];
    for name in names {
        assert!(folder().join(name).join("merged.xml").exists(), "no sample of {name}");
    }
}

/// A profile with this many fields; `edit` says what is readable, and `None` leaves a field out.
fn profile(fields: usize, edit: impl Fn(usize) -> Option<bool>) -> String {
    let one = |at: usize| {
        let readable = edit(at)?;
        Some(format!(
            "    <fieldPermissions>\n        <editable>false</editable>\n        <field>Account.Field_{at:06}__c</field>\n        \
             <readable>{readable}</readable>\n    </fieldPermissions>\n"
        ))
    };
    let fields: String = (0..fields).filter_map(one).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Profile>\n{fields}</Profile>\n")
}

#[test]
fn a_profile_of_five_megabytes_is_merged() {
    const FIELDS: usize = 30_000;
    let odd = |at: usize| at % 1000 == 1;
    let even = |at: usize| at % 1000 == 2;
    let added = |at: usize| at % 1000 == 3;
    let base = profile(FIELDS, |at| (!added(at)).then_some(true));
    let ours = profile(FIELDS, |at| (!added(at) || at % 2000 == 3).then_some(!odd(at)));
    let theirs = profile(FIELDS, |at| (!even(at) && (!added(at) || at % 2000 == 1003)).then_some(true));
    assert!(base.len() > 4_800_000, "{}", base.len());
    let texts = Texts { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    let merged = merge(Format::Xml, &keys_of_type("Profile"), texts).unwrap();
    let wanted = profile(FIELDS, |at| (!even(at)).then_some(!odd(at)));
    assert!(merged == wanted.as_bytes(), "what came out is not what the edits say");
}
