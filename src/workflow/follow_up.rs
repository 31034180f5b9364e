//! Settling what is left to do about a license, or opening it again.

use super::{Error, LicenseService, actions::Obstacle, written};
use crate::license::{
    Actor, Event, EventKind, FollowUpState, LicenseDetails, LicenseId, Notice, Settled, SingleLine, State, notices,
};

impl LicenseService {
    /// Sets the follow-up of a license. Any agent may: it sends no license. Setting what is set changes nothing.
    pub(crate) async fn set_follow_up(
        &self,
        id: LicenseId,
        agent_user_id: u64,
        state: FollowUpState,
        note: Option<&SingleLine>,
        request_id: &str,
    ) -> Result<LicenseDetails, Error> {
        let actor = self.actor(agent_user_id).await?;
        let mut tx = self.store.begin().await?;
        tx.set_request_id(Some(request_id));
        let details = tx.license(id).await?.ok_or(Error::NotFound)?;
        can_follow_up(&details).map_err(|obstacle| obstacle.error(&details))?;
        let is_done = details.settled.is_some();
        if is_done == (state == FollowUpState::Done) {
            return Ok(details);
        }
        let now = self.clock.now();
        let by = match &actor {
            Actor::Agent { username: Some(username), .. } => username.to_string(),
            actor => actor.to_string(),
        };
        let note = note.map(ToString::to_string);
        let (kind, settled, notice) = match state {
            FollowUpState::Done => {
                let settled = Settled { at: now, by: by.clone(), note: note.clone() };
                (EventKind::FollowUpDone, Some(settled), Notice::FollowUpDone { by, note: note.clone() })
            }
            FollowUpState::Open => {
                let open = details.state() != State::Delivered;
                (EventKind::FollowUpReopened, None, Notice::FollowUpReopened { by, note: note.clone(), open })
            }
        };
        tx.set_settled(id, settled.as_ref()).await?;
        tx.insert_event(id, &Event::new(now, &actor, kind, note)).await?;
        for new in notices::notices_for(&details, notice, &mut self.tick(now)) {
            tx.insert_delivery(id, &new, now).await?;
        }
        let details = written(&mut tx, id).await?;
        tx.commit().await?;
        Ok(details)
    }
}

/// Whether there is something to settle.
pub(super) fn can_follow_up(details: &LicenseDetails) -> Result<(), Obstacle> {
    if details.license.replaced_by.is_some() {
        Err(Obstacle::Replaced)
    } else if details.erased_at.is_some() {
        Err(Obstacle::Erased)
    } else if details.license.drill {
        Err(Obstacle::Drill)
    } else {
        Ok(())
    }
}
