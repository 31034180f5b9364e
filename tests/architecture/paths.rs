//! The paths that a source file names, as far as they begin with `crate`, `self` or `super`.

use std::{collections::BTreeSet, iter::Peekable, str::Chars};

/// Whole paths from the root of the crate, without `crate`.
pub type Names = BTreeSet<Vec<String>>;

/// The paths that `text`, the source of `module`, names in its `use` lines and elsewhere.
pub fn names(text: &str, module: &[String]) -> Names {
    let mut names = Names::new();
    let text = code(text);
    for (at, _) in text.match_indices("::") {
        let before = &text[..at];
        let word = before.rfind(|c: char| !is_word(c)).map_or(before, |end| &before[end + 1..]);
        let is_first = !before[..before.len() - word.len()].ends_with("::");
        let base = match word {
            "crate" => Some(Vec::new()),
            "self" => Some(module.to_vec()),
            "super" => Some(parent(module)),
            _ => None,
        };
        if let Some(base) = base.filter(|_| is_first) {
            tree(&mut text[at + 2..].chars().peekable(), base, &mut names);
        }
    }
    names
}

/// The text without its comments, which may name what they like.
pub fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// One branch of a `use` tree, or one plain path.
fn tree(rest: &mut Peekable<Chars>, mut path: Vec<String>, names: &mut Names) {
    skip_space(rest);
    if rest.next_if_eq(&'{').is_some() {
        loop {
            tree(rest, path.clone(), names);
            while rest.next_if(|c| !matches!(c, ',' | '}')).is_some() {}
            if rest.next() != Some(',') {
                return;
            }
        }
    }
    let word: String = std::iter::from_fn(|| rest.next_if(|c| is_word(*c))).collect();
    match word.as_str() {
        "" | "self" => {}
        "super" => path = parent(&path),
        _ => path.push(word),
    }
    let mut ahead = rest.clone();
    if ahead.next() == Some(':') && ahead.next() == Some(':') {
        *rest = ahead;
        tree(rest, path, names);
    } else if !path.is_empty() {
        names.insert(path);
    }
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

fn skip_space(rest: &mut Peekable<Chars>) {
    while rest.next_if(|c| c.is_whitespace()).is_some() {}
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn paths_are_seen_wherever_they_stand() {
    let text = "
        use crate::{clock::Clock, license::{self, seats::Seats as read, terms::*}, store};
        use super::{reader::Reader, values};
        use super::super::random;
        // use crate::comment;
        fn f(x: &crate::http::Error) { crate::outbox::run(self::inner::g()) }
    ";
    let module = ["config".to_owned(), "keys".to_owned()];
    let seen: Vec<String> = names(text, &module).iter().map(|path| path.join("::")).collect();
    let expected = [
        "clock::Clock",
        "config::keys::inner::g",
        "config::reader::Reader",
        "config::values",
        "http::Error",
        "license",
        "license::seats::Seats",
        "license::terms",
        "outbox::run",
        "random",
        "store",
    ];
    assert_eq!(seen, expected);
}
