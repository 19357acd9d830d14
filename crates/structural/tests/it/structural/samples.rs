//! Samples with two-sided edits: `base`, `ours` and `theirs`, and either what must come out (`merged`) or what the
//! refusal must name (`conflict.txt`). Folders of metadata are named after the Salesforce type they show.

use std::fs;
use std::path::{Path, PathBuf};
use switchback_core::content::filetype::{FileTypes, Format, Keys};
use switchback_structural::{Texts, merge};

/// Where what comes out is left for other programs to judge (`tests/judges/run`), if anywhere.
const JUDGED: &str = "SWITCHBACK_JUDGED";

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(kind)
}

fn keys_of_type(name: &str) -> Keys {
    let types = FileTypes::default();
    let found = types.all().iter().find(|one| one.name == name && one.format.is_some());
    found.unwrap_or_else(|| panic!("{name} is no type")).keys.clone()
}

/// Tries all samples of a kind; returns how many there are.
fn try_samples(kind: &str, format: Format, type_of: impl Fn(&str) -> String) -> usize {
    let samples: Vec<PathBuf> = fs::read_dir(folder(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
    for sample in &samples {
        let name = sample.file_name().unwrap().to_str().unwrap();
        let read = |what: &str| fs::read(sample.join(format!("{what}.{format}", format = format.as_str()))).unwrap();
        let (base, ours, theirs) = (read("base"), read("ours"), read("theirs"));
        let keys = keys_of_type(&type_of(name));
        let merged = merge(format, &keys, Texts { base: &base, ours: &ours, theirs: &theirs });
        match fs::read_to_string(sample.join("conflict.txt")) {
            Ok(named) => {
                let why = merged.expect_err(name).message;
                assert!(why.contains(named.trim_end()), "{name}: {why}");
            }
            Err(_) => {
                let merged = merged.unwrap_or_else(|why| panic!("{name}: {}", why.message));
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                assert_eq!(text(&merged), text(&read("merged")), "{name}");
                leave_for_judges((&format!("{kind}-{name}"), format), [&base, &ours, &theirs, &merged]);
            }
        }
    }
    samples.len()
}

fn leave_for_judges((name, format): (&str, Format), texts: [&[u8]; 4]) {
    let Some(judged) = std::env::var_os(JUDGED).map(PathBuf::from) else { return };
    let folder = judged.join(name);
    fs::create_dir_all(&folder).unwrap();
    for (what, text) in ["base", "ours", "theirs", "merged"].into_iter().zip(texts) {
        fs::write(folder.join(format!("{what}.{}", format.as_str())), text).unwrap();
    }
}

#[test]
fn metadata_comes_out_as_it_must() {
    let count = try_samples("metadata", Format::Xml, |name| name.split('.').next().unwrap_or(name).to_owned());
    assert!(count > 40, "only {count} samples were found");
}

#[test]
fn json_comes_out_as_it_must() {
    assert!(try_samples("json", Format::Json, |_| "JSON".to_owned()) > 3);
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
        assert!(folder("metadata").join(name).join("merged.xml").exists(), "no sample of {name}");
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
    leave_for_judges(("profile-of-five-megabytes", Format::Xml), [texts.base, texts.ours, texts.theirs, &merged]);
}
