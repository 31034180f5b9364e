//! License files and activation codes in what a customer sent.

use jiff::civil::Date;
use rsa::PublicKey;

use super::{Finding, Kind, Values};
use crate::{
    gitlab_rules::{
        acceptance::{Restrictions, delimited, with_slack},
        evidence::{
            ACTIVATION_CODE_CHARS, Unreadable, find_activation_code, license::reading_of_attributes, open_old_license,
        },
    },
    sealing::{Attributes, envelope},
};

/// Shorter words are kept: they are no activation code.
const MIN_LINE_CHARS: usize = 16;

/// Findings about the license file and the activation code in `text`, and the text without them.
pub(crate) fn take(text: &str, key: &PublicKey, today: Date) -> (Vec<Finding>, String) {
    let opened = open_old_license(text, key);
    let mut rest = text.to_owned();
    let mut findings = Vec::new();
    match (&opened, envelope::find(text)) {
        (Err(Unreadable::NotALicense | Unreadable::ActivationCode | Unreadable::Empty | Unreadable::TooLong), _) => {}
        (Err(Unreadable::CutOff), None) => findings.push(unreadable(&Unreadable::CutOff)),
        (result, place) => {
            findings.push(match result {
                Ok(attributes) => readable(attributes, today),
                Err(error) => unreadable(error),
            });
            match place {
                Some(place) => rest.replace_range(place, "\n"),
                // Its lines are apart, by markup or by narrow wrapping.
                None => rest = without_base64(text),
            }
        }
    }
    if let Some(begin) = find_activation_code(&rest) {
        findings.push(activation_code());
        rest.replace_range(begin..begin + ACTIVATION_CODE_CHARS, " ");
    }
    (findings, rest)
}

/// The text without what looks like a line of Base64, or like an activation code, which a line of a license may be.
fn without_base64(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    let pieces = text.split_inclusive(|c| !is_base64(c)).map(|piece| {
        let word = piece.trim_end_matches(|c| !is_base64(c));
        let has = |of: fn(&u8) -> bool| word.bytes().any(|b| of(&b));
        let is_line = word.len() >= MIN_LINE_CHARS
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit);
        if is_line { &piece[word.len()..] } else { piece }
    });
    pieces.collect()
}

fn readable(attributes: &Attributes, today: Date) -> Finding {
    let (answer, steps, reply) = answer(attributes, today);
    Finding {
        kind: Kind::LicenseFile,
        meaning: format!("{} {answer}", describe(attributes)),
        steps: steps.iter().map(|step| (*step).to_owned()).collect(),
        seats: None,
        reply: reply.to_owned(),
        values: Values::NONE,
    }
}

/// Whose license it is, for what, and for how long.
fn describe(attributes: &Attributes) -> String {
    let read = reading_of_attributes(attributes);
    let plan = read.plan.map_or("an unknown plan", |plan| plan.name());
    let trial = if read.trial == Some(true) { " (a trial)" } else { "" };
    let seats = read
        .seats
        .map_or_else(|| "without a limit of seats".to_owned(), |n| format!("for {} seats", delimited(n.into())));
    let holder: Vec<String> = [read.name, read.company, read.email].into_iter().flatten().collect();
    let holder = if holder.is_empty() { "nobody named".to_owned() } else { holder.join(", ") };
    let day = |day: Option<Date>| day.map_or_else(|| "an unknown day".to_owned(), |day| day.to_string());
    format!(
        "A license file that GitLab can read: {plan}{trial} {seats}, made for {holder}. It starts on {} and is expired from {} on.",
        day(read.starts_on),
        day(read.expires_on)
    )
}

/// What GitLab would answer today, what to do, and what to tell the customer.
fn answer(attributes: &Attributes, today: Date) -> (String, &'static [&'static str], &'static str) {
    let flags = &attributes.flags;
    if flags.cloud_licensing_enabled && !flags.offline_cloud_licensing_enabled {
        return (
            "It is a cloud license: in the form for files GitLab answers \"It looks like you're attempting to activate your \
             subscription. Use the Subscription page instead.\""
                .to_owned(),
            &["The customer enters the activation code on the Subscription page (Admin > Subscription) instead of this file."],
            "This license belongs to an activation code: please enter the code under Admin > Subscription instead of the file.",
        );
    }
    if attributes.expires_at.is_some_and(|day| day <= today) {
        return (
            "GitLab answers \"This license has already expired.\"".to_owned(),
            &[
                "Check the scope with this file, and generate an emergency license if it is in scope.",
                "Where the customer has a newer file, they add that one.",
            ],
            "The license file you sent has expired. If you have received a newer one, please add that.",
        );
    }
    let when = match attributes.issued_at {
        Some(day) if day > today => format!("GitLab takes it, to be active from {day} on; "),
        _ => "It is current; ".to_owned(),
    };
    (
        when + &seat_terms(attributes),
        &[
            "Compare these numbers with the billable users and maximum users on the customer's subscription page.",
            "If they do not fit, generate a license for the larger of the two.",
            "If they fit, send this file again as an attachment, and ask for the exact message that GitLab shows.",
        ],
        "The license file you sent is readable and has not expired. Could you send us the exact message that GitLab shows when you \
         add it, and a screenshot of Admin > Subscription?",
    )
}

/// With how many users the license can be added, in GitLab 14.2 or later.
fn seat_terms(attributes: &Attributes) -> String {
    let restrictions = attributes.restrictions.as_ref().map(Restrictions::read).unwrap_or_default();
    let Some(seats) = restrictions.seats else { return "it has no limit of users.".to_owned() };
    let allowed = delimited(with_slack(seats));
    if attributes.flags.cloud_licensing_enabled {
        return "as a cloud license it is added whatever the number of users.".to_owned();
    }
    if restrictions.reconciled {
        return format!("it can be added with up to {allowed} billable users now.");
    }
    if let Some(quantity) = restrictions.trueup {
        let base = restrictions.trueup_period_seats.or(restrictions.previous_seats);
        let peak = base.map_or_else(String::new, |base| {
            format!(" if the peak was at most {}", delimited(base.saturating_add(with_slack(quantity))))
        });
        return format!(
            "it carries a true-up for {} users and can be added with up to {allowed} billable users now{peak}.",
            delimited(quantity)
        );
    }
    match restrictions.previous_seats {
        Some(previous) => format!(
            "it can be added with up to {allowed} billable users now where the peak of the license before was at most {}, and \
             otherwise with a peak of at most {allowed}.",
            delimited(previous)
        ),
        None => format!("it can be added where the peak of the license before was at most {allowed} users."),
    }
}

fn unreadable(error: &Unreadable) -> Finding {
    let said = error.to_string();
    let meaning = format!("{}{}.", said[..1].to_uppercase(), &said[1..]);
    Finding {
        kind: Kind::LicenseFileUnreadable,
        meaning: format!("{meaning} GitLab answers \"The license key is invalid. Make sure it is exactly as you received it …\""),
        steps: vec![
            "Send the original license again as an attachment; the customer uploads that file without opening it.".to_owned(),
            "Where the file came from elsewhere, ask where: a file of a staging system or of another vendor never works.".to_owned(),
        ],
        seats: None,
        reply: "The license you sent cannot be read, most likely because its text was changed on the way. Please use the attachment \
                of our mail as it is, or tell us where you have this file from."
            .to_owned(),
        values: Values::NONE,
    }
}

fn activation_code() -> Finding {
    Finding {
        kind: Kind::ActivationCode,
        meaning: "An activation code of a cloud license. It is no license file: it is entered on the Subscription page and needs a \
                  connection to GitLab. Nothing can be read off it here. Treat it as a secret."
            .to_owned(),
        steps: vec![
            "The customer enters it under Admin > Subscription.".to_owned(),
            "Where the instance cannot reach GitLab, or does not take the code, an emergency license is a file and needs none.".to_owned(),
        ],
        seats: None,
        reply: "What you sent is an activation code: please enter it under Admin > Subscription (not in the form for license files)."
            .to_owned(),
        values: Values::NONE,
    }
}
