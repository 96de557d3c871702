//! A texture with a buffer that is kept: nothing is allocated when its pixels change.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, ImageData, TextureHandle, TextureId, TextureOptions};

/// A texture, pixel for pixel, never smoothed.
#[derive(Default)]
pub struct Texture {
    image: Option<Arc<ColorImage>>,
    handle: Option<TextureHandle>,
}

impl Texture {
    /// Lets `paint` write all pixels (four bytes each, opaque) and shows them from this frame on.
    pub fn update(
        &mut self,
        ctx: &Context,
        name: &str,
        size: [usize; 2],
        paint: impl FnOnce(&mut [u8]),
    ) {
        if size.contains(&0) {
            return;
        }
        let image = self
            .image
            .get_or_insert_with(|| Arc::new(ColorImage::filled(size, Color32::TRANSPARENT)));
        if image.size != size {
            *image = Arc::new(ColorImage::filled(size, Color32::TRANSPARENT));
        }
        // The renderer gives its share back after the upload, so this copies nothing as a rule.
        paint(Arc::make_mut(image).as_raw_mut());
        let data = ImageData::Color(Arc::clone(image));
        match &mut self.handle {
            Some(handle) => handle.set(data, TextureOptions::NEAREST),
            None => self.handle = Some(ctx.load_texture(name, data, TextureOptions::NEAREST)),
        }
    }

    /// The texture, once it has been painted.
    #[must_use]
    pub fn id(&self) -> Option<TextureId> {
        self.handle.as_ref().map(TextureHandle::id)
    }
}
