//! JavaScript literals: what people type into the dispatcher.

use serde_json::{Map, Number, Value};

/// How deep literals may nest.
const MAX_DEPTH: usize = 64;

/// Why a text is no literal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "character {at}: {what}; write JSON or a JavaScript literal, such as {{type: 'a/b', payload: 1}}"
)]
pub struct LiteralError {
    /// Which character, from 1.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// Reads a JavaScript literal: JSON, and names without quotes, other quotes, comments,
/// trailing commas, `undefined` and numbers as JavaScript writes them.
///
/// Nothing is evaluated. Members that are `undefined` are left out; an empty text is
/// `undefined`, and `None`.
///
/// # Errors
/// [`LiteralError`] when the text is something else: a call, a variable, an operator.
///
/// # Examples
/// ```
/// use retake_devtools::protocol::parse_literal;
/// let action = parse_literal("{\n  type: 'filter/textChanged', payload: \"rust\", // typed\n}")?;
/// assert_eq!(action, Some(serde_json::json!({"type": "filter/textChanged", "payload": "rust"})));
/// # Ok::<(), retake_devtools::protocol::LiteralError>(())
/// ```
pub fn parse_literal(text: &str) -> Result<Option<Value>, LiteralError> {
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(Some(value));
    }
    let mut literal = Literal { rest: text, text };
    literal.skip_blanks()?;
    if literal.rest.is_empty() {
        return Ok(None);
    }
    let value = literal.value(0)?;
    literal.skip_blanks()?;
    literal.rest = literal.rest.strip_prefix(';').unwrap_or(literal.rest);
    literal.skip_blanks()?;
    if literal.rest.is_empty() { Ok(value) } else { Err(literal.error("the end was expected")) }
}

struct Literal<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Literal<'a> {
    fn error(&self, what: &'static str) -> LiteralError {
        let read = self.text.len() - self.rest.len();
        let at = self.text.get(..read).map_or(0, |read| read.chars().count()) + 1;
        LiteralError { at, what }
    }

    /// Returns the value here; `None` for `undefined`.
    fn value(&mut self, depth: usize) -> Result<Option<Value>, LiteralError> {
        if depth > MAX_DEPTH {
            return Err(self.error("this is nested too deep"));
        }
        self.skip_blanks()?;
        match self.rest.chars().next() {
            Some('{') => self.object(depth).map(Some),
            Some('[') => self.array(depth).map(Some),
            Some('(') => {
                self.advance(1);
                let value = self.value(depth + 1)?;
                self.expect(')', "`)` was expected")?;
                Ok(value)
            }
            Some(quote @ ('"' | '\'' | '`')) => {
                self.advance(1);
                self.string(quote).map(|text| Some(text.into()))
            }
            Some('0'..='9' | '.' | '+' | '-') => self.number().map(Some),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Option<Value>, LiteralError> {
        let start = self.rest;
        match self.name() {
            "null" | "NaN" | "Infinity" => Ok(Some(Value::Null)),
            "true" => Ok(Some(true.into())),
            "false" => Ok(Some(false.into())),
            "undefined" => Ok(None),
            _ => {
                self.rest = start;
                Err(self.error("a value was expected"))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, LiteralError> {
        self.advance(1);
        let mut members = Map::new();
        while !self.take('}')? {
            let name = match self.rest.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    self.advance(1);
                    self.string(quote)?
                }
                _ => self.name().to_owned(),
            };
            if name.is_empty() {
                return Err(self.error("a name was expected"));
            }
            self.expect(':', "`:` was expected")?;
            if let Some(value) = self.value(depth + 1)? {
                members.insert(name, value);
            }
            self.separator('}')?;
        }
        Ok(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<Value, LiteralError> {
        self.advance(1);
        let mut items = Vec::new();
        while !self.take(']')? {
            items.push(self.value(depth + 1)?.unwrap_or(Value::Null));
            self.separator(']')?;
        }
        Ok(Value::Array(items))
    }

    fn string(&mut self, quote: char) -> Result<String, LiteralError> {
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.error("the text does not end")),
                Some(it) if it == quote => return Ok(text),
                Some('\\') => self.escaped(&mut text)?,
                Some('$') if quote == '`' && self.rest.starts_with('{') => {
                    return Err(self.error("nothing is evaluated in a text"));
                }
                Some('\n' | '\r') if quote != '`' => {
                    return Err(self.error("the text does not end"));
                }
                Some(it) => text.push(it),
            }
        }
    }

    fn escaped(&mut self, text: &mut String) -> Result<(), LiteralError> {
        let it = match self.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('v') => '\u{b}',
            Some('0') => '\0',
            // A line that goes on.
            Some('\n') => return Ok(()),
            Some('x') => self.code_unit(2)?.into_char(self)?,
            Some('u') => self.unicode()?,
            Some(it) => it,
            None => return Err(self.error("the text does not end")),
        };
        text.push(it);
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, LiteralError> {
        if let Some(rest) = self.rest.strip_prefix('{') {
            let Some((digits, rest)) = rest.split_once('}') else {
                return Err(self.error("`}` was expected"));
            };
            let code = u32::from_str_radix(digits, 16).map_err(|_| self.error("no code point"))?;
            self.rest = rest;
            return CodeUnit(code).into_char(self);
        }
        let first = self.code_unit(4)?;
        if !(0xd800..0xdc00).contains(&first.0) {
            return first.into_char(self);
        }
        let Some(rest) = self.rest.strip_prefix("\\u") else {
            return Err(self.error("half a character"));
        };
        self.rest = rest;
        let second = self.code_unit(4)?;
        let Some(low @ 0..0x400) = second.0.checked_sub(0xdc00) else {
            return Err(self.error("half a character"));
        };
        CodeUnit(0x1_0000 + ((first.0 - 0xd800) << 10) + low).into_char(self)
    }

    fn code_unit(&mut self, digits: usize) -> Result<CodeUnit, LiteralError> {
        let code = self.rest.get(..digits).filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.error("hexadecimal digits were expected"))?;
        self.advance(digits);
        Ok(CodeUnit(code))
    }

    fn number(&mut self) -> Result<Value, LiteralError> {
        let is_part = |it: char| it.is_ascii_alphanumeric() || "+-._".contains(it);
        let end = self.rest.find(|it| !is_part(it)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        let text = text.replace('_', "");
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.strip_prefix('+').unwrap_or(&text)),
        };
        let value = if let Some(hex) = digits.strip_prefix("0x") {
            u64::from_str_radix(hex, 16).ok().filter(|_| sign.is_empty()).map(Number::from)
        } else if digits == "Infinity" || digits == "NaN" {
            self.rest = rest;
            return Ok(Value::Null);
        } else {
            let whole = format!("{sign}{digits}");
            let integer = whole.parse::<i64>().map(Number::from).ok();
            let integer = integer.or_else(|| whole.parse::<u64>().map(Number::from).ok());
            // `parse` also reads words.
            let is_decimal = digits.starts_with(|it: char| it.is_ascii_digit() || it == '.');
            integer.or_else(|| whole.parse().ok().filter(|_| is_decimal).and_then(Number::from_f64))
        };
        let value = value.ok_or_else(|| self.error("this is no number"))?;
        self.rest = rest;
        Ok(Value::Number(value))
    }

    /// Returns the name here; empty if there is none.
    fn name(&mut self) -> &'a str {
        let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
        let end = self.rest.find(|it| !is_part(it)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    fn separator(&mut self, end: char) -> Result<(), LiteralError> {
        self.skip_blanks()?;
        if self.rest.starts_with(end) {
            return Ok(());
        }
        self.expect(',', "`,` was expected")
    }

    fn expect(&mut self, it: char, what: &'static str) -> Result<(), LiteralError> {
        if self.take(it)? { Ok(()) } else { Err(self.error(what)) }
    }

    fn take(&mut self, it: char) -> Result<bool, LiteralError> {
        self.skip_blanks()?;
        let rest = self.rest.strip_prefix(it);
        self.rest = rest.unwrap_or(self.rest);
        Ok(rest.is_some())
    }

    fn skip_blanks(&mut self) -> Result<(), LiteralError> {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(comment) = self.rest.strip_prefix("//") {
                self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                let end = comment.split_once("*/");
                self.rest = end.ok_or_else(|| self.error("the comment does not end"))?.1;
            } else {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let it = self.rest.chars().next()?;
        self.advance(it.len_utf8());
        Some(it)
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

struct CodeUnit(u32);

impl CodeUnit {
    fn into_char(self, literal: &Literal<'_>) -> Result<char, LiteralError> {
        char::from_u32(self.0).ok_or_else(|| literal.error("no code point"))
    }
}
