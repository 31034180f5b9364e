//! Reading the clock, medians, and one line a figure.

use std::time::{Duration, Instant};

/// What a figure is held against.
pub struct Figure(pub &'static str, pub Duration);

#[expect(clippy::disallowed_methods, reason = "a bench measures: the house's clock has milliseconds")]
pub fn now() -> Instant {
    Instant::now()
}

/// What `work` gave, and how long it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = now();
    let made = work();
    (made, began.elapsed())
}

pub fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

pub fn row(name: &str, took: Duration, against: Option<&Figure>) {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    match against {
        Some(Figure(what, bare)) => {
            let bare = *bare;
            let ratio = took.as_secs_f64() / bare.as_secs_f64();
            println!("{name:<34} {:>8.2} ms   {ratio:.2}x   ({what}: {:.2} ms)", ms(took), ms(bare));
        }
        None => println!("{name:<34} {:>8.2} ms", ms(took)),
    }
}

/// How many a second.
#[expect(clippy::cast_precision_loss, reason = "no count comes near 2^52")]
pub fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
