//! Deaths of the service days after the press: while it reminds, and while it posts a digest.

use stopgap::crash::POINTS;

use crate::world::{
    World, ended, generate, history, order,
    process::{Process, command, crash_program},
    sql, within,
};

/// Whether a point is one of this file's.
pub(super) fn has(point: &str) -> bool {
    point.starts_with("remind") || point.starts_with("digest")
}

/// Starts the service, armed to die at `point`, and waits until it has.
async fn die(world: &World, point: &str) {
    let mut armed = command(crash_program(), &world.variables());
    armed.env("CRASH_AT", point);
    let service = Process::start(armed).await;
    assert!(within(service.aborted()).await, "{point} was not reached:\n{}", service.log());
}

/// A world with one delivered license, and no service.
async fn delivered(settings: &[(&str, &str)]) -> (World, serde_json::Value) {
    tokio::task::spawn_blocking(crash_program).await.unwrap();
    let mut world = World::stand_ins(settings).await;
    world.start_service().await;
    let agent = world.agent().await;
    let license = ended(&agent, &generate(&agent, &order()).await).await;
    world.stop().await;
    (world, license)
}

#[tokio::test]
async fn a_death_while_reminding_loses_no_reminder_and_doubles_none() {
    for point in POINTS.iter().filter(|point| point.starts_with("remind")) {
        let (world, license) = delivered(&[]).await;
        sql(&world.database(), "UPDATE licenses SET remind_at = 1").await;
        die(&world, point).await;
        let service = Process::start(command(crash_program(), &world.variables())).await;
        let agent = world.agent_at(service.url()).await;
        within(world.sandbox.slack.wait_for(2)).await;
        let license = ended(&agent, &license).await;
        assert_eq!(history(&license).iter().filter(|kind| **kind == "reminded").count(), 1, "{point}");
        assert_eq!(world.sandbox.slack.messages().len(), 2, "{point}");
        assert_eq!(world.sandbox.gitlab.issues()[0].notes.len(), 1, "{point}");
    }
}

#[tokio::test]
async fn a_death_around_a_digest_loses_none_and_may_post_it_twice_only_if_it_was_out() {
    for (point, at_most) in [("digest_before_post", 1), ("digest_after_post", 2)] {
        let (mut world, _) = delivered(&[]).await;
        world.set("DIGEST_AT", "00:00 UTC");
        // A digest of today, of what was generated until now.
        let now = world.clock.now();
        let (today, until) = (stopgap::license::record::today(now), now.as_millisecond() + 86_400_000);
        for day in [today.yesterday().unwrap().yesterday().unwrap(), today.yesterday().unwrap(), today] {
            let insert = format!(
                "INSERT INTO digests (day, since, until, state, attempts, uncertain, next_attempt_at) \
                 VALUES ('{day}', 0, {until}, 'pending', 0, 0, 0)"
            );
            sql(&world.database(), &insert).await;
        }
        die(&world, point).await;
        let _service = Process::start(command(crash_program(), &world.variables())).await;
        let messages = within(world.sandbox.slack.wait_for(1 + at_most)).await;
        let digests = messages.iter().filter(|message| message.text.contains("1 generated since")).count();
        assert_eq!(digests, at_most, "{point}");
    }
}
