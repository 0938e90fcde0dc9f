//! `crossrank`: the window, and the same work without one.

fn main() -> std::process::ExitCode {
    crossrank::cli::main()
}
