//! The application's part in a study: what the experiments page wants is done here.

use std::path::PathBuf;

use egui::Ui;

use super::App;
use crate::ui::experiments::StudyIntent;
use crate::ui::export::{self, Job};
use crate::ui::intent::Intent;
use crate::ui::loading::Purpose;
use crate::view::pictures::Format;
use crate::view::study::Subject;
use crate::view::{RunState, StudyView};
use crate::worker::protocol::Command;
use crate::worker::study_protocol::StudyRequest;

impl App {
    /// What is known of the study.
    #[must_use]
    pub fn study_view(&self) -> &StudyView {
        &self.session.view
    }

    /// Shows the experiments page.
    pub(super) fn experiments_page(&mut self, ui: &mut Ui, intents: &mut Vec<Intent>) {
        let mut wishes = Vec::new();
        self.experiments.show(ui, &self.session, &mut wishes);
        intents.extend(wishes.into_iter().map(Intent::Study));
    }

    /// Takes what the study and the report's writer said.
    pub(super) fn study_news(&mut self) {
        match self.session.poll() {
            Some(Ok(text)) => self.notice(text, false),
            Some(Err(text)) => self.notice(text, true),
            None => {}
        }
        if self.waits_for_study && !self.session.view.is_open() {
            // While it still runs, its pause is on the way.
            self.waits_for_study = self.run.state == RunState::Running;
            if self.run.state == RunState::Paused {
                self.tell(Command::Resume);
            }
        }
    }

    /// Carries out a wish of the experiments page.
    pub(super) fn study(&mut self, intent: StudyIntent) {
        let view = &mut self.session.view;
        match intent {
            StudyIntent::Start(request) => self.start_study(*request),
            StudyIntent::Wrong(problem) => self.notice(format!("{problem}."), true),
            StudyIntent::Tell(command) => self.session.tell(command),
            StudyIntent::Select(recipe) => view.select(recipe),
            StudyIntent::Seed(seed) => view.choose_seed(seed),
            StudyIntent::Components(m) => view.set_m(m),
            StudyIntent::ChooseFolder => self.open_dialog(Purpose::Study),
            StudyIntent::Save(subject, index, format) => self.save_kernel(subject, index, format),
            StudyIntent::Report => {
                if let Err(text) = self.session.write_report() {
                    self.notice(text, true);
                }
            }
        }
    }

    /// Starts a study; the live run makes room for it.
    fn start_study(&mut self, request: StudyRequest) {
        self.notices.clear();
        if let Err(text) = self.session.start(request) {
            self.notice(text, true);
            return;
        }
        if self.run.state == RunState::Running {
            self.tell(Command::Pause);
            self.waits_for_study = true;
            self.notice(
                "The live run pauses while the study works. Sent on with ▶, it shares the cores with the study.",
                false,
            );
        }
    }

    /// Saves a kernel of the experiments page where other pictures go.
    fn save_kernel(&mut self, subject: Subject, index: usize, format: Format) {
        let view = &self.session.view;
        let found = view.pictures(subject).zip(view.plan());
        let job = found.and_then(|(pictures, plan)| {
            let content = pictures.content(index, format, plan)?;
            let folder = PathBuf::from(self.settings.picture_folder.trim());
            let path = export::free_name(&folder, &pictures.file_stem(index), format.extension());
            let content = content.into();
            Some(Job { path, content })
        });
        let saved = job.is_some_and(|job| self.saver.save(job));
        if !saved {
            self.notice(
                "The matrix was not saved: it is not there, or too many files are being written.",
                true,
            );
        }
    }
}
