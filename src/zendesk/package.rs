//! The Zendesk app as a zip for an administrator to upload.

use std::io::{Cursor, Write as _};

use url::{Host, Url};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

const MANIFEST: &str = include_str!("../../zendesk-app/manifest.json");
/// Stands for the service's address in the manifest's URLs.
const PLACEHOLDER: &str = "PUBLIC_URL";
/// All other files. The pages are not among them: the service serves them itself.
const FILES: [(&str, &[u8]); 5] = [
    ("assets/icon_nav_bar.svg", include_bytes!("../../zendesk-app/assets/icon_nav_bar.svg")),
    ("assets/logo-small.png", include_bytes!("../../zendesk-app/assets/logo-small.png")),
    ("assets/logo.png", include_bytes!("../../zendesk-app/assets/logo.png")),
    ("translations/de.json", include_bytes!("../../zendesk-app/translations/de.json")),
    ("translations/en.json", include_bytes!("../../zendesk-app/translations/en.json")),
];

#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error("Zendesk would refuse the package: the public address must be https, or http on localhost: {0}")]
    Address(Url),
    #[error("the package could not be written")]
    Zip(#[from] zip::result::ZipError),
    #[error("the package could not be written")]
    Io(#[from] std::io::Error),
}

/// Reproducible: the same address gives the same bytes.
pub(crate) fn package(public_url: &Url) -> Result<Vec<u8>, PackageError> {
    if !is_embeddable(public_url) {
        return Err(PackageError::Address(public_url.clone()));
    }
    let manifest = MANIFEST.replace(PLACEHOLDER, public_url.as_str().trim_end_matches('/'));
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

/// Zendesk's pages are https. From there, browsers load http frames from `localhost` only.
fn is_embeddable(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => url.host() == Some(Host::Domain("localhost")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_gives_the_same_bytes() {
        let url = Url::parse("https://stopgap.example").unwrap();
        assert_eq!(package(&url).unwrap(), package(&url).unwrap());
    }

    #[test]
    fn an_address_that_zendesk_cannot_embed_gives_no_package() {
        for (address, is_accepted) in [
            ("https://stopgap.example", true),
            ("http://localhost:8080", true),
            ("http://stopgap.example", false),
            ("http://127.0.0.1:8080", false),
            ("ftp://stopgap.example", false),
        ] {
            match package(&Url::parse(address).unwrap()) {
                Ok(_) => assert!(is_accepted, "{address}"),
                Err(error) => assert!(!is_accepted && error.to_string().contains(address), "{error}"),
            }
        }
    }
}
