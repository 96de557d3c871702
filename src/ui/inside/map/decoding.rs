//! Images of places on a map, made as the hand moves: at once where that takes no time, else on a thread.

use std::sync::Arc;

use egui::Context;
use ndarray::{Array2, Axis};

use super::news::{Change, Making};
use crate::exhibit::code_map::{Decoder, Map};

/// Images of a walk between two, both ends among them.
pub const WALK: usize = 9;

/// A place of the space.
#[derive(Clone, Debug, PartialEq)]
pub enum Spot {
    /// At a point of the plane.
    At([f32; 2]),
    /// So many standard deviations along the axes.
    Along(Vec<f32>),
}

/// What is to be decoded.
#[derive(Clone)]
pub struct Request {
    /// The map.
    pub map: Arc<Map>,
    /// What decodes it.
    pub decoder: Decoder,
    /// The place.
    pub spot: Spot,
    /// The image that it starts from; `None` for the mean.
    pub about: Option<usize>,
    /// The two ends of a walk.
    pub walk: Option<(usize, usize)>,
}

impl Request {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.map, &other.map)
            && self.decoder.is(&other.decoder)
            && (&self.spot, self.about, self.walk) == (&other.spot, other.about, other.walk)
    }

    /// The place first, then those of the walk: (1 or 10)×d.
    fn images(&self) -> Array2<f32> {
        let map = &*self.map;
        let row = match &self.spot {
            Spot::At(point) => map.at(*point, self.about),
            Spot::Along(deviations) => map.along(deviations, self.about),
        };
        let mut rows = row.insert_axis(Axis(0));
        let walk = self.walk.and_then(|(from, to)| map.between(from, to, WALK));
        if let Some(walk) = walk {
            rows = ndarray::concatenate![Axis(0), rows, walk];
        }
        self.decoder.decode(rows.view())
    }
}

/// What was decoded.
#[derive(Clone)]
pub struct Decoded {
    /// Of what.
    pub of: Request,
    /// The place first, then those of the walk, if there is one; a row each, in [0, 1].
    pub images: Arc<Array2<f32>>,
}

/// Decodes what is asked for last.
#[derive(Default)]
pub struct Decoding {
    making: Making<Request, Decoded>,
    /// Made without a thread.
    at_once: Option<Decoded>,
}

impl Decoding {
    /// What there is of a request: what was asked for before, until it is there.
    pub fn follow(&mut self, ctx: &Context, request: Request) -> Option<Decoded> {
        if request.decoder.is_quick() {
            let known = self.at_once.take().filter(|known| known.of.is(&request));
            let known = known.unwrap_or_else(|| decoded(&request));
            self.at_once = Some(known);
            return self.at_once.clone();
        }
        self.at_once = None;
        // The hand goes on while an image is made: that is finished first, else none ever would be.
        let change = |asked: &Request, wanted: &Request| {
            if asked.is(wanted) {
                Change::None
            } else {
                Change::Newer
            }
        };
        let make = || |request: &Request, _: &(dyn Fn() -> bool + Sync)| Ok(decoded(request));
        self.making.hurry();
        self.making
            .follow((ctx, "dkae-decoder"), &request, change, make);
        let made = self.making.made()?.as_ref().ok()?;
        let same = made.of.map.crowd.shape == request.map.crowd.shape;
        same.then(|| made.clone())
    }
}

fn decoded(request: &Request) -> Decoded {
    Decoded {
        of: request.clone(),
        images: Arc::new(request.images()),
    }
}
