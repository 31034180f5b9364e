//! What the program is made of, as far as it can be told without the network; `make audit` asks for more.

use std::{fs, path::Path, process::Command};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The value of `key = "value"` in one entry of the lock file.
fn value<'a>(entry: &'a str, key: &str) -> Option<&'a str> {
    entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = ")).map(|value| value.trim_matches('"'))
}

#[test]
fn every_dependency_is_from_one_registry_with_its_checksum() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let entries: Vec<&str> = lock.split("[[package]]").skip(1).collect();
    assert!(entries.len() > 100, "the lock file lists them");
    let (ours, foreign): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| value(entry, "source").is_none());
    assert_eq!(ours.iter().map(|entry| value(entry, "name")).collect::<Vec<_>>(), [Some("stopgap")]);
    let registry = value(foreign[0], "source");
    for entry in foreign {
        let source = value(entry, "source");
        assert!(source == registry && source.unwrap().starts_with("registry+https://"), "another source: {entry}");
        assert!(value(entry, "checksum").is_some_and(|sum| sum.len() == 64), "no checksum: {entry}");
    }
}

#[test]
fn what_the_audit_bans_is_not_in_the_program() {
    let rules = fs::read_to_string(root().join("deny.toml")).unwrap();
    let banned: Vec<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("{ crate = \"")?.split('"').next()).collect();
    assert!(banned.contains(&"openssl"), "the test finds what is banned: {banned:?}");
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--no-default-features",
            "--features",
            "hsm",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let linked: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(linked.contains(&"rustls"), "{tree}");
    for name in banned {
        assert!(!linked.contains(&name), "{name} is in the program");
    }
}
