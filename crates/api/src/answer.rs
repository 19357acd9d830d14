//! The answer to an operation: what was done, or with `--dry-run` what would be.

use crate::address::Of;
use crate::exit::Exit;
use crate::verb::View;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// What an operation answers: itself when it was carried out, else the plan under the key `plan` (`SPEC 11`).
#[derive(Clone, PartialEq, Debug)]
pub enum Answer<D, P = D> {
    /// It was carried out.
    Done(D),
    /// Nothing was written: this is what would happen.
    Plan(P),
}

#[derive(Serialize)]
struct Planned<'a, P> {
    plan: &'a P,
}

impl<D: Serialize, P: Serialize> Serialize for Answer<D, P> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Done(done) => done.serialize(to),
            Self::Plan(plan) => Planned { plan }.serialize(to),
        }
    }
}

impl<'de, D: DeserializeOwned, P: DeserializeOwned> Deserialize<'de> for Answer<D, P> {
    fn deserialize<F: Deserializer<'de>>(from: F) -> Result<Self, F::Error> {
        let mut whole = Value::deserialize(from)?;
        let planned = whole.as_object_mut().and_then(|object| object.shift_remove("plan"));
        match planned {
            Some(plan) => serde_json::from_value(plan).map(Self::Plan).map_err(F::Error::custom),
            None => serde_json::from_value(whole).map(Self::Done).map_err(F::Error::custom),
        }
    }
}

impl<D: JsonSchema, P: JsonSchema> JsonSchema for Answer<D, P> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Answer".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (done, plan) = (generator.subschema_for::<D>(), planned::<P>(generator));
        json_schema!({ "anyOf": [done, plan] })
    }
}

fn planned<P: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let plan = generator.subschema_for::<P>();
    json_schema!({ "type": "object", "properties": { "plan": plan }, "required": ["plan"] })
}

impl<D: View, P: View> View for Answer<D, P> {
    fn schema(of: Of, generator: &mut SchemaGenerator) -> Schema {
        match of {
            Of::Verb => generator.subschema_for::<D>(),
            Of::Plans => planned::<P>(generator),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Done(done) => done.exit(),
            Self::Plan(plan) => plan.exit(),
        }
    }
}
