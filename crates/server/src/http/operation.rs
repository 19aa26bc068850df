//! What a route takes and answers, read off the types of its handler.
//!
//! Not for: writing it down (`openapi`), or the types themselves (the crate `api`).
//!
//! Invariant: [`ApiHandler`] is there for a handler only when each of its parameters and its answer says
//! what it is, so the document cannot speak of other types than the handler has.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Path, State};
use domain::RefusalCode;
use http::HeaderMap;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::App;
use crate::http::error::ApiError;
use crate::http::permission::Access;
use crate::http::schemas::Schemas;

/// A parameter of a handler, and the part of it that a client sends.
pub(crate) trait Takes {
    /// The access that this proves.
    const ACCESS: Access = Access::Public;

    fn describe(_operation: &mut Operation<'_>) {}
}

/// An answer of a handler.
pub(crate) trait Answers {
    fn describe(operation: &mut Operation<'_>);
}

/// A handler of the API. `Types` are those of its parameters and its answer.
pub(crate) trait ApiHandler<Types> {
    /// The access that the handler's parameters prove.
    const ACCESS: Access;

    fn describe(operation: &mut Operation<'_>);
}

macro_rules! handlers {
    ($($parameter:ident),*) => {
        impl<F, Fut, A, $($parameter),*> ApiHandler<($($parameter,)* A,)> for F
        where
            F: FnOnce($($parameter),*) -> Fut,
            Fut: Future<Output = A>,
            A: Answers,
            $($parameter: Takes,)*
        {
            const ACCESS: Access = strictest(&[$($parameter::ACCESS),*]);

            fn describe(operation: &mut Operation<'_>) {
                $($parameter::describe(operation);)*
                A::describe(operation);
            }
        }
    };
}
handlers!();
handlers!(P1);
handlers!(P1, P2);
handlers!(P1, P2, P3);
handlers!(P1, P2, P3, P4);
handlers!(P1, P2, P3, P4, P5);

/// The first that is not for everybody: no handler asks for two.
const fn strictest(asked: &[Access]) -> Access {
    let mut index = 0;
    while index < asked.len() {
        if !matches!(asked[index], Access::Public) {
            return asked[index];
        }
        index += 1;
    }
    Access::Public
}

impl Takes for State<App> {}
impl Takes for HeaderMap {}
/// Its parameters stand in the path of the route.
impl<T> Takes for Path<T> {}
impl<T> Takes for Extension<T> {}

impl<A: Answers> Answers for Result<A, ApiError> {
    fn describe(operation: &mut Operation<'_>) {
        A::describe(operation);
        operation.refuses(&[RefusalCode::Internal]);
    }
}

/// One operation of the document, as far as it is known.
#[derive(Debug)]
pub(crate) struct Operation<'s> {
    schemas: &'s mut Schemas,
    pub(super) parameters: Vec<Value>,
    pub(super) request_body: Option<Value>,
    pub(super) responses: BTreeMap<u16, Value>,
    refusals: Vec<RefusalCode>,
}

impl<'s> Operation<'s> {
    pub(super) fn new(schemas: &'s mut Schemas) -> Self {
        Self {
            schemas,
            parameters: Vec::new(),
            request_body: None,
            responses: BTreeMap::new(),
            refusals: Vec::new(),
        }
    }

    /// A query of these members, but for those that are not taken here.
    pub(super) fn takes_query<T: JsonSchema>(&mut self, but_not: &[&str]) {
        let members = self.schemas.members::<T>();
        let required = members["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in members["properties"].as_object().into_iter().flatten() {
            if but_not.contains(&name.as_str()) {
                continue;
            }
            let is_required = required.iter().any(|required| required == name.as_str());
            let mut parameter = parameter(name, "query", schema.clone());
            parameter["required"] = is_required.into();
            self.parameters.push(parameter);
        }
        self.refuses(&[RefusalCode::RequestMalformed]);
    }

    /// A segment of the path.
    pub(super) fn takes_segment(&mut self, name: &str, schema: Value) {
        let mut parameter = parameter(name, "path", schema);
        parameter["required"] = true.into();
        self.parameters.push(parameter);
    }

    /// A header that may be left out.
    pub(super) fn takes_header(&mut self, name: &str, schema: Value) {
        self.parameters.push(parameter(name, "header", schema));
    }

    /// A body of JSON.
    pub(super) fn takes_json<T: JsonSchema>(&mut self) {
        let schema = self.schemas.sent::<T>();
        let content = json!({ "application/json": { "schema": schema } });
        self.request_body = Some(json!({ "required": true, "content": content }));
        self.refuses(&[RefusalCode::RequestMalformed]);
    }

    /// A body of bytes, in one of some media types.
    pub(super) fn takes_bytes(&mut self, description: &str, media: &[&str]) {
        let bytes = json!({ "schema": { "type": "string", "format": "binary" } });
        let content: Map<String, Value> =
            media.iter().map(|media| ((*media).to_owned(), bytes.clone())).collect();
        let body = json!({ "required": true, "description": description, "content": content });
        self.request_body = Some(body);
    }

    pub(super) fn answers_json<T: JsonSchema>(&mut self, status: u16) {
        let schema = self.schemas.answered::<T>();
        self.answers(status, "application/json", &schema);
    }

    /// One form of an answer.
    pub(super) fn answers(&mut self, status: u16, media: &str, schema: &Value) {
        self.answer(status)["content"][media] = json!({ "schema": schema });
    }

    pub(super) fn answers_header(&mut self, status: u16, name: &str, schema: Value) {
        self.answer(status)["headers"][name] = described(schema, json!({}));
    }

    /// An answer, which has no body unless one is added.
    pub(super) fn answer(&mut self, status: u16) -> &mut Value {
        self.responses.entry(status).or_insert_with(|| json!({}))
    }

    pub(super) fn refuses(&mut self, codes: &[RefusalCode]) {
        self.refusals.extend(codes);
    }

    /// The refusals of the operation by status, in the order of the codes.
    pub(super) fn refusals(&self) -> BTreeMap<u16, Vec<RefusalCode>> {
        let mut by_status = BTreeMap::<u16, Vec<RefusalCode>>::new();
        for code in RefusalCode::ALL.iter().filter(|code| self.refusals.contains(code)) {
            by_status.entry(code.status()).or_default().push(*code);
        }
        by_status
    }
}

/// A parameter that may be left out.
fn parameter(name: &str, place: &str, schema: Value) -> Value {
    described(schema, json!({ "name": name, "in": place, "required": false }))
}

/// A parameter or header of a schema, whose description stands beside it.
fn described(mut schema: Value, mut of: Value) -> Value {
    if let Some(description) =
        schema.as_object_mut().and_then(|schema| schema.remove("description"))
    {
        of["description"] = description;
    }
    of["schema"] = schema;
    of
}
