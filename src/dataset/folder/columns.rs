//! Accepted column names of our own format; those of an image's metadata are in `dataset/metadata.rs`. Case, spaces,
//! hyphens and underscores are ignored.

pub(super) const ID: &[&str] = &["id", "image_id", "image", "img_id", "img", "photo_id", "photo", "docid", "doc_id"];
pub(super) const FILE: &[&str] = &["file", "path", "filename", "picture", "image_file", "file_name"];

pub(super) const QUERY_ID: &[&str] = &["id", "query_id", "qid", "query", "topic", "number"];
pub(super) const QUERY_TEXT: &[&str] = &["text", "query_text", "title", "words"];
pub(super) const NARRATIVE: &[&str] = &["narrative"];
pub(super) const SPLIT: &[&str] = &["split", "set", "fold", "subset"];

pub(super) const QUERY: &[&str] = &["query", "query_id", "qid", "topic"];
pub(super) const IMAGE: &[&str] = &[
    "image", "image_id", "img", "img_id", "photo", "photo_id", "docid", "doc_id", "file", "path", "filename", "picture",
];
pub(super) const RANK: &[&str] = &["rank", "position"];
pub(super) const RELEVANCE: &[&str] = &["relevance", "rel", "grade", "label"];
pub(super) const CLUSTER: &[&str] = &["cluster", "clusters"];
pub(super) const CLUSTER_NAME: &[&str] = &["name", "title", "cluster_name"];
