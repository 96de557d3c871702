//! One of the two maps, with what makes an image of any of its points.

use std::sync::Arc;

use egui::{Label, Rect, RichText, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::decoding::{Decoded, Decoding, Request, Spot};
use super::foot::{self, Foot, Shown, Wish};
use super::hand::{Did, Hand, Tool};
use super::plot::Plot;
use super::view::{Placed, View};
use crate::exhibit::code_map::{Charted, Crowd, Map};
use crate::ui::theme::{self, UNIT};
use crate::view::Selection;

/// Height of the name and of the caption.
const HEAD: f32 = 36.0;

/// Which space it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The network's codes.
    Codes,
    /// Kernel PCA's scores.
    Kernel,
}

impl Space {
    /// Its heading.
    fn heading(self) -> &'static str {
        match self {
            Self::Codes => "C · codes, by principal components",
            Self::Kernel => "P · kernel PCA, by its first scores",
        }
    }

    /// What its points are.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Codes => "codes",
            Self::Kernel => "kernel PCA scores",
        }
    }

    /// What an image of a point is.
    fn made(self) -> &'static str {
        match self {
            Self::Codes => "Decoded",
            Self::Kernel => "Pre-image",
        }
    }

    /// What the image of the place is called.
    fn picture(self) -> &'static str {
        match self {
            Self::Codes => "Decoded image",
            Self::Kernel => "Pre-image of the scores",
        }
    }
}

/// What both maps have in common.
pub struct Shared<'a> {
    /// What the left button does.
    pub tool: Tool,
    /// The ends of the walk, as far as they are chosen.
    pub walk: (Option<usize>, Option<usize>),
    /// What is selected, of these data.
    pub selection: &'a Selection,
}

/// A map with what stands around it.
pub struct Pane {
    space: Space,
    plot: Plot,
    hand: Hand,
    spot: Spot,
    /// The image that the place starts from.
    about: Option<usize>,
    /// The images that places are of.
    crowd: Option<Arc<Crowd>>,
    decoding: Decoding,
    foot: Foot,
}

impl Pane {
    /// Of a space.
    #[must_use]
    pub fn new(space: Space) -> Self {
        Self {
            space,
            plot: Plot::default(),
            hand: Hand::default(),
            spot: Spot::Along(Vec::new()),
            about: None,
            crowd: None,
            decoding: Decoding::default(),
            foot: Foot::default(),
        }
    }

    /// Whether everything is seen.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.plot.view.is_whole()
    }

    /// Shows everything.
    pub fn show_whole(&mut self) {
        self.plot.view = View::default();
    }

    /// Shows a map, or what there is to say in its place. Gives what the hand did that concerns both maps.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        charted: Result<&Charted, &str>,
        shared: &Shared<'_>,
    ) -> Option<Did> {
        let room = Rect::from_min_max(
            pos2(area.left(), area.top() + HEAD),
            pos2(area.right(), area.bottom() - foot::HEIGHT - UNIT),
        );
        let caption = charted.map_or("", |charted| charted.caption.as_str());
        self.head(ui, Rect::from_min_max(area.min, room.right_top()), caption);
        ui.painter()
            .rect_filled(room, 0, ui.visuals().extreme_bg_color);
        let charted = match charted {
            Ok(charted) => charted,
            Err(text) => {
                self.nothing(ui, room, text);
                return None;
            }
        };
        self.follow(&charted.map.crowd);
        let (did, placed) = self.plane(ui, room, charted, shared);
        let decoded = self.decoded(ui, charted, shared);
        self.marks(ui, (room, placed), &charted.map, shared);
        let shown = Shown {
            charted,
            decoded: decoded.as_ref(),
            spot: &self.spot,
            about: self.about,
            walk: shared.walk,
            name: self.space.name(),
            made: self.space.made(),
            picture: self.space.picture(),
        };
        let below = Rect::from_min_max(pos2(area.left(), room.bottom() + UNIT), area.max);
        match self.foot.show(ui, below, &shown) {
            Some(Wish::Along(values)) => self.spot = Spot::Along(values),
            Some(Wish::Reset) => {
                self.spot = Spot::Along(Vec::new());
                self.about = None;
            }
            None => {}
        }
        did
    }

    fn head(&self, ui: &mut Ui, place: Rect, caption: &str) {
        let builder = UiBuilder::new()
            .max_rect(place)
            .id_salt(("head", self.space.name()));
        ui.scope_builder(builder, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(Label::new(RichText::new(self.space.heading()).strong()).truncate());
            ui.add(Label::new(RichText::new(caption).small().weak()).truncate());
        });
    }

    /// What there is to say where there is no map.
    fn nothing(&self, ui: &mut Ui, room: Rect, text: &str) {
        let builder = UiBuilder::new()
            .max_rect(room.shrink(2.0 * UNIT))
            .id_salt(("nothing", self.space.name()));
        ui.scope_builder(builder, |ui| {
            ui.centered_and_justified(|ui| ui.label(RichText::new(text).small().weak()));
        });
    }

    /// Goes with other images: a place that starts from one of the old ones starts from the mean.
    fn follow(&mut self, crowd: &Arc<Crowd>) {
        let before = self.crowd.as_ref();
        if before.is_some_and(|before| Arc::ptr_eq(before, crowd)) {
            return;
        }
        if !before.is_some_and(|before| before.are(crowd)) {
            self.spot = Spot::Along(Vec::new());
            self.about = None;
        }
        self.crowd = Some(Arc::clone(crowd));
    }

    /// The points, and what the hand does there.
    fn plane(
        &mut self,
        ui: &mut Ui,
        room: Rect,
        charted: &Charted,
        shared: &Shared<'_>,
    ) -> (Option<Did>, Placed) {
        let map = &charted.map;
        let id = ui.scope_id().with(("plane", self.space.name()));
        let response = ui.interact(room, id, Sense::click_and_drag());
        let label = format!("Map of the {}", self.space.name());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, label.clone()));
        Hand::look(ui, &response, room, &mut self.plot.view);
        let placed = self.plot.placed(map, room);
        let reach = self.plot.reach(ui);
        let did = self
            .hand
            .act(ui, &response, (shared.tool, reach), (map, placed));
        self.plot.paint(ui, map, (room, placed), shared.selection);
        self.hand.paint(ui, shared.tool, placed);
        let did = match did {
            Some(Did::Put(point, about)) => {
                (self.spot, self.about) = (Spot::At(point), about);
                None
            }
            other => other,
        };
        let pointer = response
            .hover_pos()
            .filter(|_| !self.hand.is_busy() && !response.dragged());
        let image = pointer.and_then(|at| map.nearest(placed.plane(at), reach / placed.scale()));
        if let Some(image) = image {
            let at = placed.screen(map.points[image]);
            let outline = Stroke::new(1.0, theme::of(ui).text);
            ui.painter().circle_stroke(at, reach.min(6.0), outline);
            response.on_hover_ui_at_pointer(|ui| self.plot.tell(ui, &map.crowd, image));
        }
        (did, placed)
    }

    /// The image of the place, and those of the walk.
    fn decoded(&mut self, ui: &Ui, charted: &Charted, shared: &Shared<'_>) -> Option<Decoded> {
        let request = Request {
            map: Arc::clone(&charted.map),
            decoder: charted.decoder.clone()?,
            spot: self.spot.clone(),
            about: self.about,
            walk: shared.walk.0.zip(shared.walk.1),
        };
        self.decoding.follow(ui.ctx(), request)
    }

    /// The place, and the line of the walk.
    fn marks(&self, ui: &Ui, (room, placed): (Rect, Placed), map: &Map, shared: &Shared<'_>) {
        let palette = theme::of(ui);
        let painter = ui.painter().with_clip_rect(room);
        let ends = [shared.walk.0, shared.walk.1].map(|end| {
            let point = map.points.get(end?)?;
            Some(placed.screen(*point))
        });
        if let [Some(from), Some(to)] = ends {
            painter.line_segment([from, to], (1.5, palette.text));
        }
        for end in ends.into_iter().flatten() {
            painter.circle_stroke(end, 6.0, (1.5, palette.text));
        }
        let point = match &self.spot {
            Spot::At(point) => *point,
            Spot::Along(values) => map.place(map.along(values, self.about).view()),
        };
        let at = placed.screen(point);
        let arm = vec2(7.0, 0.0);
        for arm in [arm, arm.rot90()] {
            painter.line_segment([at - arm, at + arm], (3.5, palette.card));
            painter.line_segment([at - arm, at + arm], (1.5, palette.notice));
        }
    }
}
