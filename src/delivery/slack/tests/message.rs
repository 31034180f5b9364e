//! The messages: what they say, and what hostile input does to them.

use super::*;

fn subject<'a>(license: &'a License, issue_url: Option<&'a str>, links: &'a Links) -> Subject<'a> {
    Subject { license, issue_url, links, group: Some("S0123456789"), mention: None }
}

/// The message of each form.
fn forms(license: &License, notice: &Notice, issue_url: Option<&str>) -> [Value; 2] {
    let links = links();
    let subject = subject(license, issue_url, &links);
    [subject.whole(notice), subject.reply(notice)].map(|message| serde_json::to_value(message).unwrap())
}

fn whole(license: &License, notice: &Notice) -> String {
    forms(license, notice, Some(ISSUE))[0].to_string()
}

/// Every string in a message, with the kind of block it stands in.
fn texts(message: &Value) -> Vec<(String, String)> {
    let mut all = vec![("text".to_owned(), message["text"].as_str().unwrap().to_owned())];
    let beside = message["attachments"].as_array().unwrap().iter().flat_map(|one| one["blocks"].as_array().unwrap());
    for block in message["blocks"].as_array().into_iter().flatten().chain(beside) {
        let kind = block["type"].as_str().unwrap();
        let fields = block["elements"].as_array().into_iter().flatten();
        all.extend(fields.map(|field| ("field".to_owned(), field["text"].as_str().unwrap().to_owned())));
        all.extend(block["text"]["text"].as_str().map(|text| (kind.to_owned(), text.to_owned())));
    }
    all
}

#[test]
fn a_message_has_what_the_team_needs_and_no_license_or_address() {
    let license = license();
    let file = license.file.as_ref().unwrap().expose();
    for notice in notices() {
        for (form, message) in forms(&license, &notice, Some(ISSUE)).into_iter().enumerate() {
            let text = message.to_string();
            let always = [
                "Acme GmbH &amp; Co. KG · ",
                "<https://acme.zendesk.com/agent/tickets/4711|ticket #4711>",
                &format!("<{ISSUE}|issue>"),
                "jdoe",
                "acme.example",
                &license.id.to_string(),
            ];
            let whole =
                ["Acme GmbH &amp; Co. KG · 286 seats · ", "*Eligibility:* in scope: the grace period ended 1 day ago"];
            for part in always.into_iter().chain(whole.into_iter().filter(|_| form == 0)) {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert!(!text.contains(&file[..40]), "{text}");
            assert!(!text.to_lowercase().contains("jane") && !text.contains("ops@"), "{text}");
        }
    }
    let [unfiled, _] = forms(&license, &Notice::Generated, None);
    assert!(unfiled.to_string().contains("issue not filed yet"));
}

#[test]
fn the_fallback_text_says_all_that_the_blocks_say() {
    for notice in notices() {
        for message in forms(&license(), &notice, Some(ISSUE)) {
            let all = texts(&message);
            for (kind, text) in &all[1..] {
                assert!(all[0].1.contains(text), "{kind} {text} in {}", all[0].1);
            }
        }
    }
}

#[test]
fn the_header_says_company_seats_and_state() {
    let license = license();
    for (notice, state) in notices().iter().zip([
        "sent",
        "sent",
        "sent",
        "not mailed yet",
        "not mailed yet",
        "not mailed",
        "no license",
        "bounced",
        "sent",
    ]) {
        let header = forms(&license, notice, None)[0]["blocks"][0]["text"]["text"].to_string();
        assert!(header.ends_with(&format!("Acme GmbH &amp; Co. KG · 286 seats · {state}\"")), "{header}");
    }
}

#[test]
fn a_success_says_by_which_business_day_to_renew() {
    // It stops on a Tuesday; a day earlier its last day would be a Sunday.
    assert!(whole(&license(), &Notice::Generated).contains("Renew by *Monday, 2026-11-30*"));
    let mut license = license();
    license.terms.expires_on = license.terms.expires_on.yesterday().unwrap();
    let text = whole(&license, &Notice::Generated);
    assert!(text.contains("Renew by *Friday, 2026-11-27*; the license stops at 00:00 of 2026-11-30"), "{text}");
    license.drill = true;
    let drill = whole(&license, &Notice::Generated);
    assert!(
        !drill.contains("Renew by") && drill.contains("Drill: ") && drill.contains("*This is a drill.*"),
        "{drill}"
    );
}

#[test]
fn a_failure_begins_with_what_to_do_and_mentions_who() {
    let failures = notices().into_iter().filter(Notice::is_failure);
    for notice in failures {
        let [whole, reply] = forms(&license(), &notice, None);
        for first in [&whole["blocks"][1], &reply["blocks"][0]] {
            let first = first["text"]["text"].as_str().unwrap();
            assert!(first.starts_with("<!subteam^S0123456789> jdoe: *"), "{first}");
        }
        assert!(["#e01e5a", "#ecb22e"].contains(&reply["attachments"][0]["color"].as_str().unwrap()), "{reply}");
    }
    let success = whole(&license(), &Notice::Generated);
    assert!(!success.contains("subteam"), "nobody is woken by what went well: {success}");
}

#[test]
fn hostile_text_pings_nobody_and_breaks_no_limit() {
    let long = "<!channel> & @here ".repeat(40);
    let mut license = license();
    for hostile in ["<!channel>", "<@U123> *bold* & @here <https://evil.example|click>", &"&".repeat(200)] {
        license.customer.company = line(hostile);
        license.eligibility.reason = long.clone();
        license.eligibility.override_reason = Some("&".repeat(5000));
        license.eligibility.recommended_seats = Some(1_000_000);
        for notice in [
            Notice::EmailLate { error: Some(long.clone()), needs_operator: true },
            Notice::EmailRefused { error: "&".repeat(5000), needs_operator: true },
            Notice::SealingFailed { error: long.clone() },
        ] {
            for message in forms(&license, &notice, Some(ISSUE)) {
                for (kind, text) in texts(&message) {
                    let limits = [("header", 150), ("field", 2000), ("text", 4000)];
                    let limit = limits.iter().find(|(k, _)| *k == kind).map_or(3000, |l| l.1);
                    assert!(text.chars().count() <= limit, "{kind}: {text}");
                    let plain = text.replace("<https://acme.zendesk.com/", "").replace("<https://gitlab.example/", "");
                    let plain = plain.replace("<!subteam^S0123456789>", "");
                    assert!(!plain.contains('<'), "{text}");
                }
            }
        }
    }
}

#[test]
fn a_license_that_was_pasted_as_a_reason_is_removed() {
    let file = license().file.unwrap().expose().replace('\n', "");
    let mut pasted: License = license();
    pasted.eligibility.override_reason = Some(file.clone());
    let text = whole(&pasted, &Notice::Generated);
    assert!(!text.contains(&file[..60]), "{text}");
}

#[test]
fn a_long_company_name_is_cut_and_not_removed() {
    let mut license = license();
    let word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsverwaltung";
    license.customer.company = line(&format!("{word} GmbH"));
    let text = whole(&license, &Notice::Generated);
    assert!(text.contains("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkb"), "{text}");
    license.customer.company = line(&"A".repeat(200));
    let text = whole(&license, &Notice::Generated);
    assert!(text.contains(&format!("{}…", "A".repeat(40))) && !text.contains(&"A".repeat(41)), "{text}");
}

#[test]
fn the_reason_for_another_license_is_told_without_calling_it_out_of_scope() {
    let mut license = license();
    license.eligibility.verdict = Verdict::InScope;
    license.eligibility.override_reason = Some("the first one had too few seats".to_owned());
    license.eligibility.overridden_by = Some("jdoe".to_owned());
    let text = whole(&license, &Notice::Generated);
    assert!(text.contains("*Confirmed* by jdoe because the first one had too few seats"), "{text}");
}
