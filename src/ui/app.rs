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
mod panels;
mod pins;
mod reunion;
mod sessions;
mod study;
mod tour;
mod whole;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::{CreationContext, Frame, Storage};
use egui::{Context, Ui};

use super::controls::Draft;
use super::experiments::{Experiments, StudyHost};
use super::export::{self, Job, Saver};
use super::frame_times::FrameTimes;
use super::help::Help;
use super::inside::Inside;
use super::intent::{Intent, Page};
use super::keys::KeyList;
use super::ladder::LadderHost;
use super::live::Live;
use super::loading::{DataChoice, Dialog, Loader, Purpose, Wake, Why};
use super::notices::{Notice, Notices};
use super::opener::Opener;
use super::pins::PinStrip;
use super::rest::{Rest, is_touched};
use super::sessions::SessionHost;
use super::settings::Settings;
use super::shot::{self, Shot};
use super::tour::Tour;
use super::undo::History;
use super::{Connect, Services, WindowOptions, looks, theme};
use crate::data::DataSet;
use crate::exhibit::Looks;
use crate::picture::saved::{Format, Picture};
use crate::training::RunConfig;
use crate::view::pins::Pins;
use crate::view::{LadderView, RunView, Selection};
use crate::worker::WorkerLink;
use crate::worker::protocol::{Command, LiveSettings, Message, RunId};
use reunion::Reunion;

/// Time after which a changed setting is remembered.
const REMEMBER: Duration = Duration::from_secs(1);

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
    tour: Tour,
    key_list: KeyList,
    sessions: SessionHost,
    settings: Settings,
    /// What of them the system's folder has.
    remembered: Settings,
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
        looks::set(ctx, settings.looks);
        looks::set_size(ctx, settings.text_size);
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
            tour: Tour::default(),
            key_list: KeyList::default(),
            sessions,
            remembered: settings.clone(),
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

    /// How kernels are coloured.
    #[must_use]
    pub fn looks(&self) -> Looks {
        self.settings.looks
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
            Intent::Prior(prior) => self.take_prior(prior),
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
            Intent::EndTour => {
                self.tour.end();
                self.settings.toured = true;
            }
            Intent::ToggleFrameTimes => self.frame_times.visible = !self.frame_times.visible,
            Intent::ToggleHelp if self.help.is_open() => self.help.close(),
            // Of another page, and without a painter, there is no picture.
            Intent::ToggleHelp if self.page == Page::Live && self.paints => {
                self.shot = Some(Shot::new(ctx, shot::Purpose::Help));
            }
            Intent::ToggleHelp => self.help.open(ctx, None),
            Intent::ToggleKeys => self.key_list.toggle(),
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
        if self.settings != self.remembered {
            ui.ctx().request_repaint_after(2 * REMEMBER);
        }
        let panels = began.elapsed().as_secs_f32();
        self.frame_times.add(panels, frame.info().cpu_usage);
    }

    fn save(&mut self, storage: &mut dyn Storage) {
        self.settings.save(storage);
        self.remembered = self.settings.clone();
    }

    /// A process that is ended from outside has no time for it then.
    fn auto_save_interval(&self) -> Duration {
        REMEMBER
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}
