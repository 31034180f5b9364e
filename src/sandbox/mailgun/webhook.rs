//! Its webhook: tells the service of every event, signed.

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::{Mailgun, Shared};
use crate::license::file::hex;

/// What reports are signed with.
pub const SIGNING_KEY: &str = "signing-key-of-the-sandbox";
const TIMEOUT: Duration = Duration::from_secs(5);

impl Mailgun {
    /// Reports every event to `url` from now on, each once, for as long as the returned task is not dropped or aborted.
    pub(crate) fn report_to(&self, url: Url) -> tokio::task::JoinHandle<()> {
        tokio::spawn(run(Arc::clone(&self.shared), url))
    }
}

async fn run(shared: Arc<Shared>, url: Url) {
    let client = reqwest::Client::new();
    let mut reported = 0;
    loop {
        let seen = shared.mail.revision();
        let events = shared.change(|account, _| account.events.clone());
        for event in events.iter().skip(reported) {
            let report = report(event, shared.clock.now().as_second(), reported);
            // A report that is lost is what the service asks for later.
            client.post(url.clone()).json(&report).timeout(TIMEOUT).send().await.ok();
            reported += 1;
        }
        shared.mail.newer_than(seen).await;
    }
}

fn report(event: &Value, at: i64, number: usize) -> Value {
    let token = format!("token-{at}-{number}");
    let mut mac = Hmac::<Sha256>::new_from_slice(SIGNING_KEY.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{at}{token}").as_bytes());
    let signature =
        json!({ "timestamp": at.to_string(), "token": token, "signature": hex(&mac.finalize().into_bytes()) });
    json!({ "signature": signature, "event-data": event })
}
