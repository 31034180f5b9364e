//! The page's words: every language says everything that there is to say.

use std::collections::BTreeSet;

use serde_json::Value;

const LANGUAGES: [(&str, &str); 2] = [
    ("en", include_str!("../zendesk-app/translations/en.json")),
    ("de", include_str!("../zendesk-app/translations/de.json")),
];

/// The path of every text, with the placeholders in it.
fn paths(words: &Value, path: &str, found: &mut Vec<String>) {
    match words {
        Value::Object(parts) => parts.iter().for_each(|(name, part)| paths(part, &format!("{path}.{name}"), found)),
        text => {
            let pieces = text.as_str().unwrap().split('{').skip(1);
            let placeholders: BTreeSet<_> = pieces.filter_map(|piece| Some(piece.split_once('}')?.0)).collect();
            found.push(format!("{path} {placeholders:?}"));
        }
    }
}

#[test]
fn every_language_has_the_same_texts_with_the_same_placeholders() {
    let [english, german] = LANGUAGES.map(|(_, words)| {
        let mut found = Vec::new();
        paths(&serde_json::from_str(words).unwrap(), "", &mut found);
        found.sort();
        found
    });
    assert!(english.len() > 100);
    assert_eq!(english, german);
}

/// Where a page says the codes of one of the API's enums.
const CODES: [(&str, &str); 14] = [
    ("ArrivalState", "lookup.arrival"),
    ("AttemptOutcome", "lookup.outcome"),
    ("Channel", "lookup.channel"),
    ("DeliveryState", "lookup.delivery"),
    ("ErrorCode", "problem"),
    ("EventKind", "lookup.event"),
    ("FindingKind", "finding"),
    ("Obstacle", "problem"),
    ("SeatsSource", "evidence.use"),
    ("Purpose", "lookup.purpose"),
    ("Purpose", "steps.email_purpose"),
    ("State", "earlier"),
    ("Verdict", "verdict"),
    ("Verdict", "verdict_reason"),
];

#[test]
fn every_code_of_the_api_has_a_text_in_every_language() {
    let api: Value = serde_json::from_str(include_str!("../docs/openapi.json")).unwrap();
    for (language, texts) in LANGUAGES {
        let texts: Value = serde_json::from_str(texts).unwrap();
        for (schema, place) in CODES {
            let codes = codes(&api["components"]["schemas"][schema]);
            assert!(!codes.is_empty(), "{schema} has no codes");
            let texts = &texts["sidebar"].pointer(&format!("/{}", place.replace('.', "/"))).unwrap();
            for code in codes {
                assert!(texts[&code].is_string(), "{language} has no text for {schema} {code} in {place}");
            }
        }
    }
}

/// The values of an enum, whether or not each has its own description.
fn codes(schema: &Value) -> Vec<String> {
    let of = |schema: &Value| schema["enum"].as_array().cloned().unwrap_or_default();
    let each = schema["oneOf"].as_array().cloned().unwrap_or_default();
    let all = of(schema).into_iter().chain(each.iter().flat_map(of));
    all.filter_map(|code| code.as_str().map(ToOwned::to_owned)).collect()
}
