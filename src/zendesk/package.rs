//! The Zendesk app as a zip, made for the address where agents' browsers reach the service.

use std::io::{Cursor, Write};

use serde_json::Value;
use url::Url;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::manifest;

/// The manifest, with [`PLACEHOLDER`] where the service's address belongs.
const MANIFEST: &str = include_str!("../../zendesk-app/manifest.json");
/// What stands in the manifest's URLs before they are filled in.
const PLACEHOLDER: &str = "PUBLIC_URL";
/// Every file of the package but the manifest, in the order in which they are packed. The sidebar's page is not among
/// them: the service itself serves it.
const FILES: [(&str, &[u8]); 5] = [
    ("assets/icon_nav_bar.svg", include_bytes!("../../zendesk-app/assets/icon_nav_bar.svg")),
    ("assets/logo-small.png", include_bytes!("../../zendesk-app/assets/logo-small.png")),
    ("assets/logo.png", include_bytes!("../../zendesk-app/assets/logo.png")),
    ("translations/de.json", include_bytes!("../../zendesk-app/translations/de.json")),
    ("translations/en.json", include_bytes!("../../zendesk-app/translations/en.json")),
];

/// Why there is no package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Zendesk would not take it; one sentence a fault.
    #[error("Zendesk would refuse the package:\n- {}", .0.join("\n- "))]
    Refused(Vec<String>),
    /// The manifest in the source is not JSON.
    #[error("the manifest is not JSON")]
    Manifest(#[from] serde_json::Error),
    #[error("the package could not be packed")]
    Zip(#[from] zip::result::ZipError),
    /// Writing into the package failed.
    #[error("the package could not be written")]
    Io(#[from] std::io::Error),
}

/// The app for this public address as a zip. The same address makes the same bytes.
///
/// # Errors
/// What Zendesk would refuse, most likely an address that is not https; see [`manifest::check_manifest`].
pub fn package(public_url: &Url) -> Result<Vec<u8>, PackageError> {
    let manifest = MANIFEST.replace(PLACEHOLDER, public_url.as_str().trim_end_matches('/'));
    let faults = manifest::check_manifest(&serde_json::from_str::<Value>(&manifest)?, &FILES);
    if !faults.is_empty() {
        return Err(PackageError::Refused(faults));
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (name, bytes) in std::iter::once(("manifest.json", manifest.as_bytes())).chain(FILES) {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read;

    use super::*;

    fn packed(url: &str) -> Result<Vec<u8>, PackageError> {
        package(&Url::parse(url).unwrap())
    }

    fn read(package: Vec<u8>, name: &str) -> Vec<u8> {
        let mut archive = zip::ZipArchive::new(Cursor::new(package)).unwrap();
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn the_package_has_its_manifest_at_the_root_with_the_public_address_in_it() {
        for (public_url, page) in [
            ("https://stopgap.example", "https://stopgap.example/zendesk/sidebar"),
            ("https://tools.example/stopgap/", "https://tools.example/stopgap/zendesk/sidebar"),
            ("http://localhost:8080", "http://localhost:8080/zendesk/sidebar"),
        ] {
            let manifest: Value = serde_json::from_slice(&read(packed(public_url).unwrap(), "manifest.json")).unwrap();
            assert_eq!(manifest["location"]["support"]["ticket_sidebar"]["url"], page);
        }
        assert_eq!(read(packed("https://stopgap.example").unwrap(), "assets/logo.png"), FILES[2].1);
    }

    #[test]
    fn the_same_address_makes_the_same_bytes() {
        assert_eq!(packed("https://stopgap.example").unwrap(), packed("https://stopgap.example").unwrap());
    }

    #[test]
    fn an_address_that_zendesk_would_refuse_makes_no_package() {
        for url in ["http://stopgap.example", "http://127.0.0.1:8080", "ftp://stopgap.example"] {
            let error = packed(url).unwrap_err().to_string();
            assert!(error.contains(url), "{error}");
        }
    }

    #[test]
    fn every_language_of_the_page_is_packed_and_says_all_that_english_says() {
        let names = |text: &[u8]| {
            let mut found = BTreeSet::new();
            collect(&serde_json::from_slice(text).unwrap(), "", &mut found);
            found
        };
        let packed: BTreeSet<_> = FILES.iter().filter_map(|(name, _)| name.strip_prefix("translations/")).collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/zendesk-app/translations");
        let kept: BTreeSet<_> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(packed, kept.iter().map(String::as_str).collect());
        let english = FILES.iter().find(|(name, _)| *name == "translations/en.json").unwrap().1;
        for (name, text) in FILES.iter().filter(|(name, _)| name.starts_with("translations/")) {
            assert_eq!(names(text), names(english), "{name}");
        }
    }

    /// The dotted names of all texts, with the placeholders that each must fill.
    fn collect(value: &Value, name: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(parts) => {
                for (key, part) in parts {
                    collect(part, &format!("{name}.{key}"), found);
                }
            }
            text => {
                let text = text.as_str().unwrap();
                let holes: BTreeSet<_> =
                    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(hole, _)| hole).collect();
                found.insert(format!("{name} {holes:?}"));
            }
        }
    }
}
