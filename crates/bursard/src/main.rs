//! The program `bursard`: everything is in the library, so that the reference is made of its command line.

/// The allocator: columns of a ledger come and go by hundreds of megabytes on many threads, and `jemalloc`
/// gives their memory back to the system where glibc's `malloc` keeps it, in less time.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    bursard::run()
}
