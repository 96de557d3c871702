//! The canvas under a hand, and the tools below it.

use std::sync::Arc;

use egui::{
    Button, Color32, Event, Key, KeyboardShortcut, Modifiers, PointerButton, Pos2, Rect, Response,
    RichText, Sense, Slider, Stroke, Ui, WidgetInfo, vec2,
};

use crate::data::ImageShape;
use crate::exhibit::Images;
use crate::exhibit::sketch::{Canvas, Drawing, Origin, Tool, usual_radius};
use crate::picture::digits::magnification;
use crate::ui::digits::paint_row;
use crate::ui::icons::{self, Icon};
use crate::ui::texture::Texture;
use crate::ui::theme::{self, UNIT};

/// The widest brush, as a share of the image's longer side.
const WIDEST: f32 = 0.25;
/// What takes a step back.
const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
/// Ways to move the drawing: the key, the button, its name, and the pixels to the right and down.
const WAYS: [(Key, &str, &str, (isize, isize)); 4] = [
    (Key::ArrowLeft, "←", "Move left", (-1, 0)),
    (Key::ArrowUp, "↑", "Move up", (0, -1)),
    (Key::ArrowDown, "↓", "Move down", (0, 1)),
    (Key::ArrowRight, "→", "Move right", (1, 0)),
];

/// What is drawn, and with what.
pub struct Hand {
    canvas: Canvas,
    tool: Tool,
    /// Of the brush, in pixels of the image.
    radius: f32,
    /// The tool that is down, and where it was last.
    stroke: Option<(Tool, [f32; 2])>,
    texture: Texture,
    painted: Option<(Arc<Drawing>, bool)>,
    over: bool,
}

impl Default for Hand {
    fn default() -> Self {
        let shape = Images::none().shape;
        Self {
            canvas: Canvas::new(shape),
            tool: Tool::default(),
            radius: usual_radius(shape),
            stroke: None,
            texture: Texture::default(),
            painted: None,
            over: false,
        }
    }
}

/// What a pointer did on the canvas.
#[derive(Clone, Copy)]
enum Move {
    Down(Tool, Pos2),
    To(Pos2),
    Up(Pos2),
    Away,
}

impl Hand {
    /// The drawing as it is now.
    #[must_use]
    pub fn drawing(&self) -> &Arc<Drawing> {
        self.canvas.drawing()
    }

    /// Whether keys are the canvas's: the pointer is over it.
    #[must_use]
    pub fn takes_keys(&self) -> bool {
        self.over
    }

    /// Shows the canvas for images of the size of `images`, and the tools.
    pub fn show(&mut self, ui: &mut Ui, images: &Images) {
        if self.drawing().shape != images.shape {
            self.stroke = None;
            self.canvas.fit(images.shape);
            self.radius = usual_radius(images.shape);
        }
        let response = self.canvas(ui);
        self.keys(ui, &response);
        ui.add_space(UNIT / 2.0);
        self.tools(ui);
        self.moves(ui);
        self.loads(ui, images);
    }

    fn canvas(&mut self, ui: &mut Ui) -> Response {
        let shape = self.drawing().shape;
        let (scale, width) = (ui.ctx().pixels_per_point(), ui.available_width());
        let most = shape.height.max(shape.width);
        let times = magnification(width * scale, 0.0, 1, most) as f32;
        let size = vec2(shape.width as f32, shape.height as f32) * times / scale;
        let (rect, response) = ui.allocate_exact_size(size, Sense::drag());
        self.strokes(ui, rect);
        self.paint(ui, rect, &response);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Canvas"));
        response
    }

    /// Follows the pointer through all places that it was seen at since the last frame.
    fn strokes(&mut self, ui: &Ui, rect: Rect) {
        let shape = self.drawing().shape;
        let place = |at: Pos2| {
            [
                (at.x - rect.left()) / rect.width() * shape.width as f32,
                (at.y - rect.top()) / rect.height() * shape.height as f32,
            ]
        };
        for one in moves(ui, self.tool) {
            match (one, self.stroke) {
                (Move::Down(tool, at), None) => {
                    let seen = rect.intersect(ui.clip_rect()).contains(at);
                    if seen && ui.ctx().layer_id_at(at) == Some(ui.layer_id()) {
                        self.canvas.touch();
                        self.canvas.draw(place(at), place(at), self.radius, tool);
                        self.stroke = Some((tool, place(at)));
                    }
                }
                (Move::To(at) | Move::Up(at), Some((tool, from))) => {
                    self.canvas.draw(from, place(at), self.radius, tool);
                    self.stroke = Some((tool, place(at)));
                }
                _ => {}
            }
            if matches!(one, Move::Up(_) | Move::Away) && self.stroke.take().is_some() {
                self.canvas.lift();
            }
        }
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, response: &Response) {
        let dark = ui.visuals().dark_mode;
        let drawing = self.canvas.drawing();
        let painted = self.painted.as_ref();
        if !painted.is_some_and(|(of, was)| Arc::ptr_eq(of, drawing) && *was == dark) {
            let (texture, pixels) = (&mut self.texture, drawing.pixels.view());
            paint_row(ui, texture, drawing.shape, pixels, &[0]);
            self.painted = Some((Arc::clone(drawing), dark));
        }
        let uv = Rect::from_min_max(Pos2::ZERO, egui::pos2(1.0, 1.0));
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        if let Some(texture) = self.texture.id() {
            painter.image(texture, rect, uv, Color32::WHITE);
        }
        let palette = theme::of(ui);
        let frame = Stroke::new(1.0, palette.line);
        painter.rect_stroke(rect, 0, frame, egui::StrokeKind::Inside);
        // The brush as large as it draws.
        if let Some(at) = response.hover_pos() {
            let cell = rect.width() / drawing.shape.width as f32;
            let ink = Stroke::new(1.0, palette.notice);
            painter.circle_stroke(at, (self.radius * cell).max(2.0), ink);
            ui.set_cursor_icon(egui::CursorIcon::Crosshair);
        }
    }

    /// Arrow keys move the drawing, and a step is taken back, while the pointer is over the canvas.
    fn keys(&mut self, ui: &Ui, response: &Response) {
        let focused = ui.memory(egui::Memory::focused);
        let free = focused.is_none_or(|id| id == response.id);
        self.over = response.contains_pointer() && free;
        let has_focus = response.has_focus();
        if has_focus {
            let filter = egui::EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..Default::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        if !self.over && !has_focus || self.stroke.is_some() {
            return;
        }
        for (key, _, _, (x, y)) in WAYS {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                self.canvas.nudge(x, y);
            }
        }
        if ui.input_mut(|input| input.consume_shortcut(&UNDO)) {
            self.canvas.undo();
        }
    }

    fn tools(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = UNIT / 2.0;
            for (tool, name, about) in [
                (
                    Tool::Brush,
                    "Brush",
                    "Draws; the right mouse button erases meanwhile.",
                ),
                (Tool::Eraser, "Eraser", "Takes ink away."),
            ] {
                let button = Button::selectable(self.tool == tool, name);
                if ui.add(button).on_hover_text(about).clicked() {
                    self.tool = tool;
                }
            }
            let undo = icons::button(ui, Icon::Undo, self.canvas.can_undo())
                .on_hover_text("Take the last stroke back (Ctrl+Z over the canvas).")
                .on_disabled_hover_text("Nothing was drawn yet.");
            if undo.accessible_name("Undo the stroke").clicked() {
                self.canvas.undo();
            }
            let blank = self.drawing().is_blank();
            let clear = ui.add_enabled(!blank, Button::new("Clear"));
            let clear = clear.on_disabled_hover_text("The canvas is empty.");
            if clear.on_hover_text("Empty the canvas.").clicked() {
                self.canvas.clear();
            }
        });
    }

    fn moves(&mut self, ui: &mut Ui) {
        let ImageShape { height, width } = self.drawing().shape;
        let widest = (height.max(width) as f32 * WIDEST).max(2.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = UNIT / 4.0;
            ui.spacing_mut().button_padding.x = UNIT / 2.0;
            ui.spacing_mut().slider_width = 6.0 * UNIT;
            ui.spacing_mut().interact_size.x = 2.5 * UNIT;
            ui.label(RichText::new("Width").small().weak());
            let mut across = 2.0 * self.radius;
            let slider = Slider::new(&mut across, 1.0..=widest)
                .fixed_decimals(1)
                .show_value(false);
            let slider = ui.add(slider).on_hover_text(format!(
                "The brush is {across:.1} pixels of the image wide."
            ));
            if slider.accessible_name("Width of the brush").changed() {
                self.radius = across / 2.0;
            }
            ui.add_space(UNIT / 2.0);
            let blank = self.drawing().is_blank();
            for (_, text, name, (x, y)) in WAYS {
                let button = ui.add_enabled(!blank, Button::new(text));
                let button = button
                    .on_hover_text(format!("{name} by a pixel (arrow keys over the canvas)."))
                    .on_disabled_hover_text("There is nothing to move.");
                if button.accessible_name(name).clicked() {
                    self.canvas.nudge(x, y);
                }
            }
        });
    }

    fn loads(&mut self, ui: &mut Ui, images: &Images) {
        let there = images.pixels.is_some() && images.count > 0;
        let why = "No images are on show yet.";
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = UNIT / 4.0;
            ui.label(RichText::new("Load").small().weak());
            let button = |ui: &mut Ui, text: &str, name: &str, about: &str| {
                let button = ui.add_enabled(there, Button::new(text));
                let button = button.on_hover_text(about).on_disabled_hover_text(why);
                button.accessible_name(name).clicked()
            };
            let set = images.set.name();
            let about = |which: &str| format!("{which} of the {set} images on show, to change it.");
            if button(ui, "‹", "Load the image before", &about("The one before")) {
                self.canvas.load_next(images, false);
            }
            if button(ui, "›", "Load the next image", &about("The next")) {
                self.canvas.load_next(images, true);
            }
            if button(ui, "Any", "Load any image", &about("Any")) {
                self.canvas.load_any(images);
            }
        });
        let text = match self.canvas.origin() {
            Some(origin) => Origin::describe(origin),
            None if self.drawing().is_blank() => "an empty canvas".to_owned(),
            None => "drawn by hand".to_owned(),
        };
        ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
    }
}

/// What the pointer did since the last frame, in its order. The secondary button erases.
fn moves(ui: &Ui, tool: Tool) -> Vec<Move> {
    let of_event = |event: &Event| match *event {
        Event::PointerButton {
            pos,
            button,
            pressed,
            ..
        } => match (button, pressed) {
            (PointerButton::Primary, true) => Some(Move::Down(tool, pos)),
            (PointerButton::Secondary, true) => Some(Move::Down(Tool::Eraser, pos)),
            (PointerButton::Primary | PointerButton::Secondary, false) => Some(Move::Up(pos)),
            _ => None,
        },
        Event::PointerMoved(pos) => Some(Move::To(pos)),
        Event::PointerGone | Event::WindowFocused(false) => Some(Move::Away),
        _ => None,
    };
    ui.input(|input| input.events.iter().filter_map(of_event).collect())
}
