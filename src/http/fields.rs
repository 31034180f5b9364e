//! Parsing a JSON body field by field, so that all refused fields are named at once.

use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, schema::Schema},
};

use crate::license::{FieldError, field_error::whole_number};

/// How much of an unknown field's name is repeated.
const MAX_NAME_CHARS: usize = 64;

/// The errors so far.
#[derive(Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

/// An object of the body, with its path.
#[derive(Clone, Copy)]
pub(crate) struct Object<'v> {
    path: &'v str,
    fields: &'v Map<String, Value>,
}

impl FieldErrors {
    /// The body, an object with the fields of `B`.
    pub(crate) fn body<'v, B: ToSchema>(&mut self, value: &'v Value) -> Option<Object<'v>> {
        match value {
            Value::Object(fields) => Some(self.known::<B>(Object { path: "", fields })),
            _ => self.refuse("body", "must be a JSON object"),
        }
    }

    /// A required object with the fields of `B`.
    pub(crate) fn object<'v, B: ToSchema>(&mut self, parent: Object<'v>, name: &'v str) -> Option<Object<'v>> {
        match parent.fields.get(name) {
            Some(Value::Object(fields)) => Some(self.known::<B>(Object { path: name, fields })),
            Some(_) => self.refuse(parent.path_of(name), "must be an object"),
            None => self.refuse(parent.path_of(name), "is required"),
        }
    }

    pub(crate) fn required<T>(
        &mut self,
        object: Option<Object<'_>>,
        name: &str,
        parse: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let object = object?;
        match object.fields.get(name) {
            None | Some(Value::Null) => self.refuse(object.path_of(name), "is required"),
            Some(value) => self.parsed(object, name, parse(value)),
        }
    }

    /// Null counts as absent.
    pub(crate) fn optional<T>(
        &mut self,
        object: Option<Object<'_>>,
        name: &str,
        parse: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let object = object?;
        match object.fields.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => self.parsed(object, name, parse(value)),
        }
    }

    /// An optional object that `parse` checks itself.
    pub(crate) fn nested<T>(
        &mut self,
        object: Option<Object<'_>>,
        name: &str,
        parse: impl FnOnce(&Map<String, Value>) -> Result<T, Vec<FieldError>>,
    ) -> Option<T> {
        let object = object?;
        let nested = match object.fields.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Object(nested)) => nested,
            Some(_) => return self.refuse(object.path_of(name), "must be an object"),
        };
        match parse(nested) {
            Ok(parsed) => Some(parsed),
            Err(errors) => {
                let path = object.path_of(name);
                self.0.extend(errors.into_iter().map(|e| FieldError { field: format!("{path}.{}", e.field), ..e }));
                None
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an error; returns `None` for the caller to return.
    pub(crate) fn refuse<T>(&mut self, field: impl Into<String>, detail: impl Into<String>) -> Option<T> {
        self.0.push(FieldError { field: field.into(), detail: detail.into() });
        None
    }

    /// All errors, or what was parsed.
    pub(crate) fn finish<T>(self, parsed: Option<T>) -> Result<T, Vec<FieldError>> {
        match parsed {
            Some(parsed) if self.0.is_empty() => Ok(parsed),
            _ => Err(self.0),
        }
    }

    fn parsed<T>(&mut self, object: Object<'_>, name: &str, parsed: Result<T, String>) -> Option<T> {
        match parsed {
            Ok(parsed) => Some(parsed),
            Err(detail) => self.refuse(object.path_of(name), detail),
        }
    }

    fn known<'v, B: ToSchema>(&mut self, object: Object<'v>) -> Object<'v> {
        let known = field_names::<B>();
        for name in object.fields.keys().filter(|name| !known.contains(name)) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
            let _: Option<()> = self.refuse(object.path_of(&name), "is not a field of this request");
        }
        object
    }
}

impl Object<'_> {
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// The fields that the API document names.
fn field_names<B: ToSchema>() -> Vec<String> {
    match B::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn text<T>(parse: impl FnOnce(&str) -> Result<T, String>) -> impl FnOnce(&Value) -> Result<T, String> {
    |value| value.as_str().ok_or_else(|| "must be a string".to_owned()).and_then(parse)
}

pub(crate) fn number<T>(parse: impl FnOnce(u64) -> Result<T, String>) -> impl FnOnce(&Value) -> Result<T, String> {
    |value| whole_number(value).ok_or_else(|| "must be a whole number".to_owned()).and_then(parse)
}

pub(crate) fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}
