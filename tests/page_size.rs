//! The pages arrive fast because they are small: no file of theirs is compressed, bundled or fetched from elsewhere.

use std::{fs, path::Path};

/// Script and style of the sidebar, as they stand in the repository.
const SIDEBAR_BYTES: u64 = 40_000;
/// What the full page adds to them.
const LOOKUP_BYTES: u64 = 20 * 1024;

#[test]
fn the_sidebars_own_script_and_style_stay_under_40_kb() {
    let bytes = script_and_style("sidebar");
    assert!(bytes <= SIDEBAR_BYTES, "{bytes} bytes, {} too many", bytes - SIDEBAR_BYTES);
}

#[test]
fn the_full_page_adds_less_than_20_kb() {
    let bytes = script_and_style("lookup");
    assert!(bytes <= LOOKUP_BYTES, "{bytes} bytes, {} too many", bytes - LOOKUP_BYTES);
}

fn script_and_style(folder: &str) -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("zendesk-app").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let own = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "js" || ending == "css"));
    let sizes: Vec<u64> = own.map(|file| file.metadata().unwrap().len()).collect();
    assert!(!sizes.is_empty(), "there is something to measure");
    sizes.iter().sum()
}
