//! What people see: layouts, pages, applications, tabs, actions, reports.

use super::Row;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "Layout",
        folder: "layouts",
        suffix: "layout",
        keys: &[
            "customButtons .",
            "excludeButtons .",
            "fields .",
            "layoutColumns #",
            "layoutItems field",
            "layoutSections label",
            "platformActionListItems actionType actionName",
            "quickActionListItems quickActionName",
            "relatedContentItems layoutItem",
            "relatedLists relatedList",
        ],
        ordered: &[
            "customButtons",
            "fields",
            "layoutItems",
            "layoutSections",
            "multilineLayoutFields",
            "platformActionListItems",
            "quickActionListItems",
            "relatedContentItems",
            "relatedLists",
        ],
    },
    Row {
        name: "FlexiPage",
        folder: "flexipages",
        suffix: "flexipage",
        keys: &["componentInstanceProperties name", "flexiPageRegions name", "properties name"],
        ordered: &[
            "componentInstanceProperties",
            "componentInstances",
            "criteria",
            "flexiPageRegions",
            "itemInstances",
            "valueListItems",
        ],
    },
    Row {
        name: "CustomApplication",
        folder: "applications",
        suffix: "app",
        keys: &[
            "actionOverrides actionName pageOrSobjectType formFactor",
            "profileActionOverrides actionName pageOrSobjectType formFactor recordType profile",
            "tab .",
            "tabs .",
        ],
        ordered: &["actionOverrides", "mappings", "profileActionOverrides", "tab", "tabs"],
    },
    Row { name: "CustomTab", folder: "tabs", suffix: "tab", keys: &[], ordered: &[] },
    Row {
        name: "QuickAction",
        folder: "quickActions",
        suffix: "quickAction",
        keys: &["fieldOverrides field", "quickActionLayoutColumns #", "quickActionLayoutItems field"],
        ordered: &["quickActionLayoutItems"],
    },
    Row {
        name: "Report",
        folder: "reports",
        suffix: "report",
        keys: &["columns field", "groupingsAcross field", "groupingsDown field", "params name"],
        ordered: &["aggregates", "buckets", "columns", "criteriaItems", "groupingsAcross", "groupingsDown"],
    },
    Row {
        name: "Dashboard",
        folder: "dashboards",
        suffix: "dashboard",
        keys: &[],
        ordered: &["components", "dashboardGridComponents"],
    },
    Row {
        name: "ReportType",
        folder: "reportTypes",
        suffix: "reportType",
        keys: &["columns table field", "sections masterLabel"],
        ordered: &["columns", "sections"],
    },
];
