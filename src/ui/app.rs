//! The application: it holds the link to the worker, the run's view and the panels, and is the
//! only one to act.
//!
//! Each frame, [`eframe::App::logic`] takes what has arrived and [`eframe::App::ui`] paints;
//! panels report [`Intent`]s, which are carried out after all of them have been painted.

mod data;
mod inside;
mod keys;
mod ladder;
mod on_show;
mod pins;
mod reunion;
mod sessions;
mod study;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::{CreationContext, Frame, Storage};
use egui::{CentralPanel, Context, Margin, Panel, Ui};

use super::controls::{self, Draft};
use super::experiments::{Experiments, StudyHost};
use super::export::{self, Job, Saver};
use super::frame_times::FrameTimes;
use super::help::Help;
use super::inside::Inside;
use super::intent::{Intent, Page};
use super::ladder::LadderHost;
use super::live::Live;
use super::loading::{DataChoice, Dialog, Loader, Purpose, Wake, Why};
use super::notices::{Notice, Notices};
use super::opener::Opener;
use super::pins::PinStrip;
use super::rest::{Rest, is_touched};
use super::sessions::{SessionHost, offer_bar};
use super::settings::Settings;
use super::shot::{self, Shot};
use super::theme;
use super::undo::History;
use super::{Connect, Services, WindowOptions, toolbar};
use crate::data::DataSet;
use crate::picture::saved::{Content, Format, Picture};
use crate::service::SendError;
use crate::training::RunConfig;
use crate::view::beside::Beside;
use crate::view::pins::Pins;
use crate::view::run::Change;
use crate::view::{LadderView, RunState, RunView, Selection};
use crate::worker::WorkerLink;
use crate::worker::protocol::{Command, LiveSettings, Message, RunId, StartRequest};
use reunion::Reunion;

/// The window.
pub struct App {
    link: Option<Box<WorkerLink>>,
    connect: Connect,
    preset: fn(crate::training::config::Preset) -> crate::training::config::RunConfig,
    run: RunView,
    next_run: u64,
    data: Option<Arc<DataSet>>,
    /// What they were read by.
    held: DataChoice,
    /// Other data that are there for the next run.
    ready: Option<whole::Ready>,
    draft: Draft,
    /// A run that goes on from a network that so many threads trained.
    begun: Option<(RunId, usize)>,
    /// What was chosen before.
    history: History,
    /// Data are read for a preset, which is one step with them.
    reads_for_preset: bool,
    /// The clipboard was asked for so many frames ago.
    paste_asked: Option<u32>,
    /// Settings that found no room in the link; tried again with the next frame.
    unsent: Option<LiveSettings>,
    messages: Vec<Message>,
    notices: Notices,
    opener: Opener,
    /// A picture of the window that is being taken.
    shot: Option<Shot>,
    /// Whether there is a painter to ask for pictures of the window.
    paints: bool,
    /// Whether the window was made to fit its monitor.
    fitted: bool,
    /// Text was being typed when the last frame was painted.
    typing: bool,
    loader: Loader,
    dialog: Dialog,
    saver: Saver,
    live: Live,
    inside: Inside,
    /// Images that somebody has selected, on whatever page.
    selection: Selection,
    strip: PinStrip,
    ladder: LadderHost,
    pins: Pins,
    reunion: Reunion,
    page: Page,
    experiments: Experiments,
    study: StudyHost,
    /// The live run waits for the end of the study, and then goes on.
    waits_for_study: bool,
    help: Help,
    sessions: SessionHost,
    settings: Settings,
    frame_times: FrameTimes,
    /// Whether all letters have been painted once.
    warm: bool,
    /// Has the window painted at once.
    wake: Wake,
    /// Has it painted when news may.
    news: Wake,
    rest: Rest,
}

impl App {
    /// Connects to a worker and starts reading the data; the run begins as soon as they are there.
    ///
    /// # Errors
    ///
    /// If the system gives no thread for reading or writing files.
    pub fn new(
        cc: &CreationContext<'_>,
        options: WindowOptions,
        services: Services,
    ) -> std::io::Result<Self> {
        let ctx = &cc.egui_ctx;
        theme::install(ctx);
        let settings = Settings::load(cc.storage);
        set_theme(ctx, settings.dark);
        let rest = Rest::new(cc.gl.as_deref());
        let WindowOptions {
            choice,
            config,
            session,
            autosave,
            ..
        } = options;
        let waker = ctx.clone();
        // A plain request would draw two frames for each call.
        let wake: Wake = Arc::new(move || waker.request_repaint_after(Duration::from_millis(1)));
        let (sessions, wrong) = SessionHost::new(autosave, &wake)?;
        let mut app = Self {
            link: None,
            connect: services.connect,
            preset: services.preset,
            run: RunView::default(),
            next_run: 1,
            data: None,
            held: choice.clone(),
            ready: None,
            begun: None,
            history: History::default(),
            reads_for_preset: false,
            paste_asked: None,
            draft: Draft::new(config, choice.clone()),
            unsent: None,
            messages: Vec::new(),
            notices: Notices::default(),
            opener: Opener::new(Arc::clone(&wake)),
            shot: None,
            paints: cc.gl.is_some(),
            fitted: false,
            typing: false,
            loader: Loader::spawn(services.open, Arc::clone(&wake))?,
            dialog: Dialog::default(),
            saver: Saver::spawn(Arc::clone(&wake))?,
            live: Live::default(),
            inside: Inside::default(),
            selection: Selection::default(),
            strip: PinStrip::default(),
            ladder: LadderHost::new(rest.wake(ctx)),
            pins: Pins::default(),
            reunion: Reunion::default(),
            page: Page::default(),
            experiments: Experiments::default(),
            study: StudyHost::new(
                services.study,
                services.look,
                services.report,
                rest.wake(ctx),
            ),
            waits_for_study: false,
            help: Help::default(),
            sessions,
            settings,
            frame_times: FrameTimes::default(),
            warm: false,
            wake,
            news: rest.wake(ctx),
            rest,
        };
        if let Some(wrong) = wrong {
            app.notice(wrong, true);
        }
        match session {
            Some(path) => app.open_session(path),
            None => {
                app.sessions.look_back();
                app.loader.load(choice, Why::Run);
            }
        }
        Ok(app)
    }

    /// The run on show.
    #[must_use]
    pub fn run(&self) -> &RunView {
        &self.run
    }

    /// The ladder beside it.
    #[must_use]
    pub fn ladder(&self) -> &LadderView {
        &self.ladder.view
    }

    /// The networks that are pinned beside it.
    #[must_use]
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// The settings of the controls, and the data that the next run takes.
    #[must_use]
    pub fn settings(&self) -> (&RunConfig, &DataChoice) {
        (&self.draft.config, &self.draft.choice)
    }

    /// Whether the kernels on screen are the newest; they are painted on a thread of their own.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.live.is_up_to_date()
    }

    fn notice(&mut self, text: impl Into<String>, error: bool) {
        self.notices.add(Notice {
            text: text.into(),
            error,
            folder: None,
        });
    }

    /// The link, made anew if the worker is gone.
    fn link(&mut self) -> Option<&WorkerLink> {
        if self.link.as_ref().is_none_or(|link| !link.is_alive()) {
            let news = Arc::clone(&self.news);
            self.link = None;
            match (self.connect)(Box::new(move || news())) {
                Ok(link) => self.link = Some(link),
                Err(error) => self.notice(format!("No worker could be started: {error}."), true),
            }
        }
        self.link.as_deref()
    }

    fn start(&mut self) {
        if !self.has_next_data() {
            return;
        }
        let Some(data) = self.data.clone() else {
            self.notice(
                "There are no data yet; open a file or take images that come with the program.",
                true,
            );
            return;
        };
        let run = RunId(self.next_run);
        self.next_run += 1;
        self.unsent = None;
        let config = self.draft.config.clone();
        let request = Box::new(StartRequest {
            run,
            data,
            config,
            from: None,
        });
        let Some(link) = self.link() else { return };
        match link.send(Command::Start(request)) {
            Ok(()) => self.run.expect(run),
            Err(error) => self.notice(format!("No run could be started: {error}."), true),
        }
    }

    /// Sends a command about the present run, also if it is about to give way to another; a worker
    /// that is gone is not called back for it.
    fn tell(&mut self, command: impl Fn(RunId) -> Command) {
        let Some(link) = &self.link else { return };
        let sent = self
            .run
            .addressees()
            .try_for_each(|run| link.send(command(run)));
        match sent {
            Ok(()) => {}
            Err(error @ SendError::Full) => {
                self.notice(format!("Not done: {error}. Please try again."), true);
            }
            // `logic` sees that the worker is gone, and says so.
            Err(SendError::Gone) => {}
        }
    }

    fn set(&mut self, settings: LiveSettings) {
        let takes = self.run.is_open() || self.run.is_pending();
        if !takes && !matches!(self.run.state, RunState::Finished(_)) {
            return;
        }
        self.unsent = None;
        let Some(link) = &self.link else { return };
        let sent = self
            .run
            .addressees()
            .try_for_each(|run| link.send(Command::Set(run, settings)));
        match sent {
            Ok(()) => {
                let in_force = self.run.config.as_ref().map(|run| run.training.lambda);
                if in_force != Some(settings.lambda) {
                    self.frame_times.moved(settings.lambda);
                }
                let old = self.run.config.as_ref().map(LiveSettings::of);
                let wakes = old.is_some_and(|old| settings.trains_otherwise(&old));
                if wakes && self.run.state == RunState::Paused {
                    // A person sends it on: it waits for no study any more.
                    self.waits_for_study = false;
                }
                self.draft.ask(settings);
            }
            Err(SendError::Full) => self.unsent = Some(settings),
            Err(SendError::Gone) => {}
        }
    }

    fn save(&mut self, picture: Picture, format: Format) {
        let Some((content, made)) = self.picture_on_show(picture, format) else {
            self.notice(format!("{} is not there yet.", picture.name()), true);
            return;
        };
        // The curves are nothing but figures.
        let figure = format.is_figure() && picture != Picture::Losses;
        let figure = if figure { "-figure" } else { "" };
        let stem = format!("{}{figure}", picture.file_stem());
        let folder = PathBuf::from(self.settings.picture_folder.trim());
        let path = export::free_name(&folder, &format!("{stem}{made}"), format.extension());
        if !self.saver.save(Job { path, content }) {
            self.notice(
                "Too many files are being written; please wait for them.",
                true,
            );
        }
    }

    fn act(&mut self, ctx: &Context, intent: Intent) {
        if matches!(intent, Intent::Start | Intent::Preset(_) | Intent::Load(_)) {
            // They speak of what is about to be replaced.
            self.notices.clear();
            // A run that a person starts beside a study is meant to run beside it.
            self.waits_for_study = false;
        }
        match intent {
            Intent::Page(page) => self.turn_to(page),
            Intent::Select(selection) => self.selection = selection,
            Intent::Study(intent) => self.study(intent),
            Intent::Ladder(intent) => self.act_on_ladder(intent),
            Intent::Session(intent) => self.act_on_session(intent),
            Intent::Pin(intent) => self.act_on_pins(intent),
            Intent::TrainOn => self.train_on_beside(),
            Intent::Settings(intent) => self.act_on_whole(ctx, intent),
            Intent::Start => self.start(),
            Intent::Preset(preset) => {
                self.draft.replace((self.preset)(preset));
                self.start_preset(preset);
            }
            Intent::Pause => {
                self.waits_for_study = false;
                self.tell(Command::Pause);
            }
            Intent::Resume => {
                self.waits_for_study = false;
                self.tell(Command::Resume);
            }
            Intent::Step => self.tell(Command::SingleStep),
            Intent::Stop => {
                self.waits_for_study = false;
                self.tell(Command::Stop);
            }
            Intent::Extend(steps) => self.tell(|run| Command::Extend(run, steps)),
            Intent::ContinueGently => self.tell(Command::ContinueGently),
            Intent::Set(settings) => {
                // It is the run that they are of, so that is what is shown.
                self.pins.leave();
                self.ladder.view.show_run();
                self.set(settings);
            }
            Intent::Load(choice) => {
                self.load_drawn(choice);
            }
            Intent::Browse => self.open_dialog(Purpose::Data),
            Intent::ChooseFolder => self.open_dialog(Purpose::Folder),
            Intent::Save(picture, format) => self.save(picture, format),
            Intent::SaveWindow => {
                let text = self.window_fields();
                let path = self.window_file();
                self.shot = Some(Shot::new(ctx, shot::Purpose::File(path, text)));
            }
            Intent::ToggleTheme => {
                self.settings.dark = !self.settings.dark;
                set_theme(ctx, self.settings.dark);
            }
            Intent::ToggleFrameTimes => self.frame_times.visible = !self.frame_times.visible,
            Intent::ToggleHelp if self.help.is_open() => self.help.close(),
            // Of another page, and without a painter, there is no picture.
            Intent::ToggleHelp if self.page == Page::Live && self.paints => {
                self.shot = Some(Shot::new(ctx, shot::Purpose::Help));
            }
            Intent::ToggleHelp => self.help.open(ctx, None),
            Intent::Dismiss(id) => self.notices.dismiss(id),
            Intent::OpenFolder(folder) => {
                if self.opener.open(&folder).is_err() {
                    self.not_opened(&folder);
                }
            }
        }
    }

    /// Without a file manager the person is told where the files are.
    fn not_opened(&mut self, folder: &Path) {
        let folder = folder.display();
        self.notice(
            format!("Nothing here opens folders. The files are in {folder}"),
            false,
        );
    }

    /// Takes what the worker said.
    fn drain(&mut self) {
        let Some(link) = &self.link else { return };
        // Before the last words are read, so that a worker that speaks and leaves is heard.
        let alive = link.is_alive();
        let mut messages = std::mem::take(&mut self.messages);
        // The pictures first: a change of settings is told before a picture is made under it, so
        // that no picture is here before what it was made under.
        let snapshot = link.newest();
        link.drain(&mut messages);
        for message in messages.drain(..) {
            if let Some(change) = self.run.take(message) {
                self.changed(change);
            }
        }
        self.messages = messages;
        if let Some(snapshot) = snapshot {
            self.run.take_snapshot(snapshot);
        }
        if let Some(point) = self.run.training.last() {
            self.frame_times.stepped(point.lambda);
        }
        if !alive && (self.run.is_open() || self.run.is_pending()) {
            self.run.lost(
                "The worker ended without a word. The pictures show its last state.".to_owned(),
            );
        }
    }

    fn changed(&mut self, change: Change) {
        match change {
            Change::Applied(settings) => self.draft.applied(&settings, self.run.is_pending()),
            Change::Refused(reason) => {
                self.history.refused(&self.draft.chosen());
                self.draft.refused(self.run.config.as_ref());
                self.notice(reason, true);
            }
            Change::NotBegun(text) => {
                if self.run.run().is_some() {
                    self.notice(text, true);
                }
            }
            Change::Began => {
                self.frame_times.began();
                self.ladder.began(&self.run);
                self.pins.leave();
                self.run_began();
                self.session_began();
            }
            Change::Kept => self.session_kept(),
            Change::Pinned => self.pinned(),
            Change::Over => {}
        }
    }

    /// Lays out all panels, then carries out what they report.
    fn panels(&mut self, ui: &mut Ui) {
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
            self.help.show(&ctx);
        }
        self.frame_times.show(&ctx);
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
    fn fit_monitor(&mut self, ctx: &Context) {
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
        let fits = super::fitting(monitor, size.size());
        if fits != size.size() {
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(fits));
        }
    }

    /// A picture of the window is there, or none came.
    fn shot_taken(
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
    fn notices_room(&self) -> f32 {
        if self.shot.is_some() {
            0.0
        } else {
            self.notices.height()
        }
    }

    /// The run, with its controls.
    fn live_page(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
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
                self.pinned_strip(ui, intents);
                if self.page == Page::Inside {
                    return self.inside_page(ui, intents);
                }
                let beside = Beside::on_show(&self.pins, &self.ladder.view);
                let shown = (&self.ladder.view, &self.pins, beside);
                self.live
                    .show(ui, &self.run, shown, &self.selection, intents);
            });
    }
}

fn set_theme(ctx: &Context, dark: bool) {
    ctx.set_theme(if dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    });
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.drain();
        while let Some(loaded) = self.loader.poll() {
            self.loaded(loaded);
        }
        if let Some(answer) = self.dialog.poll() {
            self.answered(answer);
        }
        while let Some(saved) = self.saver.poll() {
            match saved.result {
                Ok(()) => self.notices.add(Notice::saved(&saved.path)),
                Err(error) => {
                    let path = saved.path.display();
                    self.notice(format!("{path} was not saved: {error}."), true);
                }
            }
        }
        while let Some(folder) = self.opener.poll() {
            self.not_opened(&folder);
        }
        self.study_news();
        self.tend_reunion();
        self.tend_ladder();
        self.tend_sessions(ctx);
        if let Some(settings) = self.unsent.take() {
            self.set(settings);
        }
        if self.unsent.is_some() {
            ctx.request_repaint_after(Duration::from_millis(20));
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        if !self.warm {
            self.warm = true;
            theme::warm_up(ui.ctx());
        }
        self.fit_monitor(ui.ctx());
        let began = std::time::Instant::now();
        self.rest.painted(is_touched(ui.ctx()));
        self.panels(ui);
        if let Some(drawn) = self.live.take_drawn() {
            self.frame_times.drawn(&drawn);
        }
        let panels = began.elapsed().as_secs_f32();
        self.frame_times.add(panels, frame.info().cpu_usage);
    }

    fn save(&mut self, storage: &mut dyn Storage) {
        self.settings.save(storage);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}
