//! What is on show in the place of the run.

use std::sync::Arc;

use super::LadderView;
use super::pins::{Pin, Pins};
use crate::exhibit::{Exhibit, numbers};
use crate::worker::ladder::Rung;

/// A network that is on show in the place of the run.
#[derive(Clone, Copy)]
pub enum Beside<'a> {
    /// One of the ladder.
    Rung(&'a Arc<Rung>),
    /// One that somebody pinned.
    Pin(&'a Pin),
}

impl<'a> Beside<'a> {
    /// The network that pins and ladder put on show, if there is one.
    #[must_use]
    pub fn on_show(pins: &'a Pins, ladder: &'a LadderView) -> Option<Self> {
        let pin = pins.on_show().map(Self::Pin);
        pin.or_else(|| ladder.on_show().map(Self::Rung))
    }

    /// The one of these that was chosen, and not only looked at: a run goes on from that.
    #[must_use]
    pub fn chosen(pins: &'a Pins, ladder: &'a LadderView) -> Option<Self> {
        let pin = pins.on_show().map(Self::Pin);
        pin.or_else(|| ladder.chosen_rung().map(Self::Rung))
    }

    /// What there is to see of it.
    #[must_use]
    pub fn exhibit(self) -> &'a Arc<Exhibit> {
        match self {
            Self::Rung(rung) => &rung.exhibit,
            Self::Pin(pin) => &pin.exhibit,
        }
    }

    /// What it is called: `network trained under λ = 0.25`, `pin 2 · λ = 0.1, step 812`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Rung(rung) => format!("network {}", numbers::trained(rung.place)),
            Self::Pin(pin) => pin.name(),
        }
    }

    /// What names of its files have in them, if seed and step do not tell it.
    #[must_use]
    pub fn stem(self) -> String {
        let exhibit = self.exhibit();
        match (exhibit.stem.as_str(), self) {
            ("", Self::Pin(pin)) => format!("-pin{}", pin.number),
            ("", Self::Rung(_)) => String::new(),
            (stem, _) => format!("-{stem}"),
        }
    }
}
