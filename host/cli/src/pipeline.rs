//! Work on all cores, results in order, a bounded amount of it in memory.
//!
//! For every item the feeder makes a slot, and queues the slot before the item: the queue of slots
//! is the order, and its length the bound. Whoever reads the results waits for one slot at a time.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};

/// Runs `work` over `items` on `jobs` threads and hands each result to `consume`, in the order of
/// the items. Stops reading when `consume` fails.
pub(crate) fn ordered<T: Send, R: Send>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> R + Sync,
    mut consume: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let (slots, results) = sync_channel(2 * jobs);
    let (queue, waiting) = sync_channel(2 * jobs);
    let (waiting, work) = (Mutex::new(waiting), &work);
    let waiting = &waiting;
    thread::scope(|scope| {
        scope.spawn(move || feed(items, &slots, &queue));
        for _ in 0..jobs {
            scope.spawn(move || {
                while let Some((item, slot)) = next(waiting) {
                    // Nobody waits for it any more once a consumer has failed.
                    let _ = slot.send(work(item));
                }
            });
        }
        // Moved in here, so that a failing consumer leaves the feeder without a reader.
        let results: Receiver<Receiver<R>> = results;
        for result in results {
            consume(result.recv().context("a worker is lost")?)?;
        }
        Ok(())
    })
}

type Waiting<T, R> = (T, SyncSender<R>);

fn feed<T, R>(
    items: impl Iterator<Item = T>,
    slots: &SyncSender<Receiver<R>>,
    queue: &SyncSender<Waiting<T, R>>,
) {
    for item in items {
        let (slot, result) = sync_channel(1);
        if slots.send(result).is_err() || queue.send((item, slot)).is_err() {
            return;
        }
    }
}

fn next<T, R>(waiting: &Mutex<Receiver<Waiting<T, R>>>) -> Option<Waiting<T, R>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let spin = |n: u64| (0..(n * 7919) % 20_000).fold(n, |a, _| std::hint::black_box(a));
        for jobs in [1, 2, 7] {
            let mut seen = Vec::new();
            let push = |n| {
                seen.push(n);
                Ok(())
            };
            ordered(0..500, jobs, spin, push).expect("nothing fails");
            assert_eq!(seen, (0..500).collect::<Vec<_>>(), "{jobs} jobs");
        }
    }

    #[test]
    fn a_consumer_that_fails_stops_an_endless_source() {
        let taken = AtomicUsize::new(0);
        let endless = std::iter::repeat_with(|| taken.fetch_add(1, Ordering::Relaxed));
        let mut seen = 0;
        let consume = |_| {
            seen += 1;
            anyhow::ensure!(seen < 10, "enough");
            Ok(())
        };
        assert!(ordered(endless, 3, |n| n, consume).is_err());
        // Slots and queue hold six each, three are worked on, one is in the feeder's hand.
        assert!(taken.into_inner() <= 10 + 6 + 6 + 3 + 1);
    }
}
