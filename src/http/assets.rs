//! The page's own scripts, style and strings, embedded at build.

use actix_web::{HttpResponse, web::Path};

use super::problem::Problem;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const STRINGS: &str = "application/json";

/// One embedded file: where it is served, its type, its content.
struct Asset(&'static str, &'static str, &'static [u8]);

macro_rules! sidebar {
    ($kind:ident, $name:literal) => {
        Asset($name, $kind, include_bytes!(concat!("../../zendesk-app/sidebar/", $name)))
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

/// Everything that the page loads from us; a test compares it with the folders.
const ASSETS: &[Asset] = &[
    sidebar!(STYLE, "sidebar.css"),
    sidebar!(STYLE, "tokens.css"),
    sidebar!(SCRIPT, "aftercare.js"),
    sidebar!(SCRIPT, "api.js"),
    sidebar!(SCRIPT, "comment.js"),
    sidebar!(SCRIPT, "diagnosis.js"),
    sidebar!(SCRIPT, "dom.js"),
    sidebar!(SCRIPT, "draft.js"),
    sidebar!(SCRIPT, "earlier.js"),
    sidebar!(SCRIPT, "evidence.js"),
    sidebar!(SCRIPT, "form.js"),
    sidebar!(SCRIPT, "host.js"),
    sidebar!(SCRIPT, "letter.js"),
    sidebar!(SCRIPT, "license.js"),
    sidebar!(SCRIPT, "main.js"),
    sidebar!(SCRIPT, "press.js"),
    sidebar!(SCRIPT, "progress.js"),
    sidebar!(SCRIPT, "recipient.js"),
    sidebar!(SCRIPT, "steps.js"),
    sidebar!(SCRIPT, "words.js"),
    strings!("de.json"),
    strings!("en.json"),
];

pub async fn asset(path: Path<String>) -> Result<HttpResponse, Problem> {
    let found = ASSETS.iter().find(|Asset(name, ..)| *name == path.as_str());
    let Asset(_, kind, content) = found.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().content_type(*kind).body(*content))
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
            names.filter(|name| name != "index.html").collect::<BTreeSet<_>>()
        };
        let mut expected = files("sidebar", "");
        expected.extend(files("translations", "translations/"));
        let embedded: BTreeSet<_> = ASSETS.iter().map(|Asset(name, ..)| (*name).to_owned()).collect();
        assert_eq!(embedded, expected);
    }
}
