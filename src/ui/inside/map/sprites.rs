//! The images of a map at their points: all that are in sight in one texture.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Context, Rect, TextureId, pos2};

use crate::exhibit::code_map::Crowd;
use crate::ui::texture::Texture;

/// Images in the texture at the most.
const MOST: usize = 800;
/// The texture's side at the most.
const SIDE: usize = 2_048;

/// The texture, and which image stands where in it.
#[derive(Default)]
pub struct Sprites {
    texture: Texture,
    of: Option<Arc<Crowd>>,
    slots: HashMap<usize, usize>,
    columns: usize,
    rows: usize,
}

impl Sprites {
    /// How many images of this crowd there is room for.
    #[must_use]
    pub fn room(crowd: &Crowd, side: usize) -> usize {
        let [columns, rows] = grid(crowd, side);
        (columns * rows).min(MOST)
    }

    /// Has all images `seen` of a crowd in the texture, whose side is `side` at the most; nothing is painted where they
    /// are in it already. Says whether they are.
    pub fn hold(&mut self, ctx: &Context, crowd: &Arc<Crowd>, seen: &[usize], side: usize) -> bool {
        let same = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, crowd));
        if same && seen.iter().all(|at| self.slots.contains_key(at)) {
            return true;
        }
        let [columns, _] = grid(crowd, side);
        if columns == 0 || seen.is_empty() || seen.len() > Self::room(crowd, side) {
            return false;
        }
        let images: Option<Vec<Vec<u8>>> = seen.iter().map(|&at| crowd.image(at)).collect();
        let Some(images) = images else {
            return false;
        };
        self.of = Some(Arc::clone(crowd));
        self.columns = columns.min(seen.len());
        self.rows = seen.len().div_ceil(self.columns);
        self.slots = seen.iter().copied().zip(0..).collect();
        let (width, height) = (crowd.shape.width, crowd.shape.height);
        let line = self.columns * width;
        let size = [line, self.rows * height];
        self.texture.update(ctx, "images of a map", size, |out| {
            out.fill(0);
            for (slot, image) in images.iter().enumerate() {
                let (row, column) = (slot / self.columns, slot % self.columns);
                for (y, pixels) in image.chunks(width).enumerate() {
                    let start = 4 * ((row * height + y) * line + column * width);
                    for (pixel, &ink) in out[start..].chunks_mut(4).zip(pixels) {
                        // White as strong as the ink is: the mesh gives it its colour.
                        pixel.fill(ink);
                    }
                }
            }
        });
        true
    }

    /// The texture, once there is one.
    #[must_use]
    pub fn texture(&self) -> Option<TextureId> {
        self.texture.id()
    }

    /// Where image `at` stands in it.
    #[must_use]
    pub fn uv(&self, at: usize) -> Option<Rect> {
        let slot = *self.slots.get(&at)?;
        let size = [self.columns as f32, self.rows as f32];
        let (column, row) = ((slot % self.columns) as f32, (slot / self.columns) as f32);
        Some(Rect::from_min_max(
            pos2(column / size[0], row / size[1]),
            pos2((column + 1.0) / size[0], (row + 1.0) / size[1]),
        ))
    }
}

/// Columns and rows of the texture.
fn grid(crowd: &Crowd, side: usize) -> [usize; 2] {
    let side = side.min(SIDE);
    [
        side / crowd.shape.width.max(1),
        side / crowd.shape.height.max(1),
    ]
}
