//! A row of the table of deliveries.

use jiff::Timestamp;
use stopgap::license::{Delivery, DeliveryId, DeliveryState, LicenseId, NewDelivery};

pub struct Row {
    pub delivery: Delivery,
    pub depends_on: Option<DeliveryId>,
    pub wait_until: Option<Timestamp>,
    pub lease: Option<(u64, i64)>,
}

impl Row {
    /// A delivery that is enqueued at `now`.
    pub fn new(new: NewDelivery, license_id: LicenseId, created_at: Timestamp, now: Timestamp) -> Self {
        let delivery = Delivery {
            id: new.id,
            license_id,
            channel: new.channel,
            purpose: new.purpose,
            recipient: new.recipient,
            without_attachment: new.without_attachment,
            notice: new.notice,
            state: DeliveryState::Pending,
            attempts: 0,
            uncertain: false,
            late: false,
            created_at,
            deadline_at: new.deadline_at,
            expires_at: new.expires_at,
            next_attempt_at: now,
            sent_at: None,
            last_error: None,
            reference: None,
            reply: None,
            thread_ts: None,
            arrival: None,
            request_id: None,
        };
        Self { delivery, depends_on: new.depends_on, wait_until: new.wait_until, lease: None }
    }
}
