//! Kinds of files, by their names.

use std::path::Path;

use crate::dataset::walk::{extension, is_picture};
use crate::index::words::listing::TableKind;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Picture,
    /// It speaks of the picture beside it, or of many.
    Loose,
    Table(TableKind),
    Shard,
    /// It could hold pictures, but not such as can be read.
    Unread(&'static str),
    Other,
}

/// Endings of files that could hold pictures, by what they are called in a report.
const UNREAD: [(&str, &[&str]); 8] = [
    ("HEIC", &["heic", "heif", "hif"]),
    ("AVIF", &["avif", "avifs"]),
    ("JPEG XL", &["jxl"]),
    (
        "camera raw",
        &[
            "3fr", "arw", "cr2", "cr3", "crw", "dng", "erf", "iiq", "kdc", "mef", "mos", "mrw", "nef", "nrw", "orf",
            "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f",
        ],
    ),
    ("other pictures", &["svg", "psd", "psb", "xcf", "eps", "ai", "jp2", "j2k", "jpx", "exr", "hdr", "ico", "jfif"]),
    ("video", &["mp4", "mov", "avi", "mkv", "webm", "m4v", "3gp", "mts", "m2ts", "mpg", "mpeg", "wmv"]),
    ("document", &["pdf", "djvu"]),
    ("archive", &["zip", "gz", "tgz", "bz2", "tbz", "xz", "txz", "zst", "7z", "rar", "lmdb", "tfrecord"]),
];

/// The kind of a file, by its name.
pub(super) fn kind_of(path: &Path) -> Kind {
    if is_picture(path) {
        return Kind::Picture;
    }
    let ending = extension(path);
    match ending.as_str() {
        "txt" | "caption" | "json" | "xmp" | "token" => Kind::Loose,
        "csv" | "tsv" => Kind::Table(TableKind::Delimited),
        "jsonl" | "ndjson" => Kind::Table(TableKind::JsonLines),
        "parquet" => Kind::Table(TableKind::Parquet),
        "html" | "htm" | "xhtml" => Kind::Table(TableKind::Page),
        "tar" => Kind::Shard,
        _ => {
            let named = UNREAD.iter().find(|(_, endings)| endings.contains(&ending.as_str()));
            named.map_or(Kind::Other, |(name, _)| Kind::Unread(name))
        }
    }
}
