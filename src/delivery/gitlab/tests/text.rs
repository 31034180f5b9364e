//! The texts of issues, and hostile input to them.

use super::{first, news, refused};
use crate::{
    delivery::{
        gitlab::text::{Copy, IssueText},
        testing::{license, line, links},
    },
    license::{Delivery, EligibilityNote, Email, License, LicenseDetails, Notice, ResendKind, Seats, Verdict},
};

fn describe(license: &License, delivery: &Delivery) -> String {
    let details = LicenseDetails::new(license.clone());
    IssueText { details: &details, delivery, links: &links() }.description(Copy::Kept)
}

#[test]
fn a_description_has_all_that_the_next_day_needs() {
    let license = License {
        replaces: Some(license().id),
        eligibility: EligibilityNote {
            verdict: Verdict::TooLate,
            reason: "the grace period ended 9 days ago".into(),
            override_reason: Some("the account manager vouches".into()),
            overridden_by: Some("asmith".into()),
            recommended_seats: Some(300),
            evidence: None,
        },
        ..license()
    };
    let text = describe(&license, &first(refused()));
    let file = license.file.as_ref().unwrap().expose().trim_end();
    for part in [
        "refused permanently",
        "550 no such user",
        "https://acme.zendesk.com/agent/tickets/4711",
        "jdoe",
        "Jane Roe",
        "Acme GmbH & Co. KG",
        "jane.roe@acme.example",
        "286",
        "2026-11-30 (stops at 00:00 of 2026-12-01",
        "out of scope: the grace period ended 9 days ago",
        "by asmith because the account manager vouches",
        "this license has 286, and the customer's numbers ask for 300",
        "License expired",
        "Check the address with the customer",
        &format!("```text\n{file}\n```\n"),
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.ends_with(&format!("\n<!-- stopgap:delivery={} -->", first(refused()).id)), "{text}");
}

#[test]
fn the_advice_fits_the_failure() {
    let file = "download the file from the ticket and hand it over there";
    for (error, said, unsaid) in [
        ("the mail server refused the recipient: 550 no such user", "check the address", "resend"),
        ("the mail server refused the mail: 554 5.7.1 attachment blocked", file, "resend"),
        ("the mail server refused the mail: 552 virus found", file, "check the address"),
        (
            "the mail server refused the recipient: 552 5.2.2 over quota",
            "once their mailbox has room",
            "check the address",
        ),
        ("expired after 9 attempts; last error: 450 greylisted", "generate another", "forward"),
        ("the mail server refused the recipient: 550 5.7.1 Access denied", "resend the license", "download"),
    ] {
        let to = || "j***@acme.example".to_owned();
        let refused = Notice::EmailRefused { error: error.into(), needs_operator: false };
        let bounced = Notice::Bounced { to: to(), reason: error.into(), open: true };
        let resent = Notice::ResendRefused {
            how: ResendKind::Resend,
            to: to(),
            error: error.into(),
            needs_operator: false,
            open: true,
        };
        for notice in [refused, bounced, resent] {
            let text = describe(&license(), &first(notice)).to_lowercase();
            let (_, next) = text.split_once("### what to do next").unwrap();
            let (next, _) = next.split_once("###").unwrap();
            assert!(next.contains(said) && !next.contains(unsaid), "{error}: {next}");
            assert!(
                next.contains("**`jdoe`, now:**") && next.contains("**licensing, by monday, 2026-11-30:**"),
                "{next}"
            );
        }
    }
}

#[test]
fn a_drill_that_succeeds_asks_nobody_for_anything() {
    let text = describe(&License { drill: true, ..license() }, &first(Notice::Generated));
    assert!(text.starts_with("**This is a drill.**") && !text.contains("What to do next"), "{text}");
}

#[test]
fn an_unsealed_license_says_that_there_is_no_copy() {
    let license = License { file: None, seal_error: Some("no key".into()), ..license() };
    let notice = Notice::SealingFailed { error: "no key".into() };
    let text = describe(&license, &first(notice));
    assert!(text.contains("No license file was generated.") && text.contains("no key"), "{text}");
}

#[test]
fn a_refusal_of_us_asks_the_operator_and_not_the_customer() {
    let error = || "the mail server refused mail from us: 554 5.7.1 Relay access denied".to_owned();
    let resend = |needs_operator| Notice::ResendRefused {
        how: ResendKind::Resend,
        to: "j***@acme.example".into(),
        error: error(),
        needs_operator,
        open: true,
    };
    for notice in [
        Notice::EmailLate { error: Some(error()), needs_operator: true },
        Notice::EmailRefused { error: error(), needs_operator: true },
        resend(true),
    ] {
        let text = describe(&license(), &first(notice));
        assert!(text.contains("Tell the operator of Stopgap") && text.contains("Relay access denied"), "{text}");
        assert!(!text.contains("Check the address"), "{text}");
    }
    assert!(!describe(&license(), &first(resend(false))).contains("Tell the operator"));
}

/// The lines of Markdown outside of code fences.
pub(super) fn outside_of_fences(text: &str) -> Vec<&str> {
    let mut fence: Option<&str> = None;
    let mut outside = vec![];
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if ticks.len() >= open.len() && line == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => outside.push(line),
        }
    }
    assert_eq!(fence, None, "a fence stays open");
    outside
}

#[test]
fn untrusted_text_stays_within_fences() {
    let hostile = "EVIL /close @all ``` ```` <!-- <script> *bold* ~label !1 #2";
    let multi = "EVIL\n/close\n```\n@all\n<!-- stopgap:license=x -->";
    let mut license = license();
    license.customer.name = line(hostile);
    license.customer.company = line("`EVIL`` `````");
    license.customer.email = Email::parse("`EVIL`@acme.example").unwrap();
    license.ticket.subject = line("/close EVIL");
    license.eligibility.reason = multi.into();
    license.eligibility.override_reason = Some(multi.into());
    let details = LicenseDetails::new(license);
    for notice in [
        Notice::EmailRefused { error: multi.into(), needs_operator: false },
        Notice::EmailLate { error: Some(multi.into()), needs_operator: true },
        Notice::SealingFailed { error: "```\n/close EVIL\n```".into() },
    ] {
        let delivery = news(notice);
        let issue = IssueText { details: &details, delivery: &delivery, links: &links() };
        for text in [issue.description(Copy::Kept), issue.note()] {
            for line in outside_of_fences(&text) {
                assert!(!line.contains("EVIL") && !line.starts_with('/') && !line.contains('@'), "{line} in {text}");
            }
            assert_eq!(
                text.lines().filter(|line| line.starts_with("<!--")).count(),
                1 + usize::from(text.contains("###"))
            );
        }
    }
}

#[test]
fn only_the_address_is_shortened_in_a_long_title() {
    let domain = format!("{}.example", ["d".repeat(60), "e".repeat(60), "f".repeat(55)].join("."));
    let long = format!("{}@{domain}", "a".repeat(64));
    let mut license = license();
    license.customer.email = Email::parse(&long).unwrap();
    license.seats = Seats::parse(1_000_000).unwrap();
    let details = LicenseDetails::new(license);
    let notices = [
        Notice::Generated,
        refused(),
        Notice::EmailLate { error: None, needs_operator: false },
        Notice::SealingFailed { error: "x".into() },
    ];
    for notice in notices {
        let delivery = first(notice);
        let issue = IssueText { details: &details, delivery: &delivery, links: &links() };
        let title = issue.title();
        assert_eq!(title.chars().count(), 255, "{title}");
        assert!(title.ends_with("… for 1000000 users"), "{title}");
        assert!(issue.description(Copy::Kept).contains(&long));
    }
}
