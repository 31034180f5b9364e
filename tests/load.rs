//! Five hundred licenses at once: every one answered, every delivery made, within little memory.

use std::{collections::BTreeSet, fs, time::Duration};

use futures_util::{StreamExt as _, stream};

use crate::world::{
    World, fresh_key, order_for, post,
    process::{Process, command, program},
};

const LICENSES: usize = 500;
const CLIENTS: usize = 50;
/// What the whole service may take, in KB.
const MAX_RESIDENT_KB: u64 = 64 * 1024;
/// All deliveries are made within this, on a slow machine too.
const ALL: Duration = Duration::from_secs(150);
const NO_LIMITS: [(&str, &str); 3] =
    [("AGENT_HOURLY_LIMIT", "10000"), ("CUSTOMER_DAILY_LIMIT", "10000"), ("DAILY_LIMIT", "10000")];

#[tokio::test]
async fn five_hundred_licenses_by_fifty_clients_are_all_answered_and_delivered() {
    let world = World::stand_ins(&NO_LIMITS).await;
    let service = Process::start(command(&program(), &world.variables())).await;
    let agent = world.agent_at(service.url()).await;
    let asking = stream::iter(0..LICENSES).map(|n| {
        let agent = agent.clone();
        async move {
            let answer =
                post(&agent, "/api/v1/licenses", &fresh_key(), &order_for(&format!("c{n}@acme.example"))).await;
            assert_eq!(answer.status, 201, "{}", answer.body);
            answer.body["id"].as_str().unwrap().to_owned()
        }
    });
    let ids: BTreeSet<_> = asking.buffer_unordered(CLIENTS).collect().await;
    assert_eq!(ids.len(), LICENSES);

    let sandbox = &world.sandbox;
    let all = async {
        let _ = sandbox.mail.wait_for(LICENSES).await;
        let _ = sandbox.gitlab.wait_for(LICENSES).await;
        let _ = sandbox.slack.wait_for(LICENSES).await;
    };
    tokio::time::timeout(ALL, all).await.expect("all deliveries are made in time");
    assert_eq!(sandbox.mail.mails().len(), LICENSES);
    assert_eq!(sandbox.gitlab.issues().len(), LICENSES);
    assert_eq!(sandbox.slack.messages().len(), LICENSES);
    let resident_kb = most_resident_kb(service.pid());
    assert!(resident_kb < MAX_RESIDENT_KB, "{resident_kb} KB");
}

/// The most memory that the process ever held (`VmHWM`).
fn most_resident_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
