//! `crossrank`: the window and the command line.

fn main() -> std::process::ExitCode {
    crossrank::cli::main()
}
