//! What the units of a code do.
//!
//! A unit is used as much as images move it: by the standard deviation σ of its activations on the images on
//! show. It is *dead* where none moves it, that is, where it has the same value for all of them, to a millionth of the
//! largest activation of any unit; it then tells no two images apart, and adds the same to every entry of C. What a unit stands for is what it changes in the decoded
//! image: D(m + 2σ·e) − D(m), m being the mean of the codes and e the unit's axis.

use std::sync::Arc;

use ndarray::{Array2, ArrayView1, ArrayView2, s};

use super::{Coder, Exhibit, Scale};
use crate::data::ImageShape;

/// Standard deviations that a unit is moved by.
pub const MOVED: f32 = 2.0;
/// Images that move a unit most, each way.
pub const EXTREMES: usize = 12;
/// Bars of a histogram.
pub const BARS: usize = 24;
/// Values that differ by no more than this share of the largest are the same.
const SAME: f32 = 1e-6;
/// Pixels on the longer side of a small picture, at the most.
const SMALL: usize = 32;
/// Units that are decoded in one go.
const AT_ONCE: usize = 64;
/// Small pictures in a row of the sheet of all.
const COLUMNS: usize = 32;

/// A unit on some images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Its number in the code, from 0.
    pub index: usize,
    /// Mean activation.
    pub mean: f64,
    /// Standard deviation of the activations (divided by N).
    pub deviation: f64,
    /// The share of images where it is not zero, from 0 to 1.
    pub active: f64,
    /// The lowest activation.
    pub low: f32,
    /// The highest one.
    pub high: f32,
    /// Whether no image moves it.
    pub dead: bool,
}

/// The ends of what each unit of `codes` (N×Nc) has as its values.
fn ends(codes: ArrayView2<'_, f32>) -> Vec<[f32; 2]> {
    let mut ends = vec![[f32::INFINITY, f32::NEG_INFINITY]; codes.ncols()];
    // Row by row, as the codes stand in memory.
    for row in codes.outer_iter() {
        for ([low, high], &value) in ends.iter_mut().zip(row) {
            *low = low.min(value);
            *high = high.max(value);
        }
    }
    ends
}

/// Which units have the same value for all images, where units end so; none where fewer than two `images` are
/// there to differ.
fn dead_ones(ends: &[[f32; 2]], images: usize) -> Vec<bool> {
    let sizes = ends.iter().map(|[low, high]| low.abs().max(high.abs()));
    let largest = sizes.fold(0.0, f32::max);
    let same = |[low, high]: &[f32; 2]| images > 1 && high - low <= SAME * largest;
    ends.iter().map(same).collect()
}

/// How many units of `codes` (N×Nc) no image moves.
#[must_use]
pub fn dead(codes: ArrayView2<'_, f32>) -> usize {
    let dead = dead_ones(&ends(codes), codes.nrows());
    dead.into_iter().filter(|dead| *dead).count()
}

/// All units of `codes` (N×Nc), in their order there.
fn units(codes: ArrayView2<'_, f32>) -> Vec<Unit> {
    let n = codes.nrows().max(1) as f64;
    let ends = ends(codes);
    let dead = dead_ones(&ends, codes.nrows());
    let unit = |index: usize| Unit {
        index,
        mean: 0.0,
        deviation: 0.0,
        active: 0.0,
        low: ends[index][0],
        high: ends[index][1],
        dead: dead[index],
    };
    let mut units: Vec<Unit> = (0..codes.ncols()).map(unit).collect();
    for row in codes.outer_iter() {
        for (unit, &value) in units.iter_mut().zip(row) {
            unit.mean += f64::from(value) / n;
            unit.active += f64::from(u8::from(value != 0.0)) / n;
        }
    }
    for row in codes.outer_iter() {
        for (unit, &value) in units.iter_mut().zip(row) {
            unit.deviation += (f64::from(value) - unit.mean).powi(2) / n;
        }
    }
    for unit in &mut units {
        unit.deviation = unit.deviation.sqrt();
    }
    units
}

/// What each unit changes in the decoded image, as small pictures on one sheet and one scale.
pub struct Sheet {
    /// The size of a small picture.
    pub tile: ImageShape,
    /// Small pictures in a row.
    pub columns: usize,
    /// Rows of small pictures.
    pub rows: usize,
    /// The sheet's pixels, row by row: places on a colour map of 256 whose middle is no change.
    pub places: Vec<u8>,
    /// The largest change, which has the map's last colour.
    pub reach: f32,
}

impl Sheet {
    /// Pixels from left to right.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns * self.tile.width
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows * self.tile.height
    }

    /// Column and row of the small picture of unit `index`.
    #[must_use]
    pub fn place(&self, index: usize) -> (usize, usize) {
        (index % self.columns, index / self.columns)
    }

    fn of(coder: &Coder, units: &[Unit], shape: ImageShape) -> Option<Self> {
        if shape.pixels() != coder.input() || units.len() != coder.code() || units.is_empty() {
            return None;
        }
        let tile = small(shape);
        let mut changes = Array2::<f32>::zeros((units.len(), tile.pixels()));
        for (some, mut out) in units
            .chunks(AT_ONCE)
            .zip(changes.axis_chunks_iter_mut(ndarray::Axis(0), AT_ONCE))
        {
            let (mean, moved) = decoded(coder, units, some, MOVED);
            for (image, mut out) in moved.outer_iter().zip(out.outer_iter_mut()) {
                let change = &image - &mean.row(0);
                shrink(change.view(), shape, tile, out.as_slice_mut()?);
            }
        }
        let most = changes.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let reach = if most > 0.0 { most } else { 1.0 };
        let columns = COLUMNS.min(units.len());
        let mut sheet = Self {
            tile,
            columns,
            rows: units.len().div_ceil(columns),
            places: Vec::new(),
            reach,
        };
        let scale = Scale::centred(reach);
        sheet.places = vec![scale.index(0.0); sheet.width() * sheet.height()];
        let width = sheet.width();
        for (index, change) in changes.outer_iter().enumerate() {
            let (column, row) = sheet.place(index);
            for ((y, x), &value) in pixels(tile).zip(change) {
                let at = (row * tile.height + y) * width + column * tile.width + x;
                sheet.places[at] = scale.index(value);
            }
        }
        Some(sheet)
    }
}

/// Rows and columns of an image, in the order of its pixels.
fn pixels(shape: ImageShape) -> impl Iterator<Item = (usize, usize)> {
    (0..shape.pixels()).map(move |at| (at / shape.width, at % shape.width))
}

/// The size of a small picture of images of this one: as they are, or every so many pixels one.
fn small(shape: ImageShape) -> ImageShape {
    let block = shape.width.max(shape.height).div_ceil(SMALL).max(1);
    ImageShape {
        height: shape.height.div_ceil(block),
        width: shape.width.div_ceil(block),
    }
}

/// Means of an image over the blocks that fall on a pixel of a small picture.
fn shrink(image: ArrayView1<'_, f32>, shape: ImageShape, tile: ImageShape, out: &mut [f32]) {
    let block = shape.width.max(shape.height).div_ceil(SMALL).max(1);
    let mut counts = vec![0.0_f32; tile.pixels()];
    for ((y, x), &value) in pixels(shape).zip(image) {
        let at = y / block * tile.width + x / block;
        out[at] += value;
        counts[at] += 1.0;
    }
    for (sum, count) in out.iter_mut().zip(counts) {
        *sum /= count;
    }
}

/// D of the mean of the codes, 1×d, and of the mean with each of `some` units moved by `deviations` of its own, a
/// row each.
fn decoded(
    coder: &Coder,
    all: &[Unit],
    some: &[Unit],
    deviations: f32,
) -> (Array2<f32>, Array2<f32>) {
    let mean = |count: usize| {
        Array2::from_shape_fn((count, all.len()), |(_, index)| all[index].mean as f32)
    };
    let mut moved = mean(some.len());
    for (row, unit) in some.iter().enumerate() {
        moved[[row, unit.index]] += deviations * unit.deviation as f32;
    }
    (coder.decode(mean(1).view()), coder.decode(moved.view()))
}

/// All units of a network on the images on show.
pub struct Units {
    /// The codes that they are of.
    pub codes: Arc<Array2<f32>>,
    /// The units, in the order of the code.
    pub all: Vec<Unit>,
    /// Their numbers by use, the most used one first.
    pub by_use: Vec<usize>,
    /// What they change in the decoded image, if the network is at hand.
    pub sheet: Option<Sheet>,
}

impl Units {
    /// Of the network of `exhibit`; `None` without one.
    #[must_use]
    pub fn of(exhibit: &Exhibit) -> Option<Self> {
        let network = exhibit.network.as_ref()?;
        let all = units(network.codes.view());
        let mut by_use: Vec<usize> = (0..all.len()).collect();
        let more = |a: &usize, b: &usize| all[*b].deviation.total_cmp(&all[*a].deviation);
        by_use.sort_by(more);
        let sheet = network.coder.as_ref();
        let sheet = sheet.and_then(|coder| Sheet::of(coder, &all, exhibit.images.shape));
        Some(Self {
            codes: Arc::clone(&network.codes),
            all,
            by_use,
            sheet,
        })
    }
}

/// Decoded images of one unit, each of d pixels.
pub struct Decoded {
    /// D(m), D(m − 2σ·e) and D(m + 2σ·e), 3×d.
    pub images: Array2<f32>,
    /// D(m + 2σ·e) − D(m), 1×d.
    pub change: Array2<f32>,
    /// The largest change of a pixel.
    pub reach: f32,
}

/// How often values lie where.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The lower end of the first bar.
    pub low: f32,
    /// The upper end of the last bar.
    pub high: f32,
    /// Values in each of equally wide bars; one bar where all values are the same. The upper end belongs to the last.
    pub counts: Vec<usize>,
}

impl Histogram {
    /// Of the finite ones of `values`.
    #[must_use]
    pub fn of(values: ArrayView1<'_, f32>) -> Self {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f32::INFINITY, f32::min);
        let high = finite().fold(f32::NEG_INFINITY, f32::max);
        // Narrower bars than numbers can tell apart say nothing.
        let same = high - low <= SAME * low.abs().max(high.abs());
        let bars = if same { 1 } else { BARS };
        let mut counts = vec![0; bars];
        let width = (f64::from(high) - f64::from(low)) / bars as f64;
        for value in finite() {
            let at = ((f64::from(value) - f64::from(low)) / width) as usize;
            counts[at.min(bars - 1)] += 1;
        }
        Self { low, high, counts }
    }

    /// The ends of a bar.
    #[must_use]
    pub fn ends(&self, bar: usize) -> [f64; 2] {
        let (low, high) = (f64::from(self.low), f64::from(self.high));
        let width = (high - low) / self.counts.len() as f64;
        [low + bar as f64 * width, low + (bar + 1) as f64 * width]
    }
}

/// A unit, looked at closely.
pub struct Closer {
    /// The codes that it is of.
    pub codes: Arc<Array2<f32>>,
    /// The unit.
    pub unit: Unit,
    /// What it changes, if the network is at hand.
    pub decoded: Option<Decoded>,
    /// Images that raise it most above its mean, the highest first, with its activation there.
    pub raised: Vec<(usize, f32)>,
    /// Images that lower it most below its mean, the lowest first, with its activation there.
    pub lowered: Vec<(usize, f32)>,
    /// Its activations on all images.
    pub histogram: Histogram,
}

impl Closer {
    /// Unit `index` of the network of `exhibit`; `None` if there is none.
    #[must_use]
    pub fn at(exhibit: &Exhibit, index: usize) -> Option<Self> {
        let network = exhibit.network.as_ref()?;
        let codes = network.codes.view();
        let all = units(codes);
        let unit = *all.get(index)?;
        let column = codes.slice(s![.., index]);
        let coder = network.coder.as_ref();
        let coder = coder.filter(|coder| coder.code() == all.len());
        let decoded = coder.map(|coder| {
            let (mean, up) = decoded(coder, &all, &[unit], MOVED);
            let (_, down) = decoded(coder, &all, &[unit], -MOVED);
            let change = &up - &mean;
            Decoded {
                reach: change.iter().fold(0.0, |most, x| most.max(x.abs())),
                images: ndarray::concatenate![ndarray::Axis(0), mean, down, up],
                change,
            }
        });
        let mut order: Vec<usize> = (0..column.len()).collect();
        order.sort_by(|&a, &b| column[b].total_cmp(&column[a]));
        let ends = |order: &mut dyn Iterator<Item = usize>, sign: f64| -> Vec<(usize, f32)> {
            let beyond = |at: &usize| sign * (f64::from(column[*at]) - unit.mean) > 0.0;
            let some = order.take_while(beyond).take(EXTREMES);
            some.map(|at| (at, column[at])).collect()
        };
        let extremes = |order: &mut dyn Iterator<Item = usize>, sign| {
            if unit.dead {
                Vec::new()
            } else {
                ends(order, sign)
            }
        };
        Some(Self {
            codes: Arc::clone(&network.codes),
            unit,
            decoded,
            raised: extremes(&mut order.iter().copied(), 1.0),
            lowered: extremes(&mut order.iter().rev().copied(), -1.0),
            histogram: Histogram::of(column),
        })
    }
}

#[cfg(test)]
#[path = "units_tests.rs"]
mod tests;
