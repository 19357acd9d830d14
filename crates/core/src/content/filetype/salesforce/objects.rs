//! What is stored: objects and their parts, value sets, custom metadata, settings.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "CustomObject",
        folder: "objects",
        suffix: "object",
        keys: &[
            "actionOverrides actionName formFactor",
            "businessProcesses fullName",
            "columns .",
            "compactLayouts fullName",
            "displayedFields field",
            "fieldSets fullName",
            "fields fullName",
            "indexes fullName",
            "listViews fullName",
            "picklistValues picklist",
            "recordTypes fullName",
            "sharingReasons fullName",
            "validationRules fullName",
            "value fullName",
            "values fullName",
            "webLinks fullName",
        ],
        ordered: &["actionOverrides", "columns", "displayedFields", "filters", "value", "values"],
    },
    Row {
        name: "CustomField",
        folder: "fields",
        suffix: "field",
        keys: &["value fullName"],
        ordered: &["controllingFieldValue", "filterItems", "value", "valueSettings"],
    },
    part("ValidationRule", "validationRules", "validationRule"),
    Row {
        name: "RecordType",
        folder: "recordTypes",
        suffix: "recordType",
        keys: &["picklistValues picklist", "values fullName"],
        ordered: &[],
    },
    Row {
        name: "ListView",
        folder: "listViews",
        suffix: "listView",
        keys: &["columns ."],
        ordered: &["columns", "filters"],
    },
    Row {
        name: "FieldSet",
        folder: "fieldSets",
        suffix: "fieldSet",
        keys: &["availableFields field", "displayedFields field"],
        ordered: &["availableFields", "displayedFields"],
    },
    Row {
        name: "CompactLayout",
        folder: "compactLayouts",
        suffix: "compactLayout",
        keys: &["fields ."],
        ordered: &["fields"],
    },
    Row {
        name: "BusinessProcess",
        folder: "businessProcesses",
        suffix: "businessProcess",
        keys: &["values fullName"],
        ordered: &["values"],
    },
    part("WebLink", "webLinks", "webLink"),
    part("SharingReason", "sharingReasons", "sharingReason"),
    Row { name: "Index", folder: "indexes", suffix: "index", keys: &["fields name"], ordered: &["fields"] },
    Row { name: "CustomMetadata", folder: "customMetadata", suffix: "md", keys: &["values field"], ordered: &[] },
    Row {
        name: "GlobalValueSet",
        folder: "globalValueSets",
        suffix: "globalValueSet",
        keys: &["customValue fullName"],
        ordered: &["customValue"],
    },
    Row {
        name: "StandardValueSet",
        folder: "standardValueSets",
        suffix: "standardValueSet",
        keys: &["standardValue fullName"],
        ordered: &["standardValue"],
    },
    part("Settings", "settings", "settings"),
    part("RemoteSiteSetting", "remoteSiteSettings", "remoteSite"),
    part("NamedCredential", "namedCredentials", "namedCredential"),
    part("CustomPermission", "customPermissions", "customPermission"),
];

/// A type without lists of its own.
const fn part(name: &'static str, folder: &'static str, suffix: &'static str) -> Row {
    Row { name, folder, suffix, keys: &[], ordered: &[] }
}
