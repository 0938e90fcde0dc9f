//! What the settings of the encoder mean, and what becomes of its vectors.

use super::Fetching;
use crate::base::{Progress, Unit};
use crate::dataset::VectorTable;
use crate::graph::{VisualSettings, Whitening, unit_rows};
use crate::jobs::{Event, JobError, Slot, Wake};
use crate::vision::hub::{self, HubModel, HubOptions};
use crate::vision::{Architecture, DeviceChoice, EncoderSpec, Feature, VisionError};
use crate::workspace::EncoderSettings;
use std::ops::ControlFlow;

/// Images that are projected together.
const CHUNK: usize = 256;

/// What the settings mean. `fetch` is told how far a download is and may end it; whoever breaks at once gets only what
/// is on the disk already.
///
/// # Errors
/// An unknown name, or weights that are missing, for people.
pub fn resolve(settings: &EncoderSettings, fetch: &mut Fetching<'_>) -> Result<(EncoderSpec, DeviceChoice), JobError> {
    let device = settings.device.parse::<DeviceChoice>()?;
    let mut spec = network(settings, fetch)?;
    spec.feature = Feature::new(settings.stage, settings.pooling)?;
    if let Some(preprocess) = &settings.preprocess {
        spec.preprocess = preprocess.clone();
    }
    Ok((spec, device))
}

/// The network with its weights and the preprocessing that these want.
fn network(settings: &EncoderSettings, fetch: &mut Fetching<'_>) -> Result<EncoderSpec, JobError> {
    if let Some(name) = &settings.hub {
        return from_hub(name.trim(), fetch);
    }
    if settings.weights.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
        return Err("choose a file with the network's weights".to_owned().into());
    }
    // A file's tensors tell what network they are of.
    let architecture = match &settings.weights {
        Some(_) => None,
        None => Some(settings.architecture.parse::<Architecture>()?),
    };
    Ok(EncoderSpec::find(architecture, settings.weights.as_deref())?)
}

/// A model of the hub by its name.
fn from_hub(name: &str, fetch: &mut Fetching<'_>) -> Result<EncoderSpec, JobError> {
    if name.is_empty() {
        return Err("type the name of a model of the hub, such as timm/resnet18.a1_in1k".to_owned().into());
    }
    let model = name.parse::<HubModel>()?;
    let mut options = HubOptions::from_env()?;
    let only_looks = fetch(Progress { stage: "Looking for the model".to_owned(), ..Progress::default() }).is_break();
    let told = options.offline;
    options.offline |= only_looks;
    let count = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    let fetched = hub::fetch_with(&model, &options, &mut |progress| {
        let stage = format!("Fetching {}", progress.file);
        let (done, total) = (count(progress.done), count(progress.total));
        fetch(Progress { stage, done, total, unit: Unit::Bytes, ..Progress::default() })
    });
    fetched.map_err(|error| match error {
        VisionError::Hub(_) if only_looks && !told => {
            "not on this machine yet; computing embeddings fetches it".to_owned().into()
        }
        error => error.into(),
    })
}

/// The vectors as the settings want them: divided by their length, whitened to a few principal components that are
/// learned on all of them without labels (Jégou and Chum, ECCV 2012), or as they are.
///
/// # Errors
/// Where there is too little to learn from, or a large table cannot be written.
pub fn project(mut table: VectorTable, settings: &EncoderSettings) -> Result<VectorTable, JobError> {
    // The name is what a run remembers of its vectors, so it tells all that is not usual.
    if settings.preprocess.is_some() {
        table.name += ", own preprocessing";
    }
    if !settings.l2 && settings.whiten.is_none() {
        return Ok(table);
    }
    let images: Vec<usize> = (0..table.row_of_image.len()).filter(|&i| table.row_of_image[i].is_some()).collect();
    let rows = |images: &[usize]| -> Vec<f32> {
        let rows: Vec<f32> = images.iter().filter_map(|&image| table.get(image)).flat_map(|row| row.to_vec()).collect();
        if settings.l2 { unit_rows(&rows, table.dim) } else { rows }
    };
    let whitening = settings.whiten.map(|_| {
        let wanted = VisualSettings { whiten: true, power: 1.0, shrinkage: 0.0, components: 0 };
        Whitening::learn(&images, |image| Some(rows(&[image]).into()), table.dim, wanted)
    });
    let dim = match (&whitening, settings.whiten) {
        (Some(whitening), Some(kept)) => kept.min(whitening.dim()),
        _ => table.dim,
    };
    if dim == 0 {
        return Err("there are too few different vectors to learn a whitening from".to_owned().into());
    }
    let name = format!("{}{}", table.name, settings.projection_name());
    let mut projected = VectorTable::new(name, dim, table.row_of_image.len());
    for images in images.chunks(CHUNK) {
        let mut out = rows(images);
        if let Some(whitening) = &whitening {
            out = whitening.leading(&whitening.project(&out), dim);
            out = if settings.l2 { unit_rows(&out, dim) } else { out };
        }
        for (&image, row) in images.iter().zip(out.chunks_exact(dim)) {
            projected.set(image, row).map_err(|error| format!("{error}: scratch file of visual vectors"))?;
        }
    }
    Ok(projected)
}

/// What the network's weights say of themselves: read in a thread of its own, since a weights file may be large.
#[derive(Default)]
pub(super) struct Description {
    of: Option<EncoderSettings>,
    spec: Option<Result<EncoderSpec, JobError>>,
    job: Slot<(), EncoderSpec>,
}

impl Description {
    /// What is known by now.
    pub(super) fn spec(&self) -> Option<&Result<EncoderSpec, JobError>> {
        self.spec.as_ref()
    }

    pub(super) fn is_running(&self) -> bool {
        self.job.is_running()
    }

    /// Takes in what was read, and looks again where other weights were chosen.
    pub(super) fn follow(&mut self, settings: &EncoderSettings, wake: &Wake) -> bool {
        let mut changed = false;
        while let Some(event) = self.job.poll() {
            changed = true;
            match event {
                Event::Done(spec) => self.spec = Some(Ok(spec)),
                Event::Failed(reason) => self.spec = Some(Err(reason)),
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        // Only what decides the weights; the layer and the rest are the settings' own.
        let wanted = EncoderSettings {
            architecture: settings.architecture.clone(),
            weights: settings.weights.clone(),
            hub: settings.hub.clone(),
            ..EncoderSettings::default()
        };
        if !self.job.is_running() && self.of.as_ref() != Some(&wanted) {
            self.of = Some(wanted.clone());
            let look = move || resolve(&wanted, &mut |_| ControlFlow::Break(())).map(|(spec, _)| spec);
            self.job.start("encoder", wake.clone(), move |_| look());
        }
        changed
    }

    /// Reads it once more, where what it says may have changed.
    pub(super) fn look_again(&mut self) {
        self.of = None;
    }

    /// Forgets what was being read, which the next look then reads again.
    pub(super) fn retire(&mut self) {
        if self.job.is_running() {
            self.job.retire();
            self.of = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rng;
    use std::path::PathBuf;

    /// 40 vectors of six numbers that hang together, and an image without one.
    fn table() -> VectorTable {
        let (mut rng, mut table) = (Rng::new(1), VectorTable::new("t", 6, 41));
        for image in 0..40 {
            let x = [0; 3].map(|_| rng.normal());
            let row = [x[0], 3.0 * x[1], x[2] + 2.0, x[0] + x[1], x[1] - x[2], 0.5 * x[0]].map(|x| x as f32);
            table.set(image, &row).expect("kept");
        }
        table
    }

    fn settings(l2: bool, whiten: Option<usize>) -> EncoderSettings {
        EncoderSettings { l2, whiten, ..EncoderSettings::default() }
    }

    #[test]
    fn without_a_projection_vectors_stay_as_they_are() {
        assert_eq!(project(table(), &settings(false, None)), Ok(table()));
    }

    #[test]
    fn whitened_components_have_variance_one_and_do_not_correlate() {
        let projected = project(table(), &settings(false, Some(2))).expect("a projection");
        assert_eq!((projected.dim, projected.count(), projected.name.as_str()), (2, 40, "t, whitened to 2"));
        let rows: Vec<Vec<f32>> = (0..40).filter_map(|image| projected.get(image)).map(|row| row.to_vec()).collect();
        for (a, b, expected) in [(0, 0, 1.0), (0, 1, 0.0), (1, 1, 1.0)] {
            let mean = rows.iter().map(|row| row[a] * row[b]).sum::<f32>() / 40.0;
            assert!((mean - expected).abs() < 1e-3, "{a} {b}: {mean}");
        }
        assert_eq!(projected.get(40), None);
    }

    #[test]
    fn l2_gives_rows_of_length_one_before_and_after_whitening() {
        for whiten in [None, Some(3)] {
            let projected = project(table(), &settings(true, whiten)).expect("a projection");
            for row in (0..40).filter_map(|image| projected.get(image)) {
                let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
                assert!((length - 1.0).abs() < 1e-3, "{whiten:?}: {length}");
            }
        }
    }

    #[test]
    fn one_vector_is_too_little_to_whiten() {
        let mut one = VectorTable::new("t", 2, 1);
        one.set(0, &[1.0, 2.0]).expect("kept");
        assert!(project(one, &settings(false, Some(2))).is_err_and(|reason| reason.to_string().contains("too few")));
    }

    #[test]
    fn what_settings_mean_and_why_they_may_mean_nothing() {
        let mut fetch = |_| ControlFlow::Break(());
        let mut told = |settings: EncoderSettings| resolve(&settings, &mut fetch).map(|(spec, _)| spec);
        let usual = EncoderSettings::default;
        let spec = told(EncoderSettings { stage: 2, ..usual() }).expect("an encoder");
        assert_eq!((spec.feature.stage, spec.dim()), (2, spec.architecture.dim(2)));
        let own = crate::vision::Preprocess { crop: 200, ..spec.preprocess };
        let spec = told(EncoderSettings { preprocess: Some(own.clone()), ..usual() }).expect("an encoder");
        assert_eq!(spec.preprocess, own);
        let nothing = Some(PathBuf::new());
        for (settings, reason) in [
            (EncoderSettings { stage: 5, ..usual() }, "stage 5"),
            (EncoderSettings { weights: nothing, ..usual() }, "choose a file"),
            (EncoderSettings { architecture: "resnet18".into(), ..usual() }, "resnet18"),
            (EncoderSettings { hub: Some(" ".into()), ..usual() }, "type the name"),
            (EncoderSettings { device: "abacus".into(), ..usual() }, "abacus"),
        ] {
            let found = told(settings).expect_err("no encoder");
            assert!(found.to_string().contains(reason), "{found}");
        }
    }
}
