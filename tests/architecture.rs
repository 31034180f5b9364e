//! Imports run one way. Reads the paths that the source names, and holds them against the map of the house.

mod paths;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use paths::{Names, names};

/// A room imports from the layers below its own, and from the leaves.
const LAYERS: &[&[&str]] = &[
    &["cli"],
    &["app"],
    &["http", "sandbox", "check"],
    &["workflow", "outbox"],
    &["store", "delivery", "zendesk"],
    &["gitlab_rules"],
    &["sealing"],
    &["license"],
];

/// Imports that the layers would allow and that are wrong all the same: requests reach the outbox by the store alone.
const FORBIDDEN: &[(&str, &str)] = &[("http", "outbox"), ("check", "outbox"), ("check", "workflow")];

/// Rooms without clock or randomness, and without I/O but for [`SIGNING`].
const PURE: &[&str] = &["license", "sealing", "gitlab_rules"];

/// Where a pure room talks to an HSM.
const SIGNING: &[&str] = &["hsm", "signer"];

/// Rooms that every room but the pure ones may use.
const LEAVES: &[&str] = &["clock", "config", "crash", "metrics", "random", "telemetry"];

/// What a leaf uses itself.
const LEAF_IMPORTS: &[(&str, &str)] = &[
    ("config", "license"),
    ("config", "sealing"),
    ("crash", "license"),
    ("metrics", "license"),
    ("telemetry", "config"),
];

/// The sandbox plays the outside world: it knows what a license is, and nothing of how the service works.
const SANDBOX_IMPORTS: &[&str] = &["license", "sealing", "clock", "config", "random", "telemetry"];

/// The clients that do not know each other.
const CLIENTS: &[&str] = &["email", "gitlab", "slack"];

const MAX_LINES: usize = 400;
const MAX_MAIN_LINES: usize = 60;

/// One source file: where it stands in the tree of modules, and what it names.
struct Source {
    path: PathBuf,
    module: Vec<String>,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    /// Unit tests may run a client against the sandbox's servers.
    fn is_unit_test(&self) -> bool {
        self.module.iter().any(|part| part == "tests")
    }

    fn names(&self) -> Names {
        names(&self.text, &self.module)
    }
}

/// Every file below `src/`.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = path.strip_prefix(&root).unwrap().with_extension("");
                let mut module: Vec<String> = module.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
                module.pop_if(|last| last == "mod");
                sources.push(Source { text: fs::read_to_string(&path).unwrap(), path, module });
            }
        }
    }
    assert!(sources.len() > 10, "the source is where it is looked for");
    sources
}

fn rooms() -> BTreeSet<String> {
    let is_room = |room: &str| !["", "lib", "main"].contains(&room);
    sources().iter().map(|source| source.room().to_owned()).filter(|room| is_room(room)).collect()
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

fn may_import(from: &str, to: &str) -> bool {
    if from == to {
        return true;
    }
    if from == "sandbox" {
        return SANDBOX_IMPORTS.contains(&to);
    }
    if LEAVES.contains(&from) {
        return LEAF_IMPORTS.contains(&(from, to));
    }
    if FORBIDDEN.contains(&(from, to)) {
        return false;
    }
    (LEAVES.contains(&to) && !PURE.contains(&from)) || layer(from).zip(layer(to)).is_some_and(|(from, to)| from < to)
}

#[test]
fn every_room_stands_on_the_map() {
    for room in rooms() {
        assert!(
            layer(&room).is_some() || LEAVES.contains(&room.as_str()),
            "src/{room} is a new room: give it a place in tests/architecture.rs and in docs/architecture.md"
        );
    }
}

#[test]
fn imports_run_one_way() {
    let rooms = rooms();
    for source in sources().iter().filter(|source| rooms.contains(source.room())) {
        for path in source.names() {
            let to = path[0].as_str();
            let is_for_a_test = to == "sandbox" && source.is_unit_test();
            let is_fine = !rooms.contains(to) || is_for_a_test || may_import(source.room(), to);
            assert!(is_fine, "{} must not use {}", source.path.display(), path.join("::"));
        }
    }
}

/// A file may name its parents and what is in them; among all others, imports lead only on.
#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let production = || sources.iter().filter(|source| !source.is_unit_test());
    let file_of = |path: &[String]| {
        (1..=path.len()).rev().find_map(|length| production().find(|source| source.module == path[..length]))
    };
    let imports: BTreeMap<&Path, BTreeSet<&Path>> = production()
        .map(|source| {
            let names = source.names();
            let files = names.iter().filter_map(|path| file_of(path));
            let others = files.filter(|file| !source.module.starts_with(&file.module));
            (source.path.as_path(), others.map(|file| file.path.as_path()).collect())
        })
        .collect();
    for start in imports.keys() {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&Path> = imports[start].iter().copied().collect();
        while let Some(file) = next.pop() {
            assert!(file != *start, "{} imports itself by way of others: {reached:?}", start.display());
            if reached.insert(file) {
                next.extend(&imports[file]);
            }
        }
    }
}

#[test]
fn the_three_clients_do_not_know_each_other() {
    for source in sources().iter().filter(|source| source.room() == "delivery" && source.module.len() > 1) {
        let own = source.module[1].as_str();
        for path in source.names().iter().filter(|path| path.len() > 1 && path[0] == "delivery") {
            let other = path[1].as_str();
            let is_fine = other == own || !CLIENTS.contains(&own) || !CLIENTS.contains(&other);
            assert!(is_fine, "{} must not use {}", source.path.display(), path.join("::"));
        }
    }
}

#[test]
fn pure_rooms_do_no_io() {
    for source in sources().iter().filter(|source| PURE.contains(&source.room())) {
        let signs = source.module.get(1).is_some_and(|file| SIGNING.contains(&file.as_str()));
        for word in ["tokio::", "cryptoki::", "std::fs", "std::net", "async fn"] {
            let is_fine = signs || !paths::code(&source.text).contains(word);
            assert!(is_fine, "{} must not use {word}", source.path.display());
        }
    }
}

#[test]
fn each_technology_has_its_rooms() {
    for (word, rooms) in [
        ("sqlx::", &["store", "outbox", "workflow", "app"][..]),
        ("actix_web::", &["http", "sandbox", "app"]),
        ("lettre::", &["delivery", "config", "sandbox"]),
        ("clap::", &["cli"]),
        ("cryptoki::", &["sealing"]),
        ("std::env::", &["config"]),
    ] {
        for source in sources().iter().filter(|source| !["lib", "main"].contains(&source.room())) {
            let is_fine = rooms.contains(&source.room()) || !paths::code(&source.text).contains(word);
            assert!(is_fine, "{} must not use {word}: that is for {rooms:?}", source.path.display());
        }
    }
}

#[test]
fn a_file_is_one_thing_and_short() {
    for source in sources() {
        let most = if source.room() == "main" { MAX_MAIN_LINES } else { MAX_LINES };
        let lines = source.text.lines().count();
        assert!(lines <= most, "{} has {lines} lines, more than {most}", source.path.display());
    }
}

#[test]
fn the_map_refuses_what_it_should() {
    for (from, to) in [
        ("license", "config"),
        ("license", "clock"),
        ("store", "workflow"),
        ("store", "delivery"),
        ("workflow", "http"),
        ("http", "outbox"),
        ("outbox", "workflow"),
        ("license", "sealing"),
        ("sealing", "gitlab_rules"),
        ("gitlab_rules", "clock"),
        ("sandbox", "store"),
        ("config", "app"),
        ("clock", "license"),
        ("app", "cli"),
    ] {
        assert!(!may_import(from, to), "{from} → {to}");
    }
    for (from, to) in [("cli", "license"), ("app", "sandbox"), ("http", "store"), ("delivery", "config")] {
        assert!(may_import(from, to), "{from} → {to}");
    }
}
