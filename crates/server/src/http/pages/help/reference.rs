//! The API as a page to read and as a document in Markdown, made from the OpenAPI document.
//!
//! Invariant: they say what `/openapi.json` says and nothing else; a test finds every operation in them.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use domain::markdown::in_line;
use serde_json::{Map, Value};

use crate::App;
use crate::http::openapi::ApiDocument;
use crate::http::pages::access::Viewer;
use crate::http::pages::filters;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::respond::{PageResult, html};
use crate::http::pages::site::{SiteUrl, USUAL_HOST};

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferencePage {
    page: Layout,
    site: String,
    about: String,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

/// The reference in Markdown, for the documentation.
#[derive(Template)]
#[template(path = "reference.txt")]
struct ReferenceDocument {
    about: String,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    takes_token: bool,
    parameters: Vec<Field>,
    body: Option<Kind>,
    answers: Vec<Answer>,
}

struct Answer {
    status: String,
    description: String,
    kind: Kind,
}

struct Schema {
    name: String,
    description: String,
    fields: Vec<Field>,
    /// The kind of a schema that has no fields.
    kind: Option<Kind>,
}

struct Field {
    name: String,
    /// The part of the request it stands in; empty in a schema.
    place: String,
    is_required: bool,
    kind: Kind,
    description: String,
}

/// A type in words, and the schema it names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Kind {
    words: String,
    schema: Option<String>,
}

pub(crate) async fn get_reference(
    State(app): State<App>,
    viewer: Viewer,
    site: SiteUrl,
    Extension(document): Extension<ApiDocument>,
) -> PageResult {
    let site = site.or_host(USUAL_HOST);
    let document = document.json();
    let fill = |path: &str| {
        path.replace("{customer}", viewer.customer.as_str()).replace("{unit}", viewer.unit.as_str())
    };
    html(&ReferencePage {
        page: Layout::for_member(&app, &viewer, Section::Help, "API").await?,
        site,
        about: text(&document["info"], "description"),
        operations: operations(document, fill),
        schemas: members(&document["components"]["schemas"]).map(schema).collect(),
    })
}

/// The page of the documentation about the API.
pub(crate) fn reference_document(document: &Value) -> String {
    let written = |words: &mut String| *words = in_line(words);
    let mut operations = operations(document, str::to_owned);
    for operation in &mut operations {
        let fields = operation.parameters.iter_mut().map(|field| &mut field.description);
        fields.for_each(written);
        operation.answers.iter_mut().for_each(|answer| written(&mut answer.description));
    }
    let mut schemas: Vec<Schema> =
        members(&document["components"]["schemas"]).map(schema).collect();
    for schema in &mut schemas {
        written(&mut schema.description);
        schema.fields.iter_mut().for_each(|field| written(&mut field.description));
    }
    let about = in_line(&text(&document["info"], "description"));
    let page = ReferenceDocument { about, operations, schemas };
    page.render().expect("a text takes all that is written to it")
}

fn operations(document: &Value, fill: impl Fn(&str) -> String) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            operations.push(Operation {
                id: text(operation, "operationId"),
                method: method.to_uppercase(),
                path: fill(path),
                summary: text(operation, "summary"),
                takes_token: !items(&operation["security"]).is_empty(),
                parameters: items(&operation["parameters"]).iter().filter_map(parameter).collect(),
                body: operation.get("requestBody").map(content),
                answers: members(&operation["responses"]).map(answer).collect(),
            });
        }
    }
    operations
}

/// The field of a parameter; none for the customer and the unit, which are filled in.
fn parameter(parameter: &Value) -> Option<Field> {
    let name = text(parameter, "name");
    let is_filled_in = parameter["in"] == "path" && ["customer", "unit"].contains(&name.as_str());
    (!is_filled_in).then(|| Field {
        name,
        place: text(parameter, "in"),
        is_required: parameter["required"] == true,
        kind: kind(&parameter["schema"]),
        description: text(parameter, "description"),
    })
}

fn answer((status, answer): (&String, &Value)) -> Answer {
    Answer {
        status: status.clone(),
        description: text(answer, "description"),
        kind: content(answer),
    }
}

/// The media types and the schema of a body; of several, that of the first.
fn content(body: &Value) -> Kind {
    let media: Vec<&str> = members(&body["content"]).map(|(media, _)| media.as_str()).collect();
    let schema = members(&body["content"]).find_map(|(_, content)| kind(&content["schema"]).schema);
    Kind { words: media.join(", "), schema }
}

fn schema((name, schema): (&String, &Value)) -> Schema {
    let mut fields = Vec::new();
    let variants = items(&schema["oneOf"]).iter().chain(items(&schema["anyOf"]));
    for part in std::iter::once(schema).chain(items(&schema["allOf"])).chain(variants) {
        let required = items(&part["required"]);
        for (name, value) in members(&part["properties"]) {
            let known = fields.iter().any(|field: &Field| field.name == *name);
            if !known {
                fields.push(Field {
                    is_required: required.iter().any(|required| required == name.as_str()),
                    name: name.clone(),
                    place: String::new(),
                    kind: kind(value),
                    description: text(value, "description"),
                });
            }
        }
    }
    let kind = fields.is_empty().then(|| kind(schema));
    Schema { name: name.clone(), description: text(schema, "description"), fields, kind }
}

fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return Kind { words: name.to_owned(), schema: Some(name.to_owned()) };
    }
    let choices = if schema["anyOf"].is_array() { &schema["anyOf"] } else { &schema["oneOf"] };
    if !items(choices).is_empty() {
        let kinds: Vec<Kind> = items(choices).iter().map(kind).collect();
        let words: Vec<&str> = kinds.iter().map(|kind| kind.words.as_str()).collect();
        let words = words.join(" or ");
        return Kind { words, schema: kinds.into_iter().find_map(|kind| kind.schema) };
    }
    if let Some(value) = schema.get("const") {
        return Kind { words: value.to_string(), schema: None };
    }
    let values = items(&schema["enum"]);
    if !values.is_empty() {
        let words: Vec<String> = values.iter().map(Value::to_string).collect();
        return Kind { words: words.join(", "), schema: None };
    }
    let words = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    };
    if words.starts_with("array") {
        let of = kind(&schema["items"]);
        return Kind { words: format!("list of {}", of.words), schema: of.schema };
    }
    Kind { words, schema: None }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_is_told_in_words() {
        for (schema, words, named) in [
            (json!({ "type": "string" }), "string", None),
            (json!({ "type": ["string", "null"] }), "string or null", None),
            (json!({ "$ref": "#/components/schemas/Run" }), "Run", Some("Run")),
            (
                json!({ "type": "array", "items": { "$ref": "#/a/Run" } }),
                "list of Run",
                Some("Run"),
            ),
            (
                json!({ "anyOf": [{ "$ref": "#/a/Run" }, { "type": "null" }] }),
                "Run or null",
                Some("Run"),
            ),
            (json!({ "enum": ["a", "b"] }), "\"a\", \"b\"", None),
            (json!({ "const": "a" }), "\"a\"", None),
            (json!(true), "", None),
        ] {
            let expected = Kind { words: words.to_owned(), schema: named.map(str::to_owned) };
            assert_eq!(kind(&schema), expected, "{schema}");
        }
    }
}
