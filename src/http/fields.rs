//! Reading the fields of a JSON body, collecting every mistake before it speaks.

use serde_json::{Map, Value};

use super::error::Problem;
use crate::license::FieldError;

/// The mistakes so far.
#[derive(Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

/// One JSON object of the body, with its path.
#[derive(Clone, Copy)]
pub struct Object<'v> {
    path: &'v str,
    fields: &'v Map<String, Value>,
}

impl Fields {
    /// The body itself, which must be an object with none but the `known` fields.
    pub fn body<'v>(&mut self, value: &'v Value, known: &[&str]) -> Option<Object<'v>> {
        if let Value::Object(fields) = value {
            Some(self.known(Object { path: "", fields }, known))
        } else {
            self.mistake("body".into(), "must be a JSON object");
            None
        }
    }

    /// A required object inside `parent`.
    pub fn object<'v>(&mut self, parent: Object<'v>, name: &'v str, known: &[&str]) -> Option<Object<'v>> {
        match parent.fields.get(name) {
            Some(Value::Object(fields)) => Some(self.known(Object { path: name, fields }, known)),
            Some(_) => {
                self.mistake(parent.path_of(name), "must be an object");
                None
            }
            None => {
                self.mistake(parent.path_of(name), "is required");
                None
            }
        }
    }

    /// A required field.
    pub fn required<T>(
        &mut self,
        object: Option<Object<'_>>,
        name: &str,
        parse: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        let object = object?;
        match object.fields.get(name) {
            None | Some(Value::Null) => {
                self.mistake(object.path_of(name), "is required");
                None
            }
            Some(value) => self.parsed(object, name, parse(value)),
        }
    }

    /// A field that may be missing or null.
    pub fn optional<T>(
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

    /// An object that may be missing or null, and whose own fields `check` knows.
    pub fn nested<T>(
        &mut self,
        object: Option<Object<'_>>,
        name: &str,
        check: impl FnOnce(&Map<String, Value>) -> Result<T, Vec<FieldError>>,
    ) -> Option<T> {
        let object = object?;
        let nested = match object.fields.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Object(nested)) => nested,
            Some(_) => {
                self.mistake(object.path_of(name), "must be an object");
                return None;
            }
        };
        let place = object.path_of(name);
        let place = |mistakes: Vec<FieldError>| {
            for FieldError { field, detail } in mistakes {
                self.mistake(format!("{place}.{field}"), detail);
            }
        };
        check(nested).map_err(place).ok()
    }

    /// Whether anything is wrong so far.
    pub fn has_mistakes(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Adds a mistake that only shows when several fields are seen together.
    pub fn mistake(&mut self, field: String, detail: impl Into<String>) {
        self.errors.push(FieldError { field, detail: detail.into() });
    }

    /// All mistakes in one answer, or what was read.
    ///
    /// # Errors
    /// 400, where there is any mistake.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            _ => Err(Problem::invalid(self.errors)),
        }
    }

    fn parsed<T>(&mut self, object: Object<'_>, name: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|detail| self.mistake(object.path_of(name), detail)).ok()
    }

    fn known<'v>(&mut self, object: Object<'v>, known: &[&str]) -> Object<'v> {
        for name in object.fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            self.mistake(object.path_of(&name), "is not a field of this request");
        }
        object
    }
}

impl Object<'_> {
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// A string, handed to `parse`.
pub fn text<T>(parse: impl FnOnce(&str) -> Result<T, String>) -> impl FnOnce(&Value) -> Result<T, String> {
    |value| value.as_str().ok_or_else(|| "must be a string".to_owned()).and_then(parse)
}

/// A whole number, handed to `parse`.
pub fn number<T>(parse: impl FnOnce(u64) -> Result<T, String>) -> impl FnOnce(&Value) -> Result<T, String> {
    |value| value.as_u64().ok_or_else(|| "must be a whole number".to_owned()).and_then(parse)
}

/// True or false.
pub fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}
