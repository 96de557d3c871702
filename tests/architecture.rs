//! The arrows between the modules run one way, the toolkit stays in the window, and only `linalg`
//! names a numerical backend.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each module may use of the crate, besides itself.
const ARROWS: [(&str, &[&str]); 16] = [
    ("linalg", &[]),
    ("service", &[]),
    ("data", &["linalg"]),
    ("kernel", &["data", "linalg"]),
    ("model", &["data", "kernel", "linalg"]),
    ("baseline", &["data", "kernel", "linalg"]),
    (
        "training",
        &["baseline", "data", "kernel", "linalg", "model"],
    ),
    ("session", &["data", "service", "training"]),
    (
        "experiment",
        &["baseline", "data", "kernel", "linalg", "model", "training"],
    ),
    (
        "exhibit",
        &[
            "baseline",
            "data",
            "experiment",
            "kernel",
            "linalg",
            "model",
            "training",
        ],
    ),
    ("picture", &["data", "exhibit", "service", "training"]),
    (
        "worker",
        &[
            "baseline",
            "data",
            "exhibit",
            "experiment",
            "kernel",
            "linalg",
            "model",
            "service",
            "session",
            "training",
        ],
    ),
    (
        "view",
        &[
            "data",
            "exhibit",
            "experiment",
            "picture",
            "session",
            "training",
            "worker",
        ],
    ),
    (
        "report",
        &[
            "data",
            "exhibit",
            "experiment",
            "picture",
            "training",
            "view",
            "worker",
        ],
    ),
    (
        "cli",
        &[
            "baseline",
            "data",
            "exhibit",
            "experiment",
            "kernel",
            "linalg",
            "model",
            "picture",
            "report",
            "session",
            "training",
            "view",
            "worker",
        ],
    ),
    (
        "ui",
        &[
            "data",
            "exhibit",
            "experiment",
            "picture",
            "report",
            "service",
            "session",
            "training",
            "view",
            "worker",
        ],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file of `folder`, with its text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The text without its comments, which may name what they like.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether `code` names the crate or module `name` as a path does.
fn names(code: &str, name: &str) -> bool {
    let bytes = code.as_bytes();
    code.match_indices(name).any(|(at, _)| {
        let before = at.checked_sub(1).map(|index| bytes[index]);
        let after = &code[at + name.len()..];
        let starts = before.is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'_' && b != b'"');
        starts && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

/// The modules that `code` reaches by `crate::`, alone or in braces.
fn reached(code: &str) -> BTreeSet<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        let rest = &code[at + path.len()..];
        let Some(braced) = rest.strip_prefix('{') else {
            found.insert(rest.chars().take_while(|&c| is_word(c)).collect());
            continue;
        };
        let (mut depth, mut item) = (1, String::new());
        let mut items = Vec::new();
        for c in braced.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => items.push(std::mem::take(&mut item)),
                _ => {}
            }
            if depth == 0 {
                break;
            }
            item.push(c);
        }
        items.push(item);
        for item in items {
            let name: String = item
                .trim_start_matches([',', ' ', '\n'])
                .chars()
                .take_while(|&c| is_word(c))
                .collect();
            found.insert(name);
        }
    }
    found.remove("");
    found
}

#[test]
fn the_scan_sees_what_it_should() {
    let code = code("use crate::{data::{A, B}, view};\n// crate::ui\ncrate::linalg::product();");
    let expected = ["data", "linalg", "view"].map(str::to_owned);
    assert_eq!(reached(&code), BTreeSet::from(expected));
    assert!(names("use egui::Ui;", "egui"));
    assert!(names("let x = egui::vec2(0, 0);", "egui"));
    assert!(!names("use my_egui::Ui;", "egui"));
}

#[test]
fn arrows_run_one_way() {
    for (module, allowed) in ARROWS {
        for (path, text) in files(&source().join(module)) {
            for other in reached(&code(&text)) {
                // Macros and the crate's own items are no modules.
                let is_module = ARROWS.iter().any(|(name, _)| *name == other);
                let fine = other == module || allowed.contains(&other.as_str()) || !is_module;
                assert!(fine, "{} uses {other}", path.display());
            }
        }
    }
}

#[test]
fn every_module_has_its_arrows() {
    let text = std::fs::read_to_string(source().join("lib.rs")).unwrap();
    let declared: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(declared, ARROWS.iter().map(|(name, _)| *name).collect());
}

#[test]
fn only_the_window_knows_the_toolkit() {
    for (module, _) in ARROWS {
        for (path, text) in files(&source().join(module)) {
            for toolkit in [
                "egui",
                "eframe",
                "egui_plot",
                "egui_extras",
                "rfd",
                "epaint",
            ] {
                let found = names(&code(&text), toolkit);
                assert!(
                    module == "ui" || !found,
                    "{} names {toolkit}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn only_linalg_names_a_numerical_backend() {
    let mut in_linalg = false;
    for (path, text) in files(&source()) {
        let found = ["faer", "gemm", "nalgebra"]
            .iter()
            .any(|backend| names(&code(&text), backend));
        let is_linalg = path.starts_with(source().join("linalg"));
        in_linalg |= is_linalg && found;
        assert!(is_linalg || !found, "{} names a backend", path.display());
    }
    assert!(in_linalg, "the scan finds what is there");
}
