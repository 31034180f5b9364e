//! Who may get a license.

use crate::license::Email;

/// A license is generated for the customer's own contact, never for a GitLab team member or a reseller
/// (handbook, "Delivery of license files").
///
/// # Errors
/// The handbook's reason, where the address belongs to one of `refused_domains`.
pub fn check(email: &Email, refused_domains: &[String]) -> Result<(), String> {
    if email.is_in(refused_domains) {
        return Err(format!(
            "belongs to {}: a license goes to the customer's own contact, never to a GitLab team member or a reseller",
            email.domain()
        ));
    }
    Ok(())
}
