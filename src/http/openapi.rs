//! `GET /openapi.json`: the API document, generated from the handlers and their types.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{
    aftercare, assets, connection::in_pieces, follow_up, health, licenses, metrics, progress, questions, sidebar,
    webhook,
};

static DOCUMENT: LazyLock<String> = LazyLock::new(document);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stopgap",
        version = "1",
        description = "Emergency GitLab licenses from the Zendesk ticket sidebar. Every response carries X-Request-Id; a \
                       problem repeats it as request_id. Any other path is answered 404, any other method 405.",
        license(name = "MIT", identifier = "MIT"),
        contact(),
    ),
    paths(
        sidebar::load_sidebar, sidebar::explain_sidebar, sidebar::load_lookup, sidebar::explain_lookup, assets::asset,
        licenses::generate, licenses::search, licenses::get, licenses::download,
        aftercare::resend, aftercare::forward, aftercare::replace, aftercare::retry, aftercare::unblock, follow_up::set,
        progress::follow,
        questions::evidence, questions::diagnosis,
        webhook::mailgun, health::live, health::ready, metrics::show, show,
    ),
    modifiers(&SecuritySchemes),
)]
struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, description) in
            [("session", "The session in the sidebar's page."), ("metrics", "STOPGAP_METRICS_TOKEN.")]
        {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.description = Some(description.to_owned());
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// The document as `docs/openapi.json` has it.
pub fn document() -> String {
    // Serializing strings and maps does not fail.
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operations", operation_id = "get_openapi",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)),
)]
pub(crate) async fn show() -> HttpResponse {
    in_pieces("application/json", DOCUMENT.as_bytes())
}
