use serde_json::json;

use super::*;

const SESSION: &str = include_str!("../../../../../tests/evidence/console-irb.txt");
const INSPECTED: &str = include_str!("../../../../../tests/evidence/console-license-inspect.txt");
const RUNNER: &str = include_str!("../../../../../tests/evidence/console-runner.txt");
const LICENSE: &str = include_str!("../../../../../tests/vectors/paid-plain.gitlab-license");

fn session(lines: &[(&str, &str)]) -> String {
    lines
        .iter()
        .enumerate()
        .map(|(i, (command, output))| format!("irb(main):{i:03}:0> {command}\n{output}\n"))
        .collect()
}

fn console(lines: &[(&str, &str)]) -> Value {
    read(Kind::RailsConsole, &session(lines)).unwrap()
}

#[test]
fn a_session_tells_what_its_commands_asked_for() {
    let expected = json!({"plan": "premium", "trial": false, "seats": 250, "starts_on": "2025-11-01",
        "expires_on": "2026-11-01", "billable_users": 291, "maximum_users": 291, "gitlab_version": "17.5.1-ee",
        "company": "Acme GmbH", "name": "Jane Doe", "email": "jane@acme.example", "subscription_name": "A-S00000001",
        "license_id": "123456", "license_md5": "a273f5cd0000c358fa6f413900190748"});
    assert_reads(Kind::RailsConsole, SESSION, &expected);
    for prompt in ["[$] pry(main)> ", "gitlab(prod)> ", "irb(main):$> ", "irb(#<Object:0x1>):$:0> ", ">> ", ""] {
        let mut text = String::new();
        for (i, line) in SESSION.lines().enumerate() {
            let command = line.split_once(":0> ").map(|(_, command)| command);
            text += &command.map_or(line.to_owned(), |c| format!("{}{c}", prompt.replace('$', &i.to_string())));
            text.push('\n');
        }
        assert_reads(Kind::RailsConsole, &text, &expected);
    }
}

#[test]
fn a_value_without_its_command_means_nothing() {
    assert_eq!(kinds("=> 291\n=> \"premium\"\n291\n"), []);
    assert_eq!(console(&[("User.count", "=> 402"), ("1 + 290", "=> 291")]), json!({}));
}

#[test]
fn active_users_and_other_licenses_are_not_in_question() {
    let text = [
        ("User.active.count", "=> 310"),
        ("User.billable.where(admin: true).count", "=> 3"),
        ("License.last.plan", "=> \"ultimate\""),
        ("License.find(7).expires_at", "=> Sun, 01 Nov 2026"),
    ];
    assert_eq!(console(&text), json!({}));
}

#[test]
fn a_trial_is_nil_true_or_false() {
    for (printed, trial) in [("nil", false), ("false", false), ("true", true)] {
        assert_eq!(console(&[("License.current&.trial?", &format!("=> {printed}"))]), json!({"trial": trial}));
    }
    assert_eq!(console(&[("License.current.trial?", "=> #<Proc>")]), json!({}));
}

#[test]
fn restrictions_are_read_as_every_ruby_prints_them() {
    for printed in [
        r#"{:id=>5, :plan=>"ultimate", :active_user_count=>250, :trial=>true, :add_ons=>{:a=>[{:plan=>"x"}]}}"#,
        r#"{id: 5, plan: "ultimate", active_user_count: 250, trial: true, add_ons: {a: [{plan: "x", trial: nil}]}}"#,
        "\n{:id=>5,\n :plan=>\"ultimate\",\n :active_user_count=>250,\n :trial=>true}",
        r#"{"id" => 5, "plan" => "ultimate", "active_user_count" => 250, "note" => "a, }", "trial" => true}"#,
    ] {
        let expected = json!({"plan": "ultimate", "trial": true, "seats": 250, "license_id": "5"});
        assert_eq!(console(&[("License.current.restrictions", &format!("=> {printed}"))]), expected, "{printed}");
    }
    let alone = [
        ("License.current.restrictions[:active_user_count]", "=> 250"),
        ("License.current.restrictions[:trial]", "=> nil"),
        ("License.current.licensee[\"Company\"]", "=> \"Acme GmbH\""),
    ];
    assert_eq!(console(&alone), json!({"seats": 250, "trial": false, "company": "Acme GmbH"}));
    let unlimited = [("License.current.restrictions", "=> {:plan=>\"starter\", :active_user_count=>nil}")];
    assert_eq!(console(&unlimited), json!({"plan": "starter", "trial": false}));
    assert_eq!(console(&[("License.current.restrictions", "=> {:plan=>\"starter\", :act")]), json!({}));
}

#[test]
fn commands_that_a_mail_program_wrapped_are_read() {
    let text = SESSION.replace("(from: 1.year", "(from:\n1.year").replace("User.billable.count\n=> 291\n", "\n");
    let text = text.replace("License.current.maximum_user_count", "Time.current");
    assert_eq!(read(Kind::RailsConsole, &text).unwrap()["maximum_users"], json!(286));
    let text = RUNNER.replace("\", to:", "\",\nto:");
    assert_eq!(read(Kind::RailsRunner, &text), Some(json!({"billable_users": 291, "maximum_users": 286})));
}

#[test]
fn counts_below_one_are_none() {
    for printed in ["0", "-1", "-3", "nil", "\"\"", "1_000", "99999999999", "291.0", "about 5"] {
        let value = format!("=> {printed}");
        let text = [("User.billable.count", &*value), ("License.current.maximum_user_count", &value)];
        assert_eq!(console(&text), json!({}), "{printed}");
    }
}

#[test]
fn log_lines_and_printed_values_are_told_apart() {
    let text = [
        ("User.billable.count", "   (5.2ms)  SELECT COUNT(*) FROM users WHERE a=>1\n=> 291"),
        ("puts License.current.expires_at", "2026-11-01\n=> nil"),
        ("p(License.current.historical_max)", "286\n=> 286\n\nThat is all, 12 more follow.\nJane"),
        ("license = License.current", "=> #<License:0x00007f id: 7>"),
        ("license.daily_billable_users_count", "=> 290"),
    ];
    let expected = json!({"expires_on": "2026-11-01", "billable_users": 290, "maximum_users": 286});
    assert_eq!(console(&text), expected);
}

#[test]
fn a_printed_license_is_put_together_and_opened() {
    let expected = json!({"plan": "premium", "trial": false, "seats": 250, "starts_on": "2025-11-01",
        "expires_on": "2026-11-01", "blocks_on": "2026-11-15", "company": "Acme GmbH", "name": "Jane Doe",
        "email": "jane@acme.example", "license_md5": "a273f5cd0000c358fa6f413900190748",
        "license_sha256": "9476cf36a6693c46c66ad3d7c8ecc3f54730112d3ac4c18a8a98a0f4822b9bd3"});
    let mut read_as = read(Kind::RailsConsole, INSPECTED).unwrap();
    assert_eq!(read_as.as_object_mut().unwrap().remove("license_id"), Some(json!("123456")));
    assert_eq!(read_as.as_object_mut().unwrap().remove("subscription_name"), Some(json!("A-S00000001")));
    assert_eq!(read_as, expected);
    for text in variants(INSPECTED) {
        assert_eq!(read(Kind::RailsConsole, &text), read(Kind::RailsConsole, INSPECTED), "{text}");
        let record_alone = text.replace("irb(main):001:0> License.current", "").replace("=> ", "");
        assert_eq!(read(Kind::RailsConsole, &record_alone), read(Kind::RailsConsole, INSPECTED), "{record_alone}");
    }
    let data = format!("=> {LICENSE:?}");
    let on_one_line = console(&[("License.current.data", &data)]);
    assert_eq!((&on_one_line["company"], &on_one_line["seats"]), (&json!("Acme GmbH"), &json!(250)));
    let of_another = INSPECTED.replace("License.current", "License.last");
    assert_eq!(read(Kind::RailsConsole, &of_another), Some(json!({})));
    let several = INSPECTED.replace("created_at:", &format!("data: {LICENSE:?}, created_at:"));
    assert_eq!(read(Kind::RailsConsole, &several), Some(json!({})));
    assert_eq!(read(Kind::RailsConsole, &INSPECTED[..900]), Some(json!({})), "cut off");
}

#[test]
fn what_a_session_shows_without_a_license() {
    let called = "(irb):1:in `<main>': undefined method `plan' for nil:NilClass (NoMethodError)";
    for text in [session(&[("License.current", "=> nil")]), session(&[("License.current.plan", called)])] {
        assert_eq!(kinds(&text), [Kind::NoLicense, Kind::RailsConsole], "{text}");
    }
    assert_eq!(kinds(&session(&[("License.current.trial?", "=> nil")])), [Kind::RailsConsole]);
    let community = session(&[("License.current", "(irb):1:in `<main>': uninitialized constant License (NameError)")]);
    assert_eq!(kinds(&community), [Kind::CommunityEdition, Kind::RailsConsole]);
}

#[test]
fn a_runners_number_belongs_to_its_script() {
    assert_reads(Kind::RailsRunner, RUNNER, &json!({"billable_users": 291, "maximum_users": 286}));
    assert_eq!(kinds("291\n286\n"), []);
    let active = "# gitlab-rails runner 'p User.active.count'\n310\n";
    assert_eq!(read(Kind::RailsRunner, active), Some(json!({})));
}

#[test]
fn a_runner_may_warn_print_several_values_and_be_called_in_a_container() {
    let text = "[root@host ~]# docker exec -it gitlab gitlab-rails runner \"puts License.current.plan; p \
                User.active.count; puts License.current.expires_at\"\n\
                /opt/gitlab/x.rb: warning: already initialized constant\npremium\n310\n2026-11-01\n\
                [root@host ~]# date\nFriday\n\
                $ gitlab-rails runner \u{2018}p User.billable.count\u{2019}\n291\n\nRegards\nJane\n";
    let expected = json!({"plan": "premium", "expires_on": "2026-11-01", "billable_users": 291});
    assert_eq!(read(Kind::RailsRunner, text), Some(expected));
    let silent = "# gitlab-rails runner 'p User.billable.count'\n# wc -l x\n12\n";
    assert_eq!(read(Kind::RailsRunner, silent), Some(json!({})));
    let fewer = "# gitlab-rails runner 'p User.active.count; p User.billable.count'\n310\n";
    assert_eq!(read(Kind::RailsRunner, fewer), Some(json!({})));
}
