//! Checkers as schemas, and what is written down of failures (FORMAT 2.10).

use retake::store::cache::{EndpointKind, SchemaFailure, SchemaHooks, SchemaIssue, SchemaKind};
use retake::store::patch::Pointer;
use retake::thunks::{Runtime, Schema, Schemas};
use retake_testing::VirtualRuntime;
use serde_json::{Map, Number, Value, json};

use crate::journal::Journal;
use crate::scenario::{ApiSpec, EndpointSpec, JsonType, SchemaSpec, SkipSpec};
use crate::template::{Scope, add, expand, number_text};

/// Where failures are written down.
#[derive(Clone, Debug)]
pub(crate) struct FailureLog {
    pub(crate) journal: Journal,
    pub(crate) runtime: VirtualRuntime,
    /// The api that lines name, if they do.
    pub(crate) api: Option<String>,
}

impl FailureLog {
    fn write(&self, by: &str, failure: &SchemaFailure) {
        let kind = match failure.kind {
            EndpointKind::Query => "query",
            EndpointKind::Mutation => "mutation",
        };
        let mut line = described(failure);
        line.remove("message");
        line.insert("at".into(), self.runtime.now().into());
        line.insert("by".into(), by.into());
        line.insert("endpoint".into(), (*failure.endpoint).into());
        line.insert("type".into(), kind.into());
        if let Some(api) = &self.api {
            line.insert("api".into(), api.as_str().into());
        }
        if let Some(arg) = &failure.arg {
            line.insert("arg".into(), Value::clone(arg));
        }
        if let Some(key) = &failure.query_cache_key {
            line.insert("queryCacheKey".into(), (**key).into());
        }
        self.journal.lock().schema_failures.push(line.into());
    }
}

fn described(failure: &SchemaFailure) -> Map<String, Value> {
    let message = failure.issues.first().map(|issue| issue.message.as_str());
    let mut members = Map::new();
    members.insert("schemaName".into(), failure.schema.schema_name().into());
    members.insert("message".into(), message.into());
    members.insert("issues".into(), json!(failure.issues));
    // An absent value is `null` to a schema.
    let is_absent = failure.value.is_null()
        && match failure.schema {
            SchemaKind::Arg => failure.arg.is_none(),
            kind => kind == SchemaKind::Meta,
        };
    if !is_absent {
        members.insert("value".into(), failure.value.clone());
    }
    members
}

fn hooks(
    is_told: bool,
    caught: Option<&Value>,
    skipped: Option<&SkipSpec>,
    by: &'static str,
    log: &FailureLog,
) -> SchemaHooks {
    let mut hooks = SchemaHooks::new();
    if is_told {
        let log = log.clone();
        hooks = hooks.on_failure(move |failure| log.write(by, failure));
    }
    if let Some(template) = caught.cloned() {
        hooks = hooks.catch_failure(move |failure| {
            let arg = failure.arg.as_deref().cloned();
            let error = Some(described(failure).into());
            expand(&template, &Scope { error, ..Scope::of_arg(arg) }).unwrap_or_default()
        });
    }
    match skipped {
        None => hooks,
        Some(SkipSpec::All(all)) => hooks.skip(*all),
        Some(SkipSpec::Some(kinds)) => hooks.skip(kinds.clone()),
    }
}

/// Returns the hooks of an api.
pub(crate) fn api_hooks(spec: &ApiSpec, log: &FailureLog) -> SchemaHooks {
    let (caught, skipped) =
        (spec.catch_schema_failure.as_ref(), spec.skip_schema_validation.as_ref());
    hooks(spec.on_schema_failure, caught, skipped, "api", log)
}

/// Returns the schemas of an endpoint.
pub(crate) fn schemas(spec: &EndpointSpec, log: &FailureLog) -> Schemas {
    let specs = [
        (SchemaKind::Arg, &spec.arg_schema),
        (SchemaKind::RawResponse, &spec.raw_response_schema),
        (SchemaKind::Response, &spec.response_schema),
        (SchemaKind::RawErrorResponse, &spec.raw_error_response_schema),
        (SchemaKind::ErrorResponse, &spec.error_response_schema),
        (SchemaKind::Meta, &spec.meta_schema),
    ];
    let (caught, skipped) =
        (spec.catch_schema_failure.as_ref(), spec.skip_schema_validation.as_ref());
    let none =
        Schemas::new().hooks(hooks(spec.on_schema_failure, caught, skipped, "endpoint", log));
    specs.into_iter().fold(none, |all, (kind, spec)| match spec.clone() {
        // The other values are there always.
        Some(spec) if matches!(kind, SchemaKind::Arg | SchemaKind::Meta) => {
            all.with(kind, Absentable(spec))
        }
        Some(spec) => all.with(kind, spec),
        None => all,
    })
}

/// The checker of a value that may be absent, which is `null` to a schema.
struct Absentable(SchemaSpec);

impl Schema for Absentable {
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>> {
        validate(&self.0, (!value.is_null()).then_some(value))
    }
}

impl Schema for SchemaSpec {
    fn validate(&self, value: Value) -> Result<Value, Vec<SchemaIssue>> {
        validate(self, Some(value))
    }
}

fn validate(spec: &SchemaSpec, value: Option<Value>) -> Result<Value, Vec<SchemaIssue>> {
    let mut issues = Vec::new();
    let value = check(spec, value, &Pointer::root(), &mut issues);
    if issues.is_empty() { Ok(value.unwrap_or_default()) } else { Err(issues) }
}

/// Returns the value as `spec` wants it; what is wrong goes to `issues`.
fn check(
    spec: &SchemaSpec,
    value: Option<Value>,
    path: &Pointer,
    issues: &mut Vec<SchemaIssue>,
) -> Option<Value> {
    let value = value.or_else(|| spec.default.clone()).map(|value| coerced(spec.coerce, value));
    let mut issue = |message: String| issues.push(SchemaIssue::new(message).at(path.clone()));
    if let Some(wanted) = spec.kind
        && value.as_ref().map(type_of) != Some(wanted)
    {
        issue(format!("expected {}", format!("{wanted:?}").to_lowercase()));
        return value;
    }
    let value = value?;
    if let Some(size) = size(&value) {
        if let Some(min) = spec.min.filter(|min| size < *min) {
            issue(format!("below {min}"));
        }
        if let Some(max) = spec.max.filter(|max| size > *max) {
            issue(format!("above {max}"));
        }
    }
    Some(match value {
        Value::Object(members) => check_members(spec, members, path, issues),
        Value::Array(items) => match &spec.items {
            Some(of_items) => {
                let item = |(index, item)| {
                    let mut path = path.clone();
                    path.push_index(index);
                    check(of_items, Some(item), &path, issues).unwrap_or_default()
                };
                items.into_iter().enumerate().map(item).collect()
            }
            None => Value::Array(items),
        },
        value => value,
    })
}

fn check_members(
    spec: &SchemaSpec,
    mut members: Map<String, Value>,
    path: &Pointer,
    issues: &mut Vec<SchemaIssue>,
) -> Value {
    let inside = |name: &str| {
        let mut path = path.clone();
        path.push(name);
        path
    };
    for name in spec.required.iter().filter(|name| !members.contains_key(*name)) {
        issues.push(SchemaIssue::new("missing").at(inside(name)));
    }
    let mut checked = Map::new();
    for (name, spec) in &spec.properties {
        let member = members.remove(name);
        if (member.is_some() || spec.default.is_some())
            && let Some(member) = check(spec, member, &inside(name), issues)
        {
            checked.insert(name.clone(), member);
        }
    }
    if !spec.strip {
        checked.extend(members);
    }
    Value::Object(checked)
}

fn type_of(value: &Value) -> JsonType {
    match value {
        Value::Null => JsonType::Null,
        Value::Bool(_) => JsonType::Boolean,
        Value::Number(_) => JsonType::Number,
        Value::String(_) => JsonType::String,
        Value::Array(_) => JsonType::Array,
        Value::Object(_) => JsonType::Object,
    }
}

#[expect(clippy::cast_precision_loss, reason = "lists and texts of scenarios are short")]
fn size(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => Some(text.encode_utf16().count() as f64),
        Value::Array(items) => Some(items.len() as f64),
        _ => None,
    }
}

fn coerced(to: Option<JsonType>, value: Value) -> Value {
    match (to, value) {
        (Some(JsonType::Number), Value::String(text)) => {
            number(&text).unwrap_or(Value::String(text))
        }
        (Some(JsonType::String), Value::Number(number)) => number_text(&number).into(),
        (Some(JsonType::String), Value::Bool(is_true)) => is_true.to_string().into(),
        (_, value) => value,
    }
}

/// Reads digits, with at most one point among them and a sign before.
fn number(text: &str) -> Option<Value> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let is_number =
        is_digits(whole.strip_prefix('-').unwrap_or(whole)) && fraction.is_none_or(is_digits);
    let float = if is_number { text.parse().ok() } else { None };
    Some(add(&Number::from(0), &Number::from_f64(float?)?))
}
