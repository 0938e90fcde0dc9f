//! Updates of a collection in the background: what is judged, opened or cancelled meanwhile.

use super::SAMPLE;
use super::searching::{collected, photos};
use crate::workspace::wait;
use crossrank::app::{Shot, headless, settle};
use crossrank::dataset::Split;
use crossrank::index::{Asked, Collection};
use crossrank::judge::{Judges, Places};
use crossrank::workspace::{
    DataAction, JudgingAction, Offer, QueueKind, SearchAction, SettingsAction, Store, TrainingAction, Verdict,
    Workspace,
};
use egui_kittest::kittest::Queryable;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn opened(home: &Path, folder: &Path) -> Workspace {
    let mut workspace = Workspace::new(Store::at(&home.join("store")));
    workspace.apply(DataAction::Open(folder.to_owned()));
    idle(&mut workspace);
    assert!(workspace.session().is_some(), "{:?}", workspace.messages());
    workspace
}

fn idle(workspace: &mut Workspace) {
    // What was asked for last may only begin with the next look.
    for _ in 0..5 {
        workspace.poll();
        std::thread::sleep(Duration::from_millis(5));
    }
    wait(workspace, "the jobs", |workspace| !workspace.is_busy());
}

fn told(workspace: &Workspace, part: &str) -> bool {
    workspace.messages().iter().any(|message| message.text.contains(part))
}

/// Paths of all pictures.
fn pictures(home: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.join("photos")).expect("photos").flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    all.sort();
    all
}

/// The names of the images that the judge has labelled, as others read them.
fn labelled(workspace: &Workspace, judge: &str) -> Vec<String> {
    let dataset = &workspace.session().expect("a session").data.dataset;
    let places = Places::new(&dataset.root, dataset.reach, &workspace.store().judgements());
    let (judges, _) = Judges::read(places).expect("read");
    judges.labels(judge).iter().map(|label| label.image.to_owned()).collect()
}

#[test]
fn what_is_judged_under_an_old_name_is_said_of_the_picture_under_its_new_one() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    let mut workspace = opened(home.path(), &folder);
    let mut settings = workspace.settings().judging.clone();
    settings.judge = "ann".to_owned();
    workspace.apply(SettingsAction::SetJudging(Box::new(settings)));
    workspace.apply(JudgingAction::Open(QueueKind::Query(0)));
    wait(&mut workspace, "the list", |workspace| !workspace.is_busy() && workspace.judging().queue().is_some());
    let first = {
        let (session, queue) = (workspace.session().expect("a session"), workspace.judging().queue().expect("a list"));
        let item = queue.items()[0];
        session.image(item.query, item.candidate).1.id.to_string()
    };
    let verdict = |grade| Verdict { positions: vec![0], grade: Some(grade), unsure: false, ms: None };
    workspace.apply(JudgingAction::Judge(verdict(0)));
    idle(&mut workspace);
    assert_eq!(labelled(&workspace, "ann"), std::slice::from_ref(&first));
    // Another process finds the picture elsewhere, while the window shows what it has read.
    std::fs::create_dir(home.path().join("photos/album")).expect("a folder");
    std::fs::rename(home.path().join("photos").join(&first), home.path().join("photos/album").join(&first))
        .expect("moved");
    let updated = Collection::open(&folder).expect("opened").update(&mut |_| ControlFlow::Continue(()));
    assert_eq!(updated.expect("updated").moved.len(), 1);
    workspace.apply(JudgingAction::Judge(verdict(1)));
    idle(&mut workspace);
    let now = format!("album/{first}");
    assert_eq!(labelled(&workspace, "ann"), std::slice::from_ref(&now));
    let (session, judging) = (workspace.session().expect("a session"), workspace.judging());
    let item = judging.queue().expect("a list").items()[0];
    let image = session.image(item.query, item.candidate).1;
    assert_eq!(image.id.as_str(), now);
    assert!(image.file.as_deref().is_some_and(Path::is_file), "{:?}", image.file);
    assert_eq!(session.relevance(item.candidate).map(|grade| grade.0), Some(1), "and the window counts it");
}

#[test]
fn an_update_that_would_lose_most_pictures_says_so_and_offers_to_go_on() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    for number in 0..20 {
        std::fs::write(home.path().join(format!("photos/more {number}.jpg")), number.to_string()).expect("written");
    }
    let mut workspace = opened(home.path(), &folder);
    workspace.apply(SearchAction::Update);
    idle(&mut workspace);
    let count = |workspace: &Workspace| workspace.searching().open().expect("open").count;
    assert_eq!(count(&workspace), 32);
    let all = pictures(home.path());
    all.iter().skip(1).for_each(|path| std::fs::remove_file(path).expect("removed"));
    drop(workspace);
    let path = folder.to_str().expect("a plain path");
    let mut harness = headless(&Shot::of(path), Store::at(&home.path().join("store")));
    settle(&mut harness).expect("it opens");
    harness.state_mut().workspace_mut().apply(SearchAction::Update);
    settle(&mut harness).expect("it ends");
    let workspace = harness.state().workspace();
    assert!(told(workspace, "Could not update the collection: 31 of the 32 pictures"), "{:?}", workspace.messages());
    assert_eq!(count(workspace), 32);
    harness.run_steps(2);
    harness.get_by_label("Remove them").click();
    harness.run_steps(3);
    settle(&mut harness).expect("it ends");
    let workspace = harness.state().workspace();
    assert_eq!((count(workspace), told(workspace, "31 removed")), (1, true), "{:?}", workspace.messages());
}

#[test]
fn a_collection_that_is_ready_takes_no_other_data_set_s_place() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    let (pictures, folder) = (photos(home.path()), home.path().join("own"));
    let collect = |workspace: &mut Workspace| {
        let (pictures, folder) = (pictures.clone(), folder.clone());
        workspace.apply(SearchAction::Collect { pictures, folder, follow: false, vectors: false, mapping: None });
    };
    collect(&mut workspace);
    workspace.apply(DataAction::Open(SAMPLE.into()));
    idle(&mut workspace);
    let name = |workspace: &Workspace| workspace.session().expect("a session").data.dataset.name.clone();
    let sample = name(&workspace);
    assert!(workspace.searching().open().is_none());
    let offer = workspace.messages().iter().find_map(|message| message.offer.clone()).expect("an offer");
    let Offer::Open(path) = offer else { panic!("{offer:?}") };
    workspace.apply(DataAction::Open(path));
    idle(&mut workspace);
    assert!(workspace.searching().open().is_some_and(|open| open.count == 12) && name(&workspace) != sample);
    // With nothing else in its place it opens by itself.
    std::fs::remove_dir_all(&folder).expect("removed");
    let mut workspace = Workspace::new(Store::at(&home.path().join("other store")));
    collect(&mut workspace);
    idle(&mut workspace);
    assert!(workspace.searching().open().is_some_and(|open| open.count == 12));
}

#[test]
fn an_update_that_ends_during_training_is_taken_up_after_it() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    {
        let collection = Collection::open(&folder).expect("opened");
        let set = collection.vectors_in_use().expect("read").expect("vectors");
        let asked = Asked { most: 12, ..Asked::words("bird") };
        let found = collection.candidates(&asked, Some(&set)).expect("found");
        collection.keep("bird", "bird", Some(Split::Train), &found).expect("kept");
    }
    let mut workspace = opened(home.path(), &folder);
    let mut settings = workspace.settings().judging.clone();
    settings.judge = "ann".to_owned();
    workspace.apply(SettingsAction::SetJudging(Box::new(settings)));
    workspace.apply(JudgingAction::Open(QueueKind::Query(0)));
    wait(&mut workspace, "the list", |workspace| !workspace.is_busy() && workspace.judging().queue().is_some());
    for (grade, positions) in [(1, (0..6).collect()), (0, (6..12).collect())] {
        workspace.apply(JudgingAction::Judge(Verdict { positions, grade: Some(grade), unsure: false, ms: None }));
    }
    idle(&mut workspace);
    let mut experiment = workspace.settings().experiment.clone();
    experiment.choose.clear();
    experiment.training.epochs = 1000;
    experiment.training.patience = None;
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
    std::fs::write(home.path().join("photos/new.jpg"), "new").expect("written");
    workspace.apply(SearchAction::Update);
    workspace.apply(TrainingAction::Start);
    workspace.apply(TrainingAction::Pause(true));
    assert!(workspace.training().is_running(), "{:?}", workspace.messages());
    wait(&mut workspace, "the update", |workspace| !workspace.searching().is_collecting());
    let count = |workspace: &Workspace| workspace.searching().open().expect("open").count;
    assert!(workspace.training().is_running(), "{:?}", workspace.messages());
    assert_eq!(count(&workspace), 12);
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the end", |workspace| !workspace.is_busy() && !workspace.training().is_running());
    wait(&mut workspace, "the new picture", |workspace| count(workspace) == 13);
}
