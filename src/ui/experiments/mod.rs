//! The experiments page: the paper's figures and tables, filled point by point.
//!
//! On the left the plan and how far the study is, on the right a tab for each figure and table.
//! The page takes a [`StudyView`], paints it and reports [`StudyIntent`]s; `host` is what the
//! application holds of a study, and carries them out.

mod better;
pub(super) mod chart;
mod claims;
mod code_space;
mod gallery;
mod host;
mod pictures;
mod plan_form;
mod spectrum;
mod status;
mod steps;
mod sweep;
pub(super) mod sweep_charts;
mod tables;
pub(super) mod ticks;
mod watch;

use egui::{FontId, Margin, Panel, Rect, RichText, Ui};

pub use host::{ConnectStudy, LookStudy, StudyHost, WriteReport, write_report};
pub use plan_form::PlanForm;

use crate::exhibit::study::Subject;
use crate::experiment::plan::{Experiment, Recipe};
use crate::picture::saved::{Format, Picture};
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;
use crate::worker::study_protocol::{StudyCommand, StudyRequest};

/// What a person wants of a study.
#[derive(Clone, Debug)]
pub enum StudyIntent {
    /// Start one, or go on with the one in its folder.
    Start(Box<StudyRequest>),
    /// The form cannot be carried out as it is.
    Wrong(String),
    /// Pause, go on, stop.
    Tell(StudyCommand),
    /// Show a run.
    Select(Recipe),
    /// Show another seed.
    Seed(u64),
    /// Draw another `K_m`.
    Components(usize),
    /// Ask for the results' folder by a dialog.
    ChooseFolder,
    /// Save a picture of a subject.
    Save(Subject, Picture, Format),
    /// Write the report.
    Report,
}

/// What the last tab shows.
const CLAIMS: &str = "What the paper says, and whether it held here.";

/// A place on the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Of(Experiment),
    Claims,
}

/// The page.
pub struct Experiments {
    /// The form on the left.
    pub form: PlanForm,
    tab: Tab,
    sweeps: [sweep::Sweep; 2],
    fig4: pictures::Fig4,
    spectrum: spectrum::Spectrum,
    ideal: tables::Ideal,
    denoised: tables::Denoised,
    now: watch::Now,
}

impl Default for Experiments {
    fn default() -> Self {
        Self {
            form: PlanForm::default(),
            tab: Tab::Of(Experiment::Fig3a),
            sweeps: Default::default(),
            fig4: pictures::Fig4::default(),
            spectrum: spectrum::Spectrum::default(),
            ideal: tables::Ideal::default(),
            denoised: tables::Denoised::default(),
            now: watch::Now::default(),
        }
    }
}

impl Experiments {
    /// Shows the page. The lowest `room` of the left column belongs to notices.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        host: &StudyHost,
        room: f32,
        intents: &mut Vec<StudyIntent>,
    ) {
        self.keep_tab(&host.view);
        let large = self.shows_now(&host.view);
        let page = theme::of(ui).page;
        let frame = |margin| egui::Frame::new().fill(page).inner_margin(margin);
        let margin = Margin {
            left: 8,
            right: 4,
            top: 8,
            bottom: 0,
        };
        Panel::left("plan")
            .exact_size(theme::CONTROLS)
            .frame(frame(margin))
            .show(ui, |ui| {
                let small = host.view.watch().is_some() && !large;
                let now = small.then_some(&mut self.now);
                let column = status::Column { now, room };
                status::show(ui, &mut self.form, host, column, intents);
            });
        egui::CentralPanel::default()
            .frame(frame(Margin::same(8)))
            .show(ui, |ui| self.figures(ui, &host.view, intents));
    }

    /// The experiments that have a tab.
    fn planned(&self, view: &StudyView) -> Vec<Experiment> {
        match view.plan() {
            Some(plan) => plan.experiments.clone(),
            None => self.form.experiments(),
        }
    }

    /// A tab whose experiment is in the plan no more gives way.
    fn keep_tab(&mut self, view: &StudyView) {
        let planned = self.planned(view);
        if let Tab::Of(experiment) = self.tab
            && !planned.contains(&experiment)
        {
            self.tab = planned.first().map_or(Tab::Claims, |&first| Tab::Of(first));
        }
    }

    /// Whether what the study does right now stands in the place of a figure without points.
    fn shows_now(&self, view: &StudyView) -> bool {
        let figures = view.figures();
        let empty = match self.tab {
            Tab::Of(Experiment::Fig3a) => figures.lambda.is_empty(),
            Tab::Of(Experiment::Fig3b) => figures.code.is_empty(),
            Tab::Of(Experiment::Fig4) => pictures::with_pictures(view).is_empty(),
            Tab::Of(Experiment::Table1) => figures.table1.is_none(),
            Tab::Of(Experiment::Fig5) => figures.spectrum.is_none(),
            Tab::Of(Experiment::Table2) => figures.table2.is_none(),
            Tab::Of(Experiment::CodeSpace) => figures.code_space.is_none(),
            Tab::Of(Experiment::Better) => figures.better.is_none(),
            Tab::Claims => figures.claims.is_empty(),
        };
        empty && view.watch().is_some()
    }

    /// The tabs, and the one that is open.
    fn figures(&mut self, ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
        let planned = self.planned(view);
        self.tabs(ui, view, &planned);
        let rect = ui.available_rect_before_wrap();
        ui.painter().rect_filled(rect, 6, theme::of(ui).card);
        let inner = rect.shrink(1.5 * UNIT);
        let id = ("tab", format!("{:?}", self.tab));
        let builder = egui::UiBuilder::new().max_rect(inner).id_salt(id);
        ui.scope_builder(builder, |ui| {
            ui.set_clip_rect(rect.shrink(2.0).intersect(ui.clip_rect()));
            self.open_tab(ui, view, intents);
        });
        ui.advance_cursor_after_rect(rect);
    }

    fn tabs(&mut self, ui: &mut Ui, view: &StudyView, planned: &[Experiment]) {
        ui.horizontal_wrapped(|ui| {
            for &experiment in planned {
                let done = view.figures().done(experiment);
                let name = experiment.name();
                let text = match done {
                    Some([done, all]) if done < all => format!("{name}  {done}/{all}"),
                    _ => name.to_owned(),
                };
                let chosen = self.tab == Tab::Of(experiment);
                let response = ui
                    .selectable_label(chosen, text)
                    .on_hover_text(experiment.describe());
                if response.clicked() {
                    self.tab = Tab::Of(experiment);
                }
            }
            let chosen = self.tab == Tab::Claims;
            if ui
                .selectable_label(chosen, "Claims")
                .on_hover_text(CLAIMS)
                .clicked()
            {
                self.tab = Tab::Claims;
            }
        });
    }

    fn open_tab(&mut self, ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
        if self.shows_now(view) {
            let later = match self.tab {
                Tab::Of(experiment) => experiment.describe(),
                Tab::Claims => CLAIMS,
            };
            self.now.large(ui, view, later);
            return;
        }
        match self.tab {
            Tab::Of(experiment @ Experiment::Fig3a) => {
                self.sweeps[0].show(ui, view, experiment, intents);
            }
            Tab::Of(experiment @ Experiment::Fig3b) => {
                self.sweeps[1].show(ui, view, experiment, intents);
            }
            Tab::Of(Experiment::Fig4) => self.fig4.show(ui, view, intents),
            Tab::Of(Experiment::Table1) => self.ideal.show(ui, view, intents),
            Tab::Of(Experiment::Fig5) => self.spectrum.show(ui, view, intents),
            Tab::Of(Experiment::Table2) => self.denoised.show(ui, view, intents),
            Tab::Of(Experiment::CodeSpace) => code_space::show(ui, view),
            Tab::Of(Experiment::Better) => better::show(ui, view),
            Tab::Claims => claims::show(ui, view, intents),
        }
    }
}

/// From this width on a page has room for two things side by side.
const TWO_COLUMNS: f32 = 130.0 * UNIT;
/// The share of the width that the left one gets.
const LEFT: f32 = 0.56;

/// Least width of what stands at the right.
const RIGHT: f32 = 48.0 * UNIT;

/// Two things side by side where there is room, one above the other else; the left one takes
/// `least` at the least.
fn side_by_side(
    ui: &mut Ui,
    id: &str,
    least: f32,
    left: impl FnOnce(&mut Ui),
    right: impl FnOnce(&mut Ui),
) {
    let area = ui.available_rect_before_wrap();
    let width = least.max(area.width() * LEFT).round() + 3.0 * UNIT;
    if area.width() < width + RIGHT {
        left(ui);
        right(ui);
        return;
    }
    let split = area.left() + width;
    let first = Rect::from_min_max(area.min, egui::pos2(split - 3.0 * UNIT, area.bottom()));
    let second = Rect::from_min_max(egui::pos2(split, area.top()), area.max);
    let builder = |rect, side| egui::UiBuilder::new().max_rect(rect).id_salt((id, side));
    let first = ui.scope_builder(builder(first, 0), left).response.rect;
    let second = ui.scope_builder(builder(second, 1), right).response.rect;
    ui.advance_cursor_after_rect(first.union(second));
}

/// The heading of a figure: what it shows, and under the pointer which of the paper's it is.
fn heading(ui: &mut Ui, text: &str, experiment: Experiment) {
    let (name, about) = (experiment.name(), experiment.describe());
    let hover = if experiment.is_the_papers() {
        format!("{name} of the paper. {about}.")
    } else {
        format!("{name}: not in the paper. {about}.")
    };
    ui.label(RichText::new(text).strong()).on_hover_text(hover);
}

/// What will appear in an empty place.
fn placeholder(ui: &mut Ui, rect: Rect, text: &str) {
    let palette = theme::of(ui);
    ui.painter()
        .rect_filled(rect, 4, ui.visuals().extreme_bg_color);
    let inner = Rect::from_center_size(
        rect.center(),
        egui::vec2((rect.width() - 4.0 * UNIT).min(52.0 * UNIT), rect.height()),
    );
    let galley = ui.painter().layout(
        text.to_owned(),
        FontId::proportional(theme::BODY),
        palette.weak,
        inner.width(),
    );
    let place = inner.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, palette.weak);
    let response = ui.interact(rect, ui.scope_id().with(text), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.advance_cursor_after_rect(rect);
}

/// More seeds than these stand in a list to be opened.
const SEEDS_IN_A_ROW: usize = 10;

/// Seeds to choose among; gives the one that was clicked.
fn seeds_row(ui: &mut Ui, seeds: &[u64], shown: Option<u64>) -> Option<u64> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        ui.label(RichText::new("seed").small().weak());
        let mut entry = |ui: &mut Ui, seed: u64| {
            let text = RichText::new(seed.to_string()).small();
            let response = ui
                .selectable_label(shown == Some(seed), text)
                .on_hover_text("Shows this seed.");
            if response.clicked() {
                clicked = Some(seed);
            }
        };
        if seeds.len() <= SEEDS_IN_A_ROW {
            for &seed in seeds {
                entry(ui, seed);
            }
        } else {
            let text = shown.map_or_else(String::new, |seed| seed.to_string());
            egui::ComboBox::from_id_salt("seed")
                .selected_text(text)
                .width(6.0 * UNIT)
                .show_ui(ui, |ui| {
                    for &seed in seeds {
                        entry(ui, seed);
                    }
                });
        }
    });
    clicked
}
