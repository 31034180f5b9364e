//! A delivery as the API shows it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::license::{
    Arrival, ArrivalState, Attempt, AttemptOutcome, Channel, Delivery, DeliveryId, DeliveryState, Purpose,
    SuppressionList,
};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryView {
    #[schema(value_type = String, format = "uuid")]
    pub id: DeliveryId,
    pub channel: Channel,
    pub purpose: Purpose,
    /// The address of an email.
    pub recipient: Option<String>,
    /// An email with the license in its text alone.
    pub without_attachment: bool,
    pub state: DeliveryState,
    /// Includes the attempt in flight.
    pub attempts: u32,
    /// Some attempt may have succeeded unnoticed.
    pub uncertain: bool,
    /// An email past its deadline.
    pub late: bool,
    pub created_at: Timestamp,
    /// Null unless pending.
    pub next_attempt_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub last_error: Option<String>,
    /// Email: its Message-ID. Issue: its URL. Slack: the issue URL in the message.
    pub reference: Option<String>,
    /// Email: the words with which the mail server accepted it. Issue: what GitLab did otherwise than it was asked.
    pub reply: Option<String>,
    /// Whether an accepted email arrived; null for other deliveries.
    pub arrival: Option<ArrivalView>,
    /// The first 5 and the last 20 attempts.
    pub attempt_log: Vec<AttemptView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Arrival)]
pub(crate) struct ArrivalView {
    pub state: ArrivalStateView,
    pub detail: String,
    /// The list that a suppressed address is on, if the mail provider said so.
    pub list: Option<SuppressionList>,
    /// The mail provider's reason.
    pub reason: Option<String>,
    pub at: Option<Timestamp>,
}

/// What the mail provider reported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = ArrivalState)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ArrivalStateView {
    /// Accepted by the mail server; no report yet.
    Unknown,
    Delayed,
    Delivered,
    Failed,
    Suppressed,
    Complained,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub(crate) struct AttemptView {
    /// From 1.
    pub number: u32,
    /// When it ended.
    pub at: Timestamp,
    pub outcome: AttemptOutcome,
    pub error: Option<String>,
}

pub(super) fn delivery_view(delivery: &Delivery, attempts: &[Attempt]) -> DeliveryView {
    let is_pending = delivery.state == DeliveryState::Pending;
    DeliveryView {
        id: delivery.id,
        channel: delivery.channel,
        purpose: delivery.purpose,
        recipient: delivery.recipient.clone(),
        without_attachment: delivery.without_attachment,
        state: delivery.state,
        attempts: delivery.attempts,
        uncertain: delivery.uncertain,
        late: delivery.late,
        created_at: delivery.created_at,
        next_attempt_at: is_pending.then_some(delivery.next_attempt_at),
        sent_at: delivery.sent_at,
        last_error: delivery.last_error.clone(),
        reference: delivery.reference.clone(),
        reply: delivery.reply.clone(),
        arrival: arrival_view(delivery),
        attempt_log: attempts.iter().filter(|attempt| attempt.delivery_id == delivery.id).map(attempt_view).collect(),
    }
}

fn arrival_view(delivery: &Delivery) -> Option<ArrivalView> {
    match &delivery.arrival {
        Some(arrival @ Arrival { state, list, reason, at }) => Some(ArrivalView {
            state: (*state).into(),
            detail: arrival.summary(),
            list: *list,
            reason: reason.clone(),
            at: Some(*at),
        }),
        None if delivery.channel == Channel::Email && delivery.state == DeliveryState::Sent => Some(ArrivalView {
            state: ArrivalStateView::Unknown,
            detail: "Accepted by the mail server; arrival unknown.".into(),
            list: None,
            reason: None,
            at: None,
        }),
        None => None,
    }
}

fn attempt_view(attempt: &Attempt) -> AttemptView {
    AttemptView { number: attempt.number, at: attempt.at, outcome: attempt.outcome, error: attempt.error.clone() }
}

impl From<ArrivalState> for ArrivalStateView {
    fn from(state: ArrivalState) -> Self {
        match state {
            ArrivalState::Delayed => Self::Delayed,
            ArrivalState::Delivered => Self::Delivered,
            ArrivalState::Failed => Self::Failed,
            ArrivalState::Suppressed => Self::Suppressed,
            ArrivalState::Complained => Self::Complained,
        }
    }
}
