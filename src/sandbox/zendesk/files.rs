//! The page's files, embedded.

use crate::sandbox::web::Answer;

/// The sandbox's own SDK.
pub(super) const SDK: &str = include_str!("page/zaf_sdk.js");
/// Where the SDK is served.
pub(super) const SDK_PATH: &str = "/sdk/zaf_sdk.min.js";

/// Scripts and styles come from here alone. Styles may stand inside the page because the mails do, which are shown in
/// frames that inherit this; images may not come from anywhere, so that no mail calls home.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
                      img-src 'self' data:; frame-src http: https:; form-action http: https:; base-uri 'none'; \
                      frame-ancestors 'none'";

const SCRIPTS: [(&str, &str); 10] = [
    ("main.js", include_str!("page/main.js")),
    ("dom.js", include_str!("page/dom.js")),
    ("host.js", include_str!("page/host.js")),
    ("answers.js", include_str!("page/answers.js")),
    ("tickets.js", include_str!("page/tickets.js")),
    ("ticket.js", include_str!("page/ticket.js")),
    ("mailbox.js", include_str!("page/mailbox.js")),
    ("gitlab.js", include_str!("page/gitlab.js")),
    ("markdown.js", include_str!("page/markdown.js")),
    ("slack.js", include_str!("page/slack.js")),
];

/// The file of that name, where there is one; the page itself has the empty name.
pub(super) fn find(name: &str) -> Option<Answer> {
    let answer = match name {
        "" => Answer::html(200, include_str!("page/index.html")).with("Content-Security-Policy", POLICY),
        "style.css" => Answer::of(200, "text/css; charset=utf-8", include_str!("page/style.css")),
        _ => {
            let (_, script) = SCRIPTS.into_iter().find(|(known, _)| *known == name)?;
            Answer::of(200, "text/javascript; charset=utf-8", script)
        }
    };
    Some(answer)
}
