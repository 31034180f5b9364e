//! The pages arrive fast because they are small: scripts and style as a browser would receive them compressed.

use std::{fs, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};

/// Script and style of the sidebar, each file compressed on its own.
const SIDEBAR_GZIP_BYTES: usize = 40_000;
/// What the full page adds to them.
const LOOKUP_GZIP_BYTES: usize = 10_000;

#[test]
fn the_sidebars_script_and_style_stay_under_40_kb_compressed() {
    let bytes = gzipped("sidebar");
    assert!(bytes <= SIDEBAR_GZIP_BYTES, "{bytes} bytes, {} too many", bytes - SIDEBAR_GZIP_BYTES);
}

#[test]
fn the_full_page_adds_less_than_10_kb_compressed() {
    let bytes = gzipped("lookup");
    assert!(bytes <= LOOKUP_GZIP_BYTES, "{bytes} bytes, {} too many", bytes - LOOKUP_GZIP_BYTES);
}

fn gzipped(folder: &str) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("zendesk-app").join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let own = files.filter(|file| file.extension().is_some_and(|ending| ending == "js" || ending == "css"));
    let sizes: Vec<usize> = own.map(|file| compressed(&fs::read(file).unwrap())).collect();
    assert!(!sizes.is_empty(), "there is something to measure");
    sizes.iter().sum()
}

fn compressed(content: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap().len()
}
