//! Zendesk accepts the app that `stopgap package` writes. The rules are those of Zendesk's manifest reference.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read as _},
    path::Path,
    process::Command,
};

use serde_json::Value;

/// The logos and their width and height in pixels.
const LOGOS: [(&str, u32); 2] = [("assets/logo.png", 320), ("assets/logo-small.png", 128)];

/// The files of the package, by name.
fn package(public_url: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("stopgap.zip");
    let mut command = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    let output = command.env_clear().args(["package", "--public-url", public_url, "--output"]).arg(&zip).output();
    assert!(output.as_ref().is_ok_and(|output| output.status.success()), "{output:?}");
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(zip).unwrap())).unwrap();
    let mut files = BTreeMap::new();
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn json(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&files[name]).unwrap()
}

#[test]
fn the_manifest_has_what_zendesk_requires() {
    let manifest = json(&package("https://stopgap.example"), "manifest.json");
    assert!((1..=40).contains(&manifest["name"].as_str().unwrap().chars().count()));
    for part in ["name", "email", "url"] {
        assert!(!manifest["author"][part].as_str().unwrap().is_empty(), "author.{part}");
    }
    assert!(manifest["version"].is_string());
    assert_eq!(manifest["frameworkVersion"], "2.0", "the only version that is not retired");
    for flag in ["private", "singleInstall"] {
        assert!(manifest[flag].is_boolean(), "{flag}");
    }
    assert_eq!(manifest["signedUrls"], true, "the signature says who the agent is");
}

#[test]
fn the_app_is_in_sidebar_and_navigation_bar_at_the_public_address() {
    for (public_url, base) in [
        ("https://stopgap.example", "https://stopgap.example"),
        ("https://stopgap.example/", "https://stopgap.example"),
        ("http://localhost:8080", "http://localhost:8080"),
    ] {
        let files = package(public_url);
        let location = &json(&files, "manifest.json")["location"];
        let urls = serde_json::json!({ "support": {
            "ticket_sidebar": { "url": format!("{base}/zendesk/sidebar"), "flexible": true },
            "nav_bar": { "url": format!("{base}/zendesk/lookup") },
        } });
        assert_eq!(*location, urls);
        assert!(files.contains_key("assets/icon_nav_bar.svg"), "nav_bar needs an icon");
    }
}

#[test]
fn the_logos_have_the_size_that_zendesk_requires() {
    let files = package("https://stopgap.example");
    for (name, pixels) in LOGOS {
        let info = png::Decoder::new(Cursor::new(&files[name])).read_info().unwrap();
        assert_eq!((info.info().width, info.info().height), (pixels, pixels), "{name}");
    }
}

#[test]
fn every_translation_is_packed_under_its_locale_with_the_apps_name() {
    let files = package("https://stopgap.example");
    let packed: BTreeSet<_> = files.keys().filter_map(|name| name.strip_prefix("translations/")).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("zendesk-app/translations");
    let written: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(packed, written.iter().map(|name| name.to_str().unwrap()).collect());
    for name in &packed {
        let locale = name.strip_suffix(".json").unwrap();
        assert!(locale.len() == 2 && locale.bytes().all(|b| b.is_ascii_lowercase()), "{locale}");
        assert!(json(&files, &format!("translations/{name}"))["app"]["name"].is_string(), "{name}");
    }
    let default = json(&files, "manifest.json")["defaultLocale"].as_str().unwrap().to_owned();
    assert!(packed.contains(format!("{default}.json").as_str()), "{default}");
}
