//! The outbox's pure parts under a virtual clock and a seeded adversary: crashes, duplicate workers, clock jumps, every
//! order of answers. `SIM_SEEDS=1000000` looks longer, `SIM_SEED=n` replays one.

mod dice;
mod license;
mod model;
mod outside;
mod row;

use std::panic::{AssertUnwindSafe, catch_unwind};

use dice::Dice;
use model::Model;

const SEEDS: u64 = 10_000;

#[test]
fn whatever_an_adversary_does_every_license_ends_as_promised() {
    let seeds = match crate::world::number("SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..crate::world::number("SIM_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        let outcome = catch_unwind(AssertUnwindSafe(|| play(seed)));
        assert!(outcome.is_ok(), "SIM_SEED={seed} fails; replay it with that variable set");
    }
}

/// One license: the adversary has its turns, then the world is calm, and everything must come out.
fn play(seed: u64) {
    let mut model = Model::new(Dice::new(seed));
    for _ in 0..model.dice.below(120) {
        model.adversity();
    }
    model.calm();
    model.check();
}
