//! The license key. Its size, and whether a key in memory fits the public one, was checked with the settings.

use rsa::traits::PublicKeyParts as _;

use super::{CheckContext, finding::Finding};
use crate::{
    config::Sealing,
    license::{Customer, Email, Language, Seats, Terms, record::today},
    sealing::{Attributes, HsmReport, Signer, file},
};

const KEY: &str = "license key";
const TOKEN: &str = "license token";

/// Seals a license for nobody, and opens it with the public key. Names token and key if they are in an HSM.
pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let Sealing { source, public, .. } = context.config.sealing.clone();
    let signer = match Signer::start(source, public).await {
        Ok(signer) => signer,
        Err(reason) => return vec![Finding::failed(KEY, reason)],
    };
    // Its time limit is short, so that a part's limit does not hide the reason.
    if let Err(reason) = signer.check_ready(context.clock.now()).await {
        return vec![Finding::failed(TOKEN, reason)];
    }
    let report = match signer.report().await {
        Ok(report) => report,
        Err(reason) => return vec![Finding::failed(TOKEN, reason)],
    };
    if let Err(reason) = trial(&signer, context).await {
        return vec![Finding::failed(KEY, format!("a trial seal failed: {reason}"))];
    }
    let sealed = format!("{} bits; a trial seal opens with the public key", signer.public().size() * 8);
    match report {
        None => vec![Finding::ok(KEY, sealed)],
        Some(HsmReport { token, key, weaknesses }) if weaknesses.is_empty() => vec![
            Finding::ok(TOKEN, token),
            Finding::ok(KEY, format!("{key}: sensitive, not extractable, for signing alone; {sealed}")),
        ],
        Some(HsmReport { token, key, weaknesses }) => vec![
            Finding::ok(TOKEN, token),
            Finding::warning(KEY, format!("{key}: {}; turn these attributes off; {sealed}", weaknesses.join(", "))),
        ],
    }
}

async fn trial(signer: &Signer, context: CheckContext<'_>) -> Result<(), String> {
    let terms = Terms::of(today(context.clock.now()), context.config.sealing.days);
    let customer =
        Customer { email: Email::parse("nobody@stopgap.invalid")?, name: None, company: None, language: Language::En };
    let attributes = Attributes::emergency(&customer, Seats::parse(1)?, terms);
    let sealed = signer.seal(attributes, context.random.for_rsa()).await.map_err(|e| e.to_string())?;
    file::open(sealed.expose(), signer.public()).map(drop).map_err(|e| e.to_string())
}
