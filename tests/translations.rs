//! The page's words: every language says everything that there is to say.

use serde_json::Value;
use stopgap::license::EventKind;
use strum::IntoEnumIterator as _;

const LANGUAGES: [(&str, &str); 2] = [
    ("en", include_str!("../zendesk-app/translations/en.json")),
    ("de", include_str!("../zendesk-app/translations/de.json")),
];

/// The path of every text, in order.
fn paths(words: &Value, path: &str, found: &mut Vec<String>) {
    match words {
        Value::Object(parts) => parts.iter().for_each(|(name, part)| paths(part, &format!("{path}.{name}"), found)),
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn every_language_has_the_same_texts() {
    let [english, german] = LANGUAGES.map(|(_, words)| {
        let mut found = Vec::new();
        paths(&serde_json::from_str(words).unwrap(), "", &mut found);
        found.sort();
        found
    });
    assert!(english.len() > 100);
    assert_eq!(english, german);
}

#[test]
fn every_event_of_a_history_is_told_in_words() {
    for (language, words) in LANGUAGES {
        let words: Value = serde_json::from_str(words).unwrap();
        let told = words["sidebar"]["lookup"]["event"].as_object().unwrap();
        let mut told: Vec<&str> = told.keys().map(String::as_str).collect();
        let mut known: Vec<&str> = EventKind::iter().map(EventKind::as_str).collect();
        told.sort_unstable();
        known.sort_unstable();
        assert_eq!(told, known, "{language}");
    }
}
