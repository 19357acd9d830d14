//! What the API is, for programs: OpenAPI 3.1, made of the very types that the handlers take and give (`SPEC W2`).

mod answers;

use crate::strangers::is_for_strangers;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use switchback_api::address::{self, Below, Of};
use switchback_api::verbs::identity::LinkRequest;
use switchback_api::verbs::password::PasswordRequest;
use switchback_api::verbs::sign_in::SignInRequest;
use switchback_api::{ProblemDetails, Verb, View};

/// Describes the operations of a verb; kept until somebody asks, for most runs of a program never do.
pub type Describe = fn(&mut Described);

/// What is known of the API so far.
pub struct Described {
    paths: Map<String, Value>,
    /// Of what is asked: each where it stands, for the same type may be asked and answered in two forms.
    asked: SchemaGenerator,
    /// Of what is answered.
    answered: SchemaGenerator,
}

/// The document.
pub fn document(all: &[Describe]) -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
    };
    let mut described = Described {
        paths: Map::new(),
        asked: settings().with(|settings| settings.inline_subschemas = true).for_deserialize().into_generator(),
        answered: settings().for_serialize().into_generator(),
    };
    all.iter().for_each(|describe| describe(&mut described));
    let problem = described.answered.subschema_for::<ProblemDetails>();
    let responses = answers::components(&problem.to_value());
    let Described { paths, mut answered, .. } = described;
    let mut schemas = answered.take_definitions(true);
    schemas.sort_keys();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Switchback",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Moves changes both ways through a pipeline of environments",
            "description": "Pipelines are resources. An operation is a POST on what it makes; its plan is the same \
                request below `/plans`, and `If-Plan-Match` carries out exactly the plan that has this hash. `-` stands for \
                the only pipeline there is.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "headers": answers::headers(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "An API token" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-switchback" }
            }
        },
        "x-codes": answers::codes()
    });
    without_rules(&mut document);
    document
}

/// Takes out which rule a sentence follows: it is said for whoever builds this, and tells others nothing.
fn without_rules(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(without_rules),
        Value::Array(items) => items.iter_mut().for_each(without_rules),
        Value::String(text) => {
            while let Some(at) = text.find(" (`SPEC ") {
                let Some(end) = text[at..].find(')') else { break };
                text.replace_range(at..=at + end, "");
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Describes a verb, and the plans of an operation.
pub fn describe<R: Verb>(described: &mut Described) {
    let itself = operation::<R>(described, Of::Verb);
    described.add(&R::pattern(Of::Verb), R::METHOD.as_str(), itself);
    if R::has_plans() {
        let plan = operation::<R>(described, Of::Plans);
        described.add(&R::pattern(Of::Plans), "POST", plan);
    }
}

/// The same of a verb that edits a record, and may be held to what was looked at.
pub fn describe_edit<R: Verb>(described: &mut Described) {
    describe::<R>(described);
    let plans = R::has_plans().then(|| (R::pattern(Of::Plans), "post".to_owned()));
    let itself = (R::pattern(Of::Verb), R::METHOD.as_str().to_lowercase());
    let seen = text("The `ETag` of the record when it was looked at; where it is another by now, nothing is done");
    for (path, method) in [itself].into_iter().chain(plans) {
        let operation = &mut described.paths[&path][&method];
        operation["responses"]["412"] = answers::reference("412");
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            parameters.push(parameter("header", "If-Match", &seen, Needed::IfWanted));
        }
    }
}

impl Described {
    /// Adds an operation that is no verb's.
    pub fn add(&mut self, path: &str, method: &str, operation: Value) {
        let at = self.paths.entry(path).or_insert_with(|| json!({}));
        if let Some(methods) = at.as_object_mut() {
            methods.insert(method.to_lowercase(), operation);
        }
    }
}

fn operation<R: Verb>(described: &mut Described, of: Of) -> Value {
    let asked = Asked::of::<R>(&mut described.asked);
    let answer = R::View::schema(of, &mut described.answered);
    let is_read = R::METHOD == http::Method::GET;
    let responses = answers::of::<R>(of, &answer.to_value());
    let mut parameters = Vec::new();
    if R::BELOW == Below::Pipeline {
        parameters.push(parameter("path", "pipeline", &text("The pipeline; `-` for the only one"), Needed::Always));
    }
    parameters.extend(asked.of_address(R::PATH));
    if is_read {
        parameters.extend(asked.of_query(R::PATH));
        parameters.push(parameter(
            "header",
            "If-None-Match",
            &text("The `ETag` of the answer that is there"),
            Needed::IfWanted,
        ));
    } else {
        parameters.extend(R::has_plans().then(|| headers(of)).into_iter().flatten());
        parameters.push(parameter("header", "Idempotency-Key", &key(), Needed::IfWanted));
    }
    let mut operation = json!({
        "operationId": operation_id(R::PATH, R::METHOD.as_str(), of),
        "tags": [R::PATH.split('/').nth(1).unwrap_or_default()],
        "summary": R::SUMMARY,
        "description": asked.description,
        "parameters": parameters,
        "responses": responses,
    });
    if !is_read && is_counted(&R::pattern(of)) {
        operation["responses"]["429"] = answers::reference("429");
    }
    if is_for_strangers(&R::METHOD, &R::pattern(of)) {
        operation["security"] = json!([]);
    }
    if !is_read {
        operation["requestBody"] = json!({
            "required": asked.needs_body(R::PATH),
            "content": { "application/json": { "schema": asked.body(R::PATH) } }
        });
    }
    operation
}

/// Whether it is counted how often somebody asks: where a password is looked at, and where somebody leaves for a provider.
fn is_counted(address: &str) -> bool {
    [SignInRequest::pattern(Of::Verb), PasswordRequest::pattern(Of::Verb), LinkRequest::pattern(Of::Verb)]
        .iter()
        .any(|counted| counted == address)
}

/// What a request is called that shall be carried out once.
fn key() -> Value {
    let description = "The same request under the same key is carried out once, and answered alike for a day";
    json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$", "description": description })
}

/// `post_promotions_run`, `plan_promotions_run`.
fn operation_id(path: &str, method: &str, of: Of) -> String {
    let verb = if of == Of::Plans { format!("plan_{}", method.to_lowercase()) } else { method.to_lowercase() };
    let words = path.split('/').filter(|word| !word.is_empty()).map(|word| word.trim_matches(['{', '}']));
    [verb.as_str()].into_iter().chain(words).collect::<Vec<_>>().join("_").replace('-', "_")
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": description })
}

/// Whether a parameter must be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Always,
    IfWanted,
}

fn parameter(place: &str, name: &str, schema: &Value, needed: Needed) -> Value {
    let mut schema = schema.clone();
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut parameter = json!({ "name": name, "in": place, "required": needed == Needed::Always, "schema": schema });
    if let Some(description) = description {
        parameter["description"] = description;
    }
    parameter
}

/// What may come along with an operation.
fn headers(of: Of) -> Vec<Value> {
    let mut headers = vec![parameter("header", "Switchback-Reason", &text("Why; percent-encoded"), Needed::IfWanted)];
    if of == Of::Verb {
        let plan = text("The hash of the plan that was approved; another one is not carried out");
        let prefer = text("`respond-async` leaves the jobs it queues to workers, and does not wait for them");
        headers.push(parameter("header", "If-Plan-Match", &plan, Needed::IfWanted));
        headers.push(parameter("header", "Prefer", &prefer, Needed::IfWanted));
    }
    headers
}

/// The members of a request.
struct Asked {
    description: String,
    members: Map<String, Value>,
    required: HashSet<String>,
    /// The schema as a whole.
    whole: Value,
}

impl Asked {
    fn of<R: JsonSchema>(generator: &mut SchemaGenerator) -> Self {
        let whole = Schema::to_value(R::json_schema(generator));
        let description = whole["description"].as_str().unwrap_or_default().to_owned();
        let required = whole["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Self {
            description,
            members: whole["properties"].as_object().cloned().unwrap_or_default(),
            required: required.map(str::to_owned).collect(),
            whole,
        }
    }

    fn of_address<'a>(&'a self, path: &'static str) -> impl Iterator<Item = Value> + 'a {
        address::names(path).map(|name| {
            let known = self.members.get(name).and_then(|member| member["description"].as_str());
            parameter("path", name, &text(known.unwrap_or(name)), Needed::Always)
        })
    }

    fn of_query<'a>(&'a self, path: &'static str) -> impl Iterator<Item = Value> + 'a {
        let of_address: HashSet<_> = address::names(path).collect();
        let members = self.members.iter().filter(move |(name, _)| !of_address.contains(name.as_str()));
        members.map(|(name, schema)| parameter("query", name, &never_null(schema), self.needed(name, schema)))
    }

    /// A list that is empty is left away.
    fn needed(&self, name: &str, schema: &Value) -> Needed {
        match self.required.contains(name) && schema["type"] != "array" {
            true => Needed::Always,
            false => Needed::IfWanted,
        }
    }

    fn needs_body(&self, path: &'static str) -> bool {
        self.required.iter().any(|member| address::names(path).all(|name| name != member))
    }

    fn body(&self, path: &'static str) -> Value {
        let mut body = self.whole.clone();
        for name in address::names(path) {
            if let Some(members) = body["properties"].as_object_mut() {
                members.shift_remove(name);
            }
            if let Some(required) = body["required"].as_array_mut() {
                required.retain(|member| member != name);
            }
        }
        body
    }
}

/// A query has no null: what is not said is left away.
fn never_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(types) = schema["type"].as_array_mut() {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(members) = schema.as_object_mut() {
        members.remove("default");
    }
    schema
}
