//! The mail server: reachable, encrypted, our login and our sender accepted.

use super::{Asking, finding::Finding};
use crate::{config::SmtpTls, delivery::email::Mailer};

const PART: &str = "mail";
const REMEDY: &str = "look at STOPGAP_SMTP_URL and STOPGAP_MAIL_FROM";

pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    let smtp = &asking.config.smtp;
    let mailer = match Mailer::new(smtp, asking.links()) {
        Ok(mailer) => mailer,
        Err(words) => return vec![Finding::failed(PART, format!("{words}; look at STOPGAP_SMTP_URL"))],
    };
    let mut findings = vec![match mailer.check().await {
        Ok(()) => {
            let login = if smtp.credentials.is_some() { "login and sender" } else { "no login set, sender" };
            let server = format!("{}:{} {}", smtp.host, smtp.port, encryption(smtp.tls));
            Finding::ok(PART, format!("{server}, {login} accepted"))
        }
        Err(words) => Finding::failed(PART, format!("{words}; {REMEDY}")),
    }];
    if smtp.tls == SmtpTls::None {
        findings.push(Finding::warning(PART, "licenses and login travel unencrypted; use smtps:// or ?tls=required"));
    }
    if let Some(to) = asking.send_test {
        let now = asking.clock.now();
        findings.push(match mailer.send_test(to, asking.random.id(now), now).await {
            Ok(()) => Finding::ok("test mail", "accepted by the mail server; see that it arrived, and not as spam"),
            Err(words) => Finding::failed("test mail", format!("{words}; {REMEDY}")),
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
