mod every_message;
mod languages;
mod license_files;
mod limits;
mod markup;
mod seat_messages;
mod site;
mod values;

use jiff::civil::date;

use super::*;
use crate::sealing::file::parse_public_key;

const PAST: &str = "During the year before this license started, this GitLab installation had 1,286 active users, exceeding this \
                    license's limit of 1,250 by 36 users. Please add a license for at least 1,286 users or contact sales at \
                    https://about.gitlab.com/sales/";
const NOW: &str = "This GitLab installation currently has 2 active users, exceeding this license's limit of 1 by 1 user. Please \
                   upload a license for at least 2 users or contact sales at renewals@gitlab.com";
const TRUE_UP: &str = "You have applied a True-up for 2 users but you need one for 3 users. Please contact sales at \
                       https://about.gitlab.com/sales/";

fn found(text: &str) -> Vec<Finding> {
    diagnose(text, &public_key(), date(2026, 10, 1)).unwrap()
}

fn public_key() -> PublicKey {
    parse_public_key(include_str!("../../../../tests/vectors/test_key.pub.pem")).unwrap()
}

fn kinds(text: &str) -> Vec<Kind> {
    found(text).into_iter().map(|finding| finding.kind).collect()
}
