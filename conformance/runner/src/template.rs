//! Pointers, string templates and value templates (FORMAT 2.1).

use serde_json::{Map, Number, Value};

/// What templates refer to; `None` is absent, JavaScript's `undefined`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) arg: Option<Value>,
    pub(crate) result: Option<Value>,
    pub(crate) error: Option<Value>,
    pub(crate) prev: Option<Value>,
    pub(crate) page: Option<Value>,
    pub(crate) body: Option<Value>,
    pub(crate) url: Option<String>,
    pub(crate) n: u64,
}

impl Scope {
    pub(crate) fn of_arg(arg: Option<Value>) -> Self {
        Self { arg, ..Self::default() }
    }

    fn root(&self, name: &str) -> Option<&Option<Value>> {
        Some(match name {
            "arg" => &self.arg,
            "result" => &self.result,
            "error" => &self.error,
            "prev" => &self.prev,
            "page" => &self.page,
            "body" => &self.body,
            _ => return None,
        })
    }
}

/// Splits a JSON pointer into its tokens.
pub(crate) fn tokens(pointer: &str) -> Vec<String> {
    let unescape = |token: &str| token.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(unescape).collect()
}

/// Reads `token` as an index of a list.
pub(crate) fn index(token: &str) -> Option<usize> {
    let is_canonical = token == "0" || !token.starts_with(['0', '+']);
    if is_canonical { token.parse().ok() } else { None }
}

/// Returns the value at `pointer`; `None` when it does not resolve.
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    tokens(pointer).iter().try_fold(value, |value, token| match value {
        Value::Object(members) => members.get(token),
        Value::Array(items) => items.get(index(token)?),
        _ => None,
    })
}

fn pick(root: &Option<Value>, pointer: &str) -> Option<Value> {
    at(root.as_ref()?, pointer).cloned()
}

/// Writes a value as JavaScript's `String` does; objects and lists as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number_text(number),
        other => other.to_string(),
    }
}

/// Writes a number as JavaScript does: 1.0 is `1`.
pub(crate) fn number_text(number: &Number) -> String {
    whole(number).map_or_else(|| number.to_string(), |whole| whole.to_string())
}

fn whole(number: &Number) -> Option<i64> {
    let float = number.as_f64()?;
    let is_whole = float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked just above")]
    is_whole.then_some(float as i64)
}

/// Returns `one + two` as JavaScript adds numbers.
pub(crate) fn add(one: &Number, two: &Number) -> Value {
    if let (Some(one), Some(two)) = (whole(one), whole(two)) {
        return Value::from(one + two);
    }
    Value::from(one.as_f64().unwrap_or(f64::NAN) + two.as_f64().unwrap_or(f64::NAN))
}

/// Expands `{arg}`, `{arg.a.b}`, `{result..}`, `{error..}`, `{prev..}` and `{page..}` in
/// `template`.
pub(crate) fn expand_string(template: &str, scope: &Scope) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let reference = from.find('}').and_then(|close| {
            let value = resolve(&from[1..close], scope)?;
            Some((close, value))
        });
        match reference {
            Some((close, value)) => {
                out.push_str(&value);
                rest = &from[close + 1..];
            }
            None => {
                out.push('{');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the text of a reference such as `arg.a.b`; `None` when it is none.
fn resolve(reference: &str, scope: &Scope) -> Option<String> {
    let mut parts = reference.split('.');
    let root = parts.next().filter(|root| *root != "body")?;
    let root = scope.root(root)?;
    let path: Vec<_> = parts.collect();
    if path.iter().any(|part| part.is_empty() || part.contains('{')) {
        return None;
    }
    let pointer: String = path.iter().map(|part| format!("/{part}")).collect();
    Some(pick(root, &pointer).as_ref().map(text).unwrap_or_default())
}

/// Returns what a value template denotes; `None` is absent.
pub(crate) fn expand(template: &Value, scope: &Scope) -> Option<Value> {
    match template {
        Value::Array(items) => {
            let expanded = items.iter().map(|item| expand(item, scope).unwrap_or_default());
            Some(Value::Array(expanded.collect()))
        }
        Value::Object(members) => {
            if members.len() == 1
                && let Some((name, argument)) = members.iter().next()
                && let Some(value) = special(name, argument, scope)
            {
                return value;
            }
            let expanded = members
                .iter()
                .filter_map(|(name, member)| Some((name.clone(), expand(member, scope)?)));
            Some(Value::Object(expanded.collect()))
        }
        other => Some(other.clone()),
    }
}

/// Returns the value of `{"$name": argument}`; `None` when the name means nothing.
#[expect(clippy::option_option, reason = "no template, or a template that denotes nothing")]
fn special(name: &str, argument: &Value, scope: &Scope) -> Option<Option<Value>> {
    let pointer = argument.as_str().unwrap_or_default();
    Some(match name.strip_prefix('$')? {
        "str" => Some(Value::String(expand_string(pointer, scope))),
        "argOmit" => omit(scope.arg.as_ref(), argument),
        "n" => Some(scope.n.into()),
        "url" => scope.url.clone().map(Value::String),
        "seg" => segment(scope.url.as_deref(), argument),
        "add" => Some(sum(argument, scope)),
        root => pick(scope.root(root)?, pointer),
    })
}

fn omit(arg: Option<&Value>, names: &Value) -> Option<Value> {
    let Some(Value::Object(members)) = arg else { return arg.cloned() };
    let is_named = |name: &String| {
        names.as_array().is_some_and(|names| names.iter().any(|it| it.as_str() == Some(name)))
    };
    let kept: Map<_, _> = members
        .iter()
        .filter(|(name, _)| !is_named(name))
        .map(|(name, member)| (name.clone(), member.clone()))
        .collect();
    Some(Value::Object(kept))
}

fn segment(url: Option<&str>, index: &Value) -> Option<Value> {
    let path = url?.split('?').next()?;
    let index = usize::try_from(index.as_u64()?).ok()?;
    path.split('/').filter(|part| !part.is_empty()).nth(index).map(Value::from)
}

fn sum(terms: &Value, scope: &Scope) -> Value {
    let numbers = terms.as_array().into_iter().flatten().map(|term| match expand(term, scope) {
        Some(Value::Number(number)) => Value::Number(number),
        Some(Value::String(text)) => text.parse::<f64>().map_or(Value::Null, Value::from),
        _ => Value::Null,
    });
    numbers.fold(Value::from(0), |total, number| match (&total, &number) {
        (Value::Number(total), Value::Number(number)) => add(total, number),
        _ => Value::Null,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(template: Value, expected: Option<Value>) {
        let scope = Scope {
            arg: Some(json!({"id": 5, "tags": ["a"], "n": null, "a/b": 1})),
            result: Some(json!({"title": "x"})),
            url: Some("/items/7?q=1".into()),
            n: 3,
            ..Scope::default()
        };
        assert_eq!(expand(&template, &scope), expected);
    }

    #[test]
    fn templates() {
        check(json!({"$arg": "/id"}), Some(json!(5)));
        check(json!({"$arg": "/a~1b"}), Some(json!(1)));
        check(json!({"$arg": "/none"}), None);
        check(json!({"$error": ""}), None);
        check(json!({"$argOmit": ["tags", "n", "a/b"]}), Some(json!({"id": 5})));
        check(json!({"$str": "{arg.id}-{result.title}{arg.none}{x}"}), Some(json!("5-x{x}")));
        check(json!({"$str": "{arg.tags}{arg.n}"}), Some(json!("[\"a\"]null")));
        check(json!({"$add": [{"$arg": "/id"}, 1]}), Some(json!(6)));
        check(json!({"$seg": 1}), Some(json!("7")));
        check(json!({"a": {"$n": true}, "b": {"$prev": ""}}), Some(json!({"a": 3})));
        check(json!([{"$prev": ""}, {"$url": true}]), Some(json!([null, "/items/7?q=1"])));
        check(json!({"$arg": "/id", "b": 1}), Some(json!({"$arg": "/id", "b": 1})));
    }

    #[test]
    fn numbers_are_written_as_in_javascript() {
        assert_eq!(number_text(json!(1.0).as_number().unwrap()), "1");
        assert_eq!(number_text(json!(1.5).as_number().unwrap()), "1.5");
    }
}
