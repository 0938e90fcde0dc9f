//! Lines of the benchmark.

use std::path::Path;
use std::time::Instant;

/// A line: pictures, name, value, unit, goal, whether it is met.
pub fn value(count: usize, name: &str, value: f64, unit: &str, goal: Option<f64>) {
    let is_met = |goal: f64| if value <= goal { "met" } else { "missed" };
    let verdict = goal.map_or_else(String::new, |goal| format!("{goal}\t{}", is_met(goal)));
    println!("{count}\t{name}\t{value:.2}\t{unit}\t{verdict}");
}

/// A share, which must be as high as the goal.
pub fn share(count: usize, name: &str, share: f64, goal: f64) {
    println!("{count}\t{name}\t{share:.4}\t\t{goal}\t{}", if share >= goal { "met" } else { "missed" });
}

/// Times of one thing.
#[derive(Default)]
pub struct Times(Vec<f64>);

impl Times {
    /// Does it once more.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.push(start.elapsed().as_secs_f64() * 1e3);
        done
    }

    /// Median, and the 99th percentile, which has the goal; in milliseconds.
    pub fn report(mut self, count: usize, name: &str, goal: Option<f64>) {
        self.0.sort_by(f64::total_cmp);
        value(count, &format!("{name}, median"), self.0[self.0.len() / 2], "ms", None);
        value(count, &format!("{name}, 99th percentile"), self.0[self.0.len() * 99 / 100], "ms", goal);
    }
}

/// The size of a folder's files in MB.
pub fn megabytes(folder: &Path) -> f64 {
    let size = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => megabytes(&path),
        path => path.metadata().map_or(0.0, |file| file.len() as f64 / 1e6),
    };
    std::fs::read_dir(folder).expect("files").flatten().map(size).sum()
}

/// The most memory that this process has had, in MB, files mapped into it included, where the system says so.
pub fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes / 1e3)
}
