//! What Zendesk refuses in an app's manifest, said before anybody uploads it.

use serde_json::Value;
use url::Url;

/// The longest name of an app, in characters.
const MAX_NAME_CHARS: usize = 40;
/// The one version of the framework that is not retired.
const FRAMEWORK_VERSION: &str = "2.0";
/// Where an app may stand in Zendesk Support.
const LOCATIONS: [&str; 9] = [
    "background",
    "modal",
    "nav_bar",
    "new_ticket_sidebar",
    "organization_sidebar",
    "ticket_editor",
    "ticket_sidebar",
    "top_bar",
    "user_sidebar",
];
/// The logos, and their width and height in pixels.
const LOGOS: [(&str, u32); 2] = [("assets/logo.png", 320), ("assets/logo-small.png", 128)];

/// Everything that Zendesk would refuse in this manifest and the files beside it, one sentence each; empty where it
/// would take them.
pub fn check_manifest(manifest: &Value, files: &[(&str, &[u8])]) -> Vec<String> {
    let mut faults = Vec::new();
    check_texts(manifest, &mut faults);
    check_locale(manifest, files, &mut faults);
    check_locations(manifest, files, &mut faults);
    for (name, pixels) in LOGOS {
        match file(files, name).map(png_size) {
            Some(Some(size)) if size == (pixels, pixels) => {}
            Some(_) => faults.push(format!("{name} must be a PNG of {pixels} × {pixels} pixels")),
            None => faults.push(format!("{name} is missing")),
        }
    }
    faults
}

fn check_texts(manifest: &Value, faults: &mut Vec<String>) {
    if !(1..=MAX_NAME_CHARS).contains(&text(&manifest["name"]).chars().count()) {
        faults.push(format!("name must have 1 to {MAX_NAME_CHARS} characters"));
    }
    for part in ["name", "email", "url"] {
        if text(&manifest["author"][part]).is_empty() {
            faults.push(format!("author.{part} is missing"));
        }
    }
    if !text(&manifest["author"]["email"]).contains('@') {
        faults.push("author.email must be an address".into());
    }
    if !Url::parse(text(&manifest["author"]["url"])).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        faults.push("author.url must be a URL".into());
    }
    if text(&manifest["version"]).is_empty() {
        faults.push("version must be a text such as \"1.0.0\"".into());
    }
    if manifest["frameworkVersion"] != FRAMEWORK_VERSION {
        faults.push(format!("frameworkVersion must be \"{FRAMEWORK_VERSION}\""));
    }
    for flag in ["private", "singleInstall", "signedUrls"] {
        if !manifest[flag].is_boolean() {
            faults.push(format!("{flag} must be true or false"));
        }
    }
    // Without the signature the service would not know who an agent is.
    if manifest["signedUrls"] == false {
        faults.push("signedUrls must be true: the service answers signed pages alone".into());
    }
}

fn check_locale(manifest: &Value, files: &[(&str, &[u8])], faults: &mut Vec<String>) {
    let default = text(&manifest["defaultLocale"]);
    if !is_locale(default) {
        faults.push("defaultLocale must be a locale such as \"en\" or \"pt-br\"".into());
    } else if file(files, &format!("translations/{default}.json")).is_none() {
        faults.push(format!("translations/{default}.json is missing"));
    }
    for (name, bytes) in files {
        let Some(locale) = name.strip_prefix("translations/").and_then(|rest| rest.strip_suffix(".json")) else {
            continue;
        };
        if !is_locale(locale) {
            faults.push(format!("{name} is not named after a locale"));
        }
        match serde_json::from_slice::<Value>(bytes) {
            Ok(words) if !text(&words["app"]["name"]).is_empty() => {}
            _ => faults.push(format!("{name} must be JSON with app.name in it")),
        }
    }
}

fn check_locations(manifest: &Value, files: &[(&str, &[u8])], faults: &mut Vec<String>) {
    let Some(products) = manifest["location"].as_object().filter(|products| !products.is_empty()) else {
        faults.push("location is missing".into());
        return;
    };
    for (product, locations) in products {
        if product != "support" {
            faults.push(format!("location.{product} is not a product that this app is for"));
        }
        for (name, location) in locations.as_object().into_iter().flatten() {
            let path = format!("location.{product}.{name}");
            if !LOCATIONS.contains(&name.as_str()) {
                faults.push(format!("{path} is not a location"));
            }
            let url = text(&location["url"]);
            if !is_reachable(url) {
                faults.push(format!("{path}.url must be https, or http on localhost: {url}"));
            }
            if !location["flexible"].is_null() && !location["flexible"].is_boolean() {
                faults.push(format!("{path}.flexible must be true or false"));
            }
            if name == "nav_bar" && file(files, "assets/icon_nav_bar.svg").is_none() {
                faults.push("assets/icon_nav_bar.svg is missing".into());
            }
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default().trim()
}

fn file<'a>(files: &[(&str, &'a [u8])], name: &str) -> Option<&'a [u8]> {
    files.iter().find(|(own, _)| *own == name).map(|(_, bytes)| *bytes)
}

/// Two small letters, and perhaps a hyphen with two or three more characters.
fn is_locale(text: &str) -> bool {
    let (language, region) = text.split_once('-').map_or((text, None), |(language, region)| (language, Some(region)));
    language.len() == 2
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.is_none_or(|r| (2..=3).contains(&r.len()) && r.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Zendesk's page is https, where browsers allow http frames from `localhost` alone.
fn is_reachable(url: &str) -> bool {
    Url::parse(url)
        .is_ok_and(|url| url.scheme() == "https" || (url.scheme() == "http" && url.host_str() == Some("localhost")))
}

/// Width and height out of the first chunk of a PNG (ISO 15948, 11.2.2).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    let number = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    Some((number(0)?, number(4)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({
            "name": "Stopgap",
            "author": {"name": "Support", "email": "support@acme.example", "url": "https://acme.example"},
            "defaultLocale": "en", "private": true, "singleInstall": true, "signedUrls": true,
            "version": "1.0.0", "frameworkVersion": "2.0",
            "location": {"support": {"ticket_sidebar": {"url": "https://stopgap.example/zendesk/sidebar", "flexible": true}}}
        })
    }

    fn png(pixels: u32) -> Vec<u8> {
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &pixels.to_be_bytes(), &pixels.to_be_bytes()].concat()
    }

    #[test]
    fn a_good_manifest_is_taken() {
        assert_eq!(faults(&good(), &[]), Vec::<String>::new());
        let mut local = good();
        local["location"]["support"]["ticket_sidebar"]["url"] = json!("http://localhost:8080/zendesk/sidebar");
        assert_eq!(faults(&local, &[]), Vec::<String>::new());
    }

    #[test]
    fn each_rule_of_the_manifest_is_held() {
        let sidebar = "/location/support/ticket_sidebar";
        for (pointer, value, fault) in [
            ("/name", json!(""), "name must have"),
            ("/name", json!("n".repeat(41)), "name must have"),
            ("/author/name", json!(""), "author.name"),
            ("/author/email", json!(null), "author.email is missing"),
            ("/author/email", json!("support"), "author.email must"),
            ("/author/url", json!("acme"), "author.url must"),
            ("/author", json!("Acme"), "author.name"),
            ("/defaultLocale", json!("english"), "defaultLocale"),
            ("/defaultLocale", json!("EN"), "defaultLocale"),
            ("/defaultLocale", json!("pt-br"), "translations/pt-br.json is missing"),
            ("/private", json!("true"), "private must be"),
            ("/singleInstall", json!(1), "singleInstall must be"),
            ("/signedUrls", json!(null), "signedUrls must be true or false"),
            ("/signedUrls", json!(false), "signedUrls must be true:"),
            ("/version", json!(1.0), "version must"),
            ("/frameworkVersion", json!("2"), "frameworkVersion"),
            ("/frameworkVersion", json!(2.0), "frameworkVersion"),
            ("/location", json!({}), "location is missing"),
            ("/location", json!({"talk": {}}), "location.talk"),
            ("/location/support", json!({"side": {"url": "https://a.example"}}), "support.side is not a location"),
            (sidebar, json!({}), "url must be https"),
            (sidebar, json!({"url": "http://stopgap.example"}), "url must be https"),
            (sidebar, json!({"url": "http://127.0.0.1:8080"}), "url must be https"),
            (sidebar, json!({"url": "PUBLIC_URL/zendesk/sidebar"}), "url must be https"),
            (sidebar, json!({"url": "https://a.example", "flexible": "yes"}), "flexible must be"),
            ("/location/support", json!({"nav_bar": {"url": "https://a.example"}}), "icon_nav_bar.svg is missing"),
        ] {
            let mut manifest = good();
            *manifest.pointer_mut(pointer).unwrap() = value;
            let found = faults(&manifest, &[]);
            assert!(found.iter().any(|f| f.contains(fault)), "{fault}: {found:?}");
        }
    }

    #[test]
    fn each_rule_of_the_files_is_held() {
        for (name, bytes, fault) in [
            ("assets/logo.png", png(128), "logo.png must be a PNG of 320"),
            ("assets/logo-small.png", png(320), "logo-small.png must be a PNG of 128"),
            ("assets/logo.png", b"GIF89a".to_vec(), "logo.png must be a PNG"),
            ("assets/logo.png", Vec::new(), "logo.png must be a PNG"),
            ("translations/en.json", b"{}".to_vec(), "en.json must be JSON with app.name"),
            ("translations/en.json", b"not json".to_vec(), "en.json must be JSON"),
            ("translations/german.json", br#"{"app":{"name":"Stopgap"}}"#.to_vec(), "not named after a locale"),
        ] {
            let found = faults(&good(), &[(name, &bytes)]);
            assert!(found.iter().any(|f| f.contains(fault)), "{fault}: {found:?}");
        }
        assert_eq!(check_manifest(&good(), &[]).len(), 3, "both logos and the words are missing");
    }

    /// Checks the manifest with good files beside it, `own` in place of those of the same name.
    fn faults(manifest: &Value, own: &[(&str, &[u8])]) -> Vec<String> {
        let (large, small) = (png(320), png(128));
        let good: [(&str, &[u8]); 3] = [
            ("assets/logo.png", &large),
            ("assets/logo-small.png", &small),
            ("translations/en.json", br#"{"app": {"name": "Stopgap"}}"#),
        ];
        let kept = good.into_iter().filter(|(name, _)| own.iter().all(|(n, _)| n != name));
        check_manifest(manifest, &own.iter().copied().chain(kept).collect::<Vec<_>>())
    }
}
