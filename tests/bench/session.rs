//! Memory of a long session: `cargo bench --bench session [-- RUNS] [window]` trains that many short runs (500 without a
//! number) one after the other in one workspace, or in the window.
//!
//! Prints `name<TAB>value<TAB>unit`: every 50 runs the process's resident memory and the bytes that are allocated, and at
//! the end the resident memory over that after 20 runs.
#![allow(unsafe_code)]

use crossrank::app::{App, Shot, headless};
use crossrank::base::limit_memory_pools;
use crossrank::workspace::{DataAction, MessageKind, SettingsAction, Store, TrainingAction, Workspace};
use egui_kittest::Harness;
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// Runs without a number on the command line.
const RUNS: usize = 500;

/// Runs after which everything that is loaded once is there.
const WARM: usize = 20;

/// Bytes that are allocated now.
static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
struct Counting;

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        IN_USE.fetch_add(size, Ordering::Relaxed);
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The workspace alone, or with the window around it.
enum Session {
    Workspace(Box<Workspace>),
    Window(Box<Harness<'static, App>>),
}

impl Session {
    fn open(home: &Path, in_window: bool) -> Self {
        let mut session = if in_window {
            Self::Window(Box::new(headless(&Shot::of(SAMPLE), Store::at(home))))
        } else {
            let mut workspace = Workspace::new(Store::at(home));
            workspace.apply(DataAction::Open(SAMPLE.into()));
            Self::Workspace(Box::new(workspace))
        };
        session.wait(|workspace| workspace.session().is_some());
        session
    }

    fn workspace(&mut self) -> &mut Workspace {
        match self {
            Self::Workspace(workspace) => workspace,
            Self::Window(harness) => harness.state_mut().workspace_mut(),
        }
    }

    /// Polls or draws until nothing is left to do.
    fn wait(&mut self, done: impl Fn(&Workspace) -> bool) {
        loop {
            match self {
                Self::Workspace(workspace) => {
                    workspace.poll();
                }
                Self::Window(harness) => harness.step(),
            }
            let workspace = self.workspace();
            if !workspace.is_busy() {
                if done(workspace) {
                    return;
                }
                let said = workspace.messages().iter().find(|message| message.kind == MessageKind::Warning);
                assert!(said.is_none(), "{said:?}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Trains the settings with another seed, and waits until the run is listed.
    fn train(&mut self, seed: usize) {
        let workspace = self.workspace();
        let mut experiment = workspace.settings().experiment.clone();
        (experiment.training.epochs, experiment.training.seed) = (1, seed as u64);
        workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
        workspace.apply(TrainingAction::Start);
        self.wait(|workspace| workspace.runs().known().len() == seed);
        if let Self::Window(harness) = self {
            // Hands textures over to the graphics driver, as every frame of a real window does.
            harness.render().expect("it can be drawn");
        }
    }
}

fn main() {
    limit_memory_pools();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runs = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(RUNS);
    let home = tempfile::tempdir().expect("a folder");
    let mut session = Session::open(home.path(), arguments.iter().any(|argument| argument == "window"));
    let begun = Instant::now();
    let mut warm = None;
    for run in 1..=runs {
        session.train(run);
        if run == WARM {
            warm = resident();
        }
        if run == WARM || run % 50 == 0 {
            print_memory(run);
        }
    }
    println!("a run\t{:.3}\ts", begun.elapsed().as_secs_f64() / runs as f64);
    if let Some((warm, now)) = warm.zip(resident()) {
        println!("resident memory after {runs} runs over that after {WARM}\t{:.3}\ttimes", now / warm);
    }
}

fn print_memory(runs: usize) {
    if let Some(resident) = resident() {
        println!("resident memory after {runs} runs\t{resident:.1}\tMB");
    }
    println!("allocated after {runs} runs\t{:.1}\tMB", IN_USE.load(Ordering::Relaxed) as f64 / 1e6);
}

/// This process's resident memory in MB, where the system reports it.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0 / 1e6)
}
