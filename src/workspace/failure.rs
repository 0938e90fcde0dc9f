//! How what goes wrong in the rooms above becomes a job's end.

use super::looks::RankError;
use crate::base::{FileError, UnknownName};
use crate::dataset::DatasetError;
use crate::export::ExportError;
use crate::graph::GraphError;
use crate::index::IndexError;
use crate::jobs::JobError;
use crate::study::StudyError;
use crate::train::TrainError;
use crate::vision::hub::HubError;
use crate::vision::{UnknownStage, VisionError};

macro_rules! ends {
    ($($error:ty),*) => {$(
        impl From<$error> for JobError {
            fn from(error: $error) -> Self {
                if error.is_cancelled() { Self::Cancelled } else { Self::Failed(error.to_string()) }
            }
        }
    )*};
}

ends!(GraphError, IndexError, RankError, StudyError, TrainError, VisionError);

macro_rules! fails {
    ($($error:ty),*) => {$(
        impl From<$error> for JobError {
            fn from(error: $error) -> Self {
                Self::Failed(error.to_string())
            }
        }
    )*};
}

fails!(DatasetError, ExportError, FileError, HubError, UnknownName, UnknownStage);
