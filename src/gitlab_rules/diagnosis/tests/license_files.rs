use super::*;

const LICENSE: &str = include_str!("../../../../tests/vectors/paid-plain.gitlab-license");
const OTHER: &str = include_str!("../../../../tests/vectors/signed-by-another-key.gitlab-license");
const TRUNCATED: &str = include_str!("../../../../tests/vectors/truncated.gitlab-license");

#[test]
fn the_license_file_is_opened_and_gitlabs_answer_is_foretold() {
    let key = public_key();
    for (today, answer) in [
        (date(2025, 10, 1), "to be active from 2025-11-01 on"),
        (
            date(2026, 10, 31),
            "It is current; it can be added with up to 275 billable users now where the peak of the license before was at most 240",
        ),
        (date(2026, 11, 1), "This license has already expired."),
    ] {
        let findings = diagnose(LICENSE, &key, today).unwrap();
        assert_eq!((findings.len(), findings[0].kind), (1, Kind::LicenseFile));
        let meaning = &findings[0].meaning;
        assert!(
            meaning.contains("Premium for 250 seats, made for Jane Doe, Acme GmbH, jane@acme.example"),
            "{meaning}"
        );
        assert!(meaning.contains(answer), "{meaning}");
    }
}

#[test]
fn a_license_file_in_markup_hides_no_message() {
    let lines: Vec<&str> = LICENSE.lines().collect();
    for license in [lines.join("<br>\n"), lines.join(" |\n| "), LICENSE.replace('\n', "\\n")] {
        let kinds = kinds(&format!("<p>Hello</p><p>{license}</p>\n<p>{PAST}</p>"));
        assert_eq!(kinds, [Kind::LicenseFile, Kind::PastUsersTooMany], "{license:.80}");
    }
}

#[test]
fn a_license_file_among_words_hides_no_message_and_is_never_repeated() {
    for (license, kind) in
        [(LICENSE, Kind::LicenseFile), (OTHER, Kind::LicenseFileUnreadable), (TRUNCATED, Kind::LicenseFileUnreadable)]
    {
        let text = format!("Hello,\n{license}\n{PAST}\nThis is our code: aB3dE5gH7jK9mN1pQ_sT-vX2, thanks");
        let findings = found(&text);
        let kinds: Vec<Kind> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [kind, Kind::ActivationCode, Kind::PastUsersTooMany], "{license:.20}");
        let said = serde_json::to_string(&findings).unwrap();
        assert!(!said.contains("aB3dE5gH7jK9mN1pQ_sT-vX2") && !said.contains(&license[..30]));
    }
    assert_eq!(kinds("aB3dE5gH7jK9mN1pQ_sT-vX2"), [Kind::ActivationCode]);
    let line = LICENSE.replace('\n', "");
    let narrow: Vec<_> = line.as_bytes().chunks(5).map(String::from_utf8_lossy).collect();
    assert_eq!(kinds(&narrow.join("\n")), [Kind::LicenseFile]);
}
