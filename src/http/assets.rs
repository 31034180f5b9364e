//! The pages' scripts, styles and translations, embedded at build time.

use actix_web::{HttpResponse, web::Path};

use super::{connection::in_pieces, error::ApiError, problem::Problem};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const STRINGS: &str = "application/json";

/// Name, content type, content.
struct Asset(&'static str, &'static str, &'static [u8]);

macro_rules! own {
    ($kind:ident, $folder:literal, $name:literal) => {
        Asset($name, $kind, include_bytes!(concat!("../../zendesk-app/", $folder, "/", $name)))
    };
}

macro_rules! strings {
    ($name:literal) => {
        Asset(
            concat!("translations/", $name),
            STRINGS,
            include_bytes!(concat!("../../zendesk-app/translations/", $name)),
        )
    };
}

/// A test compares it with the folders.
const ASSETS: &[Asset] = &[
    own!(STYLE, "sidebar", "sidebar.css"),
    own!(SCRIPT, "sidebar", "aftercare.js"),
    own!(SCRIPT, "sidebar", "api.js"),
    own!(SCRIPT, "sidebar", "delivery.js"),
    own!(SCRIPT, "sidebar", "diagnosis.js"),
    own!(SCRIPT, "sidebar", "dom.js"),
    own!(SCRIPT, "sidebar", "draft.js"),
    own!(SCRIPT, "sidebar", "evidence.js"),
    own!(SCRIPT, "sidebar", "follow.js"),
    own!(SCRIPT, "sidebar", "form.js"),
    own!(SCRIPT, "sidebar", "history.js"),
    own!(SCRIPT, "sidebar", "host.js"),
    own!(SCRIPT, "sidebar", "inputs.js"),
    own!(SCRIPT, "sidebar", "license.js"),
    own!(SCRIPT, "sidebar", "main.js"),
    own!(SCRIPT, "sidebar", "press.js"),
    own!(SCRIPT, "sidebar", "recipient.js"),
    own!(SCRIPT, "sidebar", "reply.js"),
    own!(SCRIPT, "sidebar", "state.js"),
    own!(SCRIPT, "sidebar", "text.js"),
    own!(SCRIPT, "sidebar", "zendesk.js"),
    own!(STYLE, "lookup", "lookup.css"),
    own!(SCRIPT, "lookup", "lookup.js"),
    strings!("de.json"),
    strings!("en.json"),
];

/// A script, style or translation of the pages.
#[utoipa::path(
    get, path = "/zendesk/assets/{path}", tag = "pages",
    params(("path" = String, Path, description = "The file's name")),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/plain"),
        (status = 404, description = "There is no such file", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn asset(path: Path<String>) -> Result<HttpResponse, ApiError> {
    let found = ASSETS.iter().find(|Asset(name, ..)| *name == path.as_str());
    let Asset(_, kind, content) = found.ok_or(ApiError::NotFound)?;
    Ok(in_pieces(kind, content))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_file_of_the_page_is_embedded() {
        let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("zendesk-app");
        let files = |folder: &str, before: &str| {
            let names = fs::read_dir(app.join(folder)).unwrap().map(|file| file.unwrap().file_name());
            let names = names.map(|name| format!("{before}{}", name.to_str().unwrap()));
            names.filter(|name| !name.contains(".html")).collect::<BTreeSet<_>>()
        };
        let mut expected = files("sidebar", "");
        expected.extend(files("lookup", ""));
        expected.extend(files("translations", "translations/"));
        let embedded: BTreeSet<_> = ASSETS.iter().map(|Asset(name, ..)| (*name).to_owned()).collect();
        assert_eq!(embedded, expected);
    }
}
