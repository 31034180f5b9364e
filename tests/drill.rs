//! A drill takes the production path and is marked as a drill everywhere.

use std::process::Command;

use stopgap::sandbox::gitlab::State;

use crate::world::{
    World, get,
    process::{beside, program, serve},
};

#[tokio::test]
async fn a_drill_makes_all_deliveries_marked_as_one_and_counts_towards_no_limit() {
    let world = World::start().await;
    let process = serve(&world, &[("STOPGAP_DAILY_LIMIT", "1")]).await;
    let mut drill = drill(&world, "jane@acme.example");
    let output = tokio::task::spawn_blocking(move || drill.output().unwrap()).await.unwrap();
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{output:?}");
    for expected in ["license ", "email    sent", "issue    sent", "slack    sent", "all three arrived"] {
        assert!(printed.contains(expected), "{printed}");
    }

    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].subject.starts_with("[DRILL] "), "{}", mails[0].subject);
    assert!(
        mails[0].text.starts_with("This is a drill.") && mails[0].html.contains("This is a drill"),
        "{:?}",
        mails[0]
    );
    let issues = world.sandbox.gitlab.issues();
    assert_eq!((issues.len(), issues[0].state), (1, State::Closed));
    assert!(issues[0].title.starts_with("[Drill] [Success]"), "{}", issues[0].title);
    assert!(issues[0].description.starts_with("**This is a drill.**"), "{}", issues[0].description);
    let messages = world.sandbox.slack.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].text.contains("Drill: "), "{}", messages[0].text);

    let agent = process.agent(&world).await;
    let id = printed.lines().next().unwrap().trim_start_matches("license").trim().to_owned();
    let license = get(&agent, &format!("/api/v1/licenses/{id}")).await.body;
    assert_eq!(license["drill"], true);
    assert_eq!(license["events"][0]["actor"], "operator");
    let real = crate::world::generate(&agent, &crate::world::order()).await;
    assert_eq!(real["drill"], false, "a drill counts neither towards the daily limit nor as a duplicate");
}

#[tokio::test]
async fn a_drill_fails_if_no_service_of_this_version_has_started_yet() {
    let world = World::start().await;
    let output = drill(&world, "me@acme.example").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("start the service first"));
    assert!(!world.folder().join("process.db").exists());
}

/// A drill on the database of the service that [`serve`] starts.
fn drill(world: &World, email: &str) -> Command {
    let mut command = Command::new(program());
    command.env_clear().envs(beside(world)).args(["drill", "--email", email, "--username", "jdoe"]);
    command
}
