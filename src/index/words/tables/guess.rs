//! What a column means, guessed by its heading and its first values.

use crate::dataset::walk::is_picture;
use crate::dataset::{plain, values};
use crate::index::words::mapping::Role;
use crate::index::words::sidecar::usual_role;

/// Headings of columns that name the picture, in [`plain`] form.
const PICTURES: [&str; 28] = [
    "image",
    "img",
    "file",
    "filename",
    "filepath",
    "path",
    "imagepath",
    "imgpath",
    "imagefile",
    "imagefilename",
    "imagename",
    "imgname",
    "imageid",
    "imgid",
    "photo",
    "photoid",
    "picture",
    "pictureid",
    "sourcefile",
    "relativepath",
    "key",
    "id",
    "uid",
    "url",
    "imageurl",
    "link",
    "name",
    "src",
];
/// Headings beyond those that JSON files use, by what they hold.
const OTHERS: [(Role, &[&str]); 10] = [
    (Role::Description, &["imgtitle", "figcaption"]),
    (Role::Title, &["name", "heading", "titel", "titre"]),
    (Role::Caption, &["comment", "comments", "raw", "sentence", "txt", "altcaption", "query"]),
    (Role::Tags, &["tag", "keyword", "usertags", "machinetags", "objects"]),
    (Role::Place, &["location", "placename", "town", "address"]),
    (Role::Date, &["datetime", "time", "takendate", "captured", "dateupload", "datum"]),
    (Role::Latitude, &["latitude", "lat", "gpslatitude"]),
    (Role::Longitude, &["longitude", "lon", "lng", "long", "gpslongitude"]),
    (Role::Author, &["ownername", "userid", "uploader", "photographername"]),
    (
        Role::Ignored,
        &[
            "",
            "key",
            "unnamed0",
            "index",
            "width",
            "height",
            "size",
            "bytes",
            "filesize",
            "md5",
            "sha1",
            "sha256",
            "hash",
            "phash",
            "tokens",
            "embedding",
            "vector",
            "bbox",
            "sentids",
            "sentid",
            "commentnumber",
            "captionid",
        ],
    ),
];
/// A table of more columns is mostly numbers: those without a usual heading are of no use.
pub(super) const WIDE: usize = 200;
/// Words of a value from which on it is a sentence.
const SENTENCE: usize = 5;

/// Whether a heading is one that columns with names of pictures have; the smaller, the more so.
pub(super) fn picture_rank(heading: &str) -> Option<usize> {
    let plain = plain(last(heading));
    PICTURES.iter().position(|known| *known == plain)
}

/// The part of a nested column's heading that says most.
fn last(heading: &str) -> &str {
    heading.rsplit('.').next().unwrap_or(heading)
}

/// The role of a column that does not name pictures, by its heading and some of its values, if there are any.
pub(super) fn role_of(heading: &str, sample: &[String], is_wide: bool) -> Role {
    let usual = |name: &str| {
        let other = OTHERS.iter().find(|(_, names)| names.contains(&name)).map(|(role, _)| *role);
        other.or_else(|| usual_role(name))
    };
    let found = usual(&plain(heading)).or_else(|| usual(&plain(last(heading))));
    match found {
        Some(Role::Date) if !sample.iter().any(|value| values::date(value).is_some()) && !sample.is_empty() => {
            by_values(sample)
        }
        Some(role) => role,
        None if is_wide => Role::Ignored,
        None => by_values(sample),
    }
}

fn by_values(sample: &[String]) -> Role {
    let share = |is_so: &dyn Fn(&str) -> bool| sample.iter().filter(|value| is_so(value)).count() * 2 > sample.len();
    let is_fraction = |value: &str| value.contains('.') && values::number(value).is_some();
    let is_link = |value: &str| value.contains("://") || is_picture(std::path::Path::new(value));
    let is_sentence = |value: &str| value.split_whitespace().count() >= SENTENCE;
    match () {
        () if share(&is_fraction) || share(&is_link) => Role::Ignored,
        () if share(&is_sentence) => Role::Caption,
        () => Role::Facet,
    }
}
