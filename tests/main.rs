//! All integration tests in one binary, so that one link serves them all.

mod architecture;
mod attached_vectors;
mod calibration;
mod charts;
mod choosing;
mod cli;
mod cli_runs;
mod collection_cut_off;
mod collection_encoders;
mod collection_faults;
mod collection_moves;
mod collection_neighbours;
mod collection_pack;
mod collection_ranking;
mod collection_shards;
mod collection_signals;
mod collection_vectors;
mod collection_words;
mod collections;
mod comparison;
mod dcmm_golden;
mod embedding_sessions;
mod embeddings;
mod embeddings_ui;
mod encoder_golden;
mod equal_inputs;
mod evaluation;
mod experiments;
mod experiments_ui;
mod explain;
mod export;
mod first_query;
mod fuzz;
mod graph;
mod graph_canvas;
mod import;
mod judge;
mod judging;
mod kept_epochs;
mod leftovers;
mod listed_folders;
mod loading;
mod locks;
mod losses;
mod manual_ui;
mod means;
mod measures_golden;
mod measures_on_disk;
mod memory;
mod models;
mod old_runs;
mod optimiser;
mod pelican;
mod plots;
mod properties;
mod ranges;
mod recall_base;
mod relisting;
mod resume;
mod run_table;
mod same_experiment;
mod sample;
mod screenshots;
mod seeds;
mod sensitivity;
mod signals;
mod significance_golden;
mod study;
mod thumbnails;
mod training;
mod typed_numbers;
mod ui;
mod undo;
mod warm_start;
mod window;
mod words;
mod workspace;

/// Says on the terminal that a test did not run, and why. Printed past the test runner, which hides what passing tests
/// print.
fn skipped(reason: &str) {
    use std::io::Write;
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // Where nobody can be told, nothing is lost.
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {reason}");
}
