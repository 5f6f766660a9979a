//! JSON with what JavaScript has beside it, as Redux DevTools writes it.

use serde_json::{Map, Value};

/// What stands for a value that JSON does not have.
const KEY: &str = "$jsan";

/// How deep values, and references in them, may nest.
const MAX_DEPTH: usize = 200;

/// How much larger than the text the result may be: references can multiply what is there.
const GROWTH: usize = 8;

/// Why a text cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsanError {
    /// It is no JSON.
    #[error("it is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A reference in it leads nowhere.
    #[error("its reference `{0}` leads nowhere")]
    Dangling(String),
    /// It contains itself, or multiplies.
    #[error("it contains itself, or is too large")]
    TooLarge,
}

/// Reads JSON in which `{"$jsan":".."}` stands for what JSON does not have.
///
/// `undefined` is left out of objects and is `null` in arrays, references are replaced by
/// what they refer to, a date is its milliseconds, an error `{"message"}`, a map the list of its
/// pairs, a set the list of its values; numbers that are none are `null`, and whatever else
/// there is in JavaScript is its text.
///
/// # Errors
/// [`JsanError`] when the text is no JSON, or when its references lead nowhere or in a circle.
///
/// # Examples
/// ```
/// use retake_devtools::protocol::parse_jsan;
/// let value = parse_jsan(r#"{"a":{"b":1},"same":{"$jsan":"$.a"},"none":{"$jsan":"u"}}"#)?;
/// assert_eq!(value, serde_json::json!({"a": {"b": 1}, "same": {"b": 1}}));
/// # Ok::<(), retake_devtools::protocol::JsanError>(())
/// ```
///
/// Source: `jsan` 3.1.14, all of its options.
pub fn parse_jsan(text: &str) -> Result<Value, JsanError> {
    parse(text, 0, &mut (1024 + GROWTH * text.len()))
}

fn parse(text: &str, depth: usize, left: &mut usize) -> Result<Value, JsanError> {
    let root: Value = serde_json::from_str(text)?;
    if !text.contains(KEY) {
        return Ok(root);
    }
    let restored = Restore { root: &root, left }.value(&root, depth)?;
    Ok(restored.unwrap_or(Value::Null))
}

struct Restore<'a> {
    root: &'a Value,
    left: &'a mut usize,
}

impl Restore<'_> {
    /// Returns the value that `value` stands for; `None` for `undefined`.
    fn value(&mut self, value: &Value, depth: usize) -> Result<Option<Value>, JsanError> {
        if depth > MAX_DEPTH {
            return Err(JsanError::TooLarge);
        }
        self.charge(1)?;
        Ok(Some(match value {
            Value::Array(items) => {
                let restored = items
                    .iter()
                    .map(|item| Ok(self.value(item, depth + 1)?.unwrap_or(Value::Null)));
                Value::Array(restored.collect::<Result<_, JsanError>>()?)
            }
            Value::Object(members) => {
                if let Some(Value::String(code)) = members.get(KEY) {
                    return self.code(code, depth + 1);
                }
                self.object(members, depth + 1)?
            }
            Value::String(text) => {
                self.charge(text.len())?;
                value.clone()
            }
            _ => value.clone(),
        }))
    }

    fn object(&mut self, members: &Map<String, Value>, depth: usize) -> Result<Value, JsanError> {
        let mut restored = Map::new();
        for (name, member) in members {
            self.charge(name.len())?;
            if let Some(member) = self.value(unescaped(name, member), depth)? {
                restored.insert(name.clone(), member);
            }
        }
        Ok(Value::Object(restored))
    }

    fn code(&mut self, code: &str, depth: usize) -> Result<Option<Value>, JsanError> {
        let mut rest = code.chars();
        let kind = rest.next();
        let rest = rest.as_str();
        self.charge(rest.len())?;
        Ok(match kind {
            Some('u') => None,
            Some('$') => {
                let target = target(self.root, rest)
                    .ok_or_else(|| JsanError::Dangling(code.chars().take(200).collect()))?;
                return self.value(target, depth);
            }
            Some('n' | 'i' | 'y') => Some(Value::Null),
            Some('d') => Some(rest.parse().map_or(Value::Null, |millis: i64| millis.into())),
            Some('e') => Some(serde_json::json!({ "message": rest })),
            Some('m' | 'l') => Some(parse(rest, depth, self.left)?),
            Some('s' | 'g' | 'f' | 'r') => Some(rest.into()),
            _ => Some(code.into()),
        })
    }

    fn charge(&mut self, size: usize) -> Result<(), JsanError> {
        *self.left = self.left.checked_sub(size).ok_or(JsanError::TooLarge)?;
        Ok(())
    }
}

/// A member that is really called `$jsan` has its value in a list of one.
fn unescaped<'a>(name: &str, member: &'a Value) -> &'a Value {
    match member {
        Value::Array(items) if name == KEY => items.first().unwrap_or(member),
        _ => member,
    }
}

/// Returns what `path`, such as `.a[0]["b c"]`, leads to.
fn target<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    let (mut at, mut rest) = (root, path);
    while !rest.is_empty() {
        let name;
        (name, rest) = step(rest)?;
        at = match at {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
            Value::Object(members) => unescaped(&name, members.get(&name)?),
            _ => return None,
        };
    }
    Some(at)
}

/// Returns the first step of `path`, and what is left.
fn step(path: &str) -> Option<(String, &str)> {
    if let Some(rest) = path.strip_prefix('.') {
        let end = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        return Some((name.to_owned(), rest));
    }
    let inside = path.strip_prefix('[')?;
    if !inside.starts_with('"') {
        let (index, rest) = inside.split_once(']')?;
        return Some((index.to_owned(), rest));
    }
    // The name is a JSON string; what follows it is for the next step.
    let mut names = serde_json::Deserializer::from_str(inside).into_iter::<String>();
    let name = names.next()?.ok()?;
    let rest = inside.get(names.byte_offset()..)?.strip_prefix(']')?;
    Some((name, rest))
}
