//! The issue tells the licensing team all that a renewal needs.

use jiff::civil::date;

use super::{first, text::outside_of_fences};
use crate::{
    delivery::{
        gitlab::text::{Copy, IssueText},
        testing::{delivery, license, links},
    },
    license::{
        Channel, Delivery, DeliveryState, EligibilityNote, EvidenceRecord, License, LicenseDetails, Notice, Plan,
        Purpose, Reading,
    },
};

/// A license that was refused at first, and forwarded.
fn handed_over() -> LicenseDetails {
    let email = delivery(Channel::Email, Purpose::First, None);
    let refused = Delivery {
        state: DeliveryState::Failed,
        last_error: Some("the mail server refused the recipient: 550 <jane.roe@acme.example> no such user".into()),
        ..email.clone()
    };
    let accepted = Delivery {
        recipient: Some("joe@other.example".into()),
        state: DeliveryState::Sent,
        sent_at: Some("2026-11-21T23:20:41Z".parse().unwrap()),
        reference: Some("0198@stopgap.example".into()),
        reply: Some("250 2.1.5 <joe@other.example> ok: queued as 4Xy".into()),
        ..email
    };
    let read = Reading {
        plan: Some(Plan::Premium),
        seats: Some(250),
        expires_on: Some(date(2026, 11, 7)),
        billable_users: Some(280),
        billable_as_of: Some(date(2026, 11, 20)),
        maximum_users: Some(286),
        gitlab_version: Some("18.2.1-ee".into()),
        subscription_name: Some("A-S00012345".into()),
        license_id: Some("4242".into()),
        license_sha256: Some("ab".repeat(32)),
        hostname: Some("gitlab.acme.example".into()),
        ..Reading::default()
    };
    let of_file = ["plan", "seats", "expires_on", "subscription_name", "license_id", "license_sha256"];
    let of_usage = ["billable_users", "billable_as_of", "maximum_users", "hostname"];
    let sources =
        of_file.map(|field| (field, "license_file")).into_iter().chain(of_usage.map(|field| (field, "usage_csv")));
    let sources = sources.chain([("gitlab_version", "typed")]).map(|(field, kind)| (field.to_owned(), kind.to_owned()));
    let evidence = Some(EvidenceRecord { read, sources: sources.collect(), zendesk: None });
    let license = license();
    let license = License { eligibility: EligibilityNote { evidence, ..license.eligibility }, ..license };
    LicenseDetails { deliveries: vec![refused, accepted], ..LicenseDetails::new(license) }
}

#[test]
fn a_description_hands_over_all_that_a_renewal_needs() {
    let details = handed_over();
    let delivery = first(Notice::Generated);
    let text = IssueText { details: &details, delivery: &delivery, links: &links() }.description(Copy::Withheld);
    let digests = details.digests.as_ref().unwrap();
    let expected = format!(
        r"An emergency license was generated and mailed: the mail server accepted the mail.

Ticket: [#4711](https://acme.zendesk.com/agent/tickets/4711)

### What to do next

- **Licensing, by Monday, 2026-11-30:** renew the subscription, and send the customer the new activation code or license file. This license stops at 00:00 of 2026-12-01 and cannot be extended.

### Customer and ticket

```text
Address      jane.roe@acme.example
Name         Jane Roe
Company      Acme GmbH & Co. KG
Ticket       License expired
Engineer     jdoe (Zendesk user 42)
Eligibility  in scope: the grace period ended 1 day ago
```

### What was bought

```text
Plan          Premium (license file)
Seats         250 (license file)
Expired on    2026-11-07 (license file)
Subscription  A-S00012345 (license file)
License id    4242 (license file)
SHA-256       {} (license file)
```

### Usage

```text
Billable  280 on 2026-11-20 (usage csv)
Maximum   286 (usage csv)
Over      36 more users than seats were bought
GitLab    18.2.1-ee (typed)
Host      gitlab.acme.example (usage csv)
```

### The license

```text
Plan        Ultimate, as a trial
Users       286
Starts on   2026-11-19
Last day    2026-11-30 (stops at 00:00 of 2026-12-01, server's time)
License id  01980000-0000-7000-8000-000000000001
MD5         {}
SHA-256     {}
```

### The mail

```text
To           jane.roe@acme.example
Failed       the mail server refused the recipient: 550 <***@acme.example> no such user

To           j***@other.example
Accepted     2026-11-21 23:20 UTC
Server said  250 2.1.5 <***@other.example> ok: queued as 4Xy
Message-ID   <0198@stopgap.example>
```

### Copy of the license

",
        "ab".repeat(32),
        digests.md5,
        digests.sha256
    );
    assert!(text.starts_with(&expected), "{text}");
}

#[test]
fn the_evidence_of_a_customer_stays_within_fences() {
    let hostile = "EVIL\n```\n/close\n<!-- stopgap:license=x -->";
    let mut details = handed_over();
    let evidence = details.license.eligibility.evidence.as_mut().unwrap();
    evidence.read.company = Some(hostile.into());
    evidence.read.hostname = Some(hostile.into());
    evidence.sources.insert("company".into(), hostile.into());
    details.deliveries[1].reply = Some(hostile.into());
    let delivery = first(Notice::Generated);
    let text = IssueText { details: &details, delivery: &delivery, links: &links() }.description(Copy::Kept);
    assert!(text.contains("EVIL"), "{text}");
    assert!(outside_of_fences(&text).iter().all(|line| !line.contains("EVIL") && !line.starts_with('/')), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("<!--")).count(), 2, "{text}");
}
