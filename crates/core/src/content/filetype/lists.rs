//! What tells the items of lists apart in the formats that people keep in repositories, and which lists are sequences:
//! their order decides what happens, so nothing is put into them by both sides.

use super::Keys;

/// The members that tell items apart in most JSON, YAML and TOML.
const IDENTITY: &[&str] = &["id", "name", "key"];

/// Lists of JSON, YAML and TOML by their name, each with the keys its items may have. Kubernetes, OpenAPI, Helm,
/// Kustomize, Compose, Prometheus and others; which one it is, the members of the items tell.
const LISTS: &[(&str, &[&str])] = &[
    ("allOf", &["$ref"]),
    ("anyOf", &["$ref"]),
    ("conditions", &["type"]),
    ("configs", &["source target", "name"]),
    ("dependencies", &["name alias"]),
    ("envFrom", &["configMapRef.name prefix", "secretRef.name prefix"]),
    ("hostAliases", &["ip"]),
    ("items", &["kind metadata.namespace metadata.name", "key"]),
    ("oneOf", &["$ref"]),
    ("overrides", &["module"]),
    ("ownerReferences", &["uid"]),
    ("parameters", &["name in", "$ref"]),
    ("patches", &["path target.kind target.name", "target.kind target.name"]),
    ("paths", &["path pathType"]),
    ("ports", &["containerPort protocol", "port protocol", "target published protocol"]),
    ("releases", &["name namespace"]),
    ("repos", &["repo"]),
    ("rules", &["alert", "record", "host"]),
    ("scrape_configs", &["job_name"]),
    ("secrets", &["source target", "name"]),
    ("servers", &["url"]),
    ("subjects", &["kind namespace name"]),
    ("tls", &["secretName"]),
    ("tolerations", &["key operator value effect"]),
    ("topologySpreadConstraints", &["topologyKey whenUnsatisfiable"]),
    ("volumeClaimTemplates", &["metadata.name"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name", "target"]),
];

/// Lists of JSON, YAML and TOML that are sequences.
const SEQUENCES: &[&str] = &[
    "after_script",
    "always",
    "args",
    "before_script",
    "block",
    "command",
    "commands",
    "entrypoint",
    "filters",
    "handlers",
    "initContainers",
    "interceptors",
    "middleware",
    "middlewares",
    "overrides",
    "patches",
    "pipeline",
    "plugins",
    "post_tasks",
    "pre_tasks",
    "presets",
    "processors",
    "rescue",
    "roles",
    "routes",
    "rules",
    "script",
    "stages",
    "steps",
    "tasks",
    "transformers",
];

/// The members that tell elements of XML apart, where no table says it.
const ELEMENTS: &[&str] = &["id", "name", "key", "android:id", "android:name"];

/// Elements of XML by their tag: web applications, Spring, Android, logging.
const TAGS: &[(&str, &[&str])] = &[
    ("appender-ref", &["ref"]),
    ("context-param", &["param-name"]),
    ("error-page", &["error-code exception-type"]),
    ("file", &["original"]),
    ("filter", &["filter-name"]),
    ("import", &["resource"]),
    ("init-param", &["param-name"]),
    ("item", &["quantity", "name"]),
    ("resource-ref", &["res-ref-name"]),
    ("servlet", &["servlet-name"]),
    ("servlet-mapping", &["servlet-name url-pattern"]),
];

/// Elements of XML that are sequences.
const STEPS: &[&str] = &["constructor-arg", "filter-mapping", "intercept-url", "listener", "rule", "step", "task"];

/// Elements of `pom.xml`.
const MAVEN: &[(&str, &[&str])] = &[
    ("contributor", &["name"]),
    ("dependency", &["groupId artifactId classifier type"]),
    ("developer", &["id", "name", "email"]),
    ("exclude", &["."]),
    ("exclusion", &["groupId artifactId"]),
    ("execution", &["id"]),
    ("extension", &["groupId artifactId"]),
    ("include", &["."]),
    ("license", &["name"]),
    ("module", &["."]),
    ("plugin", &["groupId artifactId"]),
    ("pluginRepository", &["id"]),
    ("profile", &["id"]),
    ("repository", &["id"]),
    ("resource", &["directory"]),
];

/// The attributes that tell the items of a project of MSBuild apart.
const MSBUILD: &[&str] = &["Include", "Update", "Remove", "Name", "Project", "id", "name", "key"];

/// Elements of a project of MSBuild.
const GROUPS: &[(&str, &[&str])] = &[("ItemGroup", &["Condition Label"]), ("PropertyGroup", &["Condition Label"])];

/// JSON, YAML and TOML.
pub(super) fn data() -> Keys {
    keys(IDENTITY, LISTS, SEQUENCES)
}

/// A file of YAML that is one list of steps.
pub(super) fn steps() -> Keys {
    let sequences: Vec<&str> = SEQUENCES.iter().copied().chain([""]).collect();
    keys(IDENTITY, LISTS, &sequences)
}

/// XML of no type of its own.
pub(super) fn xml() -> Keys {
    keys(ELEMENTS, TAGS, STEPS)
}

/// XML that is a page or a program: every list is a sequence.
pub(super) fn markup() -> Keys {
    keys(ELEMENTS, &[], &["*"])
}

/// Projects of Maven.
pub(super) fn maven() -> Keys {
    keys(ELEMENTS, MAVEN, &["filter"])
}

/// Projects of MSBuild.
pub(super) fn msbuild() -> Keys {
    keys(MSBUILD, GROUPS, &[])
}

/// Files of properties and of sections: entries have names.
pub(super) fn entries() -> Keys {
    keys(IDENTITY, &[], &[])
}

fn keys(otherwise: &[&str], lists: &[(&str, &[&str])], sequences: &[&str]) -> Keys {
    let members = |way: &&str| way.split(' ').map(str::to_owned).collect();
    Keys {
        by_item: lists.iter().map(|(list, ways)| ((*list).to_owned(), ways.iter().map(members).collect())).collect(),
        otherwise: otherwise.iter().map(|&member| member.to_owned()).collect(),
        in_order: vec!["*".to_owned()],
        order_decides: sequences.iter().map(|&list| list.to_owned()).collect(),
    }
}
