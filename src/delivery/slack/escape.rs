//! Text for Slack's markup.

use crate::delivery::sanitize;

/// The longest untrusted text in a field or sentence; escaped it has at most 1500 characters.
const MAX_TEXT_CHARS: usize = 300;

/// Untrusted text: on one line, without addresses, short, and unable to ping `<!channel>`.
pub(super) fn untrusted(text: &str) -> String {
    escape(&sanitize::shorten(&sanitize::mask_addresses(&sanitize::error_text(text)), MAX_TEXT_CHARS))
}

/// The same for a name, of which a long word is cut and not removed.
pub(super) fn name(text: &str) -> String {
    untrusted(&sanitize::cut_runs(text))
}

/// A name whose escaped form has at most `max_chars` characters.
pub(super) fn name_within(text: &str, max_chars: usize) -> String {
    let whole = sanitize::mask_addresses(&sanitize::error_text(&sanitize::cut_runs(text)));
    let longest = (0..=max_chars).rev().map(|chars| escape(&sanitize::shorten(&whole, chars)));
    longest.into_iter().find(|name| name.chars().count() <= max_chars).unwrap_or_default()
}

/// The same for a reason, which is longer.
pub(super) fn reason(text: &str) -> String {
    let masked = sanitize::mask_addresses(&sanitize::bounded(text, sanitize::MAX_REASON_CHARS));
    // Masking makes a bare `@` longer.
    escape(&sanitize::shorten(&masked, sanitize::MAX_REASON_CHARS))
}

/// Slack's three control characters, and nothing else.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
