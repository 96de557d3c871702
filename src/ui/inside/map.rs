//! The code space of the network on show, and kernel PCA's beside it: maps to point at, to drag and to walk through.
//!
//! Maps are made on threads of their own from what is on show ([`news`]) and painted by [`pane`]s; both have the same
//! images, so that a walk or a selection in one is one in the other.

mod decoding;
mod foot;
mod hand;
mod news;
mod pane;
mod plot;
mod sprites;
mod view;

use std::sync::Arc;

use egui::{Align, Button, Label, Layout, Rect, RichText, Ui, UiBuilder, pos2};

use super::Facts;
use crate::data::DataSet;
use crate::exhibit::Exhibit;
use crate::exhibit::code_map::{
    Charted, Crowd, KernelMapper, KernelWanted, Mapper, Wanted, Which, select,
};
use crate::exhibit::numbers;
use crate::ui::intent::Intent;
use crate::ui::theme::UNIT;
use crate::view::Selection;
use hand::{Did, Tool};
use news::{Change, Making};
use pane::{Pane, Shared, Space};

/// The tab.
pub struct Map {
    which: Which,
    tool: Tool,
    /// Whether kernel PCA stands beside the codes.
    beside: bool,
    codes: (Pane, Making<Wanted, Charted>),
    kernel: (Pane, Making<KernelWanted, Charted>),
    /// The ends of the walk, as far as they are chosen, and of which images.
    walk: (Option<usize>, Option<usize>),
    walked: Option<Arc<Crowd>>,
}

impl Default for Map {
    fn default() -> Self {
        Self {
            which: Which::default(),
            tool: Tool::default(),
            beside: true,
            codes: (Pane::new(Space::Codes), Making::default()),
            kernel: (Pane::new(Space::Kernel), Making::default()),
            walk: (None, None),
            walked: None,
        }
    }
}

impl Map {
    /// Shows it in the room there is.
    pub fn show(&mut self, ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
        self.make(ui, facts);
        let room = ui.max_rect();
        let split = room.top() + 3.0 * UNIT;
        let bar = Rect::from_min_max(room.min, pos2(room.right(), split));
        ui.scope_builder(UiBuilder::new().max_rect(bar).id_salt("map tools"), |ui| {
            ui.horizontal_centered(|ui| self.bar(ui, facts, intents));
        });
        let body = Rect::from_min_max(pos2(room.left(), split + UNIT), room.max);
        let half = (body.width() / 2.0 - UNIT).floor();
        let left = Rect::from_min_max(body.min, pos2(body.left() + half, body.bottom()));
        let right = Rect::from_min_max(pos2(body.right() - half, body.top()), body.max);
        let left = if self.beside { left } else { body };
        self.pane(ui, (Space::Codes, left), facts, intents);
        if self.beside {
            self.pane(ui, (Space::Kernel, right), facts, intents);
        }
    }

    /// One of the two maps.
    fn pane(
        &mut self,
        ui: &mut Ui,
        (space, area): (Space, Rect),
        facts: &Facts<'_>,
        intents: &mut Vec<Intent>,
    ) {
        let (pane, made) = match space {
            Space::Codes => (&mut self.codes.0, self.codes.1.made()),
            Space::Kernel => (&mut self.kernel.0, self.kernel.1.made()),
        };
        let charted = match made {
            Some(made) => made.as_ref().map_err(String::as_str),
            None => Err(to_come(space, facts)),
        };
        let crowd = charted.ok().map(|charted| Arc::clone(&charted.map.crowd));
        // For a moment the two may be of different images.
        let walked = self.walked.as_ref().zip(crowd.as_ref());
        let same = walked.is_some_and(|(a, b)| Arc::ptr_eq(a, b) || a.are(b));
        let nothing = Selection::default();
        let selected = facts.selection.is_of(facts.exhibit);
        let shared = Shared {
            tool: self.tool,
            walk: if same { self.walk } else { (None, None) },
            selection: if selected { facts.selection } else { &nothing },
        };
        let did = pane.show(ui, area, charted, &shared);
        match (did, crowd) {
            (Some(Did::Chose(image)), _) if same => self.choose(image),
            (Some(Did::Selected(places)), Some(crowd)) => {
                let samples = places.iter().filter_map(|&at| crowd.indices.get(at));
                let samples = samples.copied().collect();
                intents.push(Intent::Select(Selection::new(samples, facts.exhibit)));
            }
            _ => {}
        }
    }

    /// Takes an image as an end of the walk: the first one, then the other, then the first one of another walk.
    fn choose(&mut self, image: usize) {
        self.walk = match self.walk {
            (Some(from), None) if from != image => (Some(from), Some(image)),
            _ => (Some(image), None),
        };
    }

    /// Asks for the maps of what is on show.
    fn make(&mut self, ui: &Ui, facts: &Facts<'_>) {
        let data = facts.ground.map(|(data, _)| Arc::clone(data));
        if data.is_none() && self.which != Which::Shown {
            self.which = Which::Shown;
        }
        let wanted = Wanted::of(facts.exhibit, data, self.which);
        if facts.exhibit.network.is_some() {
            let change = |asked: &Wanted, wanted: &Wanted| {
                if asked.is(wanted) {
                    Change::None
                } else if asked.has_images_of(wanted) {
                    Change::Newer
                } else {
                    Change::Other
                }
            };
            let maker = || {
                let mut mapper = Mapper::default();
                move |wanted: &Wanted, _: &(dyn Fn() -> bool + Sync)| mapper.map(wanted)
            };
            let making = &mut self.codes.1;
            making.follow((ui.ctx(), "dkae-map"), &wanted, change, maker);
        } else {
            self.codes.1.forget();
        }
        self.make_kernel(ui, facts, &wanted);
        self.follow();
    }

    /// The same of kernel PCA's scores, where they are looked at.
    fn make_kernel(&mut self, ui: &Ui, facts: &Facts<'_>, images: &Wanted) {
        let prior = facts.ground.map(|(_, fitted)| fitted.prior());
        let wanted = prior.and_then(|prior| KernelWanted::of(facts.exhibit, images, prior));
        let making = &mut self.kernel.1;
        let Some(wanted) = wanted.filter(|_| self.beside) else {
            if facts.ground.is_none() {
                making.forget();
            }
            return;
        };
        let change = |asked: &KernelWanted, wanted: &KernelWanted| {
            if asked.is(wanted) {
                Change::None
            } else if asked.has_space_of(wanted) {
                // What is being fitted serves these images too.
                Change::Newer
            } else {
                Change::Other
            }
        };
        making.hurry();
        let maker = || {
            let mut mapper = KernelMapper::default();
            move |wanted: &KernelWanted, given_up: &(dyn Fn() -> bool + Sync)| {
                mapper.map(wanted, given_up)
            }
        };
        making.follow((ui.ctx(), "dkae-kernel-map"), &wanted, change, maker);
    }

    /// A walk is between images of one crowd: where others come on show it is over.
    fn follow(&mut self) {
        let of = |made: Option<&Result<Charted, String>>| {
            let charted = made?.as_ref().ok()?;
            Some(Arc::clone(&charted.map.crowd))
        };
        let Some(crowd) = of(self.codes.1.made()).or_else(|| of(self.kernel.1.made())) else {
            return;
        };
        let same = match &self.walked {
            Some(walked) if Arc::ptr_eq(walked, &crowd) => return,
            Some(walked) => walked.are(&crowd),
            None => true,
        };
        if !same {
            self.walk = (None, None);
        }
        self.walked = Some(crowd);
    }

    /// Which images, what the hand does, and what is selected.
    fn bar(&mut self, ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
        self.choice(ui, facts.ground.map(|(data, _)| data));
        ui.separator();
        for tool in Tool::ALL {
            let button = Button::selectable(self.tool == tool, tool.name());
            if ui.add(button).on_hover_text(tool.about()).clicked() {
                self.tool = tool;
            }
        }
        ui.separator();
        let whole = self.codes.0.is_whole() && self.kernel.0.is_whole();
        let all = ui.add_enabled(!whole, Button::new("Show all"));
        let all = all
            .on_hover_text("Shows all points again. So does a double click.")
            .on_disabled_hover_text(
                "All points are in sight. The wheel magnifies, the right button moves.",
            );
        if all.clicked() {
            self.codes.0.show_whole();
            self.kernel.0.show_whole();
        }
        ui.checkbox(&mut self.beside, "Kernel PCA")
            .on_hover_text("Kernel PCA of the prior beside the codes, with its pre-images.");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if facts.selection.is_of(facts.exhibit) {
                self.selected(ui, facts, intents);
            }
        });
    }

    /// Which images there are.
    fn choice(&mut self, ui: &mut Ui, data: Option<&Arc<DataSet>>) {
        let text = format!("{} ▾", self.which.name());
        let (button, _) = egui::containers::menu::MenuButton::new(text).ui(ui, |ui| {
            for which in Which::ALL {
                let there = which == Which::Shown || data.is_some();
                let entry = Button::selectable(self.which == which, which.name());
                let entry = ui.add_enabled(there, entry);
                let entry = entry
                    .on_disabled_hover_text("The data are at hand when the prior is complete.");
                if entry.clicked() {
                    self.which = which;
                    ui.close();
                }
            }
        });
        button
            .accessible_name("Images of the map")
            .on_hover_text("Which images the maps show; of more than 20,000 an even share.");
    }

    /// What is selected, class by class, and the button that ends it.
    fn selected(&self, ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
        let clear = ui.small_button("Clear").on_hover_text("Selects nothing.");
        if clear.accessible_name("Clear the selection").clicked() {
            intents.push(Intent::Select(Selection::default()));
        }
        let (text, counts) = counted(facts.exhibit, facts.selection, self.walked.as_deref());
        let label = Label::new(RichText::new(text).small()).truncate();
        ui.add(label).on_hover_text(counts);
    }
}

/// What stands in the place of a map.
fn to_come(space: Space, facts: &Facts<'_>) -> &'static str {
    match space {
        Space::Codes if facts.exhibit.network.is_none() => {
            "The map appears when the network starts to train."
        }
        Space::Codes => "Computing the map…",
        Space::Kernel if facts.ground.is_none() => "Kernel PCA appears when the prior is complete.",
        Space::Kernel => "Computing kernel PCA and its pre-image…",
    }
}

/// How many images are selected, and how many of each class those are that the maps show.
fn counted(exhibit: &Exhibit, selection: &Selection, crowd: Option<&Crowd>) -> (String, String) {
    let shown = crowd.map_or_else(Vec::new, |crowd| selection.places(&crowd.indices));
    let labels = crowd.and_then(|crowd| crowd.labels.as_deref());
    let classes = select::by_class(labels, &shown).into_iter();
    let classes: Vec<String> = classes
        .map(|(class, count)| format!("{class}: {count}"))
        .collect();
    let total = numbers::count(selection.count());
    let text = if classes.is_empty() {
        format!("{total} selected")
    } else {
        format!("{total} selected · by class {}", classes.join(", "))
    };
    let marked = selection.places(&exhibit.images.indices).len();
    let about = format!(
        "{text}. {} of them are in the kernels of the Live page, and marked there.",
        numbers::count(marked)
    );
    (text, about)
}
