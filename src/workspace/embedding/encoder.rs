//! The encoder that settings describe.

use crate::base::{Progress, Unit};
use crate::dataset::VectorTable;
use crate::graph;
use crate::jobs::{Event, JobError, Slot, Wake};
use crate::vision::hub::{self, HubModel, HubOptions};
use crate::vision::{Architecture, DeviceChoice, EncoderSpec, Feature, VisionError};
use crate::workspace::EncoderSettings;
use std::ops::ControlFlow;

/// Receives the progress of a download, and may end it.
pub type Fetching<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// Resolves the settings. `fetch` receives the progress of a download and may end it; a `fetch` that breaks at once
/// restricts it to files already on disk.
///
/// # Errors
/// If a name is unknown or weights are missing.
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
    let was_offline = options.offline;
    options.offline |= only_looks;
    let count = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    let fetched = hub::fetch_with(&model, &options, &mut |progress| {
        let stage = format!("Fetching {}", progress.file);
        let (done, total) = (count(progress.done), count(progress.total));
        fetch(Progress { stage, done, total, unit: Unit::Bytes, ..Progress::default() })
    });
    fetched.map_err(|error| match error {
        VisionError::Hub(_) if only_looks && !was_offline => {
            "not on this machine yet; computing embeddings fetches it".to_owned().into()
        }
        error => error.into(),
    })
}

/// The vectors as the settings want them; `proceed` is asked whether to go on.
///
/// # Errors
/// Those of [`graph::project`].
pub(super) fn project(
    mut table: VectorTable,
    settings: &EncoderSettings,
    proceed: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<VectorTable, JobError> {
    // A run remembers its vectors by their name.
    table.name += settings.preprocess_suffix();
    Ok(graph::project(table, settings.projection(), proceed)?)
}

/// What the network's weights say of themselves: read in a thread of its own, since a weights file may be large.
#[derive(Default)]
pub(super) struct Description {
    of: Option<EncoderSettings>,
    spec: Option<Result<EncoderSpec, JobError>>,
    ignored: Vec<String>,
    job: Slot<(), (EncoderSpec, Vec<String>)>,
}

impl Description {
    /// What is known by now.
    pub(super) fn spec(&self) -> Option<&Result<EncoderSpec, JobError>> {
        self.spec.as_ref()
    }

    /// The names of tensors in the weights file that are not of the network.
    pub(super) fn ignored(&self) -> &[String] {
        &self.ignored
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
                Event::Done((spec, ignored)) => (self.spec, self.ignored) = (Some(Ok(spec)), ignored),
                Event::Failed(reason) => (self.spec, self.ignored) = (Some(Err(reason)), Vec::new()),
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
            let look = move || {
                let (spec, _) = resolve(&wanted, &mut |_| ControlFlow::Break(()))?;
                let ignored = spec.ignored_tensors()?;
                Ok((spec, ignored))
            };
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
    use std::path::PathBuf;

    #[test]
    fn what_settings_mean_and_why_they_may_mean_nothing() {
        let mut fetch = |_| ControlFlow::Break(());
        let mut spec_of = |settings: EncoderSettings| resolve(&settings, &mut fetch).map(|(spec, _)| spec);
        let usual = EncoderSettings::default;
        let spec = spec_of(EncoderSettings { stage: 2, ..usual() }).expect("an encoder");
        assert_eq!((spec.feature.stage, spec.dim()), (2, spec.architecture.dim(2)));
        let own = crate::vision::Preprocess { crop: 200, ..spec.preprocess };
        let spec = spec_of(EncoderSettings { preprocess: Some(own.clone()), ..usual() }).expect("an encoder");
        assert_eq!(spec.preprocess, own);
        let nothing = Some(PathBuf::new());
        for (settings, reason) in [
            (EncoderSettings { stage: 5, ..usual() }, "stage 5"),
            (EncoderSettings { weights: nothing, ..usual() }, "choose a file"),
            (EncoderSettings { architecture: "resnet18".into(), ..usual() }, "resnet18"),
            (EncoderSettings { hub: Some(" ".into()), ..usual() }, "type the name"),
            (EncoderSettings { device: "abacus".into(), ..usual() }, "abacus"),
        ] {
            let found = spec_of(settings).expect_err("no encoder");
            assert!(found.to_string().contains(reason), "{found}");
        }
    }
}
