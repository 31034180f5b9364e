//! The mail server: reachable, encrypted, accepts our login and our sender.

use super::{CheckContext, finding::Finding};
use crate::{config::SmtpTls, delivery::email::Mailer};

const PART: &str = "mail";
const REMEDY: &str = "check STOPGAP_SMTP_URL and STOPGAP_MAIL_FROM";

pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let smtp = &context.config.smtp;
    let mailer = match Mailer::new(smtp, context.links()) {
        Ok(mailer) => mailer,
        Err(message) => return vec![Finding::failed(PART, format!("{message}; check STOPGAP_SMTP_URL"))],
    };
    let mut findings = vec![match mailer.check().await {
        Ok(()) => {
            let login = if smtp.credentials.is_some() { "login and sender" } else { "no login set, sender" };
            let server = format!("{}:{} {}", smtp.host, smtp.port, encryption(smtp.tls));
            Finding::ok(PART, format!("{server}, {login} accepted"))
        }
        Err(message) => Finding::failed(PART, format!("{message}; {REMEDY}")),
    }];
    if smtp.tls == SmtpTls::None {
        findings.push(Finding::warning(PART, "licenses and login are sent unencrypted; use smtps:// or ?tls=required"));
    }
    if let Some(to) = context.send_test {
        let now = context.clock.now();
        findings.push(match mailer.send_test(to, context.random.id(now), now).await {
            Ok(()) => Finding::ok("test mail", "accepted by the mail server; check that it arrived, and not as spam"),
            Err(message) => Finding::failed("test mail", format!("{message}; {REMEDY}")),
        });
    }
    findings
}

fn encryption(tls: SmtpTls) -> &'static str {
    match tls {
        SmtpTls::Implicit => "over TLS",
        SmtpTls::Starttls => "over STARTTLS",
        SmtpTls::None => "without encryption",
    }
}
