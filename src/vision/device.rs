//! Where the network runs.

use std::panic::catch_unwind;

use candle_core::Device;

use super::VisionError;
use crate::base::named;

const WITHOUT_CUDA: &str = "this program was built without it; `cargo build --release --features cuda` makes the one \
                            that has it, `tests/cuda-build` also where no CUDA toolkit is installed";
const WITHOUT_METAL: &str =
    "this program was built without it; `cargo build --release --features metal` on macOS makes the one that has it";

/// A kind of processor. CUDA and Metal need a build with the cargo feature of that name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// The main processor; always there.
    #[default]
    Cpu,
    /// The first NVIDIA card.
    Cuda,
    /// The graphics processor of an Apple machine.
    Metal,
}

named!(DeviceChoice, "device": Cpu = "cpu", Cuda = "cuda", Metal = "metal");

impl DeviceChoice {
    /// Opens the device.
    ///
    /// # Errors
    /// [`VisionError::Device`] that says why it is not there.
    pub(super) fn open(self) -> Result<Device, VisionError> {
        let opened = match self {
            DeviceChoice::Cpu => Ok(Device::Cpu),
            DeviceChoice::Cuda if !cfg!(feature = "cuda") => Err(WITHOUT_CUDA.to_string()),
            DeviceChoice::Metal if !cfg!(feature = "metal") => Err(WITHOUT_METAL.to_string()),
            DeviceChoice::Cuda => guarded(|| Device::new_cuda(0), "no NVIDIA card was found"),
            DeviceChoice::Metal => guarded(|| Device::new_metal(0), "no Metal device was found"),
        };
        opened.map_err(|message| VisionError::Device { choice: self, message })
    }

    /// Itself where it can be used here and now; else the main processor, and a sentence for people that says why.
    /// Opens the device once, which may take some 100 ms with a graphics card.
    pub fn or_cpu(self) -> (Self, Option<String>) {
        match self.open() {
            Ok(_) => (self, None),
            Err(VisionError::Device { message, .. }) => (DeviceChoice::Cpu, Some(self.replaced(&message))),
            Err(other) => (DeviceChoice::Cpu, Some(self.replaced(&other.to_string()))),
        }
    }

    fn replaced(self, why: &str) -> String {
        let name = match self {
            DeviceChoice::Cpu => "The CPU",
            DeviceChoice::Cuda => "CUDA",
            DeviceChoice::Metal => "Metal",
        };
        format!("{name} cannot be used, so the CPU is: {why}")
    }
}

/// Opens a device whose library may also panic, where its driver is missing or too old. `absent` says in short what
/// either means; the library's own words follow, which tell a missing card from a driver that does not fit.
fn guarded(
    open: impl FnOnce() -> candle_core::Result<Device> + std::panic::UnwindSafe,
    absent: &str,
) -> Result<Device, String> {
    match catch_unwind(open) {
        Ok(Ok(device)) => Ok(device),
        Ok(Err(error)) => Err(format!("{absent} ({})", error.to_string().lines().next().unwrap_or_default())),
        Err(_) => Err(absent.to_string()),
    }
}

/// A device and whether it can be used here and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Which one.
    pub choice: DeviceChoice,
    /// As shown to people.
    pub name: String,
    /// `Ok` where it can be used, else why not.
    pub ready: Result<(), String>,
}

/// Every device with whether it can be used. Opens each of them, so this may take some 100 ms with a graphics card.
pub fn available() -> Vec<DeviceInfo> {
    DeviceChoice::ALL.into_iter().map(info).collect()
}

fn info(choice: DeviceChoice) -> DeviceInfo {
    let name = match choice {
        DeviceChoice::Cpu => format!("CPU ({} threads)", rayon::current_num_threads()),
        DeviceChoice::Cuda => "CUDA (NVIDIA graphics card 0)".to_string(),
        DeviceChoice::Metal => "Metal (Apple graphics processor)".to_string(),
    };
    let ready = match choice.open() {
        Ok(_) => Ok(()),
        Err(VisionError::Device { message, .. }) => Err(message),
        Err(other) => Err(other.to_string()),
    };
    DeviceInfo { choice, name, ready }
}
