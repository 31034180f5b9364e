//! The tests, files and constants that the documents name exist.

use std::{fs, path::Path};

/// Every piece in backticks of a document.
fn quoted(document: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    text.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    every_named_test_exists("docs/security.md", 40);
}

#[test]
fn every_test_that_the_promises_of_reliability_name_exists() {
    every_named_test_exists("docs/reliability.md", 20);
}

/// The document names more than `least` tests, and all of them are run.
fn every_named_test_exists(document: &str, least: usize) {
    let tests: Vec<String> = quoted(document).into_iter().filter(|piece| piece.contains(".rs::")).collect();
    assert!(tests.len() > least, "the document names its tests");
    for test in tests {
        let (file, name) = test.split_once("::").unwrap();
        let code = fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{test}: {e}"));
        let stem = Path::new(file).file_stem().unwrap().to_str().unwrap();
        let parent = Path::new(file).parent().unwrap();
        let parents = [parent.join("main.rs"), parent.join("mod.rs"), parent.with_extension("rs")];
        let parent = parents.map(|path| root().join(path)).into_iter().find(|path| path.exists());
        let registered = fs::read_to_string(parent.unwrap_or_else(|| panic!("{file} is in no room"))).unwrap();
        assert!(registered.contains(&format!("mod {stem};")), "{file} is not run");
        let (before, _) = code.split_once(&format!("fn {name}()")).unwrap_or_else(|| panic!("{test} is gone"));
        let attributes = before.rsplit("\n\n").next().unwrap();
        assert!(attributes.contains("test]"), "{test} is no test");
    }
}

#[test]
fn every_file_that_a_document_names_exists() {
    let names_a_file = |piece: &&String| piece.starts_with("src/") || piece.contains(".toml");
    for document in ["CONTRIBUTING.md", "README.md", "docs/architecture.md", "docs/eligibility.md", "docs/security.md"]
    {
        for piece in quoted(document).iter().filter(names_a_file).filter(|piece| !piece.contains("::")) {
            assert!(root().join(piece).exists(), "{document} names {piece}, which does not exist");
        }
    }
}

#[test]
fn every_row_of_the_threat_model_names_its_test() {
    every_row_names_its_test("docs/security.md", "## Threats");
}

#[test]
fn every_requirement_of_the_asvs_names_its_test() {
    every_row_names_its_test("docs/security.md", "## OWASP ASVS");
}

#[test]
fn every_promise_of_reliability_names_its_test() {
    every_row_names_its_test("docs/reliability.md", "## Promises");
}

fn every_row_names_its_test(document: &str, heading: &str) {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let part = text.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<&str> = part.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 15);
    for row in rows {
        assert!(row.contains(".rs::"), "no test: {row}");
    }
}

#[test]
fn every_bound_is_a_constant_of_the_file_it_names() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let part = text.split("## Bounds").nth(1).unwrap().split("\n## ").next().unwrap();
    for row in part.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let pieces: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let files = pieces.iter().filter(|piece| piece.starts_with("src/"));
        let code: String = files.map(|file| fs::read_to_string(root().join(file)).unwrap()).collect();
        let is_constant = |piece: &&&str| piece.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        for constant in pieces.iter().filter(is_constant) {
            assert!(code.contains(&format!("const {constant}: ")), "{constant} is gone: {row}");
        }
        assert!(!code.is_empty(), "no file: {row}");
    }
}
