//! The key pair. That its halves match and are long enough was checked when the settings were read.

use super::{Asking, finding::Finding};
use crate::{
    license::{Customer, Email, Seats, Terms, record::today},
    sealing::{Attributes, file},
};

const PART: &str = "license key";

/// Seals a license for nobody, and opens it with the public key.
pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    let key = asking.config.sealing.key.clone();
    let (now, random) = (asking.clock.now(), asking.random);
    let days = asking.config.sealing.days;
    let tried = tokio::task::spawn_blocking(move || -> Result<usize, String> {
        let customer = Customer { email: Email::parse("nobody@stopgap.invalid")?, name: None, company: None };
        let attributes = Attributes::emergency(&customer, Seats::parse(1)?, Terms::of(today(now), days));
        let sealed = key.seal(&attributes, &mut random.for_rsa())?;
        file::open(sealed.expose(), key.public()).map_err(|e| e.to_string())?;
        Ok(key.bits())
    });
    vec![match tried.await {
        Ok(Ok(bits)) => Finding::ok(PART, format!("the pair matches, {bits} bits; a trial seal opens")),
        Ok(Err(words)) => Finding::failed(PART, format!("a trial seal failed: {words}; give another pair of keys")),
        Err(_) => Finding::failed(PART, "a trial seal was interrupted; look at STOPGAP_LICENSE_PRIVATE_KEY"),
    }]
}
