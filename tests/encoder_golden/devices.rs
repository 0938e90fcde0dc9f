//! Available and unavailable devices.

use crossrank::vision::{DeviceChoice, available};

/// A device that no build supports on this system.
pub(crate) const ABSENT: DeviceChoice =
    if cfg!(target_os = "macos") { DeviceChoice::Cuda } else { DeviceChoice::Metal };

#[test]
fn the_cpu_replaces_an_unavailable_device_and_the_reason_is_given() {
    for info in available() {
        let (used, reason) = info.choice.or_cpu();
        match info.ready {
            Ok(()) => assert_eq!((used, reason), (info.choice, None)),
            Err(why) => {
                assert_eq!(used, DeviceChoice::Cpu);
                let reason = reason.expect("a reason");
                assert!(reason.contains("the CPU") && reason.ends_with(&why.to_string()), "{reason}");
            }
        }
    }
    assert_eq!(DeviceChoice::Cpu.or_cpu(), (DeviceChoice::Cpu, None));
    assert_eq!(ABSENT.or_cpu().0, DeviceChoice::Cpu);
}

#[test]
fn a_program_built_without_a_device_says_how_to_build_one_with_it() {
    let features = [(DeviceChoice::Cuda, cfg!(feature = "cuda")), (DeviceChoice::Metal, cfg!(feature = "metal"))];
    for (choice, built_in) in features {
        let reason = choice.or_cpu().1.unwrap_or_default();
        let command = format!("cargo build --release --features {choice}");
        assert_eq!(reason.contains(&command), !built_in, "{choice}: {reason}");
    }
}
