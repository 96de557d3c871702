//! Digits: what the network makes of them, and how the methods take noise away.
//!
//! One block: a column is a digit, a row what was made of it, every tile a whole multiple of its
//! pixels. Rows are named at their left, with the mean of their errors; a digit's own error
//! stands under it.

mod tiles;

use std::sync::Arc;

use egui::{Color32, Rect, RichText, Ui, vec2};

use super::icons::{self, Icon};
use super::intent::Intent;
use super::texture::Texture;
use super::theme::{self, UNIT};
use super::toolbar;
use crate::data::ImageShape;
use crate::view::digits::one_of_each;
use crate::view::pictures::Picture;
use crate::view::{RunView, numbers};
use crate::worker::protocol::{CodePicture, DenoisedRow, DenoisingPicture, ShownDigits, Snapshot};
use tiles::{Grid, Row};

pub use tiles::height_for;

/// The images of a run before its digits are known, and their size for the layout.
const USUAL: ImageShape = ImageShape {
    height: 28,
    width: 28,
};

/// The size of the run's images.
#[must_use]
pub fn shape_of(run: &RunView) -> ImageShape {
    run.snapshot
        .as_deref()
        .map_or(USUAL, |snapshot| snapshot.shown.shape)
}

/// Pixels of some rows, and what they were painted from.
struct Block<T> {
    texture: Texture,
    painted: Option<(Arc<T>, Vec<usize>, bool)>,
}

impl<T> Default for Block<T> {
    fn default() -> Self {
        Self {
            texture: Texture::default(),
            painted: None,
        }
    }
}

impl<T> Block<T> {
    /// Whether the texture must be painted anew for this content.
    fn is_stale(&mut self, content: &Arc<T>, which: &[usize], dark: bool) -> bool {
        let fresh = self.painted.as_ref().is_some_and(|(old, digits, on_dark)| {
            Arc::ptr_eq(old, content) && digits == which && *on_dark == dark
        });
        if !fresh {
            self.painted = Some((Arc::clone(content), which.to_vec(), dark));
        }
        !fresh
    }
}

/// The panel.
#[derive(Default)]
pub struct Digits {
    originals: Block<ShownDigits>,
    codes: Block<CodePicture>,
    denoising: Block<DenoisingPicture>,
}

impl Digits {
    /// Shows the block in the room there is.
    pub fn show(&mut self, ui: &mut Ui, run: &RunView, intents: &mut Vec<Intent>) {
        let snapshot = run.snapshot.as_deref();
        let denoising = snapshot.and_then(|snapshot| snapshot.denoising.as_deref());
        title(ui, run, snapshot, denoising, intents);
        let room = ui.available_rect_before_wrap();
        let grid = Grid::fit(shape_of(run), room, ui.ctx().pixels_per_point());
        let Some(snapshot) = snapshot else {
            let text = "Test images, their reconstructions and what is left of noise appear when the network starts to train.";
            tiles::place_holder(ui, room, text);
            return;
        };
        let shown = &snapshot.shown;
        let which = one_of_each(shown.labels.as_deref(), shown.indices.len(), grid.columns);
        self.rebuilt(ui, snapshot, &grid, &which);
        match &snapshot.denoising {
            Some(picture) => self.denoised(ui, snapshot, picture, &grid, &which),
            None => {
                let rows = Rect::from_min_max(grid.row(2).min, grid.row(tiles::ROWS - 1).max);
                let text = "What kernel PCA, the dkAE and linear PCA make of noisy images appears after the first training steps.";
                tiles::place_holder(ui, rows, text);
            }
        }
    }

    /// The digits and their reconstructions.
    fn rebuilt(&mut self, ui: &mut Ui, snapshot: &Snapshot, grid: &Grid, which: &[usize]) {
        let palette = theme::of(ui);
        let dark = ui.visuals().dark_mode;
        let shown = &snapshot.shown;
        let which: Vec<_> = which.iter().copied().map(Some).collect();
        let indices: Vec<_> = which.iter().flatten().copied().collect();
        if self.originals.is_stale(shown, &indices, dark) {
            let rows = [Some(shown.pixels.view())];
            tiles::paint(ui, &mut self.originals.texture, shown.shape, &rows, &which);
        }
        grid.name(ui, 0, "original", "", palette.weak);
        let row = Row { row: 0, of: 1 };
        grid.tiles(ui, 0, &self.originals.texture, row, &which, 1.0);
        let Some(codes) = &snapshot.codes else {
            let text = "Reconstructions appear when the network starts to train.";
            tiles::place_holder(ui, grid.row(1), text);
            return;
        };
        if self.codes.is_stale(codes, &indices, dark) {
            let rows = [Some(codes.reconstructions.view())];
            tiles::paint(ui, &mut self.codes.texture, shown.shape, &rows, &which);
        }
        let lr = format!("Lr {}", numbers::three(codes.scores.lr));
        grid.name(ui, 1, "reconstruction", &lr, palette.lr);
        grid.tiles(ui, 1, &self.codes.texture, row, &which, 1.0);
    }

    /// The same digits with noise, and without it again.
    fn denoised(
        &mut self,
        ui: &mut Ui,
        snapshot: &Snapshot,
        picture: &Arc<DenoisingPicture>,
        grid: &Grid,
        which: &[usize],
    ) {
        let dark = ui.visuals().dark_mode;
        // The comparison may be one of other digits for a moment, after their number was changed.
        let digits = which.iter().map(|&digit| {
            let index = snapshot.shown.indices.get(digit)?;
            picture.indices.iter().position(|other| other == index)
        });
        let digits: Vec<_> = digits.collect();
        let known: Vec<_> = digits
            .iter()
            .map(|&digit| digit.unwrap_or(usize::MAX))
            .collect();
        let count = picture.rows.len();
        if self.denoising.is_stale(picture, &known, dark) {
            let rows = picture.rows.iter();
            let rows: Vec<_> = rows
                .map(|row| row.images.as_ref().map(|images| images.view()))
                .collect();
            let texture = &mut self.denoising.texture;
            tiles::paint(ui, texture, picture.shape, &rows, &digits);
        }
        for (index, row) in picture.rows.iter().enumerate() {
            let figure = match (&row.images, row.error) {
                (None, None) if row.note.is_some() => "not computed".to_owned(),
                (_, Some(error)) => format!("mean {}", numbers::three(error)),
                (None, None) => "computing…".to_owned(),
                (Some(_), None) => String::new(),
            };
            let palette = theme::of(ui);
            // The other methods know nothing of the network.
            let now = (snapshot.codes.as_ref()).filter(|_| row.method.is_learned());
            let age = now.map_or(0.0, |now| age(picture.step, now.step));
            if age > 0.0 {
                let note = format!("at step {}", numbers::count(picture.step as usize));
                grid.dated_name(ui, 2 + index, row.method.name(), &figure, &note);
            } else {
                grid.name(ui, 2 + index, row.method.name(), &figure, palette.text);
            }
            let name = grid.name_rect(2 + index);
            let id = ui.scope_id().with(("note", index));
            let about = row.method.describe();
            let note = (row.note.as_ref()).map_or_else(|| about.into(), |n| format!("{about} {n}"));
            ui.interact(name, id, egui::Sense::hover())
                .on_hover_text(note);
            let strength = 1.0 - DIMMEST * age;
            if row.images.is_some() {
                let part = Row {
                    row: index,
                    of: count,
                };
                let texture = &self.denoising.texture;
                grid.tiles(ui, 2 + index, texture, part, &digits, strength);
                self::errors(ui, grid, 2 + index, row, &digits);
            }
        }
    }
}

/// How much of its strength a row loses that is as old as the run.
const DIMMEST: f32 = 0.75;
/// The age that is the least to be seen.
const YOUNGEST: f32 = 0.4;

/// How old what was made at `step` is beside what was made at step `now`: 0 if it is of the same
/// step, else from [`YOUNGEST`] to 1, the whole run's length.
fn age(step: u64, now: u64) -> f32 {
    if step >= now {
        return 0.0;
    }
    let missed = (now - step) as f32 / now as f32;
    YOUNGEST + (1.0 - YOUNGEST) * missed
}

/// Each digit's error under it.
fn errors(ui: &Ui, grid: &Grid, at: usize, row: &DenoisedRow, digits: &[Option<usize>]) {
    for (column, digit) in digits.iter().enumerate() {
        if let Some(error) = digit.and_then(|digit| row.each.get(digit)) {
            grid.error(ui, at, column, *error);
        }
    }
}

/// The block's name, what the rows show, and the menu that saves them.
fn title(
    ui: &mut Ui,
    run: &RunView,
    snapshot: Option<&Snapshot>,
    denoising: Option<&DenoisingPicture>,
    intents: &mut Vec<Intent>,
) {
    let palette = theme::of(ui);
    let size = vec2(ui.available_width(), tiles::TITLE);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let codes = snapshot.and_then(|snapshot| snapshot.codes.as_deref());
    let only_aligned = codes.is_some_and(|codes| codes.lambda >= 1.0);
    let (caption, colour): (String, Color32) = match denoising {
        _ if only_aligned => (
            "λ = 1: nothing asks for reconstruction".to_owned(),
            palette.notice,
        ),
        Some(picture) => (
            format!(
                "rebuilt; noise σ {} taken away, m = {}, cut to [0, 1]; mean squared errors over {} {} images",
                numbers::three(picture.config.noise),
                picture.config.components,
                numbers::count(picture.samples),
                picture.set.name(),
            ),
            palette.weak,
        ),
        None => ("rebuilt from their codes".to_owned(), palette.weak),
    };
    ui.scope_builder(
        egui::UiBuilder::new().max_rect(rect).id_salt("title"),
        |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                ui.spacing_mut().interact_size.y = 0.0;
                ui.spacing_mut().button_padding = vec2(4.0, 0.0);
                let button = icons::small();
                let menu = egui::containers::menu::MenuButton::from_button(button);
                let (response, _) = menu.ui(ui, |ui| {
                    for picture in [Picture::Reconstructions, Picture::Denoising] {
                        toolbar::save_entries(ui, run, picture, intents);
                    }
                });
                icons::over(ui, &response, Icon::Save, icons::SMALL);
                response
                    .accessible_name("Save images")
                    .on_hover_text("Save these images.");
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.x = UNIT;
                    ui.label(RichText::new("Images").strong());
                    let caption = RichText::new(caption).small().color(colour);
                    ui.add(egui::Label::new(caption).truncate());
                });
            });
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_is_dimmer() {
        assert_eq!([age(430, 430), age(431, 430), age(0, 0)], [0.0; 3]);
        let ages = [age(429, 430), age(200, 430), age(0, 430)];
        assert!(
            ages.is_sorted() && ages[0] >= YOUNGEST && ages[2] <= 1.0,
            "{ages:?}"
        );
    }
}
