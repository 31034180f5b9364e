//! The mail server: reachable, encrypted, accepts our login and our sender.

use super::{CheckContext, finding::Finding};
use crate::{
    config::SmtpTls,
    delivery::email::{Checked, Mailer},
    license::Email,
};

const PART: &str = "mail";
const REMEDY: &str = "check STOPGAP_SMTP_URL, STOPGAP_MAIL_FROM and STOPGAP_SMTP_EHLO_NAME";

pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let smtp = &context.config.smtp;
    let mailer = match Mailer::new(smtp, context.links()) {
        Ok(mailer) => mailer,
        Err(reason) => return vec![Finding::failed(PART, format!("{reason}; check STOPGAP_SMTP_URL"))],
    };
    let mut findings = vec![accepts(&mailer, context).await];
    if smtp.tls == SmtpTls::None {
        findings.push(Finding::warning(PART, "licenses and login are sent unencrypted; use smtps:// or ?tls=required"));
    }
    if let Some(to) = &context.options.send_test {
        let now = context.clock.now();
        findings.push(match mailer.send_test(to, context.random.id(now), now).await {
            Ok(()) => Finding::ok("test mail", "accepted by the mail server; check that it arrived, and not as spam"),
            Err(message) => Finding::failed("test mail", format!("{message}; {REMEDY}")),
        });
    }
    findings
}

/// Whether the mail server accepts our login, our sender and a recipient.
async fn accepts(mailer: &Mailer, context: CheckContext<'_>) -> Finding {
    let smtp = &context.config.smtp;
    let own_address = Email::parse(smtp.from.email.as_ref());
    let recipient = match (context.options.recipient.as_ref(), &own_address) {
        (Some(recipient), _) | (None, Ok(recipient)) => recipient,
        (None, Err(reason)) => return Finding::failed(PART, format!("the address of STOPGAP_MAIL_FROM {reason}")),
    };
    match mailer.check(recipient).await {
        Ok(Checked::Accepted) => {
            let login = if smtp.credentials.is_some() { "login, sender" } else { "no login set; sender" };
            let server = format!("{}:{} {}", smtp.host, smtp.port, encryption(smtp.tls));
            Finding::ok(PART, format!("{server}; {login} and recipient {recipient} accepted"))
        }
        Ok(Checked::RecipientRefused(reason)) => Finding::warning(
            PART,
            format!("{reason}; login and sender are accepted, so try a recipient who exists: --recipient ADDRESS"),
        ),
        Err(reason) => Finding::failed(PART, format!("{reason}; {REMEDY}")),
    }
}

fn encryption(tls: SmtpTls) -> &'static str {
    match tls {
        SmtpTls::Implicit => "over TLS",
        SmtpTls::Starttls => "over STARTTLS",
        SmtpTls::None => "without encryption",
    }
}
