//! The application's part in a study: what the experiments page wants is done here.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::Ui;

use super::App;
use crate::exhibit::Exhibit;
use crate::exhibit::study::Subject;
use crate::picture::saved::{Format, Picture};
use crate::report::run::of_exhibit;
use crate::ui::experiments::StudyIntent;
use crate::ui::export::{self, Job};
use crate::ui::intent::{Intent, Page};
use crate::ui::loading::Purpose;
use crate::view::{RunState, StudyView};
use crate::worker::protocol::Command;
use crate::worker::study_protocol::{StudyRequest, StudyState};

impl App {
    /// What is known of the study.
    #[must_use]
    pub fn study_view(&self) -> &StudyView {
        &self.study.view
    }

    /// Shows the experiments page.
    pub(super) fn experiments_page(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let mut wishes = Vec::new();
        let room = self.notices_room();
        self.experiments.show(ui, &self.study, room, &mut wishes);
        intents.extend(wishes.into_iter().map(Intent::Study));
        // What the folder holds is on show before anything is started.
        if let Ok(request) = self.experiments.form.request() {
            let now = ui.input(|input| input.time);
            if let Some(seconds) = self.study.want(request, now) {
                ui.ctx()
                    .request_repaint_after(Duration::from_secs_f64(seconds));
            }
        }
    }

    /// Shows another page.
    pub(super) fn turn_to(&mut self, page: Page) {
        if page == Page::Experiments && self.page != page {
            self.study.look_again();
        }
        self.page = page;
    }

    /// A dialog gave the folder of the results.
    pub(super) fn study_folder(&mut self, path: &Path) {
        if self.study.view.is_open() {
            let text = "The folder stays while a study runs: stop it first.";
            self.notice(text, true);
        } else {
            let folder = path.display().to_string();
            self.experiments.form.set_folder(folder);
        }
    }

    /// Takes what the study and the report's writer said.
    pub(super) fn study_news(&mut self) {
        let was_open = self.study.view.is_open();
        match self.study.poll() {
            Some(Ok(notice)) => self.notices.add(notice),
            Some(Err(text)) => self.notice(text, true),
            None => {}
        }
        let open = self.study.view.is_open();
        if was_open && !open && self.page != Page::Experiments {
            self.study_ended();
        }
        if self.waits_for_study && !open {
            // While it still runs, its pause is on the way.
            self.waits_for_study = self.run.state == RunState::Running;
            if self.run.state == RunState::Paused {
                self.tell(Command::Resume);
            }
        }
    }

    /// Tells somebody who looks at another page.
    fn study_ended(&mut self) {
        match self.study.view.state() {
            Some(StudyState::Finished) => {
                self.notice("The study is finished: see Experiments.", false);
            }
            Some(StudyState::Failed(message)) => {
                self.notice(format!("The study failed: {message}"), true);
            }
            _ => {}
        }
    }

    /// A live run that was on its way when a study was started makes room for it, too.
    pub(super) fn run_began(&mut self) {
        if self.waits_for_study && self.study.view.is_open() {
            self.tell(Command::Pause);
        }
    }

    /// Carries out a wish of the experiments page.
    pub(super) fn study(&mut self, intent: StudyIntent) {
        let view = &mut self.study.view;
        match intent {
            StudyIntent::Start(request) => self.start_study(*request),
            StudyIntent::Wrong(problem) => self.notice(format!("{problem}."), true),
            StudyIntent::Tell(command) => self.study.tell(command),
            StudyIntent::Select(recipe) => view.select(recipe),
            StudyIntent::Seed(seed) => view.choose_seed(seed),
            StudyIntent::Components(m) => view.set_m(m),
            StudyIntent::ChooseFolder => self.open_dialog(Purpose::Study),
            StudyIntent::Save(subject, picture, format) => {
                self.save_of_study(subject, picture, format);
            }
            StudyIntent::Report => {
                if let Err(text) = self.study.write_report() {
                    self.notice(text, true);
                }
            }
        }
    }

    /// Starts a study; the live run makes room for it.
    fn start_study(&mut self, mut request: StudyRequest) {
        self.notices.clear();
        // A study of the ladder takes over what there is of it.
        if request.plan.drawn.is_some() {
            request.beforehand = self.ladder.beforehand();
        }
        if let Err(text) = self.study.start(request) {
            self.notice(text, true);
            return;
        }
        let running = self.run.state == RunState::Running;
        if running {
            self.tell(Command::Pause);
        }
        if running || self.run.is_pending() || self.loader.is_busy() {
            self.waits_for_study = true;
            self.notice(
                "The live run pauses while the study works. Sent on with ▶, it shares the cores with the study.",
                false,
            );
        }
    }

    /// Saves a picture of the experiments page where those of the live run go.
    fn save_of_study(&mut self, subject: Subject, picture: Picture, format: Format) {
        let exhibit = self.study.view.exhibit(subject);
        let exhibit = exhibit.map(|exhibit| Arc::new(exhibit.with_looks(self.settings.looks)));
        let job = exhibit.and_then(|exhibit| {
            let content = of_exhibit(&exhibit, picture, format)?;
            let path = self.study_file_name(&exhibit, picture, format);
            Some(Job { path, content })
        });
        let saved = job.is_some_and(|job| self.saver.save(job));
        if !saved {
            self.notice(
                "The picture was not saved: it is not there, or too many files are being written.",
                true,
            );
        }
    }

    /// `codes-seed0-lambda0.1-nc128.png`: the network where it is one of several, else the subject.
    fn study_file_name(&self, exhibit: &Exhibit, picture: Picture, format: Format) -> PathBuf {
        let (stem, figure) = (picture.file_stem(), format.is_figure());
        let figure = if figure { "-figure" } else { "" };
        let kernel = match picture {
            Picture::Kernel(_, index) => exhibit.kernels.get(index),
            _ => None,
        };
        let lambda = kernel.filter(|kernel| kernel.name != kernel.of.name());
        let lambda = lambda.map_or_else(String::new, |kernel| {
            format!("-lambda{}", kernel.made.began.training.lambda)
        });
        let folder = PathBuf::from(self.settings.picture_folder.trim());
        let name = format!("{stem}{figure}-{}{lambda}", exhibit.stem);
        export::free_name(&folder, &name, format.extension())
    }
}
