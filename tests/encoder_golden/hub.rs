//! Models of the hub, from a small local hub.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crossrank::vision::hub::{HubError, HubModel, HubOptions, HubProgress, fetch_with};
use crossrank::vision::{Architecture, EncoderSpec, Interpolation, VisionError, WeightsSource};

use super::server::{Body, Server};

const CONFIG: &str = r#"{"architecture": "resnet50-thin", "pretrained_cfg": {"input_size": [3, 192, 192],
    "crop_pct": 0.75, "interpolation": "bicubic", "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}}"#;

/// The bundled weights.
fn weights() -> &'static [u8] {
    crossrank::vision::bundled_weights(Architecture::Resnet50Thin).expect("they are bundled")
}

/// A catch-all proxy would intercept local requests.
fn is_proxied() -> bool {
    let names = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
    let found = names.iter().any(|name| std::env::var_os(name).is_some());
    if found {
        crate::skipped("a proxy is set, so a local hub cannot be reached");
    }
    found
}

fn model() -> HubModel {
    "timm/thin.a1_in1k".parse().unwrap()
}

fn options(server: &Server, cache: &Path) -> HubOptions {
    HubOptions {
        endpoint: server.address(),
        cache: cache.to_path_buf(),
        offline: false,
        token: None,
        patience: Duration::from_secs(20),
    }
}

fn complete_hub() -> Server {
    Server::start(&[("model.safetensors", weights()), ("config.json", CONFIG.as_bytes())])
}

fn fetch(options: &HubOptions) -> Result<EncoderSpec, VisionError> {
    fetch_with(&model(), options, &mut |_| ControlFlow::Continue(()))
}

fn hub_error(error: &VisionError) -> Option<&HubError> {
    match error {
        VisionError::Hub(error) => Some(error),
        _ => None,
    }
}

fn path(spec: &EncoderSpec) -> &Path {
    match &spec.weights {
        WeightsSource::File(path) => path,
        WeightsSource::Bundled => panic!("not from the hub"),
    }
}

fn check_complete(spec: &EncoderSpec) {
    assert!(std::fs::read(path(spec)).unwrap() == weights(), "the file differs from the hub's");
}

#[test]
fn a_model_is_downloaded_once_and_then_taken_from_the_cache() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
    let options = options(&server, cache.path());
    let mut seen: Vec<HubProgress> = Vec::new();
    let spec = fetch_with(&model(), &options, &mut |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!((spec.architecture, spec.name().as_str()), (Architecture::Resnet50Thin, "timm/thin.a1_in1k"));
    assert_eq!((spec.preprocess.resize, spec.preprocess.crop), (256, 192));
    assert_eq!((spec.preprocess.interpolation, spec.preprocess.mean), (Interpolation::Bicubic, [0.5; 3]));
    check_complete(&spec);
    let size = weights().len() as u64;
    let last = seen.iter().rev().find(|progress| progress.file == "model.safetensors").unwrap();
    assert_eq!((last.done, last.total), (size, size));
    let requests = server.requests().len();
    assert_eq!(fetch(&options).unwrap(), spec);
    assert_eq!(fetch(&HubOptions { offline: true, ..options }).unwrap(), spec);
    assert_eq!(server.requests().len(), requests, "a second run makes no requests");
}

#[test]
fn the_command_line_embeds_with_a_model_of_the_hub_and_then_without_the_hub() {
    if is_proxied() {
        return;
    }
    let (server, home) = (complete_hub(), tempfile::tempdir().unwrap());
    let pictures = home.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    image::RgbImage::from_pixel(40, 30, image::Rgb([200, 90, 20])).save(pictures.join("one.png")).unwrap();
    let embed = |offline: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_crossrank"))
            .env("CROSSRANK_HOME", home.path().join("home"))
            .env("HF_HOME", home.path().join("hub"))
            .env_remove("HF_HUB_CACHE")
            .env("HF_ENDPOINT", server.address())
            .env("HF_HUB_OFFLINE", offline)
            .args(["embed", "--json", "--encoder", "timm/thin.a1_in1k"])
            .arg(&pictures)
            .output()
            .unwrap()
    };
    let first = embed("1");
    let message = String::from_utf8_lossy(&first.stderr);
    assert!(!first.status.success() && message.contains("model.safetensors and config.json"), "{message}");
    for (offline, embedded) in [("0", 1), ("1", 0)] {
        let output = embed(offline);
        let output: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!((&output["encoder"], &output["embedded"]), (&"timm/thin.a1_in1k".into(), &embedded.into()));
        assert_eq!((&output["preprocess"]["crop"], &output["preprocess"]["resize"]), (&192.into(), &256.into()));
    }
}

#[test]
fn an_interrupted_download_is_resumed() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
    let options = options(&server, cache.path());
    server.answer_once("model.safetensors", Body::CutAfter(weights().len() / 2));
    let message = fetch(&options).unwrap_err().to_string();
    assert!(message.contains("cut off") && message.contains("download model.safetensors"), "{message}");
    check_complete(&fetch(&options).unwrap());
    let ranges = server.requests();
    let resumed = ranges.iter().filter_map(|(file, from)| from.filter(|from| *from > 1 && file == "model.safetensors"));
    // Requested twice, because of a redirect.
    assert_eq!(resumed.count(), 2, "{ranges:?}");
}

#[test]
fn a_stop_takes_effect_at_once_and_keeps_the_partial_download() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
    let options = options(&server, cache.path());
    // One stops while bytes arrive, the other during silence.
    for body in [Body::Slow, Body::StallAfter(300_000)] {
        server.answer_once("model.safetensors", body);
        let mut stopped_at = None;
        let stopped = fetch_with(&model(), &options, &mut |progress| {
            if progress.file == "model.safetensors" && progress.done > 200_000 {
                stopped_at.get_or_insert_with(Instant::now);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        assert!(matches!(stopped, Err(VisionError::Cancelled)), "{stopped:?}");
        assert!(stopped_at.unwrap().elapsed() < Duration::from_secs(1));
        server.release();
        std::thread::sleep(Duration::from_millis(300));
    }
    check_complete(&fetch(&options).unwrap());
}

#[test]
fn a_silent_hub_times_out() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
    let options = HubOptions { patience: Duration::from_millis(300), ..options(&server, cache.path()) };
    server.answer_once("model.safetensors", Body::StallAfter(100_000));
    let message = fetch(&options).unwrap_err().to_string();
    assert!(message.contains("sent nothing"), "{message}");
    server.release();
}

#[test]
fn two_concurrent_fetches_download_once_and_share_the_result() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
    let options = options(&server, cache.path());
    let specs: Vec<EncoderSpec> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..3).map(|_| scope.spawn(|| fetch(&options).unwrap())).collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    check_complete(&specs[0]);
    assert!(specs.windows(2).all(|pair| pair[0] == pair[1]));
    let downloads =
        server.requests().iter().filter(|(file, from)| file == "model.safetensors" && from.is_some()).count();
    // One for its size, with a redirect, and one for its content.
    assert_eq!(downloads, 4, "{:?}", server.requests());
}

#[test]
fn weights_available_only_for_pytorch_are_used() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (Server::start(&[("pytorch_model.bin", weights())]), tempfile::tempdir().unwrap());
    let options = options(&server, cache.path());
    let spec = fetch(&options).unwrap();
    assert!(path(&spec).ends_with("pytorch_model.bin"));
    assert_eq!(spec.preprocess, EncoderSpec::bundled().preprocess);
    // The absence of config.json is now recorded.
    assert_eq!(fetch(&HubOptions { offline: true, ..options }).unwrap(), spec);
}

#[test]
fn the_token_is_never_sent_over_plain_http() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
    let options = HubOptions { token: Some("secret".to_owned()), ..options(&server, cache.path()) };
    check_complete(&fetch(&options).unwrap());
    assert!(server.requests().len() >= 6 && server.tokens().is_empty(), "{:?}", server.tokens());
    let refusing = Server::start(&[]);
    refusing.answer_once("config.json", Body::Refused);
    let elsewhere = tempfile::tempdir().unwrap();
    let options = HubOptions { endpoint: refusing.address(), cache: elsewhere.path().to_owned(), ..options };
    let message = fetch(&options).unwrap_err().to_string();
    assert!(message.contains("only sent over https"), "{message}");
}

#[test]
fn a_missing_or_inaccessible_model_is_reported() {
    if is_proxied() {
        return;
    }
    let (server, cache) = (Server::start(&[]), tempfile::tempdir().unwrap());
    let error = fetch(&options(&server, cache.path())).unwrap_err();
    assert!(matches!(hub_error(&error), Some(HubError::NoWeights(missing)) if *missing == model()), "{error}");
    server.answer_once("config.json", Body::Refused);
    let message = fetch(&options(&server, cache.path())).unwrap_err().to_string();
    assert!(message.contains("401") && message.contains("HF_TOKEN"), "{message}");
    let other = CONFIG.replace("resnet50-thin", "vit_base_patch16_224");
    let server = Server::start(&[("model.safetensors", weights()), ("config.json", other.as_bytes())]);
    let message = fetch(&options(&server, cache.path())).unwrap_err().to_string();
    assert!(message.contains("vit_base_patch16_224"), "{message}");
    assert!(server.requests().iter().all(|(file, _)| file == "config.json"), "weights are not downloaded in vain");
}

#[test]
fn without_a_connection_the_message_says_what_to_download_and_where_to_put_it() {
    let cache = tempfile::tempdir().unwrap();
    // Nothing listens there.
    let endpoint = "http://127.0.0.1:9".to_string();
    let patience = Duration::from_secs(20);
    let gone = HubOptions { endpoint, cache: cache.path().to_path_buf(), offline: false, token: None, patience };
    for options in [HubOptions { offline: true, ..gone.clone() }, gone] {
        let message = fetch(&options).unwrap_err().to_string();
        let folder = cache.path().join("models--timm--thin.a1_in1k").join("snapshots").join("main");
        for part in ["timm/thin.a1_in1k", "model.safetensors and config.json", "--weights"] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        assert!(message.ends_with(&folder.display().to_string()), "{message}");
        assert!(!message.contains("resolve"), "{message}");
        // Following the message makes the model available.
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("model.safetensors"), weights()).unwrap();
        let message = fetch(&options).unwrap_err().to_string();
        assert!(message.contains("download config.json"), "{message}");
        std::fs::write(folder.join("config.json"), CONFIG).unwrap();
        check_complete(&fetch(&options).unwrap());
        std::fs::remove_dir_all(cache.path().join("models--timm--thin.a1_in1k")).unwrap();
    }
}

#[test]
fn remains_of_an_earlier_download_are_harmless() {
    if is_proxied() {
        return;
    }
    for (length, body) in [(weights().len(), None), (weights().len() + 9, None), (5000, Some(Body::Deaf))] {
        let (server, cache) = (complete_hub(), tempfile::tempdir().unwrap());
        let blobs = cache.path().join("models--timm--thin.a1_in1k").join("blobs");
        std::fs::create_dir_all(&blobs).unwrap();
        let remainder = [weights(), &[0; 9]].concat();
        std::fs::write(blobs.join("etag-of-model.part"), &remainder[..length]).unwrap();
        if let Some(body) = body {
            server.answer_once("model.safetensors", body);
        }
        check_complete(&fetch(&options(&server, cache.path())).unwrap());
    }
}

#[test]
fn model_names_are_read_with_and_without_a_revision() {
    for (text, revision) in [("timm/resnet50.a1_in1k", "main"), ("hf:timm/resnet50.a1_in1k@v1", "v1")] {
        let model: HubModel = text.parse().unwrap();
        assert_eq!((model.repo.as_str(), model.revision.as_str()), ("timm/resnet50.a1_in1k", revision));
        assert_eq!(model.to_string().parse::<HubModel>().unwrap(), model);
        assert_eq!(serde_json::from_str::<HubModel>(&serde_json::to_string(&model).unwrap()).unwrap(), model);
    }
    for bad in ["", "resnet50", "a/b/c", "../b", "a/..", "a/b@", "a/b@../c", "a b/c", "a--b/c", "a/b@x y", "/b", "hf:"]
    {
        assert!(bad.parse::<HubModel>().is_err(), "{bad}");
    }
}

#[test]
fn the_environment_sets_the_hub_and_the_folder() {
    let of = |variables: &[(&str, &str)]| {
        let value = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_string());
        HubOptions::from_vars(value, Some("/home/me".into())).unwrap()
    };
    let plain = of(&[("HF_TOKEN_PATH", "/none")]);
    assert_eq!(plain.cache, Path::new("/home/me/.cache/huggingface/hub"));
    assert!(!plain.offline && plain.endpoint.starts_with("https://") && plain.token.is_none());
    assert_eq!(of(&[("XDG_CACHE_HOME", "/x")]).cache, Path::new("/x/huggingface/hub"));
    assert_eq!(of(&[("HF_HOME", "/hf"), ("XDG_CACHE_HOME", "/x")]).cache, Path::new("/hf/hub"));
    assert_eq!(of(&[("HF_HOME", "/hf"), ("HF_HUB_CACHE", "/models")]).cache, Path::new("/models"));
    let options = of(&[("HF_ENDPOINT", "http://mirror/"), ("HF_HUB_OFFLINE", "1"), ("HF_TOKEN", " secret\n")]);
    assert_eq!(
        (options.endpoint.as_str(), options.offline, options.token.as_deref()),
        ("http://mirror", true, Some("secret"))
    );
    assert!(!format!("{options:?}").contains("secret"));
    assert!(!of(&[("HF_HUB_OFFLINE", "0")]).offline);
    let homeless = HubOptions::from_vars(|_| None, None).unwrap_err();
    assert!(matches!(hub_error(&homeless), Some(HubError::NoCache)));
    let nonsense = HubOptions { endpoint: "mirror".to_string(), ..of(&[("HF_HOME", "/hf")]) };
    assert!(matches!(hub_error(&fetch(&nonsense).unwrap_err()), Some(HubError::Endpoint(_))));
}
