//! Threads apart from those of whoever asks, of one priority.
//!
//! Not for: what is done on them.
//!
//! Invariant: a thread of low priority does nothing else, as the system lets nobody raise it again.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::Error;

/// The priority of threads of readings and runs beside those that answer people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ThreadPriority {
    /// Like all others: whoever started the work waits for it.
    #[default]
    Normal,
    /// They take what others leave: of a core that both want about a tenth, of one that nobody wants all.
    Low,
}

/// The niceness of low priority: by Linux's weights (`sched_prio_to_weight`, 110 to 1,024) a tenth, so
/// that work goes on however many people look at pages.
const LOW_NICENESS: i32 = 10;

/// Threads that end with this value, without anybody waiting for what they do.
#[derive(Debug)]
pub(crate) struct Threads(Option<Runtime>);

impl ThreadPriority {
    /// Gives it to the thread that calls, and so to all that it starts.
    fn set(self) {
        // Elsewhere a priority is that of a whole process.
        if self == Self::Low && cfg!(target_os = "linux") {
            rustix::process::setpriority_process(None, LOW_NICENESS)
                .unwrap_or_else(|_the_process_is_lower_still| ());
        }
    }
}

impl Threads {
    pub(crate) fn start(name: &str, count: usize, priority: ThreadPriority) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(count)
            .thread_name(name)
            .on_thread_start(move || priority.set())
            .enable_all()
            .build()
            .map_err(Error::storage)?;
        Ok(Self(Some(runtime)))
    }

    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.runtime().spawn(work)
    }

    /// Begins work that may wait: on these threads, or without any on those of whoever asks.
    pub(crate) fn spawn_blocking<T: Send + 'static>(
        threads: Option<&Self>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        match threads {
            Some(threads) => threads.runtime().spawn_blocking(work),
            None => tokio::task::spawn_blocking(work),
        }
    }

    fn runtime(&self) -> &Runtime {
        self.0.as_ref().expect("it is taken when this value goes")
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // A runtime must not wait for its threads inside another one.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::getpriority_process;

    use super::*;

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn threads_of_low_priority_and_what_they_start_are_lower() {
        let of_this = || getpriority_process(None).unwrap();
        let of_child = || std::thread::spawn(|| getpriority_process(None).unwrap()).join().unwrap();
        let before = of_this();
        for (priority, niceness) in
            [(ThreadPriority::Normal, before), (ThreadPriority::Low, LOW_NICENESS)]
        {
            let threads = Threads::start("some", 1, priority).unwrap();
            assert_eq!(threads.spawn(async move { of_this() }).await.unwrap(), niceness);
            let blocking = |work: fn() -> i32| Threads::spawn_blocking(Some(&threads), work);
            assert_eq!(blocking(of_this).await.unwrap(), niceness);
            assert_eq!(blocking(of_child).await.unwrap(), niceness);
        }
        assert_eq!(of_this(), before);
    }
}
