//! Sessions without a window.

use crossrank::jobs::{Event, Job};
use crossrank::train::RunState;
use crossrank::workspace::{
    DataAction, EmbeddingAction, Message, MessageKind, Order, RunsAction, SelectionAction, SettingsAction, Store,
    ThemeChoice, TrainingAction, Workspace,
};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

pub(crate) fn wait(workspace: &mut Workspace, what: &str, done: impl Fn(&Workspace) -> bool) {
    let begun = Instant::now();
    while !done(workspace) {
        workspace.poll();
        assert!(begun.elapsed() < Duration::from_secs(120), "waiting for {what}; {:?}", workspace.messages());
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn open(home: &Path, path: &str) -> Workspace {
    let mut workspace = Workspace::new(Store::at(home));
    workspace.apply(DataAction::Open(path.into()));
    wait(&mut workspace, "the data set", |workspace| workspace.session().is_some() && !workspace.is_busy());
    workspace
}

fn train(workspace: &mut Workspace, epochs: usize) {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.training.epochs = epochs;
    experiment.training.patience = None;
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
    workspace.apply(TrainingAction::Start);
}

#[test]
fn what_cannot_be_opened_is_told_and_leaves_the_open_set_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    workspace.apply(DataAction::Open(home.path().join("nothing here")));
    wait(&mut workspace, "the message", |workspace| {
        !workspace.messages().is_empty() && !workspace.loading().is_running()
    });
    assert!(workspace.messages()[0].text.contains("nothing here"), "{:?}", workspace.messages());
    assert_eq!(workspace.session().map(|session| session.data.dataset.queries.len()), Some(33));
}

#[test]
fn nodes_keep_their_places_when_the_number_of_neighbours_changes() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    let mut positions_with = |k: usize| {
        let mut experiment = workspace.settings().experiment.clone();
        experiment.graph.k = k;
        workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
        wait(&mut workspace, "the layout", |workspace| !workspace.is_busy());
        let view = workspace.session().and_then(|session| session.view()).expect("a graph");
        assert_eq!(view.graph().edge_count(), k * view.n());
        view.positions().to_vec()
    };
    let (few, many) = (positions_with(3), positions_with(30));
    let mean = |lengths: Vec<f32>| lengths.iter().sum::<f32>() / lengths.len() as f32;
    let radius = mean(few.iter().map(|p| p[0].hypot(p[1])).collect());
    let shift = mean(few.iter().zip(&many).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).collect());
    assert!(radius > 1.0 && shift < 0.1 * radius, "a shift of {shift} in a graph of radius {radius}");
}

#[test]
fn settings_query_and_run_come_back_in_the_next_session() {
    let home = tempfile::tempdir().expect("a folder");
    let mut first = open(home.path(), SAMPLE);
    first.apply(SettingsAction::SetTheme(ThemeChoice::Light));
    first.apply(SelectionAction::Query(5));
    train(&mut first, 3);
    wait(&mut first, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    let scores = first.session().and_then(|session| session.ranking(Order::Model)).expect("a ranking").scores.clone();
    drop(first);

    let second = open(home.path(), SAMPLE);
    assert_eq!(second.settings().theme, ThemeChoice::Light);
    let session = second.session().expect("a session");
    assert_eq!(session.query(), 5);
    assert_eq!(
        second.training().run().map(|run| run.history.len()),
        Some(6),
        "three epochs, and three on train and validation"
    );
    let again = &session.ranking(Order::Model).expect("the run's ranking is back").scores;
    let difference = scores.iter().zip(again).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(difference < 1e-5, "scores differ by {difference}");
}

#[test]
fn a_saved_device_that_is_not_there_is_told_and_does_not_stop_embedding() {
    let (home, data) = (tempfile::tempdir().expect("a folder"), crate::cli::embed::few_pictures());
    let mut workspace = open(home.path(), &data.path().display().to_string());
    let mut encoder = workspace.settings().encoder.clone();
    encoder.device = crate::encoder_golden::devices::ABSENT.to_string();
    workspace.apply(SettingsAction::SetEncoder(Box::new(encoder.clone())));
    workspace.apply(EmbeddingAction::Compute);
    wait(&mut workspace, "embeddings", |workspace| !workspace.embedding().is_running());
    assert_eq!(workspace.embedding().last().map(|report| report.embedded), Some(3), "{:?}", workspace.messages());
    let told = |message: &Message| {
        message.kind == MessageKind::Warning && message.text.contains("cannot be used; using the CPU instead: ")
    };
    assert!(workspace.messages().iter().any(told), "{:?}", workspace.messages());
    assert_eq!(workspace.settings().encoder, encoder, "the setting is kept for where the device is");
}

#[test]
fn a_damaged_settings_file_is_kept_aside_and_told_of() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("settings.json"), "{ \"theme\": 7").expect("written");
    let workspace = Workspace::new(Store::at(home.path()));
    assert!(workspace.messages()[0].text.contains("settings.json"));
    assert!(home.path().join("settings.json.damaged").is_file());
}

#[test]
fn a_run_cut_off_keeps_every_epoch_that_ended() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    train(&mut workspace, 4000);
    wait(&mut workspace, "three epochs", |workspace| {
        workspace.training().run().is_some_and(|run| run.history.len() >= 3)
    });
    let path = workspace.training().run().expect("a run").path.clone();
    // What a crash would leave at this moment, with half a line at the end.
    let copy = home.path().join("runs").join("cut-off");
    std::fs::create_dir_all(&copy).expect("a folder");
    for file in ["run.json", "history.jsonl", "model.safetensors", "whitening.safetensors"] {
        std::fs::copy(path.join(file), copy.join(file)).expect("a copy");
    }
    let mut text = std::fs::read_to_string(copy.join("history.jsonl")).expect("a history");
    let whole = text.lines().count();
    text.push_str("{\"epoch\": 4, \"train_l");
    std::fs::write(copy.join("history.jsonl"), text).expect("written");
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the stop", |workspace| !workspace.training().is_running());
    workspace.apply(RunsAction::Open(copy));
    wait(&mut workspace, "the run", |workspace| {
        workspace.training().run().is_some_and(|run| run.path.ends_with("cut-off")) && !workspace.is_busy()
    });
    let run = workspace.training().run().expect("a run");
    assert!(run.history.len() >= whole.min(3), "{} of {whole} epochs", run.history.len());
    assert_eq!(run.record.state, RunState::Running);
    assert!(workspace.session().is_some_and(|session| session.ranking(Order::Model).is_some()));
}

#[test]
fn a_run_stopped_by_hand_is_resumed_and_ends_as_if_it_had_not_been() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    train(&mut workspace, 12);
    wait(&mut workspace, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    let whole = workspace.training().run().expect("a run").clone();
    train(&mut workspace, 12);
    wait(&mut workspace, "an epoch", |workspace| workspace.training().run().is_some_and(|run| run.history.len() >= 2));
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the end", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    let path = workspace.training().run().expect("a run").path.clone();
    let saved = |workspace: &Workspace| workspace.runs().known().iter().find(|run| run.path == path).cloned();
    if let Some(run) = saved(&workspace).filter(|run| run.record.state == RunState::Interrupted) {
        assert!(run.resumable);
        workspace.apply(TrainingAction::Resume(path.clone()));
        wait(&mut workspace, "the rest", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    }
    let resumed = workspace.training().run().expect("a run").clone();
    assert_eq!(resumed.record.state, RunState::Finished, "{:?}", workspace.messages());
    assert_eq!(resumed.record.test, whole.record.test);
    let losses = |run: &crossrank::workspace::LiveRun| -> Vec<u64> {
        run.history.iter().map(|report| report.train_loss.to_bits()).collect()
    };
    assert_eq!(losses(&resumed), losses(&whole));
    assert!(saved(&workspace).is_some_and(|run| !run.resumable));
}

#[test]
fn a_paused_run_waits_and_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    train(&mut workspace, 4000);
    let epochs = |workspace: &Workspace| workspace.training().run().map_or(0, |run| run.history.len());
    wait(&mut workspace, "an epoch", |workspace| epochs(workspace) >= 1);
    workspace.apply(TrainingAction::Pause(true));
    std::thread::sleep(Duration::from_millis(300));
    workspace.poll();
    let halted = epochs(&workspace);
    std::thread::sleep(Duration::from_millis(300));
    workspace.poll();
    assert_eq!(epochs(&workspace), halted);
    workspace.apply(TrainingAction::Pause(false));
    wait(&mut workspace, "another epoch", |workspace| epochs(workspace) > halted);
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the stop", |workspace| !workspace.training().is_running());
    assert_eq!(workspace.training().run().map(|run| run.record.state), Some(RunState::Interrupted));
}

#[test]
fn opening_a_run_opens_its_data_set_first() {
    let home = tempfile::tempdir().expect("a folder");
    let mut first = open(home.path(), SAMPLE);
    train(&mut first, 2);
    wait(&mut first, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    let path = first.training().run().expect("a run").path.clone();
    drop(first);

    let mut second = Workspace::new(Store::at(home.path()));
    second.apply(DataAction::Open(path.clone()));
    wait(&mut second, "the run", |workspace| workspace.training().run().is_some() && !workspace.is_busy());
    assert_eq!(second.training().run().map(|run| run.path.clone()), Some(path));
    assert!(second.session().is_some_and(|session| session.ranking(Order::Model).is_some()));
}

#[test]
fn judgements_and_a_run_added_one_after_the_other_both_stay() {
    let home = tempfile::tempdir().expect("a folder");
    let set = home.path().join("set");
    std::fs::create_dir_all(&set).expect("a folder");
    std::fs::write(set.join("queries.csv"), "id,text\nq,sea\n").expect("written");
    std::fs::write(set.join("images.csv"), "id,title\na,sea\nb,hill\nc,sea and hill\n").expect("written");
    std::fs::write(set.join("candidates.csv"), "query,image,rank\nq,a,1\nq,b,2\nq,c,3\n").expect("written");
    std::fs::write(home.path().join("qrels.txt"), "q 0 a 1\nq 0 b 0\n").expect("written");
    std::fs::write(home.path().join("other.txt"), "q Q0 c 1 3.5 x\nq Q0 a 2 1.5 x\n").expect("written");
    let mut workspace = open(home.path(), set.to_str().expect("a path"));
    for file in ["qrels.txt", "other.txt"] {
        workspace.apply(DataAction::AttachTrec(home.path().join(file)));
        wait(&mut workspace, "the file", |workspace| !workspace.loading().is_running() && !workspace.is_busy());
    }
    drop(workspace);
    let workspace = open(home.path(), set.to_str().expect("a path"));
    let session = workspace.session().expect("a session");
    assert_eq!(session.summary.judgements.values().sum::<usize>(), 2);
    assert!(
        session.data.signals.infos.iter().any(|info| info.name.contains("other")),
        "{:?}",
        session.data.dataset.feature_names
    );
}

#[test]
fn stopping_before_the_first_epoch_leaves_no_run() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    train(&mut workspace, 50);
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the stop", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    let epochs = workspace.training().run().map_or(0, |run| run.history.len());
    let kept = std::fs::read_dir(home.path().join("runs")).map_or(0, |entries| entries.count());
    assert_eq!(kept, usize::from(epochs > 0), "{epochs} epochs");
}

#[test]
fn another_run_in_training_does_not_show_the_rankings_of_the_last_one() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    train(&mut workspace, 2);
    wait(&mut workspace, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    assert!(workspace.session().is_some_and(|session| session.ranking(Order::Model).is_some()));
    workspace.apply(TrainingAction::Start);
    assert!(workspace.session().is_some_and(|session| session.ranking(Order::Model).is_none()));
    assert!(workspace.session().is_some_and(|session| session.model_measures(0).is_none()));
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the stop", |workspace| !workspace.training().is_running());
}

#[test]
fn a_set_without_queries_is_refused_by_name() {
    let home = tempfile::tempdir().expect("a folder");
    let set = home.path().join("hollow");
    std::fs::create_dir_all(&set).expect("a folder");
    std::fs::write(set.join("queries.csv"), "id,text\n").expect("written");
    std::fs::write(set.join("images.csv"), "id,title\na,A\n").expect("written");
    let mut workspace = Workspace::new(Store::at(home.path()));
    workspace.apply(DataAction::Open(set));
    wait(&mut workspace, "the message", |workspace| !workspace.messages().is_empty());
    assert!(workspace.messages()[0].text.contains("hollow"), "{:?}", workspace.messages());
    assert!(workspace.session().is_none());
}

#[test]
fn a_job_that_panics_is_reported_as_failed() {
    let mut job: Job<(), ()> = Job::spawn("doomed", Arc::new(|| {}), |_| panic!("as this test wants"));
    let begun = Instant::now();
    loop {
        match job.poll() {
            Some(Event::Failed(error)) => break assert!(error.to_string().contains("as this test wants")),
            Some(other) => panic!("{other:?}"),
            None => assert!(begun.elapsed() < Duration::from_secs(10)),
        }
    }
}

#[test]
fn dropping_a_job_ends_its_thread() {
    let (sender, ended) = std::sync::mpsc::channel();
    let job: Job<(), ()> = Job::spawn("endless", Arc::new(|| {}), move |worker| {
        while !worker.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        sender.send(()).map_err(|error| error.to_string().into())
    });
    drop(job);
    assert!(ended.try_recv().is_ok(), "the thread had ended when drop returned");
}
