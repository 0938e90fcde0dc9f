//! The ground truth: `rGT` (relevance), `dGT` (clusters) and `dclusterGT` (their names).

use std::path::Path;

use crate::dataset::build::Builder;
use crate::dataset::text::{numbered_lines, read_text_or_warn};
use crate::dataset::{Relevance, WarningKind, values};

/// `id,1|0|-1`; −1 ("can't tell") leaves the candidate unjudged.
pub(super) fn read_relevance(builder: &mut Builder, query: usize, path: &Path) {
    for (line, image, value) in pairs(builder, path) {
        let Some(grade) = values::whole(&value) else {
            let message = format!("grade '{value}' of photo '{image}' is not a whole number");
            builder.warnings.line(WarningKind::BadNumber, path, line, message);
            continue;
        };
        let candidate = builder.candidate_named(query, &image);
        let is_judged = match candidate {
            Some(candidate) => builder.judgements.get(query, candidate).is_some(),
            None => builder.judgements.others(query).any(|(other, _)| other == image),
        };
        match candidate {
            _ if is_judged => {
                let message = format!("photo '{image}' is judged twice; the first judgement counts");
                builder.warnings.line(WarningKind::DuplicateId, path, line, message);
            }
            Some(candidate) => {
                let grade = Some(Relevance(grade)).filter(|grade| grade.is_judged());
                builder.judgements.set(query, candidate, grade);
            }
            None => {
                builder.judgements.set_other(query, &image, Relevance(grade));
                orphan(builder, path, line, &image);
            }
        }
    }
}

/// `id,cluster`; a photo may be in two clusters.
pub(super) fn read_clusters(builder: &mut Builder, query: usize, path: &Path) {
    for (line, image, value) in pairs(builder, path) {
        let Some(cluster) = cluster_number(builder, path, line, &value) else { continue };
        match builder.candidate_mut(query, &image) {
            Some(candidate) => candidate.clusters.push(cluster),
            None => {
                orphan(builder, path, line, &image);
                continue;
            }
        }
        builder.dataset.queries[query].clusters.entry(cluster).or_default();
    }
}

/// `cluster,name`; the name may hold commas.
pub(super) fn read_cluster_names(builder: &mut Builder, query: usize, path: &Path) {
    for (line, cluster, name) in pairs(builder, path) {
        if let Some(cluster) = cluster_number(builder, path, line, &cluster) {
            builder.dataset.queries[query].clusters.insert(cluster, name);
        }
    }
}

fn cluster_number(builder: &mut Builder, path: &Path, line: usize, field: &str) -> Option<u32> {
    let number = values::whole(field).and_then(|number| u32::try_from(number).ok());
    if number.is_none() {
        let message = format!("cluster '{field}' is not a whole number");
        builder.warnings.line(WarningKind::BadNumber, path, line, message);
    }
    number
}

fn orphan(builder: &mut Builder, path: &Path, line: usize, image: &str) {
    let message = format!("photo '{image}' is not among the topic's photos");
    builder.warnings.line(WarningKind::OrphanLabel, path, line, message);
}

/// The lines of a file, split at the first comma.
fn pairs(builder: &mut Builder, path: &Path) -> Vec<(usize, String, String)> {
    let Some(text) = read_text_or_warn(path, &mut builder.warnings) else { return Vec::new() };
    let mut found = Vec::new();
    for (line, content) in numbered_lines(&text).filter(|(_, content)| !content.trim().is_empty()) {
        match content.split_once(',') {
            Some((key, value)) => found.push((line, key.trim().to_owned(), value.trim().to_owned())),
            None => builder.warnings.line(WarningKind::BadRow, path, line, format!("no comma in '{}'", shown(content))),
        }
    }
    found
}

/// The start of a line, for a message.
fn shown(content: &str) -> String {
    content.chars().take(40).collect()
}
