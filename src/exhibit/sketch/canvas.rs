//! A drawing under a hand: a soft round brush, an eraser, and what can be taken back.
//!
//! Places are in pixels, x to the right and y down from the upper left corner of the image, so that the middle of
//! the first pixel is (0.5, 0.5). A stroke is a chain of capsules, which leaves no gaps however far apart the
//! places are that the hand was seen at.

use std::collections::VecDeque;
use std::sync::Arc;

use ndarray::{Array2, Axis};
use rand::RngExt;

use crate::data::{Collection, ImageShape, class_text, generator};
use crate::exhibit::{Images, numbers};
use crate::training::HeldOut;

/// The width of the soft edge of a brush, in pixels of an image of 28.
const EDGE: f32 = 1.2;
/// The side of an image for which brushes are made.
const SIDE: f32 = 28.0;
/// Steps that can be taken back at the most.
const DEPTH: usize = 100;
/// The random stream of the images that are taken at random.
const STREAM: u64 = 41;

/// An image of one's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Its pixels, 1×d in [0, 1], row by row.
    pub pixels: Array2<f32>,
    /// Its size.
    pub shape: ImageShape,
}

impl Drawing {
    /// Nothing but black.
    #[must_use]
    pub fn blank(shape: ImageShape) -> Self {
        let pixels = Array2::zeros((1, shape.pixels()));
        Self { pixels, shape }
    }

    /// Whether nothing is drawn.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.pixels.iter().all(|&pixel| pixel <= 0.0)
    }
}

/// What a hand draws with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Adds ink.
    #[default]
    Brush,
    /// Takes it away.
    Eraser,
}

/// The image that a drawing began as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Which images it is one of.
    pub set: HeldOut,
    /// Its place among the images on show.
    pub place: usize,
    /// Its index in the data set, where that is known.
    pub sample: Option<usize>,
    /// Its class, where there are classes, and what it is of.
    pub class: Option<(u8, Option<Collection>)>,
    /// Something was drawn on it since.
    pub changed: bool,
}

impl Origin {
    /// `validation sample 5,123, class 3, changed`.
    #[must_use]
    pub fn describe(&self) -> String {
        let set = self.set.name();
        let which = match self.sample {
            Some(sample) => format!("{set} sample {}", numbers::count(sample)),
            None => format!("{set} image {}", numbers::count(self.place)),
        };
        let class = self.class.map_or_else(String::new, |(class, collection)| {
            format!(", {}", class_text(collection, class))
        });
        let changed = if self.changed { ", changed" } else { "" };
        format!("{which}{class}{changed}")
    }
}

/// A drawing, and what it was before.
#[derive(Clone)]
struct State {
    drawing: Arc<Drawing>,
    origin: Option<Origin>,
}

/// What is drawn on.
pub struct Canvas {
    now: State,
    /// The newest last.
    before: VecDeque<State>,
    /// Images that were taken at random.
    drawn: u64,
}

impl Canvas {
    /// An empty one.
    #[must_use]
    pub fn new(shape: ImageShape) -> Self {
        let now = State {
            drawing: Arc::new(Drawing::blank(shape)),
            origin: None,
        };
        Self {
            now,
            before: VecDeque::new(),
            drawn: 0,
        }
    }

    /// The drawing as it is now. It is another one in memory whenever it has changed.
    #[must_use]
    pub fn drawing(&self) -> &Arc<Drawing> {
        &self.now.drawing
    }

    /// The image that it began as.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.now.origin.as_ref()
    }

    /// Begins anew if its images are to have another size.
    pub fn fit(&mut self, shape: ImageShape) {
        if self.now.drawing.shape != shape {
            *self = Self::new(shape);
        }
    }

    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    /// Takes the last stroke (or whatever else changed the drawing) back.
    pub fn undo(&mut self) {
        if let Some(before) = self.before.pop_back() {
            self.now = before;
        }
    }

    /// A stroke begins: what comes until [`Self::lift`] is taken back as one.
    pub fn touch(&mut self) {
        if self.before.len() == DEPTH {
            self.before.pop_front();
        }
        self.before.push_back(self.now.clone());
    }

    /// Draws from one place to another with a brush of `radius` pixels.
    pub fn draw(&mut self, from: [f32; 2], to: [f32; 2], radius: f32, tool: Tool) {
        let Drawing { pixels, shape } = Arc::make_mut(&mut self.now.drawing);
        let (height, width) = (shape.height, shape.width);
        let edge = EDGE * (height.max(width) as f32 / SIDE).max(1.0);
        let reach = radius + edge / 2.0;
        let rows = around(from[1], to[1], reach, height);
        for y in rows {
            for x in around(from[0], to[0], reach, width) {
                let at = [x as f32 + 0.5, y as f32 + 0.5];
                let ink = ((reach - distance(at, from, to)) / edge).clamp(0.0, 1.0);
                let pixel = &mut pixels[[0, y * width + x]];
                *pixel = match tool {
                    Tool::Brush => pixel.max(ink),
                    Tool::Eraser => pixel.min(1.0 - ink),
                };
            }
        }
    }

    /// The stroke is over; one that changed nothing need not be taken back.
    pub fn lift(&mut self) {
        let same = |before: &State| before.drawing == self.now.drawing;
        if self.before.back().is_some_and(same) {
            self.undo();
        } else if let Some(origin) = &mut self.now.origin {
            origin.changed = true;
        }
    }

    /// Takes everything away.
    pub fn clear(&mut self) {
        self.touch();
        self.now.drawing = Arc::new(Drawing::blank(self.now.drawing.shape));
        self.lift();
        self.now.origin = None;
    }

    /// Moves everything by whole pixels, `x` to the right and `y` down; what leaves the image is gone.
    pub fn nudge(&mut self, x: isize, y: isize) {
        self.touch();
        let old = Arc::clone(&self.now.drawing);
        let shape = old.shape;
        let from = |to: usize, by: isize, most: usize| {
            let from = to.checked_add_signed(by.checked_neg()?)?;
            (from < most).then_some(from)
        };
        let moved = Array2::from_shape_fn(old.pixels.dim(), |(_, pixel)| {
            let row = from(pixel / shape.width, y, shape.height);
            let column = from(pixel % shape.width, x, shape.width);
            let place = row.zip(column);
            place.map_or(0.0, |(row, column)| {
                old.pixels[[0, row * shape.width + column]]
            })
        });
        self.now.drawing = Arc::new(Drawing {
            pixels: moved,
            shape,
        });
        self.lift();
    }

    /// Takes the image at `place` of `images`, if it is there and has the canvas's size.
    pub fn load(&mut self, images: &Images, place: usize) {
        let pixels = images.pixels.as_ref();
        let Some(pixels) = pixels.filter(|pixels| place < pixels.nrows()) else {
            return;
        };
        if images.shape != self.now.drawing.shape {
            return;
        }
        self.touch();
        let class = images.labels.as_ref().and_then(|labels| labels.get(place));
        self.now = State {
            drawing: Arc::new(Drawing {
                pixels: pixels.select(Axis(0), &[place]),
                shape: images.shape,
            }),
            origin: Some(Origin {
                set: images.set,
                place,
                sample: images.indices.get(place).copied(),
                class: class.map(|&class| (class, images.collection)),
                changed: false,
            }),
        };
    }

    /// The next image of `images` (or the one before) after the one that was taken last.
    pub fn load_next(&mut self, images: &Images, forward: bool) {
        let count = images.count.max(1);
        let last = self.now.origin.as_ref().map(|origin| origin.place);
        let place = match (last, forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(last), true) => (last + 1) % count,
            (Some(last), false) => (last + count - 1) % count,
        };
        self.load(images, place);
    }

    /// Some image of `images`, another one each time.
    pub fn load_any(&mut self, images: &Images) {
        if images.count > 0 {
            self.drawn += 1;
            let place = generator(self.drawn, STREAM).random_range(0..images.count);
            self.load(images, place);
        }
    }
}

/// The radius of a brush to begin with, in pixels: a pen's of digits, wider for larger images.
#[must_use]
pub fn usual_radius(shape: ImageShape) -> f32 {
    (shape.height.max(shape.width) as f32 / SIDE).max(1.0)
}

/// The pixels of an axis of `most` that a stroke between two places reaches.
fn around(from: f32, to: f32, reach: f32, most: usize) -> std::ops::Range<usize> {
    let least = (from.min(to) - reach).floor().max(0.0) as usize;
    let last = (from.max(to) + reach).ceil().max(0.0) as usize;
    least.min(most)..last.min(most)
}

/// The distance of a place from the line between two others.
fn distance(at: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let line = [to[0] - from[0], to[1] - from[1]];
    let beyond = [at[0] - from[0], at[1] - from[1]];
    let square = line[0] * line[0] + line[1] * line[1];
    let along = if square > 0.0 {
        ((beyond[0] * line[0] + beyond[1] * line[1]) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (beyond[0] - along * line[0]).hypot(beyond[1] - along * line[1])
}

#[cfg(test)]
#[path = "canvas_tests.rs"]
mod tests;
