use super::*;

#[test]
fn stories_about_the_site_get_the_handbooks_steps_and_the_plain_word() {
    for (text, kind) in [
        ("We want to buy Premium for GitLab.com but have no account yet.", Kind::GitlabComNoAccount),
        ("Our manager doesn't have a GitLab.com account, how do we purchase?", Kind::GitlabComNoAccount),
        ("Do I need to create an account on gitlab.com to buy a subscription?", Kind::GitlabComNoAccount),
        ("I can't see my groups when purchasing a subscription for GitLab.com", Kind::GitlabComNoGroup),
        ("GitLab SaaS: there is no group to choose when I buy", Kind::GitlabComNoGroup),
        ("On https://gitlab.com/acme our group is not listed in the purchase form.", Kind::GitlabComNoGroup),
        ("We bought Premium last week but our group on GitLab.com still shows Free", Kind::GitlabComNotLinked),
        ("Our GitLab.com purchase isn't linked to its group.", Kind::GitlabComNotLinked),
        ("How do we link the subscription to our group on gitlab.com?", Kind::GitlabComNotLinked),
        ("We got an invoice for a true-up of our GitLab.com plan", Kind::GitlabComTrueUp),
        ("SaaS Ultimate: 12 seats owed since March", Kind::GitlabComTrueUp),
        ("Our GitLab.com subscription ran out on Saturday!", Kind::GitlabCom),
        ("GitLab.com SaaS: Your subscription has expired", Kind::GitlabCom),
        ("On GitLab.com our group says: No seats left in subscription", Kind::GitlabCom),
        ("On gitlab.com it says \"Your subscription expired!\"", Kind::GitlabCom),
    ] {
        let findings = found(text);
        assert_eq!((findings.len(), findings[0].kind), (1, kind), "{text}");
        let said = findings[0].steps.join(" ") + &findings[0].meaning;
        assert!(said.contains("emergency license does not help here"), "{text}");
    }
}

#[test]
fn the_sites_addresses_alone_are_no_story_about_it() {
    for text in
        [PAST, NOW, TRUE_UP, "Our license at gitlab.acme.example: mail renewals@gitlab.com, no account, no group"]
    {
        let kinds = kinds(text);
        assert!(!serde_json::to_string(&kinds).unwrap().contains("gitlab_com"), "{text}: {kinds:?}");
    }
}

#[test]
fn the_emergency_wins_over_an_aside_about_the_site() {
    for aside in [
        "\n--\nJane, see our docs on GitLab.com",
        "\n-- \nJane Doe | jane@gitlab.com | https://gitlab.com/jane",
        " Looks like https://gitlab.com/gitlab-org/gitlab/-/issues/235392",
        " I read the docs on GitLab.com.",
        " See https://gitlab.com/acme/app/-/merge_requests/5",
        " I posted a question in the forum on gitlab.com",
        " We are self-managed, not on GitLab.com!",
        " Our self-hosted server mirrors to our GitLab.com group.",
        " We bought it at https://customers.gitlab.com and mailed renewals@gitlab.com",
        " Gruß, Jane <https://gitlab.com/jane>",
        " We have no account on GitLab.com; our instance is in our own network.",
    ] {
        assert_eq!(kinds(&format!("Your subscription expired!{aside}")), [Kind::SubscriptionExpired], "{aside}");
        let text = format!("This instance is now read-only. Don't worry, your data is safe.{aside}");
        assert_eq!(kinds(&text), [Kind::ReadOnly], "{aside}");
    }
}

#[test]
fn what_only_a_self_managed_gitlab_prints_decides_the_subject() {
    let text = "We use GitLab.com too. On our GitLab: This license has already expired. Your subscription expired!";
    assert_eq!(kinds(text), [Kind::LicenseExpired, Kind::SubscriptionExpired]);
}

#[test]
fn links_to_gitlabs_own_projects_are_no_story_about_the_site() {
    for text in [
        "Our license does not work, see https://gitlab.com/gitlab-org/gitlab/-/issues/1",
        "A question about our license\n--\nJane, GitLab.com",
        "Our license does not work. I asked in the forum on gitlab.com.",
        "Our self-managed license does not work, unlike the subscription on GitLab.com",
    ] {
        assert_eq!(kinds(text), [Kind::Unknown], "{text}");
    }
}

#[test]
fn a_message_seen_on_the_site_is_explained_if_it_is_no_matter_of_a_subscription() {
    assert_eq!(kinds("On GitLab.com we read: GitLab is undergoing maintenance"), [Kind::ReadOnlyMode]);
}
