//! GitLab: token, project, labels, and how far our clocks are apart. Only reads.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{CheckContext, finding::Finding};
use crate::{
    delivery::{
        gitlab::{
            api::Api,
            error::Error,
            types::{Project, Token},
        },
        sanitize,
    },
    license::record::today,
};

const TOKEN: &str = "gitlab token";
const PROJECT: &str = "gitlab project";
const LABEL: &str = "gitlab label";
const CLOCK: &str = "clock";

const TOKEN_WARNING_DAYS: i32 = 30;
/// The answer took a while, and its date has whole seconds.
const SKEW_WARNING: SignedDuration = SignedDuration::from_secs(5);
/// Zendesk's signed URLs are refused beyond this difference.
const SKEW_FAILURE: SignedDuration = SignedDuration::from_secs(30);

/// Stops at a token that is refused, since all other calls would fail too.
pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let gitlab = &context.config.gitlab;
    let api = match Api::new(gitlab, context.clock.clone()) {
        Ok(api) => api,
        Err(reason) => return vec![Finding::failed(TOKEN, reason)],
    };
    let (token, date) = match api.token().await {
        Ok(answer) => answer,
        Err(error) => return vec![failed(TOKEN, &error)],
    };
    let now = context.clock.now();
    let mut findings = vec![of_token(&token, today(now)), of_clock(date, now)];
    match api.project().await {
        Ok(project) => findings.push(of_project(&project)),
        Err(error) => {
            findings.push(failed(PROJECT, &error));
            return findings;
        }
    }
    for label in &gitlab.labels {
        findings.push(match api.has_label(label).await {
            Ok(true) => Finding::ok(LABEL, format!("{label} exists")),
            Ok(false) => Finding::warning(
                LABEL,
                format!("{label} does not exist yet; the first issue creates it, or STOPGAP_GITLAB_LABELS has a typo"),
            ),
            Err(error) => failed(LABEL, &error),
        });
    }
    findings
}

fn failed(part: &'static str, error: &Error) -> Finding {
    let remedy = if error.is_unreachable() { "; check STOPGAP_GITLAB_URL" } else { "" };
    Finding::failed(part, format!("{error}{remedy}"))
}

fn of_token(token: &Token, today: Date) -> Finding {
    if !token.is_usable() {
        return Finding::failed(TOKEN, "revoked or expired; renew STOPGAP_GITLAB_TOKEN");
    }
    if !token.scopes.iter().any(|scope| scope == "api") {
        let scopes = sanitize::error_text(&token.scopes.join(", "));
        return Finding::failed(TOKEN, format!("its scope is {scopes}; it has to be api"));
    }
    let Some(expires_on) = token.expires_at else { return Finding::ok(TOKEN, "valid, scope api, does not expire") };
    let days = today.until(expires_on).map_or(0, |span| span.get_days());
    if days <= 0 {
        Finding::failed(TOKEN, format!("expired on {expires_on}; renew STOPGAP_GITLAB_TOKEN"))
    } else if days < TOKEN_WARNING_DAYS {
        Finding::warning(TOKEN, format!("expires on {expires_on}, in {days} day(s); renew STOPGAP_GITLAB_TOKEN"))
    } else {
        Finding::ok(TOKEN, format!("valid, scope api, until {expires_on}"))
    }
}

fn of_project(project: &Project) -> Finding {
    if project.archived {
        return Finding::failed(PROJECT, "archived, so no issue can be created; unarchive it");
    }
    if !project.has_issues() {
        return Finding::failed(PROJECT, "issues are switched off; switch them on in the project's settings");
    }
    match project.is_reporter() {
        Some(true) => Finding::ok(PROJECT, "reachable, issues can be created"),
        Some(false) => Finding::failed(PROJECT, "the token's role is too small; make it Reporter or more"),
        None => Finding::warning(PROJECT, "reachable; GitLab does not show the token's role, which has to be Reporter"),
    }
}

fn of_clock(date: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(date) = date else { return Finding::warning(CLOCK, "GitLab's answer has no date to compare with") };
    let skew = now.duration_since(date).abs();
    let message = || format!("{} seconds apart from GitLab's; set this machine's clock by NTP", skew.as_secs());
    if skew > SKEW_FAILURE {
        Finding::failed(CLOCK, message())
    } else if skew > SKEW_WARNING {
        Finding::warning(CLOCK, message())
    } else {
        Finding::ok(CLOCK, "agrees with GitLab's")
    }
}
