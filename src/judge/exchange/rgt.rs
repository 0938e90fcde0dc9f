//! MediaEval's relevance files: `<query> rGT.txt` with a line `photo,grade` for each photo, where −1 is "can't tell".

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::found::{Found, malformed};
use crate::base::{At, FileError, read_text_file};
use crate::dataset::whole_number;
use crate::judge::name::name_of_stem;
use crate::judge::{CANT_TELL, JudgeError, Judgement};

/// How such a file's name ends, in lower case; copies of the collections differ in it.
const ENDING: &str = "rgt.txt";

/// Whether a path is such a file, or a folder of them.
pub(super) fn is_rgt(path: &Path) -> bool {
    path.is_dir() || query_of(path).is_some()
}

/// The query of such a file.
fn query_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let stem = name.len().checked_sub(ENDING.len()).and_then(|end| name.split_at_checked(end))?;
    let is_named = stem.1.eq_ignore_ascii_case(ENDING) && !stem.0.trim().is_empty();
    is_named.then(|| name_of_stem(stem.0.trim()))
}

/// The judgements of a file, or of all those in a folder.
pub(super) fn rgt(path: &Path) -> Result<Vec<Found>, JudgeError> {
    let files = if path.is_dir() { listed(path)? } else { vec![path.to_owned()] };
    if files.is_empty() {
        return Err(FileError::malformed("no file \"<query> rGT.txt\" in the folder", path).into());
    }
    let mut found = Vec::new();
    for file in files {
        read(&file, &mut found)?;
    }
    Ok(found)
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = fs::read_dir(folder).at(folder)?.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file() && query_of(path).is_some()).collect();
    files.sort();
    Ok(files)
}

fn read(path: &Path, found: &mut Vec<Found>) -> Result<(), JudgeError> {
    let query = query_of(path).unwrap_or_default();
    let text = read_text_file(path)?;
    let mut first: HashMap<&str, (usize, i32)> = HashMap::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = index + 1;
        let (image, grade) = line
            .split_once(',')
            .ok_or_else(|| malformed("no comma between photo and grade".to_owned(), path, number))?;
        let (image, grade) = (image.trim(), grade.trim());
        let grade = whole_number(grade)
            .ok_or_else(|| malformed(format!("grade '{grade}' is not a whole number"), path, number))?;
        match first.insert(image, (number, grade)) {
            Some((_, before)) if before == grade => continue,
            Some((before, _)) => {
                let message = format!("image '{image}' has another grade on line {before}");
                return Err(malformed(message, path, number));
            }
            None => {}
        }
        let judgement = Judgement { grade: Some(grade.max(CANT_TELL)), ..Judgement::default() };
        found.push(Found { query: query.clone(), image: image.to_owned(), judgement, at: None, raw: None });
    }
    Ok(())
}
