//! The README's table of settings is generated from the code.

use std::{fs, path::Path};

const BEGIN: &str = "<!-- settings: begin (generated; `UPDATE=1 cargo test settings_table` updates it) -->\n";
const END: &str = "<!-- settings: end -->\n";

#[test]
fn the_readmes_table_of_settings_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("README.md marks where the table begins");
    let (shown, after) = rest.split_once(END).expect("README.md marks where the table ends");
    let table = stopgap::config::table();
    if crate::world::updates() {
        fs::write(&path, [before, BEGIN, &table, END, after].concat()).unwrap();
    } else {
        assert_eq!(shown, table, "README.md is stale: UPDATE=1 cargo test settings_table");
    }
}
