//! The program `bursard`: everything is in the library, so that the reference is made of its command line.

fn main() -> std::process::ExitCode {
    bursard::run()
}
