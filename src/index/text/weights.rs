//! How much each field counts.

use serde::{Deserialize, Serialize};

/// What the BM25 score of each field is multiplied by; 0 leaves the field out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldWeights {
    /// Titles.
    pub title: f32,
    /// Descriptions.
    pub description: f32,
    /// Further texts about a picture.
    pub captions: f32,
    /// Keywords, categories and people.
    pub tags: f32,
    /// Names of places.
    pub places: f32,
    /// The words of file names.
    pub name: f32,
    /// The words of folder names.
    pub folders: f32,
    /// Authors, licences, and columns of tables.
    pub other: f32,
}

impl Default for FieldWeights {
    /// Short texts that name the subject count more than long ones that mention it.
    fn default() -> Self {
        Self {
            title: 2.0,
            description: 1.0,
            captions: 1.0,
            tags: 2.0,
            places: 1.0,
            name: 1.5,
            folders: 1.0,
            other: 0.5,
        }
    }
}

impl FieldWeights {
    /// The weight of a field by its name.
    pub fn of(&self, field: &str) -> f32 {
        match field {
            "title" => self.title,
            "description" => self.description,
            "captions" => self.captions,
            "tags" => self.tags,
            "places" => self.places,
            "name" => self.name,
            "folders" => self.folders,
            _ => self.other,
        }
    }
}
