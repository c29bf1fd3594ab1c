//! The smallest value that fits a JSON schema, with a text in the first string that may be any.
//!
//! Of an object it has what is required, or every property where nothing is; of a list as few items
//! as it may have, or one while the text has no place yet. It leaves out what nobody asks models
//! for: patterns, dependencies, negations.

use serde_json::{Map, Value, json};

/// The most values that are looked at, and bytes copied: schemas that grow without end are cut off.
const MAX_STEPS: usize = 100_000;
const MAX_DEPTH: usize = 32;
/// The most items of a list and characters that are filled in.
const MAX_LENGTH: u64 = 256;

/// A value that fits `schema`, which may be anything; `null` where none was found.
pub(crate) fn smallest(schema: &Value, text: &str) -> Value {
    let mut search = Search { root: schema, text: Some(text), steps: 0, open: Vec::new() };
    search.value(schema, 0).unwrap_or(Value::Null)
}

struct Search<'a> {
    root: &'a Value,
    /// Until it has a place.
    text: Option<&'a str>,
    steps: usize,
    /// The references that are being followed: one within itself has no smallest value.
    open: Vec<&'a str>,
}

impl<'a> Search<'a> {
    fn value(&mut self, schema: &'a Value, depth: usize) -> Option<Value> {
        self.steps += 1;
        if self.steps > MAX_STEPS || depth > MAX_DEPTH {
            return None;
        }
        if let Some(name) = schema["$ref"].as_str() {
            return self.reference(name, depth);
        }
        if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
            self.steps += value.to_string().len();
            return Some(value.clone());
        }
        for key in ["anyOf", "oneOf", "any_of"] {
            if let Some(options) = schema[key].as_array() {
                return self.first(options, depth);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            return self.all(all, depth);
        }
        let types = match &schema["type"] {
            Value::Array(types) => types.as_slice(),
            one => std::slice::from_ref(one),
        };
        types.iter().find_map(|named| self.of_type(named.as_str(), schema, depth))
    }

    fn of_type(&mut self, named: Option<&str>, schema: &'a Value, depth: usize) -> Option<Value> {
        let named = named.map(str::to_ascii_lowercase);
        match named.as_deref() {
            Some("string") => Some(self.string(schema).into()),
            Some("integer" | "number") => Some(number(schema)),
            Some("boolean") => Some(false.into()),
            Some("null") => Some(Value::Null),
            Some("array") => self.array(schema, depth),
            Some("object") => self.object(schema, depth),
            _ if schema.get("properties").is_some() => self.object(schema, depth),
            _ if schema.get("items").is_some() => self.array(schema, depth),
            // Anything fits.
            _ => Some(self.text.take().map_or(Value::Null, Value::from)),
        }
    }

    fn reference(&mut self, name: &'a str, depth: usize) -> Option<Value> {
        let target = self.root.pointer(name.strip_prefix('#')?)?;
        if self.open.contains(&name) {
            return None;
        }
        self.open.push(name);
        let value = self.value(target, depth + 1);
        self.open.pop();
        value
    }

    fn first(&mut self, options: &'a [Value], depth: usize) -> Option<Value> {
        options.iter().find_map(|option| {
            let text = self.text;
            let value = self.value(option, depth + 1);
            if value.is_none() {
                self.text = text;
            }
            value
        })
    }

    /// What fits all of them, if they are objects, or else what fits the first.
    fn all(&mut self, schemas: &'a [Value], depth: usize) -> Option<Value> {
        let mut values = schemas.iter().map(|schema| self.value(schema, depth + 1));
        let mut whole = values.next()??;
        for value in values {
            if let (Value::Object(whole), Value::Object(more)) = (&mut whole, value?) {
                whole.extend(more);
            }
        }
        Some(whole)
    }

    fn object(&mut self, schema: &'a Value, depth: usize) -> Option<Value> {
        let properties = schema["properties"].as_object();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (key, property) in properties.into_iter().flatten() {
            let needed = required.contains(&key.as_str());
            if !needed && !required.is_empty() {
                continue;
            }
            self.steps += key.len();
            match self.value(property, depth + 1) {
                Some(value) => drop(object.insert(key.clone(), value)),
                None if needed => return None,
                None => {}
            }
        }
        for key in required {
            if !object.contains_key(key) {
                object.insert(key.to_owned(), Value::Null);
            }
        }
        Some(object.into())
    }

    fn array(&mut self, schema: &'a Value, depth: usize) -> Option<Value> {
        let count = |key: &str| schema[key].as_u64().map(|count| count.min(MAX_LENGTH));
        let least = count("minItems").unwrap_or(0);
        let wish = if self.text.is_some() { 1 } else { 0 };
        let length = least.max(wish.min(count("maxItems").unwrap_or(1)));
        let mut items = Vec::new();
        for idx in 0..length {
            let item = schema["prefixItems"].get(usize::try_from(idx).ok()?);
            match self.value(item.unwrap_or(&schema["items"]), depth + 1) {
                Some(value) => items.push(value),
                None if idx < least => return None,
                None => break,
            }
        }
        Some(items.into())
    }

    fn string(&mut self, schema: &Value) -> String {
        let known = match schema["format"].as_str() {
            Some("date-time") => "2026-01-01T00:00:00Z",
            Some("date") => "2026-01-01",
            Some("time") => "00:00:00Z",
            Some("duration") => "PT0S",
            Some("email") => "mock@example.com",
            Some("uri" | "url") => "https://example.com/",
            Some("uuid") => "00000000-0000-4000-8000-000000000000",
            Some("hostname") => "example.com",
            Some("ipv4") => "192.0.2.1",
            Some("ipv6") => "2001:db8::1",
            _ => "",
        };
        if !known.is_empty() {
            return known.to_owned();
        }
        let text = self.text.take().unwrap_or_default();
        let length = |key: &str| schema[key].as_u64();
        let most = length("maxLength").and_then(|most| usize::try_from(most).ok());
        let mut text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
        let least = length("minLength").unwrap_or(0).min(MAX_LENGTH);
        let missing = usize::try_from(least).unwrap_or(0).saturating_sub(text.chars().count());
        text.extend(std::iter::repeat_n('-', missing));
        text
    }
}

/// Zero, or else a number near a bound, or between the bounds, that fits.
fn number(schema: &Value) -> Value {
    let bound = |key: &str| schema[key].as_f64();
    let fits = |value: f64| {
        bound("minimum").is_none_or(|least| value >= least)
            && bound("exclusiveMinimum").is_none_or(|least| value > least)
            && bound("maximum").is_none_or(|most| value <= most)
            && bound("exclusiveMaximum").is_none_or(|most| value < most)
    };
    let step = bound("multipleOf").filter(|step| *step > 0.0).unwrap_or(1.0);
    let least = bound("minimum").or(bound("exclusiveMinimum"));
    let most = bound("maximum").or(bound("exclusiveMaximum"));
    let around = |bound: f64| {
        let (below, above) = ((bound / step).floor() * step, (bound / step).ceil() * step);
        [below, above, below - step, above + step]
    };
    let middle = least.zip(most).map(|(least, most)| f64::midpoint(least, most));
    let near = [least, most].into_iter().flatten().flat_map(around);
    let value = [0.0].into_iter().chain(near).chain(middle).find(|value| fits(*value));
    let value = value.unwrap_or_default();
    if value.fract() == 0.0 && value.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and an i64 holds it")]
        return json!(value as i64);
    }
    json!(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        assert_eq!(smallest(&schema, "hi"), expected);
    }

    #[test]
    fn the_text_stands_in_the_first_string() {
        let string = json!({"type": "string"});
        check(
            json!({"type": "object", "properties": {
                "kind": {"enum": ["a", "b"]}, "name": string, "more": string}}),
            json!({"kind": "a", "name": "hi", "more": ""}),
        );
        check(json!({"type": "array", "items": string}), json!(["hi"]));
        check(json!({"type": ["null", "string"]}), json!(null));
        check(json!({}), json!("hi"));
    }

    #[test]
    fn only_what_is_required_is_there() {
        let schema = json!({"type": "OBJECT", "required": ["n", "b", "x"], "properties": {
            "o": {"type": "STRING"}, "n": {"type": "NUMBER"}, "b": {"type": "BOOLEAN"}}});
        check(schema, json!({"n": 0, "b": false, "x": null}));
    }

    #[test]
    fn references_are_followed_and_end() {
        let node = json!({"type": "object", "required": ["name", "next"], "properties": {
            "name": {"type": "string"},
            "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}});
        let end = json!({"name": "hi", "next": null});
        check(json!({"$ref": "#/$defs/node", "$defs": {"node": node}}), end);
        check(json!({"$ref": "#"}), Value::Null);
        check(json!({"$ref": "#/nowhere"}), Value::Null);
    }

    #[test]
    fn bounds_are_kept() {
        check(json!({"type": "integer", "minimum": 3}), json!(3));
        check(json!({"type": "integer", "exclusiveMaximum": -2, "multipleOf": 5}), json!(-5));
        check(json!({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}), json!(0.25));
        check(json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}), json!(0.5));
        check(json!({"type": "string", "maxLength": 1}), json!("h"));
        check(json!({"type": "string", "minLength": 4}), json!("hi--"));
        check(
            json!({"type": "array", "items": {"type": "null"}, "minItems": 2}),
            json!([null, null]),
        );
        check(json!({"type": "array", "items": {"type": "string"}, "maxItems": 0}), json!([]));
    }

    #[test]
    fn parts_of_a_whole_are_joined() {
        let part = |key: &str| json!({"type": "object", "properties": {key: {"const": 1}}});
        check(json!({"allOf": [part("a"), part("b")]}), json!({"a": 1, "b": 1}));
    }

    #[test]
    fn schemas_that_explode_are_cut_off() {
        let many = |name: &str| json!({"type": "array", "minItems": 256, "items": {"$ref": name}});
        let schema = json!({"$ref": "#/$defs/a", "$defs": {
            "a": many("#/$defs/b"), "b": many("#/$defs/c"), "c": {"const": "x".repeat(99)}}});
        check(schema, Value::Null);
    }
}
