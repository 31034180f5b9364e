//! Background work: asks the mail provider about emails whose arrival is unknown.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    delivery::email::mailgun::Mailgun,
    workflow::{LicenseService, read_back::Asked},
};

/// How often the store is asked whether a question is due. The provider is asked far less often.
const POLL: Duration = Duration::from_secs(1);

pub(crate) struct ReadBackTask {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl ReadBackTask {
    /// Does nothing if there is no provider to ask.
    pub(crate) fn start(licenses: LicenseService) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let Some(mailgun) = licenses.mailgun.clone() else { return };
            // A question that is cancelled is asked again, by this replica or another.
            tokio::select! {
                () = run(licenses, mailgun) => {}
                () = stopped.cancelled() => {}
            }
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

/// One question at a time. Never returns.
async fn run(licenses: LicenseService, mailgun: Arc<Mailgun>) {
    let mut not_before = Timestamp::MIN;
    loop {
        sleep(POLL).await;
        if licenses.clock.now() < not_before {
            continue;
        }
        match licenses.read_back(&mailgun).await {
            Ok(Asked::Nothing | Asked::Answered) => {}
            Ok(Asked::NotBefore(at)) => not_before = at,
            Err(e) => warn!(error = %e, "the answer of the mail provider could not be recorded"),
        }
    }
}
