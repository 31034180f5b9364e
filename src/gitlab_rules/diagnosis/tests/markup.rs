use super::*;

#[test]
fn a_message_is_recognised_in_any_markup() {
    let plain = "During the year before this license started, this GitLab installation had 1286 active users, exceeding this \
                 license's limit of 1250 by 36 users. Please upload a license for at least 1286 users.";
    let wrapped = |prefix: &str| {
        let lines = plain.as_bytes().chunks(40).map(|line| format!("{prefix}{}", String::from_utf8_lossy(line)));
        lines.collect::<Vec<_>>().join("=\r\n")
    };
    for text in [
        plain.to_owned(),
        PAST.to_owned(),
        PAST.replace("license's", "license’s"),
        PAST.replace("license's", "license&#39;s").replace("1,286", "<b>1,286</b>"),
        PAST.replace("license's", "licenses"),
        PAST.to_uppercase(),
        PAST.to_lowercase(),
        PAST.replace(',', "."),
        PAST.replace("1,", "1\u{a0}"),
        PAST.replace("1,", "1\u{202f}"),
        PAST.replace("1,", "1 "),
        PAST.replace(' ', "&nbsp;"),
        PAST.replace(' ', "\r\n> "),
        PAST.replace(' ', "\n> > "),
        PAST.replace(' ', "  \t"),
        PAST.replace("During the year before this license started, this GitLab installation", "... it"),
        format!("<div class=\"flash-alert\"><span>{PAST}</span><br/></div>"),
        format!("&lt;p&gt;{PAST}&lt;/p&gt;"),
        format!("Hi team,\n\nwe get \u{201c}{PAST}\u{201d} (GitLab 16.7.2) since 2026-11-21!\n\nBest\nJane"),
        format!("Error:{PAST}Error:{PAST}"),
        wrapped(""),
    ] {
        let findings = found(&text);
        assert_eq!(
            (findings.len(), findings[0].kind, findings[0].seats),
            (1, Kind::PastUsersTooMany, Some(1286)),
            "{text}"
        );
        assert!(findings[0].meaning.contains("1,250") && findings[0].reply.contains("1,286 users"));
    }
}

/// `text`, wrapped at 72 columns, with `prefix` before each line.
fn wrapped(text: &str, prefix: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if line.len() + word.len() > 71 {
            lines.push(word.to_owned());
        } else {
            *line += if line.is_empty() { "" } else { " " };
            *line += word;
        }
    }
    lines.iter().map(|line| format!("{prefix}{line}\n")).collect()
}

#[test]
fn a_message_is_recognised_behind_any_line_prefix() {
    for prefix in [
        "",
        "> ",
        ">> ",
        "remote: ",
        "remote: GitLab: ",
        "> remote: ",
        "* ",
        "- ",
        "  • ",
        "| ",
        "[12:00:00] ",
        "[2026-10-01 12:00:00] INFO: ",
        "2026-10-01T12:00:00.123Z remote: ",
        "2026-10-01 12:00:00 ERROR: ",
        "2026-10-01_12:00:00.12345 ",
        "Oct  1 12:00:00 gitlab gitlab-shell[4711]: ",
        "web-1  | ",
        "stderr: ",
        "# ",
    ] {
        let text = wrapped(PAST, prefix);
        assert_eq!(kinds(&text), [Kind::PastUsersTooMany], "{text}");
        let push = wrapped(
            "ERROR: Your subscription expired! Please delete your current license if you want to downgrade to the free plan.",
            prefix,
        );
        assert_eq!(kinds(&push), [Kind::ReadOnly], "{push}");
    }
}

#[test]
fn a_message_is_recognised_in_json_and_quoted_printable() {
    for text in [
        serde_json::json!({ "message": [PAST] }).to_string(),
        PAST.replace('\'', "\\u0027").replace(". ", ".\\n"),
        PAST.replace('\'', "\\\\u2019").replace(' ', "\\\\n"),
        PAST.replace('\'', "\\'"),
        PAST.replace('\'', "=E2=80=99").replace("users,", "users,=\n"),
        PAST.replace(' ', "=20"),
    ] {
        assert_eq!(kinds(&text), [Kind::PastUsersTooMany], "{text}");
    }
    assert_eq!(kinds("Der Lizenzschl=C3=BCssel ist ung=C3=BCltig."), [Kind::LicenseKeyInvalid]);
}
