//! GitLab: token, project, right to create issues, labels, and how far our clocks are apart. Only ever reads.

use jiff::{SignedDuration, Timestamp, civil::Date, fmt::rfc2822, tz::TimeZone};
use reqwest::header::{DATE, HeaderMap};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{Asking, PART_TIMEOUT, finding::Finding};
use crate::{
    delivery::{http_client, sanitize},
    license::record::today,
};

/// A token is renewed in peace when this much is left.
const TOKEN_WARNING_DAYS: i32 = 30;
/// GitLab's number for the role Reporter, the least that may set labels.
const REPORTER: u64 = 20;
/// Clocks that differ by more deserve a look: the answer took a while, and its date has whole seconds.
const SKEW_WARNING: SignedDuration = SignedDuration::from_secs(5);
/// Zendesk's signed URLs are refused beyond this difference.
const SKEW_FAILURE: SignedDuration = SignedDuration::from_secs(30);
/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// A page of labels: the most that GitLab gives.
const LABELS_A_PAGE: usize = 100;

/// Asks one thing after the other; without a token that is let in, nothing else is worth asking.
pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    let (token, headers) = match get(asking, &["personal_access_tokens", "self"], None).await {
        Ok(answered) => answered,
        Err(words) => return vec![Finding::failed("gitlab token", words)],
    };
    let now = asking.clock.now();
    let mut findings = vec![of_token(&token, today(now)), of_clock(&headers, now)];
    let project = asking.config.gitlab.project.as_str();
    match get(asking, &["projects", project], None).await {
        Ok((project, _)) => findings.push(of_project(&project)),
        Err(words) => {
            findings.push(Finding::failed("gitlab project", words));
            return findings;
        }
    }
    for label in &asking.config.gitlab.labels {
        findings.push(match get(asking, &["projects", project, "labels"], Some(label)).await {
            Ok((labels, _)) => of_label(&labels, label),
            Err(words) => Finding::failed("gitlab label", words),
        });
    }
    findings
}

async fn get(asking: Asking<'_>, path: &[&str], search: Option<&str>) -> Result<(Value, HeaderMap), String> {
    let gitlab = &asking.config.gitlab;
    let mut url = gitlab.url.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(["api", "v4"]).extend(path);
    }
    if let Some(search) = search {
        url.query_pairs_mut().append_pair("search", search).append_pair("per_page", &LABELS_A_PAGE.to_string());
    }
    let client = http_client::client(PART_TIMEOUT)?;
    let request = client.get(url).header("PRIVATE-TOKEN", gitlab.token.expose_secret());
    let mut answer = request
        .send()
        .await
        .map_err(|e| format!("GitLab cannot be reached: {}; look at STOPGAP_GITLAB_URL", http_client::describe(e)))?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = http_client::body(&mut answer, MAX_ANSWER_BYTES).await.map_err(|e| e.to_string())?;
    match status {
        200 => match serde_json::from_slice(&body) {
            Ok(json) => Ok((json, headers)),
            Err(_) => Err("what answers is no GitLab; look at STOPGAP_GITLAB_URL".to_owned()),
        },
        401 => Err("GitLab does not take the token (401); renew STOPGAP_GITLAB_TOKEN".to_owned()),
        403 => Err("the token's scope or role is too small (403); give STOPGAP_GITLAB_TOKEN the scope api".to_owned()),
        404 => {
            Err("the token sees no such thing (404); look at STOPGAP_GITLAB_PROJECT and the token's role".to_owned())
        }
        300..=399 => Err(format!("GitLab has moved ({status}); set STOPGAP_GITLAB_URL to where it is now")),
        _ => Err(format!("GitLab answers {status}: {}", sanitize::words(&String::from_utf8_lossy(&body)))),
    }
}

fn of_token(token: &Value, today: Date) -> Finding {
    const PART: &str = "gitlab token";
    let scopes: Vec<&str> = token["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if token["active"] == false || token["revoked"] == true {
        return Finding::failed(PART, "it is revoked or expired; renew STOPGAP_GITLAB_TOKEN");
    }
    if !scopes.contains(&"api") {
        return Finding::failed(
            PART,
            format!("its scope is {}; it has to be api", sanitize::words(&scopes.join(", "))),
        );
    }
    let expires_on: Option<Date> = token["expires_at"].as_str().and_then(|text| text.parse().ok());
    let Some(expires_on) = expires_on else { return Finding::ok(PART, "valid, scope api, without an end") };
    let days = today.until(expires_on).map_or(0, |span| span.get_days());
    if days <= 0 {
        Finding::failed(PART, format!("it expired on {expires_on}; renew STOPGAP_GITLAB_TOKEN"))
    } else if days < TOKEN_WARNING_DAYS {
        Finding::warning(PART, format!("expires on {expires_on}, in {days} day(s); renew STOPGAP_GITLAB_TOKEN"))
    } else {
        Finding::ok(PART, format!("valid, scope api, until {expires_on}"))
    }
}

fn of_project(project: &Value) -> Finding {
    const PART: &str = "gitlab project";
    let level = |access: &str| project["permissions"][access]["access_level"].as_u64();
    let role = level("project_access").max(level("group_access"));
    if project["archived"] == true {
        Finding::failed(PART, "it is archived, so no issue can be created; take it out of the archive")
    } else if project["issues_access_level"] == "disabled" || project["issues_enabled"] == false {
        Finding::failed(PART, "issues are switched off; switch them on in the project's settings")
    } else {
        match role {
            Some(role) if role < REPORTER => {
                Finding::failed(PART, "the token's role is too small; make it Reporter or more")
            }
            Some(_) => Finding::ok(PART, "reachable, issues can be created"),
            None => Finding::warning(PART, "reachable; GitLab does not tell the token's role: it has to be Reporter"),
        }
    }
}

fn of_label(labels: &Value, label: &str) -> Finding {
    const PART: &str = "gitlab label";
    let is_there = labels.as_array().into_iter().flatten().any(|known| known["name"] == label);
    if is_there {
        Finding::ok(PART, format!("{label} is there"))
    } else {
        Finding::warning(
            PART,
            format!("{label} is not there yet; the first issue makes it, or STOPGAP_GITLAB_LABELS has a typo"),
        )
    }
}

fn of_clock(headers: &HeaderMap, now: Timestamp) -> Finding {
    const PART: &str = "clock";
    let date = headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(|text| rfc2822::parse(text).ok());
    let Some(date) = date else { return Finding::warning(PART, "GitLab's answer has no date to compare with") };
    let skew = now.duration_since(date.with_time_zone(TimeZone::UTC).timestamp()).abs();
    let words = || format!("{} seconds apart from GitLab's; set this machine's clock by NTP", skew.as_secs());
    if skew > SKEW_FAILURE {
        Finding::failed(PART, words())
    } else if skew > SKEW_WARNING {
        Finding::warning(PART, words())
    } else {
        Finding::ok(PART, "agrees with GitLab's")
    }
}
