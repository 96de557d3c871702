//! What is saved of a single run's pictures, in every format: bare pixels and numbers as `view`
//! has them, and figures with what they are read by. The window and the command line save the same.

use std::sync::Arc;

use ndarray::Array2;

use super::canvas::{self, DrawError, Drawing};
use super::kernel::{Alone, Plate, pixels};
use super::losses::{self, Losses};
use crate::view::heatmap::{self, Scale};
use crate::view::pictures::{self, Content, Format, Picture};
use crate::view::{RunView, colour, history, numbers, provenance};
use crate::worker::protocol::{CodePicture, PriorPicture, Snapshot};

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
    if !pictures::is_there(run, picture) || !picture.formats().contains(&format) {
        return None;
    }
    match format {
        Format::Png | Format::Npy => pictures::content(run, picture, format).map(Making::Made),
        Format::Csv => {
            let (training, validation) = (run.training.clone(), run.validation.clone());
            Some(Making::ToDraw(Box::new(move || {
                Ok(Content::Text(history::table(&training, &validation)))
            })))
        }
        Format::FigurePng | Format::FigureSvg => figure(run, picture, format),
    }
}

fn figure(run: &RunView, picture: Picture, format: Format) -> Option<Making> {
    if picture == Picture::Losses {
        let drawing = Losses::of(run);
        let mut text = provenance::text_fields(run, "Losses", Some(picture));
        text.push(("Description".into(), losses::DESCRIPTION.into()));
        return Some(Making::ToDraw(Box::new(move || {
            rendered(&drawing, text, format)
        })));
    }
    let figure = Kernel::of(run, picture)?;
    Some(Making::ToDraw(Box::new(move || figure.rendered(format))))
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

/// A kernel of a run with what it is read by.
struct Kernel {
    picture: Picture,
    snapshot: Arc<Snapshot>,
    title: String,
    caption: Vec<String>,
    text: Vec<(String, String)>,
}

impl Kernel {
    fn of(run: &RunView, picture: Picture) -> Option<Self> {
        let snapshot = run.snapshot.clone()?;
        let summary = run.summary.as_ref()?;
        let mut text = provenance::text_fields(run, picture.name(), Some(picture));
        text.push((
            "Description".into(),
            pictures::description(&snapshot, picture),
        ));
        let title = match picture {
            Picture::Prior => "P, the prior kernel".to_owned(),
            Picture::Codes => "C, the inner products of the codes".to_owned(),
            _ => "C − P, each divided by its root mean square entry".to_owned(),
        };
        let order = match snapshot.shown.labels {
            Some(_) => " sorted by class",
            None => "",
        };
        let digits = numbers::count(snapshot.shown.indices.len());
        let set = snapshot.shown.set.name();
        let first = format!("{digits} {set} images{order}; in units of the root mean square entry");
        let field = |key: &str| {
            let found = text.iter().find(|(keyword, _)| keyword == key);
            found.map_or("–", |(_, text)| text.as_str())
        };
        let seed = format!("{}, seed {}", summary.data, summary.config.seed);
        let second = match (picture, snapshot.codes.as_ref()) {
            (Picture::Codes | Picture::Difference, Some(codes)) => format!(
                "{seed}, after {} steps, λ = {}, Lc(C, P) = {}",
                numbers::count(codes.step as usize),
                field("dkae:lambda"),
                numbers::three(codes.scores.lc_c_p),
            ),
            _ => match text.iter().find(|(key, _)| key == "dkae:mixtures") {
                Some((_, mixtures)) => format!("{seed}, {mixtures} mixtures"),
                None => seed,
            },
        };
        Some(Self {
            picture,
            title,
            caption: vec![first, second],
            text,
            snapshot,
        })
    }

    /// The matrix, what its entries are multiplied by, its scale and its colours.
    fn matrix(&self) -> Option<(Array2<f32>, f32, Scale, &'static colour::Lut)> {
        let prior: Option<&PriorPicture> = self.snapshot.prior.as_deref();
        let codes: Option<&CodePicture> = self.snapshot.codes.as_deref();
        let (shared, centred) = pictures::scales(prior, codes);
        let kernel = |matrix: &Array2<f32>, norm| {
            let factor = heatmap::unit(matrix.nrows(), norm);
            (matrix.clone(), factor, shared, colour::viridis())
        };
        match self.picture {
            Picture::Prior => prior.map(|prior| kernel(&prior.matrix, prior.norm)),
            Picture::Codes => codes.map(|codes| kernel(&codes.matrix, codes.norm)),
            _ => {
                let mut out = Array2::zeros((0, 0));
                pictures::difference(prior?, codes?, &mut out);
                Some((out, 1.0, centred, colour::diverging(false)))
            }
        }
    }

    fn rendered(self, format: Format) -> Result<Content, DrawError> {
        let (matrix, factor, scale, lut) = self
            .matrix()
            .ok_or_else(|| DrawError::of("the matrix is not there"))?;
        let labels = self.snapshot.shown.labels.as_deref();
        let drawing = Alone {
            title: self.title,
            caption: self.caption,
            plate: Plate {
                matrix: matrix.view(),
                factor,
                scale,
                lut,
                labels: labels.filter(|labels| labels.len() == matrix.nrows()),
                pixels: pixels(matrix.nrows(), KERNEL),
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
    use crate::training::config::Preset;
    use crate::training::{HeldOut, Scores, ShownDigits};
    use crate::view::heatmap::norm;
    use crate::worker::protocol::{Event, LossPoint, Message, RunId, RunSummary};

    const ID: RunId = RunId(3);

    /// A run of three digits of two classes, with its losses.
    fn run() -> RunView {
        let shape = ImageShape {
            height: 1,
            width: 1,
        };
        let matrix = Array2::from_shape_fn((3, 3), |(i, j)| 1.0 / (1 + i + j) as f32);
        let prior = PriorPicture {
            norm: norm(&matrix.view()),
            matrix: matrix.clone(),
            mixtures: None,
            lc_p_ki: None,
        };
        let codes = CodePicture {
            norm: prior.norm,
            matrix,
            codes: Array2::zeros((3, 1)),
            reconstructions: Array2::zeros((3, 1)),
            step: 7,
            lambda: 0.1,
            scores: Scores {
                samples: 3,
                lr: 0.0,
                lc_c_p: 0.25,
                lc_p_ki: None,
                lc_c_ki: None,
            },
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
        view.take_snapshot(Arc::new(Snapshot {
            run: ID,
            step: 7,
            shown: Arc::new(ShownDigits {
                set: HeldOut::Validation,
                indices: vec![0, 1, 2],
                labels: Some(vec![4, 4, 9]),
                pixels: Array2::zeros((3, 1)),
                shape,
                collection: None,
            }),
            prior: Some(Arc::new(prior)),
            codes: Some(Arc::new(codes)),
            denoising: None,
            test_scores: None,
            published: std::time::Instant::now(),
        }));
        view
    }

    fn made(run: &RunView, picture: Picture, format: Format) -> Content {
        content(run, picture, format).unwrap().finish().unwrap()
    }

    #[test]
    fn a_figure_has_the_kernel_its_strips_and_what_made_it() {
        let run = run();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes.png");
        made(&run, Picture::Codes, Format::FigurePng)
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
        let Content::Text(svg) = made(&run, Picture::Codes, Format::FigureSvg) else {
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
        let Content::Text(svg) = made(&run, Picture::Prior, Format::FigureSvg) else {
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
