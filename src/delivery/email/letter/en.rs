//! The letter in English.

use super::{Body, Facts, Letter, Section};
use crate::license::{Language, Purpose};

pub(super) fn letter(facts: &Facts<'_>) -> Letter {
    let Facts { license, days, .. } = facts;
    let (terms, seats) = (license.terms, license.seats);
    let mut intro = Vec::new();
    if let Some(asker) = facts.asker() {
        intro.push(format!("{asker} asked GitLab Support to send it to you."));
    }
    if facts.purpose == Purpose::Resend {
        intro.push("It is the same license that we sent you before.".to_owned());
    }
    if facts.without_attachment {
        intro.push("This mail has no attachment: the license is the key at its end.".to_owned());
    }
    if license.replaces.is_some() {
        let text = "It **replaces** the temporary license that we sent you earlier: please add this one, and stop using \
                    the earlier one.";
        intro.push(text.to_owned());
    }
    Letter {
        language: Language::En,
        title: "Your temporary GitLab license",
        drill: license.drill.then_some("This is a drill. No customer is concerned, and there is nothing to do."),
        greeting: facts.name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
        headline: match facts.company {
            Some(company) => format!("Here is your temporary GitLab license for {company}"),
            None => "Here is your temporary GitLab license".to_owned(),
        },
        intro,
        table: vec![
            ("What it is", format!("**GitLab Ultimate**, a {days}-day trial license for GitLab self-managed")),
            ("Users", format!("**{seats}**")),
            (
                "Last day",
                format!(
                    "**{}**. The license stops at 00:00 of {}, by the clock of your GitLab server.",
                    terms.last_day().strftime("%A, %-d %B %Y"),
                    terms.expires_on
                ),
            ),
        ],
        sections: sections(facts),
        key_title: "The license key",
        key_note: if facts.without_attachment {
            "Copy all of this, from its first character to its last. Line breaks and spaces do no harm. Please treat it \
             like a password."
        } else {
            "If the attachment did not arrive, copy all of this. Please treat it like a password."
        },
        signature: "GitLab Support",
    }
}

fn sections(facts: &Facts<'_>) -> Vec<Section> {
    let Facts { license, file_name, .. } = facts;
    let (ticket, seats) = (license.ticket.id, license.seats);
    let (choose, save) = if facts.without_attachment {
        (
            "Choose **Enter license key** and paste the key from the end of this mail, all of it.".to_owned(),
            format!("Save the key from the end of this mail as /tmp/{file_name} on the server"),
        )
    } else {
        (
            format!(
                "Choose the attached file **{file_name}**, or choose **Enter license key** and paste the key from the end \
                 of this mail."
            ),
            format!("Copy {file_name} to /tmp on the server"),
        )
    };
    let mut refused = format!(
        "Reply to this mail with the **exact text of the error**. Your reply reaches us on ticket #{ticket}, and we will \
         take it from there."
    );
    if let Some(contact) = facts.emergency_contact {
        refused.push_str(&format!(" If you cannot wait for an answer: {contact}"));
    }
    vec![
        Section {
            title: "How to add it",
            body: Body::Steps(vec![
                "Sign in to GitLab as an administrator.".into(),
                "Open **Admin > Settings > General** and expand **Add License**. In GitLab 13.12 to 14.10: Admin > \
                 Subscription > Upload a license file. In older versions: Admin > License > Upload New License."
                    .into(),
                choose,
                "Accept the terms and add the license.".into(),
            ]),
        },
        Section {
            title: "How to see that it worked",
            body: Body::Text(format!(
                "Admin > Subscription (in older versions: Admin > License) shows the plan **Ultimate** and **{seats}** \
                 users, and people can push again."
            )),
        },
        Section {
            title: "If the page does not open",
            body: Body::Code(
                format!("{save} and run this there. It prints true once the license is added."),
                console(file_name),
            ),
        },
        Section { title: "If GitLab refuses it", body: Body::Text(refused) },
        Section {
            title: "What to expect from a trial license",
            body: Body::List(vec![
                "There is no grace period. When it ends, all features of Premium and Ultimate stop, and GitLab goes on as \
                 GitLab Free. You can still write, and your data is safe."
                    .into(),
                "**If people sign in by more than one LDAP server**, leave only one in GitLab's settings before it ends: \
                 without a license, GitLab's pages do not open with several."
                    .into(),
                "Add-ons such as GitLab Duo are not part of it.".into(),
                "While it is active, GitLab does not tell you when you have more users than seats, and a project can have \
                 only one active access token."
                    .into(),
                "It does not replace your subscription, and it does not renew itself.".into(),
            ]),
        },
        Section {
            title: "After you have renewed",
            body: Body::Text(
                "Your renewed subscription does not reach your server on its own: enter the new activation code, or add \
                 the new license file, **by hand**."
                    .into(),
            ),
        },
    ]
}

/// Adds the license without the web page.
pub(super) fn console(file_name: &str) -> String {
    format!("sudo gitlab-rails runner 'p License.new(data: File.read(\"/tmp/{file_name}\")).save'")
}
