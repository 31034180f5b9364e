//! Untrusted text in Markdown: GitLab runs a line that begins with `/close`, links `#1`, and notifies whom an `@name`
//! names.

/// `text` as a block of code: the fence is longer than any run of backticks in it.
pub(super) fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let ticks = "`".repeat((longest + 1).max(3));
    format!("{ticks}text\n{text}\n{ticks}")
}
