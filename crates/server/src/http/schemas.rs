//! The schemas of the API's document, in forms that generators of clients understand.
//!
//! Not for: what a type's schema is; the types say so themselves.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The schemas of a document, by name: of what is sent, and of what is answered.
#[derive(Debug)]
pub(super) struct Schemas {
    sent: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12()
            .with(|settings| "/components/schemas".clone_into(settings.definitions_path.to_mut()));
        Self {
            sent: settings.clone().for_deserialize().into_generator(),
            answered: settings.for_serialize().into_generator(),
        }
    }

    pub(super) fn answered<T: JsonSchema>(&mut self) -> Value {
        self.answered.subschema_for::<T>().into()
    }

    pub(super) fn sent<T: JsonSchema>(&mut self) -> Value {
        self.sent.subschema_for::<T>().into()
    }

    /// Names and members of what a query holds; what it names stays in the document.
    pub(super) fn members<T: JsonSchema>(&mut self) -> Value {
        T::json_schema(&mut self.sent).into()
    }

    /// All schemas that were named, of both directions.
    pub(super) fn into_definitions(mut self) -> Map<String, Value> {
        let mut all = self.sent.take_definitions(true);
        for (name, schema) in self.answered.take_definitions(true) {
            let sent = all.insert(name.clone(), schema);
            assert!(
                sent.is_none_or(|sent| sent == all[&name]),
                "{name} is answered otherwise than it is taken: give the two forms two names"
            );
        }
        all.iter_mut().for_each(|(name, schema)| in_plain_forms(name, schema));
        all
    }
}

/// Writes what means the same in the forms that more programs understand.
fn in_plain_forms(name: &str, schema: &mut Value) {
    let Some(choices) = schema["oneOf"].as_array() else { return };
    let words: Option<Vec<Value>> =
        choices.iter().map(words_of).collect::<Option<Vec<_>>>().map(|words| words.concat());
    if let Some(words) = words {
        let description = [described(schema), described_words(choices)].concat().join(" ");
        *schema = json!({ "type": "string", "enum": words, "description": description });
    } else if schema.get("properties").is_some() {
        let description = described(schema).concat();
        *schema = json!({ "description": description, "oneOf": whole_variants(name, schema) });
    }
}

/// The words of a choice among words; none where it is anything else.
fn words_of(choice: &Value) -> Option<Vec<Value>> {
    if choice["type"] != "string" {
        return None;
    }
    let word = choice.get("const").map(|word| vec![word.clone()]);
    word.or_else(|| choice["enum"].as_array().cloned())
}

fn described(schema: &Value) -> Vec<String> {
    schema["description"].as_str().map(str::to_owned).into_iter().collect()
}

/// Sentences on single words, behind those on all.
fn described_words(choices: &[Value]) -> Vec<String> {
    let described = choices.iter().filter_map(|choice| {
        Some(format!("`{}`: {}", choice["const"].as_str()?, choice["description"].as_str()?))
    });
    described.collect()
}

/// The variants of an enumeration that has members beside them, each written whole: generators make a type of
/// each variant, and would leave out what stands beside it.
fn whole_variants(name: &str, schema: &Value) -> Vec<Value> {
    let mut variants = variants(schema);
    for variant in &mut variants {
        variant["title"] = format!("{name}{}", constants(variant)).into();
    }
    variants
}

/// A schema's variants, each with the members that stand beside them.
fn variants(schema: &Value) -> Vec<Value> {
    let Some(choices) = schema["oneOf"].as_array() else { return vec![schema.clone()] };
    let whole = choices.iter().flat_map(variants).map(|mut variant| {
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            variant["properties"][name] = member.clone();
        }
        let required = [&schema["required"], &variant["required"]];
        let required: Vec<Value> =
            required.into_iter().filter_map(Value::as_array).flatten().cloned().collect();
        variant["required"] = required.into();
        variant
    });
    whole.collect()
}

/// The words that tell a variant from others, as part of a name: `ReadHeldManyInactive`.
fn constants(variant: &Value) -> String {
    let members = variant["properties"].as_object().into_iter().flatten();
    let words = members.filter_map(|(_, member)| member["const"].as_str());
    words.flat_map(|word| word.split('_')).map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
