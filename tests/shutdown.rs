//! How the real program stops, is upgraded, and says whether it can work.

use jiff::SignedDuration;
use stopgap::sandbox::smtp::Fault as Smtp;

use crate::world::{World, ended, generate, get, order, process::serve, through, within};

#[tokio::test]
async fn a_signal_ends_it_well_and_soon() {
    let world = World::start().await;
    let process = serve(&world, &[]).await;
    let agent = process.agent(&world).await;
    ended(&agent, &generate(&agent, &order()).await).await;
    process.terminate();
    let (status, took) = process.end().await;
    assert!(status.success(), "{status}");
    assert!(took < SignedDuration::from_secs(10), "{took:?}");
    process.line("stopped").await;
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once_and_what_was_under_way_is_taken_up_again() {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Smtp::HangAfterDot);
    let process = serve(&world, &[]).await;
    let agent = process.agent(&world).await;
    let license = generate(&agent, &order()).await;
    within(world.sandbox.mail.wait_for(1)).await;
    process.terminate();
    process.line("stopping; finishing or releasing what is in flight").await;
    process.terminate();
    let (status, took) = process.end().await;
    assert!(status.success(), "{status}");
    assert!(took < SignedDuration::from_secs(5), "{took:?}");

    let again = serve(&world, &[]).await;
    let agent = again.agent(&world).await;
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "delivered");
    assert_eq!(through(&license, "email")[0]["uncertain"], true);
}

#[tokio::test]
async fn it_is_ready_while_database_and_outbox_worker_live() {
    let world = World::start().await;
    let stranger = world.stranger();
    assert_eq!(get(&stranger, "/health/live").await.status, 200);
    assert_eq!(get(&stranger, "/health/ready").await.status, 200);
}
