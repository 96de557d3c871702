//! What is saved of a single run's pictures, in every format: bare pixels and numbers as `view`
//! has them, and figures with what they are read by. The window and the command line save the same.

use std::sync::Arc;

use super::canvas::{self, DrawError, Drawing};
use super::kernel::{Alone, Plate, pixels};
use super::losses::{self, Losses};
use crate::exhibit::made::{Fields, Shows};
use crate::exhibit::{Exhibit, KernelOf, Made, numbers};
use crate::picture::saved::{self, Content, Format, Picture};
use crate::training::LossPoint;
use crate::view::{History, RunView, history};

/// Pixels of the PNG that a kernel's side has at the most.
const KERNEL: usize = 1_200;

/// A file's content in the making: what takes time is done by whoever writes it.
pub enum Making {
    /// It is there.
    Made(Content),
    /// It is still to be drawn.
    ToDraw(Box<dyn FnOnce() -> Result<Content, DrawError> + Send>),
}

impl Making {
    /// Draws what is not drawn yet.
    ///
    /// # Errors
    ///
    /// If it cannot be drawn.
    pub fn finish(self) -> Result<Content, DrawError> {
        match self {
            Self::Made(content) => Ok(content),
            Self::ToDraw(draw) => draw(),
        }
    }
}

impl From<Content> for Making {
    fn from(content: Content) -> Self {
        Self::Made(content)
    }
}

/// A picture of a run in a format, if it is there and has that format.
#[must_use]
pub fn content(run: &RunView, picture: Picture, format: Format) -> Option<Making> {
    if picture != Picture::Losses {
        return of_exhibit(run.exhibit()?, picture, format);
    }
    if run.newest().is_none() || !picture.formats().contains(&format) {
        return None;
    }
    if format == Format::Csv {
        let (training, validation) = (run.training.clone(), run.validation.clone());
        return Some(Making::ToDraw(Box::new(move || {
            Ok(Content::Text(history::table(&training, &validation)))
        })));
    }
    let drawing = Losses::new(&run.training, &run.validation, run.made().as_ref());
    let text = run.text_fields(&picture.name(), Some(picture));
    Some(curves(drawing, text, format))
}

/// The loss curves of a run as a figure, under the text fields of what made them.
fn curves(drawing: Losses, mut text: Fields, format: Format) -> Making {
    text.push(("Description".into(), losses::DESCRIPTION.into()));
    Making::ToDraw(Box::new(move || rendered(&drawing, text, format)))
}

/// The loss curves of a run that `made` tells of, as a PNG.
#[must_use]
pub fn losses(training: &[LossPoint], validation: &[LossPoint], made: &Made) -> Making {
    let history = |points: &[LossPoint]| {
        let mut history = History::default();
        history.extend(points);
        history
    };
    let (training, validation) = (history(training), history(validation));
    let shows = Shows {
        step: training.last().map(|point| point.step + 1),
        ..Shows::default()
    };
    let name = Picture::Losses.name();
    let drawing = Losses::new(&training, &validation, Some(made));
    let text = made.fields(&name, None, &shows);
    curves(drawing, text, Format::FigurePng)
}

/// A picture of an exhibit in a format, if it is there and has that format.
#[must_use]
pub fn of_exhibit(exhibit: &Arc<Exhibit>, picture: Picture, format: Format) -> Option<Making> {
    if !picture.formats().contains(&format) {
        return None;
    }
    match (picture, format) {
        (Picture::Kernel(of, index), Format::FigurePng | Format::FigureSvg) => {
            let figure = Kernel::of(exhibit, of, index)?;
            Some(Making::ToDraw(Box::new(move || figure.rendered(format))))
        }
        _ => saved::content(exhibit, picture, format).map(Making::Made),
    }
}

/// A drawing as the content of a file.
fn rendered(
    drawing: &impl Drawing,
    text: Vec<(String, String)>,
    format: Format,
) -> Result<Content, DrawError> {
    if format == Format::FigureSvg {
        let (title, lines): (Vec<_>, Vec<_>) = text.iter().partition(|(key, _)| key == "Title");
        let title = title.first().map_or("", |(_, title)| title.as_str());
        let lines: Vec<_> = lines
            .iter()
            .map(|(key, text)| format!("{key}: {text}"))
            .collect();
        return canvas::shapes(drawing, title, &lines.join("\n")).map(Content::Text);
    }
    Ok(Content::Pixels {
        picture: canvas::pixels(drawing)?,
        text,
    })
}

/// A kernel of an exhibit with what it is read by.
struct Kernel {
    exhibit: Arc<Exhibit>,
    of: KernelOf,
    index: usize,
    caption: Vec<String>,
    text: Vec<(String, String)>,
}

impl Kernel {
    fn of(exhibit: &Arc<Exhibit>, of: KernelOf, index: usize) -> Option<Self> {
        if !exhibit.has(index) {
            return None;
        }
        let kernel = exhibit.kernels.get(index)?;
        let text = saved::text_fields(exhibit, Picture::Kernel(of, index));
        let images = &exhibit.images;
        let what = if images.order.is_some() || images.means_of.is_some() {
            images.describe()
        } else {
            let order = images.labels.as_ref().map_or("", |_| " sorted by class");
            let (count, set) = (numbers::count(images.count), images.set.name());
            format!("{count} {set} images{order}")
        };
        let told = exhibit.looks.told(of);
        let first = format!("{what}; in units of the root mean square entry{told}");
        let made = &kernel.made;
        let mut second = match &made.data {
            Some((name, _)) => format!("{name}, seed {}", made.began.seed),
            None => format!("seed {}", made.began.seed),
        };
        if let Some(step) = kernel.step {
            let lambda = made.settings(step).lambda_at(step);
            let steps = numbers::count(step as usize);
            second += &format!(", after {steps} steps, λ = {lambda}");
        }
        if let Some(lc) = kernel.lc {
            second += &format!(", Lc(C, P) = {}", numbers::three(lc));
        }
        if let Some((done, all)) = kernel.growing {
            second += &format!(", {done} of {all} mixtures");
        }
        Some(Self {
            exhibit: Arc::clone(exhibit),
            of,
            index,
            caption: vec![first, second],
            text,
        })
    }

    fn rendered(self, format: Format) -> Result<Content, DrawError> {
        let Self {
            exhibit, of, index, ..
        } = self;
        let entries = exhibit
            .entries(index)
            .ok_or_else(|| DrawError::of("the matrix is not there"))?;
        let labels = exhibit.images.labels.as_deref();
        let drawing = Alone {
            title: of.title(),
            caption: self.caption,
            plate: Plate {
                matrix: entries.view(),
                factor: exhibit.factor(index),
                scale: exhibit.scale(index),
                lut: saved::kernel_colours(&exhibit, of),
                labels: labels.filter(|labels| labels.len() == entries.nrows()),
                pixels: pixels(entries.nrows(), KERNEL),
                both: true,
            },
        };
        rendered(&drawing, self.text, format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ImageShape, png};
    use crate::exhibit::live::{CodePicture, Parts, PriorPicture};
    use crate::exhibit::sorting::{By, Sorting};
    use crate::exhibit::{Images, Made, Matrix};
    use crate::picture::colour;
    use crate::training::config::Preset;
    use crate::training::{HeldOut, Schedule, Scores, ShownDigits};
    use crate::worker::protocol::{Event, LossPoint, Message, RunId, RunSummary, Snapshot};
    use ndarray::Array2;

    const ID: RunId = RunId(3);

    /// A run of three digits of two classes, with its losses.
    fn run() -> RunView {
        let shape = ImageShape {
            height: 1,
            width: 1,
        };
        let matrix = Array2::from_shape_fn((3, 3), |(i, j)| 1.0 / (1 + i + j) as f32);
        let codes = CodePicture {
            matrix: Arc::new(Matrix::new(matrix.clone())),
            codes: Arc::new(Array2::zeros((3, 1))),
            reconstructions: Arc::new(Array2::zeros((3, 1))),
            step: 7,
            lambda: 0.1,
            scores: Scores {
                samples: 3,
                lr: 0.0,
                lc_c_p: 0.25,
                lc_p_ki: None,
                lc_c_ki: None,
            },
            coder: None,
        };
        let mut view = RunView::default();
        view.expect(ID);
        let summary = RunSummary {
            data: "three digits".into(),
            checksum: "0123abcd".into(),
            shape,
            samples: [14, 3, 3],
            config: Preset::Quick.config(),
            dims: vec![1, 1],
            parameters: 3,
            threads: 1,
        };
        let point = LossPoint {
            step: 6,
            layer: None,
            lambda: 0.1,
            lr: 0.5,
            lc: 0.5,
            total: 0.5,
        };
        for event in [
            Event::Started(Box::new(summary)),
            Event::Losses(vec![point]),
        ] {
            view.take(Message { run: ID, event });
        }
        let shown = ShownDigits {
            set: HeldOut::Validation,
            indices: vec![0, 1, 2],
            labels: Some(vec![4, 4, 9]),
            pixels: Array2::zeros((3, 1)),
            shape,
            collection: None,
        };
        let parts = Parts {
            made: Arc::new(Made {
                data: Some(("three digits".into(), "0123abcd".into())),
                samples: Some([14, 3, 3]),
                began: Preset::Quick.config(),
                schedule: Schedule::default(),
                plan: None,
            }),
            images: Arc::new(Images::of(&shown)),
            prior: Some(Arc::new(PriorPicture::new(matrix, None, None))),
            codes: Some(Arc::new(codes)),
            kernel: None,
            denoising: None,
            test: None,
        };
        view.take_snapshot(Arc::new(Snapshot {
            run: ID,
            exhibit: Arc::new(parts.exhibit()),
            own: None,
            fitted: None,
            denoising: None,
            published: std::time::Instant::now(),
        }));
        view
    }

    fn made(run: &RunView, picture: Picture, format: Format) -> Content {
        content(run, picture, format).unwrap().finish().unwrap()
    }

    /// What a figure says of its rows is true however the kernel is looked at.
    #[test]
    fn a_figure_says_what_its_rows_are() {
        let whole = run();
        let exhibit = whole.exhibit().unwrap();
        let images = Arc::new(Images {
            labels: Some(vec![3, 3, 8]),
            indices: vec![10, 7, 21],
            ..Images::clone(&exhibit.images)
        });
        let exhibit = Exhibit {
            images,
            ..Exhibit::clone(exhibit)
        };
        let by_file = Sorting::of(&exhibit, By::File).unwrap();
        let sorted = exhibit.sorted(&by_file, None).unwrap();
        let means = exhibit.by_class(None).unwrap();
        for (exhibit, caption) in [
            (exhibit, "3 validation images sorted by class; in units"),
            (
                sorted,
                "3 validation images, in the order of the data; in units",
            ),
            (
                means,
                "2 classes of 3 validation images, means over pairs of images; in",
            ),
        ] {
            let exhibit = Arc::new(exhibit);
            let figure = of_exhibit(&exhibit, Picture::CODES, Format::FigureSvg).unwrap();
            let Content::Text(svg) = figure.finish().unwrap() else {
                panic!("an SVG is text");
            };
            assert!(svg.contains(caption), "{caption}");
            let png = of_exhibit(&exhibit, Picture::CODES, Format::Png).unwrap();
            let Content::Pixels { text, .. } = png.finish().unwrap() else {
                panic!("a PNG has pixels");
            };
            let digits = text.iter().find(|(key, _)| key == "dkae:digits").unwrap();
            assert_eq!(digits.1, "3 of validation");
        }
    }

    #[test]
    fn a_figure_has_the_kernel_its_strips_and_what_made_it() {
        let run = run();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.png");
        made(&run, Picture::CODES, Format::FigurePng)
            .write(&path)
            .unwrap();
        let (picture, text) = png::read(&path).unwrap();
        let png::Pixels::Rgba(rgba) = picture.pixels else {
            panic!("figures have colours");
        };
        let count = |colour: [u8; 3]| rgba.chunks(4).filter(|pixel| pixel[..3] == colour).count();
        // An entry of nine has 400 pixels each way; one has the colour of the scale's upper end.
        let [r, g, b, _] = colour::viridis()[255];
        assert_eq!(
            count([r, g, b]) / 160_000,
            1,
            "the largest entry and the bar's end"
        );
        assert!(count(colour::class(4)) > count(colour::class(9)));
        let has = |key: &str, value: &str| text.iter().any(|(k, v)| k == key && v == value);
        assert!(has("dkae:lambda", "0.1") && has("dkae:step", "7") && has("Title", "C"));
    }

    #[test]
    fn an_svg_says_what_it_shows_and_what_made_it() {
        let run = run();
        let Content::Text(svg) = made(&run, Picture::CODES, Format::FigureSvg) else {
            panic!("an SVG is text");
        };
        for part in [
            "3 validation images sorted by class",
            "three digits, seed 0, after 7 steps, λ = 0.1, Lc(C, P) = 0.250",
            "dkae:step: 7",
            "dkae:schedule: [{",
            "data:image/png;base64,",
        ] {
            assert!(svg.contains(part), "{part}");
        }
        let Content::Text(svg) = made(&run, Picture::PRIOR, Format::FigureSvg) else {
            panic!("an SVG is text");
        };
        assert!(
            !svg.contains("λ =") && !svg.contains("dkae:lambda"),
            "P knows no λ"
        );
    }

    #[test]
    fn every_format_that_is_offered_is_made_and_no_other() {
        let run = run();
        for picture in Picture::ALL {
            for format in Format::ALL {
                let offered = picture.formats().contains(&format);
                let there = offered && picture != Picture::Denoising;
                let content = content(&run, picture, format);
                assert_eq!(content.is_some(), there, "{picture:?} as {format:?}");
                if let Some(content) = content {
                    let folder = tempfile::tempdir().unwrap();
                    let path = folder.path().join("file");
                    content.finish().unwrap().write(&path).unwrap();
                    assert!(path.metadata().unwrap().len() > 50);
                }
            }
        }
    }
}
