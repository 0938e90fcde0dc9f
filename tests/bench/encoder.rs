//! Pictures per second through the encoders' networks, by architecture, batch size and backend.
//!
//! `cargo bench --bench encoder` prints a line for each; `-- --peer FILE` also runs that Python script (PyTorch on the
//! same networks) and prints the ratio. See `-- --help`.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crossrank::dataset::{Dataset, Format, Image, ImageId};
use crossrank::vision::{
    Architecture, Backend, ComputePrecision, DeviceChoice, EmbedProgress, EmbeddingCache, Encoder, EncoderSpec,
    Feature, Instructions, NetworkInput, embed,
};
use safetensors::tensor::{Dtype, TensorView};

const HELP: &str = "cargo bench --bench encoder -- [options]
  --only NAMES     architectures, separated by commas (default: all)
  --batch SIZES    pictures per call, separated by commas (default: 1,8,32)
  --backend NAMES  of best, avx2, plain, library, folded (candle's operations); on an NVIDIA card also f32, tf32, f16,
                   bf16 (default: best)
  --seconds S      per line (default: 3)
  --device NAME    cpu, cuda or metal (default: cpu)
  --peer FILE      a Python script that prints `NAME best: X img/s` for the architectures it is given
  --python FILE    its interpreter (default: python3)
  --photos FOLDER  also embeds the pictures of this folder into an empty cache with the first backend, and prints the
                   rate relative to the network alone";

struct Options {
    architectures: Vec<Architecture>,
    batches: Vec<usize>,
    backends: Vec<String>,
    seconds: f64,
    device: DeviceChoice,
    peer: Option<PathBuf>,
    python: PathBuf,
    photos: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        architectures: Architecture::ALL.to_vec(),
        batches: vec![1, 8, 32],
        backends: vec!["best".to_owned()],
        seconds: 3.0,
        device: DeviceChoice::Cpu,
        peer: None,
        python: "python3".into(),
        photos: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        if name == "--bench" {
            continue;
        }
        if name == "--help" {
            println!("{HELP}");
            std::process::exit(0);
        }
        let value = args.next().ok_or_else(|| format!("{name} needs a value\n{HELP}"))?;
        let list = || value.split(',').map(str::trim);
        let wrong = |error: &dyn std::fmt::Display| format!("{name} {value}: {error}");
        match name.as_str() {
            "--only" => {
                options.architectures =
                    list().map(str::parse).collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
            }
            "--batch" => {
                options.batches = list().map(str::parse).collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
            }
            "--backend" => options.backends = list().map(str::to_owned).collect(),
            "--seconds" => options.seconds = value.parse().map_err(|error| wrong(&error))?,
            "--device" => options.device = value.parse().map_err(|error| wrong(&error))?,
            "--peer" => options.peer = Some(value.into()),
            "--python" => options.python = value.into(),
            "--photos" => options.photos = Some(value.into()),
            _ => return Err(format!("{name} is unknown\n{HELP}")),
        }
    }
    Ok(options)
}

fn backend(name: &str) -> Result<Backend, String> {
    match name {
        "best" => Ok(Backend::Fastest),
        "avx2" => Ok(Backend::Kernels(Instructions::Avx2)),
        "plain" => Ok(Backend::Kernels(Instructions::Plain)),
        "f32" => Ok(Backend::Card(ComputePrecision::F32)),
        "tf32" => Ok(Backend::Card(ComputePrecision::Tf32)),
        "f16" => Ok(Backend::Card(ComputePrecision::F16)),
        "bf16" => Ok(Backend::Card(ComputePrecision::Bf16)),
        "folded" => Ok(Backend::Folded(ComputePrecision::F32)),
        "library" => Ok(Backend::Library),
        _ => Err(format!("--backend {name}: expected one of best, avx2, plain, library, folded, f32, tf32, f16, bf16")),
    }
}

/// Weights that keep the activations finite: small, with plain batch norms.
fn weights(architecture: Architecture, folder: &Path) -> EncoderSpec {
    if let Ok(bundled) = EncoderSpec::find(Some(architecture), None) {
        return bundled;
    }
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    };
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = architecture
        .tensors()
        .into_iter()
        .map(|(name, shape)| {
            let fan_in = shape.iter().skip(1).product::<usize>() as f32;
            let mut value = || match name.rsplit('.').next() {
                Some("weight") if shape.len() == 4 => uniform() * (12.0 / fan_in).sqrt(),
                Some("weight") => 0.5,
                Some("running_var") => 1.0,
                _ => 0.1 * uniform(),
            };
            let bytes = (0..shape.iter().product::<usize>()).flat_map(|_| value().to_le_bytes()).collect();
            (name, shape, bytes)
        })
        .collect();
    let path = folder.join(format!("{architecture}.safetensors"));
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes).expect("a tensor of its shape"))
    });
    safetensors::serialize_to_file(views, None, &path).expect("the temporary folder can be written to");
    EncoderSpec::from_file(architecture, path)
}

/// Pictures per second over repeated calls with a batch.
fn rate(encoder: &Encoder, batch: usize, seconds: f64) -> f64 {
    let side = encoder.spec().preprocess.crop as usize;
    let value = |index: usize| (index as f32 * 0.37).sin();
    let inputs: Vec<NetworkInput> = (0..batch)
        .map(|picture| NetworkInput { side, data: (0..3 * side * side).map(|index| value(index + picture)).collect() })
        .collect();
    let run = || {
        let vectors = encoder.embed(&inputs).expect("the network runs");
        assert!(vectors.iter().all(|number| number.is_finite()));
    };
    run();
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_secs_f64(seconds) {
        run();
        count += batch;
    }
    count as f64 / started.elapsed().as_secs_f64()
}

/// Pictures per second from files to cached vectors, excluding loading the network; and the seconds to stop, in the
/// middle of the work and while loading the network.
fn pipeline(spec: &EncoderSpec, device: DeviceChoice, photos: &Path, cache: &Path) -> [f64; 3] {
    let images = std::fs::read_dir(photos).unwrap_or_else(|error| panic!("{error}: {}", photos.display()));
    let mut files: Vec<PathBuf> = images.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    let image = |path: &PathBuf| {
        let id = path.display().to_string();
        let mut image = Image::new(ImageId::from(id.as_str()));
        image.file = Some(path.clone());
        image
    };
    let dataset = Dataset {
        name: "photos".to_owned(),
        root: photos.to_owned(),
        reach: Default::default(),
        format: Format::FOLDER,
        images: files.iter().map(image).collect(),
        queries: Vec::new(),
        feature_names: Vec::new(),
        vectors: Vec::new(),
        statistics: None,
    };
    let mut rate = 0.0;
    let observe = &mut |progress: EmbedProgress| {
        rate = progress.images_per_second;
        ControlFlow::Continue(())
    };
    let (_, report) = embed(&dataset, spec, device, &EmbeddingCache::at(cache), observe).expect("photos are embedded");
    assert!(report.embedded > 0, "no pictures in {}", photos.display());
    let stop = |seconds: f64, cache: &Path| {
        let (started, mut stopped_at) = (Instant::now(), None);
        let observe = &mut |_| match started.elapsed().as_secs_f64() > seconds {
            true => {
                stopped_at.get_or_insert_with(Instant::now);
                ControlFlow::Break(())
            }
            false => ControlFlow::Continue(()),
        };
        let stopped = embed(&dataset, spec, device, &EmbeddingCache::at(cache), observe);
        assert!(stopped.is_err(), "there are too few photos to stop halfway");
        stopped_at.map_or(0.0, |stopped_at| stopped_at.elapsed().as_secs_f64())
    };
    [rate, stop(2.5, &cache.join("stopped")), stop(0.25, &cache.join("stopped early"))]
}

/// The peer's best rate for an architecture, if it has it.
fn peer(options: &Options, architecture: Architecture) -> Option<f64> {
    let script = options.peer.as_ref().filter(|_| architecture != Architecture::Resnet50Thin)?;
    let output = Command::new(&options.python).arg(script).arg(architecture.name()).output();
    let output = output.unwrap_or_else(|error| panic!("{error}: {}", options.python.display()));
    let text = String::from_utf8_lossy(&output.stdout);
    let best = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{architecture} best: "))?.split_whitespace().next()?.parse().ok());
    if best.is_none() {
        eprintln!("{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    best
}

fn main() {
    let options = options().unwrap_or_else(|message| {
        eprintln!("{message}");
        std::process::exit(2);
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    for &architecture in &options.architectures {
        let spec = weights(architecture, folder.path());
        let operations = 2.0 * architecture.multiplications(spec.preprocess.crop as usize, Feature::STAGES) as f64;
        let before = peer(&options, architecture);
        let mut best: f64 = 0.0;
        for name in &options.backends {
            let backend = backend(name).unwrap_or_else(|message| panic!("{message}"));
            let encoder = Encoder::load_with(&spec, options.device, backend).expect("the network loads");
            for &batch in &options.batches {
                let rate = rate(&encoder, batch, options.seconds);
                best = best.max(rate);
                println!(
                    "{architecture:<18} {} {name:<8} batch {batch:>3}: {rate:>7.1} images/s, {:>6.1} GFLOP/s as counted for \
                     plain convolutions",
                    options.device,
                    rate * operations / 1e9
                );
            }
        }
        if let Some(photos) = &options.photos {
            let cache = folder.path().join(format!("cache of {architecture}"));
            let [rate, stop, early] = pipeline(&spec, options.device, photos, &cache);
            println!(
                "{architecture:<18} from files to cached vectors: {rate:.1} images/s, {:.2} of the network's; a stop takes \
                 {:.0} ms, while loading {:.0} ms",
                rate / best,
                1e3 * stop,
                1e3 * early
            );
        }
        // Again afterwards, as the load of a shared machine may have changed since the first time.
        let peers = before.into_iter().chain(before.and_then(|_| peer(&options, architecture)));
        if let Some(peer) = peers.reduce(f64::max) {
            println!("{architecture:<18} peer: {peer:.1} images/s; best of ours {best:.1}, ratio {:.2}", best / peer);
        }
    }
}
