//! The panels of a frame, from the toolbar down, and pictures of the window as a whole.

use std::sync::Arc;

use egui::{CentralPanel, Context, Margin, Panel, Ui};

use super::App;
use crate::picture::saved::Content;
use crate::ui::export::Job;
use crate::ui::intent::{Intent, Page};
use crate::ui::sessions::offer_bar;
use crate::ui::shot;
use crate::ui::{controls, looks, theme, toolbar};
use crate::view::beside::Beside;

impl App {
    /// Lays out all panels, then carries out what they report.
    pub(super) fn panels(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let mut intents = Vec::new();
        self.keys(&ctx, &mut intents);
        self.whole_keys(&ctx, &mut intents);
        self.drops(&ctx, &mut intents);
        let frame = |margin| {
            egui::Frame::new()
                .fill(theme::palette(ctx.theme() == egui::Theme::Dark).page)
                .inner_margin(margin)
        };
        let name = self
            .data
            .as_ref()
            .map_or_else(|| "No data yet".to_owned(), |data| data.name().to_owned());
        let badge = self.study.badge();
        let beside = self.on_show().map(Beside::name);
        let chosen = self.chosen().map(Beside::name);
        let can_pin = self.pins.has_room() && self.has_network();
        let mut facts = toolbar::Facts {
            page: self.page,
            badge: &badge,
            data: &name,
            config: &self.draft.config,
            of_preset: self.preset,
            loading: self.loader.is_busy(),
            waits: self.waits_for_study,
            choice: &self.draft.choice,
            folder: &mut self.settings.picture_folder,
            beside: beside.as_deref(),
            chosen: chosen.as_deref(),
            can_pin,
            recent: &self.settings.recent,
            ended: &self.sessions.ended,
        };
        Panel::top("toolbar")
            .exact_size(theme::TOOLBAR)
            .frame(frame(Margin::symmetric(8, 0)))
            .show(ui, |ui| {
                toolbar::show(ui, &self.run, &mut facts, &mut intents);
            });
        if let Some(left) = &self.sessions.offer {
            Panel::top("offer")
                .exact_size(theme::OFFER)
                .frame(frame(Margin::symmetric(8, 0)))
                .show(ui, |ui| offer_bar(ui, left, &mut intents));
        }
        match self.page {
            Page::Live | Page::Inside => self.live_page(ui, &mut intents),
            Page::Experiments => self.experiments_page(ui, &mut intents),
        }
        if let Some(shot) = self.shot.take() {
            match shot.painted(&ctx) {
                Ok((purpose, picture)) => self.shot_taken(&ctx, purpose, picture),
                Err(shot) => self.shot = Some(shot),
            }
        } else {
            let foot = match self.page {
                Page::Live | Page::Inside => controls::FOOT,
                Page::Experiments => 0.0,
            };
            self.notices.show(&ctx, &self.run, foot, &mut intents);
            if self.help.show(&ctx) {
                self.begin_tour();
            }
            self.tour(&ctx);
            self.key_list.show(&ctx);
        }
        self.frame_times.show(&ctx);
        self.settings.looks = looks::of(&ctx);
        self.settings.text_size = ctx.zoom_factor();
        self.typing = ctx.egui_wants_keyboard_input();
        // It stays for as long as the pointer is there.
        let shown = self.on_show().map(Beside::name);
        self.ladder.view.look_at(None);
        for intent in intents {
            self.act(&ctx, intent);
        }
        if !self.reads_for_preset {
            self.history.see(&ctx, &self.draft.chosen());
        }
        if self.on_show().map(Beside::name) != shown {
            ctx.request_repaint();
        }
    }

    /// Makes a first window that is larger than its monitor has room for smaller, once.
    pub(super) fn fit_monitor(&mut self, ctx: &Context) {
        if self.fitted {
            return;
        }
        let (monitor, size) = ctx.input(|input| {
            let viewport = input.viewport();
            (viewport.monitor_size, viewport.inner_rect)
        });
        let (Some(monitor), Some(size)) = (monitor, size) else {
            return;
        };
        self.fitted = true;
        let fits = crate::ui::fitting(monitor, size.size());
        if fits != size.size() {
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(fits));
        }
    }

    /// A picture of the window is there, or none came.
    pub(super) fn shot_taken(
        &mut self,
        ctx: &Context,
        purpose: shot::Purpose,
        picture: Option<Arc<egui::ColorImage>>,
    ) {
        match (purpose, picture) {
            (shot::Purpose::Help, picture) => self.help.open(ctx, picture),
            (shot::Purpose::File(path, text), Some(image)) => {
                let content = Content::pixels(image.size, image.as_raw().to_vec(), text);
                let content = content.into();
                if !self.saver.save(Job { path, content }) {
                    let text = "Too many files are being written; please wait for them.";
                    self.notice(text, true);
                }
            }
            (shot::Purpose::File(..), None) => {
                self.notice("The system gave no picture of the window.", true);
            }
        }
    }

    /// The height that notices take at the foot of the left column; none in a picture of the window,
    /// which is taken without them.
    pub(super) fn notices_room(&self) -> f32 {
        if self.shot.is_some() {
            0.0
        } else {
            self.notices.height()
        }
    }

    /// The run, with its controls.
    pub(super) fn live_page(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let page = theme::of(ui).page;
        let room = self.notices_room();
        let frame = |margin| egui::Frame::new().fill(page).inner_margin(margin);
        Panel::left("controls")
            .exact_size(theme::CONTROLS)
            .frame(frame(Margin {
                left: 8,
                right: 4,
                top: 8,
                bottom: 0,
            }))
            .show(ui, |ui| {
                let beside = self.on_show().map(Beside::name);
                let facts = controls::Facts {
                    run: &self.run,
                    data: self.data.as_deref(),
                    ladder: &self.ladder,
                    beside: beside.as_deref(),
                    room,
                    steps: self.history.can(&self.draft.chosen()),
                    copies: self.run.summary.is_some(),
                    next_data: self.next_data(),
                };
                controls::show(ui, &mut self.draft, &facts, intents);
            });
        CentralPanel::default()
            .frame(frame(Margin::same(8)))
            .show(ui, |ui| {
                let rest = self.pinned_strip(ui, intents);
                let above = egui::UiBuilder::new().max_rect(rest).id_salt("page");
                ui.scope_builder(above, |ui| self.page_of_run(ui, intents));
            });
    }

    /// The run's page in the room that the controls and the pins leave.
    fn page_of_run(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        if self.page == Page::Inside {
            return self.inside_page(ui, intents);
        }
        let beside = Beside::on_show(&self.pins, &self.ladder.view);
        let shown = (&self.ladder.view, &self.pins, beside);
        self.live
            .show(ui, &self.run, shown, &self.selection, intents);
    }
}
