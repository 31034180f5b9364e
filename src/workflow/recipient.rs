//! Who may receive a license.

use crate::license::Email;

/// A license is generated for the customer's own contact, never for a GitLab team member or a reseller
/// (handbook, "Delivery of license files").
pub(crate) fn check(email: &Email, refused_domains: &[String]) -> Result<(), String> {
    if email.is_in(refused_domains) {
        return Err(format!(
            "belongs to {}: a license goes to the customer's own contact, never to a GitLab team member or a reseller",
            email.domain()
        ));
    }
    Ok(())
}
