//! The digest of a business day.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{
    blocks::{Block, Message},
    escape::name,
    message::link,
};
use crate::{
    delivery::Links,
    license::{Channel, DailyTime, Digest, LicenseDetails, Task},
};

/// Below the 3000 characters of a section, with room for the line that counts the rest.
const MAX_LIST_CHARS: usize = 2900;
const MAX_COMPANY_CHARS: usize = 60;

pub(super) fn message(digest: &Digest<'_>, at: &DailyTime, links: &Links) -> Message {
    let title = format!("Emergency licenses, {}", weekday(digest.period.day));
    let since = at.shown(digest.period.since);
    let lists = [
        (heading(digest.failures.len(), "failure still open", "failures still open"), &digest.failures),
        (
            heading(digest.ending.len(), "to renew by the next business day", "to renew by the next business day"),
            &digest.ending,
        ),
        (format!("{} generated since {since}", digest.generated.len()), &digest.generated),
    ];
    let lists = lists.into_iter().filter(|(_, licenses)| !licenses.is_empty());
    let sections: Vec<String> =
        lists.map(|(heading, licenses)| format!("*{heading}*\n{}", list(licenses, links))).collect();
    let text = format!("{title}\n{}", sections.join("\n"));
    let blocks = [Block::header(title)].into_iter().chain(sections.into_iter().map(Block::section)).collect();
    Message { text, blocks, attachments: Vec::new() }
}

fn heading(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// One line per license, as many as fit.
fn list(licenses: &[&LicenseDetails], links: &Links) -> String {
    let mut text = String::new();
    for (i, details) in licenses.iter().enumerate() {
        let line = line(details, links);
        if text.chars().count() + line.chars().count() > MAX_LIST_CHARS {
            let _ = write!(text, "… and {} more", licenses.len() - i);
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Ticket, company, seats, what to do by when, issue, owner.
fn line(details: &LicenseDetails, links: &Links) -> String {
    let license = &details.license;
    let ticket = link(&links.ticket(&license.ticket), &format!("#{}", license.ticket.id));
    let domain = license.customer.email.domain();
    let company = license.customer.company.as_ref().map_or(domain.as_str(), |company| company.as_str());
    let company: String = company.chars().take(MAX_COMPANY_CHARS).collect();
    let issues = details.deliveries.iter().filter(|d| d.channel == Channel::Issue);
    let issue = issues.into_iter().find_map(|d| d.reference.as_deref()).map(|url| link(url, "issue"));
    let task = match Task::of(details) {
        _ if !details.has_follow_up() => "replaced".to_owned(),
        _ if details.settled.is_some() => "settled".to_owned(),
        Task::Renew => format!("renew by {}", weekday(license.terms.last_business_day())),
        task => task.label().to_owned(),
    };
    let parts = [Some(name(&company)), Some(format!("{} seats", license.seats)), Some(task), issue];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("• {ticket} {} · {}", parts.join(" · "), name(license.agent.username.as_str()))
}

/// `Mon 30 Nov`.
fn weekday(day: Date) -> String {
    day.strftime("%a %-d %b").to_string()
}
