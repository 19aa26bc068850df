//! The program `bursard`: everything is in the library, so that the reference is made of its command line.

/// Memory for columns of a ledger comes and goes by hundreds of megabytes on many threads: `jemalloc` gives it back
/// to the system where glibc's `malloc` keeps it, and takes less time for it.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    bursard::run()
}
