//! The device that runs the network.

use std::panic::catch_unwind;

use candle_core::Device;

use crate::base::named;

const WITHOUT_CUDA: &str = "this program was built without it; build it with `cargo build --release --features cuda`, \
                            or with `tests/cuda-build` where no CUDA toolkit is installed";
const WITHOUT_METAL: &str =
    "this program was built without it; build it on macOS with `cargo build --release --features metal`";

/// A kind of processor. CUDA and Metal need a build with the cargo feature of that name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// The CPU; always available.
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
    /// [`DeviceError`] with the reason why it is unavailable.
    pub(super) fn open(self) -> Result<Device, DeviceError> {
        self.find().map_err(|source| DeviceError { choice: self, source })
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

    /// Itself if it can be used now; else the CPU, and a sentence with the reason to display. Opens the device, which
    /// may take some 100 ms with a graphics card.
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
        format!("{name} cannot be used; using the CPU instead: {why}")
    }
}

/// Opens a device whose library may panic if its driver is missing or too old. `absent` summarises either case; the
/// library's message follows, which distinguishes a missing card from a driver mismatch.
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

/// The chosen device cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{choice} cannot be used: {source}")]
pub struct DeviceError {
    /// The one chosen.
    pub choice: DeviceChoice,
    /// Why it cannot be used.
    pub source: DeviceFault,
}

/// Why a device cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceFault {
    /// The program was built without it; the text says how to build it in.
    #[error("{0}")]
    NotBuilt(&'static str),
    /// Its library found no device.
    #[error("{0}")]
    Absent(&'static str),
    /// Its library failed with a message.
    #[error("{absent} ({reason})")]
    Refused {
        /// The most likely cause.
        absent: &'static str,
        /// The library's message.
        reason: String,
    },
}

/// A device and whether it can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The device.
    pub choice: DeviceChoice,
    /// Its display name.
    pub name: String,
    /// `Ok` if it can be used, else the reason.
    pub ready: Result<(), DeviceFault>,
}

/// Every device and whether it can be used. Opens each of them, so this may take some 100 ms with a graphics card.
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
