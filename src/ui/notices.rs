//! Short notes of what was done, and what needs a person's eye: a failure, a divergence, a file
//! that could not be read.
//!
//! They stand in a stack at the foot of the left column, where they cover no picture; the
//! controls above give them room. What was done fades after some seconds, what went wrong stays
//! until it is taken away. A saved picture of the window is taken without them.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{
    Align, Align2, Area, Context, Id, Label, Layout, Order, Rect, RichText, ScrollArea, Sense, Ui,
    UiBuilder, WidgetInfo, vec2,
};

use super::icons::{self, Icon};
use super::intent::Intent;
use super::theme::{self, UNIT};
use crate::view::{RunState, RunView};
use crate::worker::protocol::Cause;

/// A note.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub error: bool,
    /// The folder of a file that was written.
    pub folder: Option<PathBuf>,
}

impl Notice {
    /// Something was done, whose files are in `folder`.
    #[must_use]
    pub fn done(text: String, folder: Option<PathBuf>) -> Self {
        Self {
            text,
            error: false,
            folder,
        }
    }

    /// A file was written.
    #[must_use]
    pub fn saved(path: &Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let folder = path.parent().map(|folder| match folder {
            here if here.as_os_str().is_empty() => PathBuf::from("."),
            folder => folder.to_owned(),
        });
        Self::done(format!("Saved {}", name.display()), folder)
    }
}

/// A note on show.
struct Shown {
    id: u64,
    notice: Notice,
    /// When it has gone, in the window's time; `None` before it was first painted.
    until: Option<f64>,
}

/// Notes kept at the same time; older ones make room.
const AT_MOST: usize = 3;
/// Seconds for which a note of what was done stays.
const STAYS: f64 = 7.0;
/// The last part of them, in which it fades.
const FADES: f64 = 0.6;
/// Seconds for which it stays at least after somebody pointed at it.
const READ: f64 = 2.0;
/// The most of the window's height that the stack takes.
const SHARE: f32 = 0.45;
/// Between two notes.
const GAP: f32 = UNIT / 2.0;

/// All notes.
#[derive(Default)]
pub struct Notices {
    list: Vec<Shown>,
    next: u64,
    height: f32,
}

impl Notices {
    /// Adds a note, in the place of one that says the same.
    pub fn add(&mut self, notice: Notice) {
        self.list.retain(|old| old.notice != notice);
        self.next += 1;
        self.list.push(Shown {
            id: self.next,
            notice,
            until: None,
        });
        if self.list.len() > AT_MOST {
            // What fades anyway goes before what has to be read.
            let done = self.list.iter().position(|old| !old.notice.error);
            self.list.remove(done.unwrap_or(0));
        }
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// Takes one away.
    pub fn dismiss(&mut self, id: u64) {
        self.list.retain(|shown| shown.id != id);
    }

    /// The newest.
    #[must_use]
    pub fn newest(&self) -> Option<u64> {
        self.list.last().map(|shown| shown.id)
    }

    /// The height that they take at the foot of the left column.
    #[must_use]
    pub fn height(&self) -> f32 {
        self.height
    }

    /// Shows what there is, its lower edge `above` the window's.
    pub fn show(&mut self, ctx: &Context, run: &RunView, above: f32, intents: &mut Vec<Intent>) {
        self.age(ctx);
        let needed = matches!(run.state, RunState::Diverged(..) | RunState::Failed(_));
        if self.list.is_empty() && !needed {
            self.height = 0.0;
            return;
        }
        let most = ctx.content_rect().height() * SHARE;
        let area = Area::new(Id::unique("notices"))
            .order(Order::Foreground)
            .anchor(Align2::LEFT_BOTTOM, vec2(UNIT, -above - GAP))
            .show(ctx, |ui| {
                ui.set_width(theme::CONTROLS - 2.0 * UNIT);
                ui.spacing_mut().item_spacing.y = GAP;
                // Nobody scrolls it but where a text is longer than a third of the window.
                ScrollArea::vertical()
                    .max_height(most)
                    // Else it never outgrows what it was in the frame before.
                    .min_scrolled_height(most)
                    .stick_to_bottom(true)
                    .show(ui, |ui| {
                        self.run_lines(ui, run, intents);
                        self.lines(ui, intents);
                    });
            });
        let height = area.response.rect.height() + 2.0 * GAP;
        if (height - self.height).abs() > 0.5 {
            self.height = height;
            ctx.request_repaint();
        }
    }

    /// Takes away what has been there long enough, and has the window painted when the next goes.
    fn age(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        for shown in self.list.iter_mut().filter(|shown| !shown.notice.error) {
            shown.until.get_or_insert(now + STAYS);
        }
        self.list
            .retain(|shown| shown.until.is_none_or(|until| now < until));
        let next = self.list.iter().filter_map(|shown| shown.until);
        if let Some(next) = next.min_by(f64::total_cmp) {
            if next - now > FADES {
                let wait = next - FADES - now;
                ctx.request_repaint_after(std::time::Duration::from_secs_f64(wait));
            } else {
                ctx.request_repaint();
            }
        }
    }

    /// What the run's own state asks for; it goes when the state goes.
    #[expect(clippy::unused_self, reason = "stands beside its like")]
    fn run_lines(&self, ui: &mut Ui, run: &RunView, intents: &mut Vec<Intent>) {
        match &run.state {
            RunState::Diverged(message, cause) => {
                card(ui, message, true, 1.0, |ui| remedies(ui, cause, intents));
            }
            RunState::Failed(message) => {
                card(ui, message, true, 1.0, |ui| start_anew(ui, intents));
            }
            _ => {}
        }
    }

    fn lines(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let now = ui.input(|input| input.time);
        let pointer = ui.input(|input| input.pointer.hover_pos());
        for shown in &mut self.list {
            let left = shown.until.map_or(STAYS, |until| until - now);
            let strength = (left / FADES).clamp(0.0, 1.0) as f32;
            let notice = &shown.notice;
            let rect = card(ui, &notice.text, notice.error, strength, |ui| {
                if let Some(folder) = &notice.folder {
                    open_folder(ui, folder, intents);
                }
            });
            dismiss_button(ui, rect, shown.id, intents);
            if pointer.is_some_and(|pointer| rect.contains(pointer)) {
                shown.until = shown.until.map(|until| until.max(now + READ));
            }
        }
    }
}

/// Where a file went, and a button that shows it there.
fn open_folder(ui: &mut Ui, folder: &Path, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let hover = "Opens the folder in the system's file manager.";
        if ui.button("Open folder").on_hover_text(hover).clicked() {
            intents.push(Intent::OpenFolder(folder.to_owned()));
        }
        let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let name = RichText::new(folder.display().to_string()).small().weak();
        ui.add(Label::new(name).truncate())
            .on_hover_text(whole.display().to_string());
    });
}

fn dismiss_button(ui: &mut Ui, card: Rect, id: u64, intents: &mut Vec<Intent>) {
    let side = 2.5 * UNIT;
    let rect = Rect::from_min_size(card.right_top() + vec2(-side - 3.0, 3.0), vec2(side, side));
    let button = icons::small();
    let hover = "Takes this away (Escape takes the newest).";
    // A child of its own: the next card stands under this one, not under its button.
    let place = UiBuilder::new().max_rect(rect).id_salt(("dismiss", id));
    let mut place = ui.new_child(place);
    let response = place.put(rect, button);
    icons::over(&place, &response, Icon::Close, icons::SMALL);
    if response
        .accessible_name("Dismiss")
        .on_hover_text(hover)
        .clicked()
    {
        intents.push(Intent::Dismiss(id));
    }
}

/// A card with a text and what can be done about it under it. Returns where it stands.
fn card(ui: &mut Ui, text: &str, error: bool, strength: f32, below: impl FnOnce(&mut Ui)) -> Rect {
    let palette = theme::of(ui);
    let colour = if error { palette.error } else { palette.line };
    let response = ui
        .scope(|ui| {
            ui.set_opacity(strength);
            egui::Frame::new()
                .fill(palette.card)
                .stroke((1.0, colour))
                .corner_radius(6)
                .inner_margin(egui::Margin::symmetric(8, 6))
                .show(ui, |ui| {
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.set_width(ui.available_width());
                        // Beside the button that takes it away.
                        let width = ui.available_width() - 2.0 * UNIT;
                        ui.scope(|ui| {
                            ui.set_max_width(width);
                            let text = RichText::new(text).color(palette.text);
                            ui.add(Label::new(text).wrap());
                        });
                        below(ui);
                    });
                })
                .response
        })
        .inner;
    let role = if error { Role::Alert } else { Role::Status };
    let place = ui.interact(
        response.rect,
        ui.next_auto_id().with("notice"),
        Sense::hover(),
    );
    place.widget_info(|| WidgetInfo::labeled(role, true, format!("Notice: {text}")));
    response.rect
}

/// What helps against a loss that is not finite; what is likely to help stands out.
fn remedies(ui: &mut Ui, cause: &Cause, intents: &mut Vec<Intent>) {
    // A kernel that is not finite stays so at any rate.
    if !matches!(cause, Cause::Kernel(_)) {
        let text = "Go on at a tenth of the learning rate";
        let button = match cause {
            Cause::Rate => theme::primary(ui, text),
            _ => egui::Button::new(text),
        };
        let hover = "Takes the last good weights and goes on with a tenth of the learning rate.";
        if ui.add(button).on_hover_text(hover).clicked() {
            intents.push(Intent::ContinueGently);
        }
    }
    if !matches!(cause, Cause::Rate) {
        start_anew(ui, intents);
    }
}

fn start_anew(ui: &mut Ui, intents: &mut Vec<Intent>) {
    let hover = "Starts anew on the present data with the settings of the controls.";
    let button = theme::primary(ui, "Start a new run");
    if ui.add(button).on_hover_text(hover).clicked() {
        intents.push(Intent::Start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(text: &str, error: bool) -> Notice {
        Notice {
            text: text.to_owned(),
            error,
            folder: None,
        }
    }

    #[test]
    fn what_was_done_makes_room_before_what_went_wrong() {
        let mut notices = Notices::default();
        notices.add(notice("wrong", true));
        for text in ["one", "two", "three"] {
            notices.add(notice(text, false));
        }
        let texts: Vec<_> = notices.list.iter().map(|old| &old.notice.text).collect();
        assert_eq!(texts, ["wrong", "two", "three"]);
        notices.add(notice("two", false));
        assert_eq!(notices.list.len(), 3, "the same is not said twice");
        let newest = notices.newest().unwrap();
        notices.dismiss(newest);
        assert_eq!(notices.list.len(), 2);
    }

    #[test]
    fn a_saved_file_is_told_by_name_and_folder() {
        let saved = Notice::saved(Path::new("deep/er/prior.png"));
        assert_eq!(saved.text, "Saved prior.png");
        assert_eq!(saved.folder, Some(PathBuf::from("deep/er")));
        let saved = Notice::saved(Path::new("prior.png"));
        assert_eq!(saved.folder, Some(PathBuf::from(".")));
    }
}
