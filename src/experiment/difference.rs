//! In what two settings differ, in words for a person.

use serde::Serialize;
use serde_json::Value;

/// Differences that are named; the rest is counted.
const NAMED: usize = 3;

/// What `there` has otherwise than `here`: `samples 6,000 there, 1,500 here; …`.
pub(super) fn differences<T: Serialize>(there: &T, here: &T) -> String {
    let mut found = Vec::new();
    if let (Ok(there), Ok(here)) = (serde_json::to_value(there), serde_json::to_value(here)) {
        compare("", &there, &here, &mut found);
    }
    let more = found.len().saturating_sub(NAMED);
    found.truncate(NAMED);
    let mut text = found.join("; ");
    if more > 0 {
        text += &format!("; and {more} more");
    }
    text
}

fn compare(name: &str, there: &Value, here: &Value, found: &mut Vec<String>) {
    if there == here {
        return;
    }
    if let (Value::Object(there), Value::Object(here)) = (there, here) {
        let names = there
            .keys()
            .chain(here.keys().filter(|key| !there.contains_key(*key)));
        for name in names {
            let of = |values: &serde_json::Map<String, Value>| values.get(name).cloned();
            let (there, here) = (of(there), of(here));
            compare(
                name,
                &there.unwrap_or(Value::Null),
                &here.unwrap_or(Value::Null),
                found,
            );
        }
        return;
    }
    let name = name.replace('_', " ");
    found.push(match (text(there), text(here)) {
        (Some(there), Some(here)) => format!("{name} {there} there, {here} here"),
        _ => format!("other {name}"),
    });
}

/// A value that is short enough to be written down.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(_) => return None,
        other => other.to_string().replace(',', ", "),
    };
    (text.chars().count() <= 40).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_and_counted() {
        let settings = |samples: usize, nc: usize, data: &str| {
            serde_json::json!({
                "samples": samples,
                "config": { "code": nc, "hidden": [8, 4], "same": 1 },
                "data": data.repeat(64),
            })
        };
        let (there, here) = (settings(10, 2, "a"), settings(20, 2, "a"));
        assert_eq!(differences(&there, &here), "samples 10 there, 20 here");
        let text = differences(&settings(10, 2, "a"), &settings(10, 4, "b"));
        assert_eq!(text, "code 2 there, 4 here; other data");
        assert_eq!(differences(&here, &here), "");
        // Three are named, and the rest is counted.
        let of = |value: u8| serde_json::json!({ "a": value, "b": value, "c": value });
        let three = "a 1 there, 2 here; b 1 there, 2 here; c 1 there, 2 here";
        assert_eq!(differences(&of(1), &of(2)), three);
        let of = |value: u8| serde_json::json!({ "a": value, "b": value, "c": value, "d": value, "e": value });
        assert_eq!(differences(&of(1), &of(2)), format!("{three}; and 2 more"));
        // Forty letters are short enough.
        let name = "n".repeat(40);
        let of = |name: &str| serde_json::json!({ "name": name });
        assert_eq!(
            differences(&of(&name), &of("m")),
            format!("name {name} there, m here")
        );
        let longer = format!("{name}n");
        assert_eq!(differences(&of(&longer), &of("m")), "other name");
    }
}
