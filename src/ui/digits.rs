//! An exhibit's rows of images: what a network makes of them, and how methods take noise away.
//!
//! A column is an image, a row what was made of it, every tile a whole multiple of its pixels. Rows
//! are named at their left, or above where that leaves more room, with the figure that belongs to
//! them; an image's own error stands under it.

mod tiles;

use std::sync::Arc;

use egui::{Rect, RichText, Sense, Ui, vec2};
use ndarray::Array2;

use super::icons::{self, Icon};
use super::kernels::Save;
use super::texture::Texture;
use super::theme::{self, UNIT};
use super::toolbar;
use crate::exhibit::one_of_each;
use crate::exhibit::{Exhibit, Images, Row, numbers};
use crate::picture::saved::{self, Picture};
use tiles::{Grid, Wanted};

pub use tiles::{Style, height_for, paint as paint_row, place_holder};

/// The pixels of a row, and what they were painted from.
#[derive(Default)]
struct Painted {
    texture: Texture,
    of: Option<(Arc<Array2<f32>>, Vec<usize>, bool)>,
}

impl Painted {
    /// Paints the images `which` of a row, unless that is what the texture has.
    fn take(&mut self, ui: &Ui, images: &Arc<Array2<f32>>, of: &Images, which: &[usize]) {
        let dark = ui.visuals().dark_mode;
        let fresh = self.of.as_ref().is_some_and(|(old, digits, on_dark)| {
            Arc::ptr_eq(old, images) && digits == which && *on_dark == dark
        });
        if !fresh {
            tiles::paint(ui, &mut self.texture, of.shape, images.view(), which);
            self.of = Some((Arc::clone(images), which.to_vec(), dark));
        }
    }
}

/// The panel.
pub struct Digits {
    style: Style,
    rows: Vec<Painted>,
}

impl Digits {
    /// The panel in this style.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self {
            style,
            rows: Vec::new(),
        }
    }

    /// Shows the rows in a room of at most `height`; gives the height they took.
    pub fn show(&mut self, ui: &mut Ui, exhibit: &Exhibit, height: f32) {
        let whole = ui.available_rect_before_wrap();
        let room = Rect::from_min_size(whole.min, vec2(whole.width(), height));
        let wanted = Wanted {
            rows: exhibit.rows.iter().map(|row| row.of.has_errors()).collect(),
            count: exhibit.pictured.count,
            shape: exhibit.pictured.shape,
        };
        let scale = ui.ctx().pixels_per_point();
        let Some(grid) = Grid::fit(self.style, &wanted, room, scale) else {
            return;
        };
        let labels = exhibit.pictured.labels.as_deref();
        let which = one_of_each(labels, wanted.count, grid.columns * grid.bands);
        self.rows.resize_with(exhibit.rows.len(), Painted::default);
        for (index, row) in exhibit.rows.iter().enumerate() {
            if let Some(images) = &row.images {
                self.rows[index].take(ui, images, &exhibit.pictured, &which);
            }
        }
        let bands = which.len().div_ceil(grid.columns.max(1)).max(1);
        for band in 0..bands {
            let first = band * grid.columns;
            let columns = first..which.len().min(first + grid.columns);
            self.band(ui, exhibit, &grid, band, (&which, columns));
        }
        ui.advance_cursor_after_rect(grid.area(bands));
    }

    /// The `columns` of all images `which` in each of the rows.
    fn band(
        &self,
        ui: &Ui,
        exhibit: &Exhibit,
        grid: &Grid,
        band: usize,
        (which, columns): (&[usize], std::ops::Range<usize>),
    ) {
        let now = exhibit.step();
        let mut index = 0;
        while let Some(row) = exhibit.rows.get(index) {
            let place = (band, index);
            let absent = absent_rows(&exhibit.rows[index..]);
            if absent > 0 && self.style == Style::Steady {
                // What comes together is one place, names and all.
                let last = (band, index + absent - 1);
                let rows = grid.row(place).union(grid.row(last));
                tiles::place_holder(ui, rows, row.absent);
                index += absent;
                continue;
            }
            if absent > 0 {
                grid.name(ui, place, row, None);
                let tiles = Rect::from_min_max(grid.tile(place, 0).min, grid.row(place).max);
                tiles::place_holder(ui, tiles, row.absent);
                index += 1;
                continue;
            }
            let age = row.step.map_or(0.0, |step| tiles::age(step, now));
            let note = (row.step.filter(|_| age > 0.0))
                .map(|step| format!("at step {}", numbers::count(step as usize)));
            grid.name(ui, place, row, note);
            self.about(ui, grid.name_rect(place), row, place);
            if row.images.is_some() {
                let texture = &self.rows[index].texture;
                let strength = 1.0 - tiles::DIMMEST * age;
                grid.tiles(ui, place, texture, (columns.clone(), which.len()), strength);
                for (column, digit) in which[columns.clone()].iter().enumerate() {
                    if let Some(&error) = row.each.get(*digit) {
                        grid.error(ui, place, column, error);
                    }
                }
            }
            index += 1;
        }
    }

    /// What a row is, where its name is pointed at.
    fn about(&self, ui: &Ui, name: Rect, row: &Row, place: (usize, usize)) {
        if !row.about.is_empty() {
            let id = ui.scope_id().with(("about", place));
            ui.interact(name, id, Sense::hover())
                .on_hover_text(&row.about);
        }
    }
}

/// How many rows from the first on say that the same is still to come.
fn absent_rows(rows: &[Row]) -> usize {
    let Some(first) = rows.first().filter(|row| !row.absent.is_empty()) else {
        return 0;
    };
    let same = |row: &&Row| row.images.is_none() && row.absent == first.absent;
    rows.iter().take_while(same).count()
}

/// The block's name, what the rows show, and the menu that saves them.
pub fn title(ui: &mut Ui, exhibit: &Exhibit, save: &mut Save<'_>) {
    let palette = theme::of(ui);
    let size = vec2(ui.available_width(), tiles::TITLE);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let (caption, colour) = match exhibit.warning {
        Some(warning) => (warning, palette.notice),
        None => (exhibit.caption.as_str(), palette.weak),
    };
    let builder = egui::UiBuilder::new().max_rect(rect).id_salt("title");
    ui.scope_builder(builder, |ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            ui.spacing_mut().button_padding = vec2(4.0, 0.0);
            let button = icons::small();
            let menu = egui::containers::menu::MenuButton::from_button(button);
            let (response, _) = menu.ui(ui, |ui| {
                for picture in [Picture::Reconstructions, Picture::Denoising] {
                    let there = saved::is_there(exhibit, picture);
                    toolbar::save_entries(ui, there, (picture, &picture.name()), save);
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
    });
}
