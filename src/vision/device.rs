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
        self.find().map_err(|source| VisionError::Device { choice: self, source })
    }

    fn find(self) -> Result<Device, DeviceFault> {
        match self {
            DeviceChoice::Cpu => Ok(Device::Cpu),
            DeviceChoice::Cuda if !cfg!(feature = "cuda") => Err(DeviceFault::NotBuilt(WITHOUT_CUDA)),
            DeviceChoice::Metal if !cfg!(feature = "metal") => Err(DeviceFault::NotBuilt(WITHOUT_METAL)),
            DeviceChoice::Cuda => guarded(|| Device::new_cuda(0), "no NVIDIA card was found"),
            DeviceChoice::Metal => guarded(|| Device::new_metal(0), "no Metal device was found"),
        }
    }

    /// Itself where it can be used here and now; else the main processor, and a sentence for people that says why.
    /// Opens the device once, which may take some 100 ms with a graphics card.
    pub fn or_cpu(self) -> (Self, Option<String>) {
        match self.find() {
            Ok(_) => (self, None),
            Err(fault) => (DeviceChoice::Cpu, Some(self.replaced(&fault))),
        }
    }

    fn replaced(self, why: &DeviceFault) -> String {
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
    absent: &'static str,
) -> Result<Device, DeviceFault> {
    match catch_unwind(open) {
        Ok(Ok(device)) => Ok(device),
        Ok(Err(error)) => {
            let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
            Err(DeviceFault::Refused { absent, reason })
        }
        Err(_) => Err(DeviceFault::Absent(absent)),
    }
}

/// Why a device cannot be used here and now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    /// The program was built without it; the text says how to build it with.
    #[error("{0}")]
    NotBuilt(&'static str),
    /// The library for it found none.
    #[error("{0}")]
    Absent(&'static str),
    /// The library for it says why not.
    #[error("{absent} ({reason})")]
    Refused {
        /// What that most likely means.
        absent: &'static str,
        /// The library's own words.
        reason: String,
    },
}

/// A device and whether it can be used here and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Which one.
    pub choice: DeviceChoice,
    /// As shown to people.
    pub name: String,
    /// `Ok` where it can be used, else why not.
    pub ready: Result<(), DeviceFault>,
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
    DeviceInfo { choice, name, ready: choice.find().map(drop) }
}
