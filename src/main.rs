//! `crossrank`: the window and the command line.

/// How many threads candle and rayon start, as their documentation says.
const THREADS: &str = "RAYON_NUM_THREADS";

fn main() -> std::process::ExitCode {
    set_thread_count();
    crossrank::cli::main()
}

/// Without the variable, candle reads `/proc/cpuinfo` before every matrix product, which doubles the time of training.
fn set_thread_count() {
    if std::env::var_os(THREADS).is_none()
        && let Ok(count) = std::thread::available_parallelism()
    {
        // SAFETY: no other thread is running yet that could read the environment.
        #[allow(unsafe_code)]
        unsafe {
            std::env::set_var(THREADS, count.to_string());
        }
    }
}
