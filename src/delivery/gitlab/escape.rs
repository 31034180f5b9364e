//! Untrusted text in titles and Markdown: GitLab runs a line that begins with `/close`, links `#1`, `!1` and `~bug`, and
//! notifies whom an `@name` names.

/// `text` as a block of code: the fence is longer than any run of backticks in it.
pub(super) fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let ticks = "`".repeat((longest + 1).max(3));
    format!("{ticks}text\n{text}\n{ticks}")
}

/// `text`, on one line, as code within a sentence.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// An address for a title, which has no code. Only letters, digits and `.`, `_`, `+`, `-` within the local part have no
/// meaning to GitLab; `@` has none after a letter, a digit or `_`.
pub(super) fn title_address(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let mut safe: String = local.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if safe.ends_with(['.', '+', '-']) {
        safe.pop();
        safe.push('_');
    }
    format!("{safe}@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_title_is_no_reference_and_no_mention() {
        for (address, title) in [
            ("jane.doe+gitlab@acme.example", "jane.doe+gitlab@acme.example"),
            ("#1@acme.example", "_1@acme.example"),
            ("!1@acme.example", "_1@acme.example"),
            ("~bug@acme.example", "_bug@acme.example"),
            ("x-@acme.example", "x_@acme.example"),
            ("group/project&1@acme.example", "group_project_1@acme.example"),
            ("`$%^*|{}'=?@acme.example", "___________@acme.example"),
        ] {
            assert_eq!(title_address(address), title);
        }
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("`***@acme.example"), "`'***@acme.example`");
        assert_eq!(fence("a ``` b"), "````text\na ``` b\n````");
    }
}
