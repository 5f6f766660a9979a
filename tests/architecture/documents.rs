//! The guide holds together: links lead somewhere, pages are listed, programs are compiled.

use std::path::{Path, PathBuf};

use crate::{assert_none, root};

/// A Markdown file of the project.
struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    fn read(path: PathBuf) -> Self {
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Self { path, text }
    }

    /// Returns the lines that are no program, with their numbers from 1.
    fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut is_program = false;
        self.text.lines().enumerate().filter_map(move |(at, line)| {
            let is_fence = line.trim_start().starts_with("```");
            is_program ^= is_fence;
            (!is_program && !is_fence).then_some((at + 1, line))
        })
    }

    /// Returns whether `anchor` is that of a heading.
    fn has_heading(&self, anchor: &str) -> bool {
        let headings = self.prose().filter_map(|(_, line)| line.strip_prefix('#'));
        headings.map(|heading| anchor_of(heading.trim_start_matches('#'))).any(|it| it == anchor)
    }
}

fn anchor_of(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
    kept.map(|it| if it == ' ' { '-' } else { it.to_ascii_lowercase() }).collect()
}

/// Returns the targets of the links of a line.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut pages: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages
}

fn documents() -> Vec<Document> {
    let folders = ["", "docs", "docs/src", "docs/decisions", "conformance", "crates/retake"];
    folders.iter().flat_map(|it| pages(&root().join(it))).map(Document::read).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut findings = Vec::new();
    for document in documents() {
        for (at, line) in document.prose() {
            for target in links(line).filter(|target| !target.contains("://")) {
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                let path = if file.is_empty() {
                    document.path.clone()
                } else {
                    document.path.with_file_name(file)
                };
                let is_found = path.exists()
                    && (anchor.is_empty() || Document::read(path).has_heading(anchor));
                if !is_found {
                    findings.push(format!("{}:{at}: {target}", document.path.display()));
                }
            }
        }
    }
    assert_none("a link leads to a file, and to a heading in it", &findings);
}

#[test]
fn pages_are_in_the_summary() {
    let folder = root().join("docs/src");
    let summary = Document::read(folder.join("SUMMARY.md")).text;
    let mut findings = Vec::new();
    for page in pages(&folder) {
        let name = page.file_name().unwrap().to_str().unwrap();
        let count = summary.matches(&format!("]({name})")).count();
        if name != "SUMMARY.md" && count != 1 {
            findings.push(format!("{name}: {count} times"));
        }
    }
    assert_none("every page of the guide is in SUMMARY.md once", &findings);
}

#[test]
fn programs_of_the_guide_are_compiled() {
    let facade = Document::read(root().join("crates/retake/src/lib.rs")).text;
    let mut findings = Vec::new();
    for page in pages(&root().join("docs/src")) {
        let name = page.file_name().unwrap().to_str().unwrap();
        let is_compiled = facade.contains(&format!("docs/src/{name}\""));
        if Document::read(page.clone()).text.contains("```rust") != is_compiled {
            findings.push(name.to_owned());
        }
    }
    assert_none("a page with programs, and no other, is a doctest of the facade", &findings);
}

#[test]
fn decisions_are_numbered_in_a_row() {
    let mut findings = Vec::new();
    let records = pages(&root().join("docs/decisions"));
    let records = records.iter().filter(|path| !path.ends_with("README.md"));
    for (at, path) in records.enumerate() {
        let number = format!("{:04}", at + 1);
        let name = path.file_name().unwrap().to_str().unwrap();
        let title = format!("# {number}: ");
        if !name.starts_with(&number) || !Document::read(path.clone()).text.starts_with(&title) {
            findings.push(format!("{name} is number {number}"));
        }
    }
    assert_none("each decision has a number of its own, and says it", &findings);
}
