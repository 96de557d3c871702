//! A drawing held against what is on show: what P, C and the network say of an image that nobody has a class of.
//!
//! The prior kernel is a function, so a drawing x has a row of its own, κ(x, ·), against the images on show; its
//! row of C are the inner products of its code with theirs. Both are in units of the root mean square entry of
//! the whole matrix, as the kernels' pictures are. A [`Reader`] answers for a drawing at once; what takes its time
//! to learn first, for taking noise away ([`Cleaners`]), is learned beside it.

mod against;
mod canvas;
mod cleaners;
mod plane;

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView2};

pub use self::against::{Against, Vote};
pub use self::canvas::{Canvas, Drawing, Origin, Tool, usual_radius};
pub use self::cleaners::{Aside, Cleaners, Piece};
pub use self::plane::Plane;
use super::row::each_error;
use super::{Coder, Exhibit, KernelOf, Row, RowOf};
use crate::data::DataSet;
use crate::experiment::denoising::NoisyDigits;
use crate::kernel::PriorKernel;
use crate::linalg::{Accumulate, Parallel, Rank, Threads, product};
use crate::training::Fitted;
use crate::training::config::PriorConfig;

/// What a drawing is held against.
#[derive(Clone)]
pub struct Subject {
    /// The network on show, and the images on show.
    pub exhibit: Arc<Exhibit>,
    /// The samples and the prior over them, once they are there.
    pub ground: Option<(Arc<DataSet>, Fitted)>,
}

/// What is asked.
#[derive(Clone)]
pub struct Question {
    /// Of which drawing.
    pub drawing: Arc<Drawing>,
    /// Against what.
    pub subject: Subject,
    /// What has been learned to take noise away.
    pub cleaners: Cleaners,
}

/// Why there is no row of a kernel, in a sentence.
pub type Absent = &'static str;

/// What there is to say of a drawing.
pub struct Answer {
    /// Which drawing.
    pub drawing: Arc<Drawing>,
    /// Against what.
    pub subject: Subject,
    /// Its row of P.
    pub prior: Result<Against, Absent>,
    /// Its row of C.
    pub codes: Result<Against, Absent>,
    /// The drawing, what the network makes of it, its noisy self and what methods make of that: an image each,
    /// 1×d.
    pub rows: Vec<Row>,
    /// The plane of the codes on show, and the drawing's place in it.
    pub place: Option<(Arc<Plane>, [f32; 2])>,
}

impl Subject {
    /// The prior kernel, where it is at hand.
    fn prior(&self) -> Option<&Arc<dyn PriorKernel>> {
        let own = self.exhibit.prior.as_ref();
        own.or_else(|| self.ground.as_ref().map(|(_, fitted)| fitted.prior()))
    }

    /// Whether P looks at nothing but classes.
    fn is_of_classes(&self) -> bool {
        matches!(self.exhibit.made.began.prior, PriorConfig::Ideal)
    }

    /// Whether both are one, without looking at numbers.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let grounds = match (&self.ground, &other.ground) {
            (Some((_, a)), Some((_, b))) => Arc::ptr_eq(a.prior(), b.prior()),
            (None, None) => true,
            _ => false,
        };
        grounds && Arc::ptr_eq(&self.exhibit, &other.exhibit)
    }
}

/// The row of P that was found last: it does not change with the network.
struct RowOfPrior {
    drawing: Arc<Drawing>,
    prior: Arc<dyn PriorKernel>,
    indices: Vec<usize>,
    row: Option<Array1<f32>>,
}

/// Answers questions; what is as it was for the last one is not found again.
#[derive(Default)]
pub struct Reader {
    threads: Option<Threads>,
    prior: Option<RowOfPrior>,
    plane: Option<OfCodes>,
}

/// Codes on show, and their plane, if they have one.
type OfCodes = (Arc<Array2<f32>>, Option<Arc<Plane>>);

impl Reader {
    /// What there is to say, computed by the calling thread alone.
    pub fn answer(&mut self, question: &Question) -> Answer {
        // A thread is the heart of one pool, and this is always called by the same one.
        let threads = self.threads.take();
        let threads = threads.unwrap_or_else(|| Threads::of(1, Rank::Foreground));
        let answer = threads.install(|| self.find(question));
        self.threads = Some(threads);
        answer
    }

    fn find(&mut self, question: &Question) -> Answer {
        let Question {
            drawing,
            subject,
            cleaners,
        } = question;
        let exhibit = &*subject.exhibit;
        let fits = exhibit.images.shape == drawing.shape;
        let coder = exhibit
            .coder()
            .filter(|coder| fits && coder.input() == drawing.pixels.ncols());
        let code = coder.map(|coder| coder.encode(drawing.pixels.view()));
        let prior = if fits {
            self.row_of_prior(drawing, subject)
        } else {
            Err("The images on show have another size.")
        };
        Answer {
            drawing: Arc::clone(drawing),
            subject: subject.clone(),
            prior,
            codes: row_of_codes(exhibit, code.as_ref()),
            rows: rows(drawing, subject, coder.zip(code.as_ref()), cleaners),
            place: code.and_then(|code| self.place(exhibit, code.view())),
        }
    }

    fn row_of_prior(
        &mut self,
        drawing: &Arc<Drawing>,
        subject: &Subject,
    ) -> Result<Against, Absent> {
        let exhibit = &*subject.exhibit;
        let images = &exhibit.images;
        if subject.is_of_classes() {
            return Err("The ideal kernel is of classes, and a drawing has none.");
        }
        let matrix = exhibit.matrix_of(KernelOf::Prior);
        let (Some(prior), Some(matrix)) = (subject.prior(), matrix) else {
            return Err("P is not complete yet.");
        };
        if images.indices.len() != matrix.rows() {
            return Err("Which images P is of is not known.");
        }
        let known = self.prior.as_ref().is_some_and(|known| {
            Arc::ptr_eq(&known.drawing, drawing)
                && Arc::ptr_eq(&known.prior, prior)
                && known.indices == images.indices
        });
        if !known {
            let block = prior.across(drawing.pixels.view(), &images.indices);
            self.prior = Some(RowOfPrior {
                drawing: Arc::clone(drawing),
                prior: Arc::clone(prior),
                indices: images.indices.clone(),
                row: block.map(|block| block.row(0).to_owned()),
            });
        }
        let row = self.prior.as_ref().and_then(|known| known.row.as_ref());
        let row = row.ok_or("This prior is of classes, and a drawing has none.")?;
        Ok(Against::new(row.view(), matrix.unit(), images))
    }

    fn place(
        &mut self,
        exhibit: &Exhibit,
        code: ArrayView2<'_, f32>,
    ) -> Option<(Arc<Plane>, [f32; 2])> {
        let codes = &exhibit.network.as_ref()?.codes;
        if codes.ncols() != code.ncols() {
            return None;
        }
        let before = self.plane.take();
        let plane = match before {
            Some((of, plane)) if Arc::ptr_eq(&of, codes) => plane,
            before => {
                let before = before.and_then(|(_, plane)| plane);
                Plane::of(codes.view(), before.as_deref()).map(Arc::new)
            }
        };
        self.plane = Some((Arc::clone(codes), plane.clone()));
        plane.map(|plane| {
            let place = plane.place(code);
            (plane, place)
        })
    }
}

/// The inner products of a code (1×Nc) with those of the images on show.
fn row_of_codes(exhibit: &Exhibit, code: Option<&Array2<f32>>) -> Result<Against, Absent> {
    let network = exhibit.network.as_ref();
    let matrix = exhibit.matrix_of(KernelOf::Codes);
    let (Some(network), Some(matrix)) = (network, matrix) else {
        return Err("C appears when the network starts to train.");
    };
    let code = code.ok_or("The network itself is not at hand.")?;
    let codes = &network.codes;
    if codes.ncols() != code.ncols() || codes.nrows() != exhibit.images.count {
        return Err("The codes on show are of other images.");
    }
    let mut row = Array2::zeros((1, codes.nrows()));
    let (replace, alone) = (Accumulate::Replace, Parallel::No);
    product(row.view_mut(), replace, 1.0, code.view(), codes.t(), alone);
    Ok(Against::new(row.row(0), matrix.unit(), &exhibit.images))
}

/// The images beside a drawing.
fn rows(
    drawing: &Arc<Drawing>,
    subject: &Subject,
    coder: Option<(&Coder, &Array2<f32>)>,
    cleaners: &Cleaners,
) -> Vec<Row> {
    let made = &subject.exhibit.made.began;
    let clean = &drawing.pixels;
    let original = Row::new(RowOf::Original, "drawing", Some(Arc::new(clean.clone())));
    let rebuilt = coder.map(|(coder, code)| Arc::new(coder.decode(code.view())));
    let error = |images: &Arc<Array2<f32>>| each_error(images.view(), clean.view())[0];
    let mut rebuilt = Row {
        error: rebuilt.as_ref().map(error),
        about: "What the network makes of the drawing's code.".into(),
        ..Row::new(RowOf::Reconstruction, "reconstruction", rebuilt)
    };
    if rebuilt.images.is_none() {
        rebuilt.figure = "no network yet".into();
    }
    let digits = NoisyDigits::of_images(clean.clone(), &made.denoising, made.seed);
    let coder = coder.map(|(coder, _)| coder);
    let cleaned = cleaners.rows(subject, coder, &digits);
    [original, rebuilt].into_iter().chain(cleaned).collect()
}

#[cfg(test)]
mod tests;
