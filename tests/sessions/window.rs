//! What the hand does: save, close, open, go on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use dkae_explorer::data::{DataSet, Selection, Source};
use dkae_explorer::session::{Held, Role as SessionRole, Session};
use dkae_explorer::training::config::{PckConfig, Preset, PriorConfig};
use dkae_explorer::training::observer::Curves;
use dkae_explorer::training::{Checkpoint, RunConfig};
use dkae_explorer::ui::{self, App, Autosave, DataChoice, Services, WindowOptions};
use dkae_explorer::view::RunState;
use dkae_explorer::worker::protocol::End;
use dkae_explorer::worker::{StudyHandle, WorkerHandle, look_into};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{common, uninterrupted};

/// Steps of the run of each window.
pub const STEPS: usize = 6_000;

/// How long to wait for what has to come.
const PATIENCE: Duration = Duration::from_secs(120);

/// The settings of each window's run.
pub fn config(_: Preset) -> RunConfig {
    let mut config = common::config(STEPS);
    config.prior = PriorConfig::Pck(PckConfig {
        restarts: 2,
        max_components: 3,
        fit_samples: 40,
        ..PckConfig::default()
    });
    // No ladder begins by itself beside it.
    config.preset = Preset::Balanced;
    (config.network.hidden, config.network.code) = (vec![8], 4);
    (config.training.batch, config.shown) = (10, 10);
    config.denoising.components = 2;
    config
}

fn choice() -> DataChoice {
    DataChoice {
        samples: Some(200),
        seed: 4,
        ..DataChoice::default()
    }
}

pub fn data() -> Arc<DataSet> {
    let selection = Selection {
        samples: Some(200),
        classes: None,
        seed: 4,
    };
    Arc::new(Source::bundled().unwrap().select(&selection).unwrap())
}

pub struct Window(pub Harness<'static, App>);

impl Window {
    /// A window that keeps its session in `folder` (nowhere for `None`) so often, and begins with
    /// `session`.
    pub fn open(folder: Option<&Path>, every: Duration, session: Option<&Path>) -> Self {
        let services = Services {
            connect: Box::new(|wake| Ok(Box::new(WorkerHandle::spawn(1, wake)?))),
            study: Box::new(|request, wake| Ok(Box::new(StudyHandle::start(request, wake)?))),
            look: Arc::new(look_into),
            report: Arc::new(ui::write_report),
            open: Arc::new(ui::read),
            preset: config,
        };
        let options = WindowOptions {
            choice: choice(),
            config: config(Preset::Balanced),
            session: session.map(Path::to_owned),
            autosave: folder.map(|folder| Autosave {
                folder: folder.to_owned(),
                every,
            }),
            memory: None,
        };
        let harness = Harness::builder()
            .with_size([1100.0, 700.0])
            .build_eframe(move |cc| App::new(cc, options, services).unwrap());
        Self(harness)
    }

    pub fn app(&self) -> &App {
        self.0.state()
    }

    /// Frames until something holds.
    #[track_caller]
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < PATIENCE, "{what}");
            std::thread::sleep(Duration::from_millis(2));
            self.0.step();
        }
    }

    pub fn steps(&self) -> u64 {
        let progress = self.app().run().progress;
        progress.map_or(0, |progress| progress.step)
    }

    pub fn says(&self, text: &str) -> bool {
        let mut found = self.0.query_all_by_label_contains(text);
        found.next().is_some()
    }

    pub fn finishes(&mut self) {
        self.until("the run comes to its end", |window| {
            window.app().run().state == RunState::Finished(End::Done)
        });
    }

    /// The whole run is what it would have been without an interruption.
    #[track_caller]
    pub fn assert_to_the_bit(&self) {
        static WHOLE: OnceLock<Curves> = OnceLock::new();
        let whole = || uninterrupted(&data(), &config(Preset::Balanced), None).0;
        let curves = WHOLE.get_or_init(whole);
        let run = self.app().run();
        assert_eq!(run.training.points(), curves.training);
        assert_eq!(run.validation.points(), curves.validation);
    }

    /// Takes the offer.
    pub fn go_on(&mut self) {
        self.0.get_by_label("Go on").click();
        self.0.step();
    }

    /// Waits until the run is somewhere in the middle, and pauses it.
    fn pause_midway(&mut self) {
        self.until("the run trains", |window| window.steps() > 20);
        self.0.key_press(Key::Space);
        self.until("the run waits", |window| {
            window.app().run().state == RunState::Paused
        });
        assert!(self.steps() < STEPS as u64, "the run was over too soon");
    }

    fn drop_file(&mut self, path: &Path) {
        let files = &mut self.0.input_mut().dropped_files;
        files.push(Arc::new(Dropped(path.to_owned())));
        self.0.step();
    }
}

/// A file as the toolkit hands it over.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("read by its path".to_owned())
    }
}

/// Has what is saved go to `folder`, by the save menu.
fn choose_folder(window: &mut Window, folder: &Path) {
    let harness = &mut window.0;
    harness.get_by_label("Save").click();
    harness.run_steps(3);
    let field = harness.get_by_role_and_label(Role::TextInput, "Folder");
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let field = harness.get_by_role_and_label(Role::TextInput, "Folder");
    field.type_text(&folder.display().to_string());
    harness.run_steps(2);
}

/// The only session in `folder`.
fn only(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut paths = entries.filter(|path| path.extension().is_some_and(|end| end == "dkae"));
    let path = paths.next().unwrap();
    assert!(paths.next().is_none());
    path
}

#[test]
fn a_saved_session_is_opened_by_a_drop_and_by_the_command_line_and_goes_on_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(None, Duration::MAX, None);
    window.pause_midway();
    let step = window.steps();
    choose_folder(&mut window, folder.path());
    window.0.get_by_label("Session (.dkae)").click();
    window.until("a session is saved", |window| window.says("Saved session-"));
    let first = only(folder.path());
    let of = |path: &Path| Session::read(path).unwrap().run().unwrap().step();
    assert_eq!(of(&first), step);
    fs::remove_file(first).unwrap();
    window.0.run_steps(3);
    window.0.key_press_modifiers(Modifiers::COMMAND, Key::S);
    window.until("another is saved", |_| {
        fs::read_dir(folder.path()).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            path.extension().is_some_and(|end| end == "dkae")
        })
    });
    let path = only(folder.path());
    assert_eq!(of(&path), step);
    drop(window);

    for dropped in [true, false] {
        let begin = (!dropped).then_some(path.as_path());
        let mut window = Window::open(None, Duration::MAX, begin);
        if dropped {
            // Another run is there by then, which gives way.
            window.until("a run trains", |window| window.steps() > 0);
            window.drop_file(&path);
        }
        window.until("the session is there", |window| {
            let run = window.app().run();
            run.state == RunState::Paused && window.steps() == step && run.exhibit().is_some()
        });
        window.until("its network is there", |window| {
            let exhibit = window.app().run().exhibit();
            exhibit.is_some_and(|exhibit| exhibit.network.is_some())
        });
        window.0.key_press(Key::Space);
        window.finishes();
        window.assert_to_the_bit();
    }
}

#[test]
fn a_session_that_is_damaged_or_of_other_data_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(None, Duration::MAX, None);
    window.until("the run trains", |window| window.steps() > 0);
    let run = window.app().run().run();
    let path = folder.path().join("odd.dkae");
    fs::write(&path, "no session").unwrap();
    window.drop_file(&path);
    window.until("it says so", |window| window.says("odd.dkae"));
    assert_eq!(window.app().run().run(), run);

    // At the start, the data and the settings that were asked for are there instead.
    let mut window = Window::open(None, Duration::MAX, Some(&path));
    window.until("it says so", |window| window.says("odd.dkae"));
    window.until("a run trains", |window| window.steps() > 0);
}

#[test]
fn what_was_there_at_the_close_is_offered_and_goes_on_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let hour = Duration::from_secs(3600);
    let mut window = Window::open(Some(folder.path()), hour, None);
    window.until("the run trains", |window| window.steps() > 20);
    assert!(!window.says("Go on"), "nothing was left");
    window.0.state_mut().close();
    let step = window.steps();
    drop(window);

    let mut window = Window::open(Some(folder.path()), hour, None);
    window.until("it is offered", |window| window.says("You left at step"));
    // What began by itself is not kept in its place.
    window.0.state_mut().close();
    drop(window);
    let mut window = Window::open(Some(folder.path()), hour, None);
    window.until("it is offered still", |window| {
        window.says("You left at step")
    });
    window.go_on();
    window.until("the session is there", |window| {
        let points = window.app().run().training.points();
        points.len() as u64 > step
    });
    assert!(!window.says("You left at step"));
    window.finishes();
    window.assert_to_the_bit();
    // What was left may be left.
    window.0.state_mut().close();
    drop(window);
    let mut window = Window::open(Some(folder.path()), hour, None);
    window.until("it is offered", |window| {
        window.says("You left at step 6,000")
    });
    window.0.get_by_label("Leave").click();
    window.0.run_steps(3);
    assert!(!window.says("You left at step"));
}

#[test]
fn a_window_that_cannot_keep_its_session_says_so_once_and_trains_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let mut window = Window::open(Some(&file), Duration::ZERO, None);
    window.until("it says so", |window| window.says("Nothing is kept"));
    window.finishes();

    // A folder that is gone later.
    let place = folder.path().join("place");
    let mut window = Window::open(Some(&place), Duration::from_millis(50), None);
    fs::remove_dir_all(&place).unwrap();
    fs::write(&place, "no folder").unwrap();
    window.until("it says so", |window| {
        window.says("not kept for the next start")
    });
    window.finishes();
    window.assert_to_the_bit();
}

/// Pins and networks of the ladder come back out of a session also where another run is on show, which is
/// there when the file is opened; and none of them is trained again.
#[test]
fn pins_and_rungs_come_back_over_a_run_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(None, Duration::MAX, None);
    window.finishes();
    window.0.key_press(Key::P);
    window.until("it is pinned", |window| {
        !window.app().pins().all().is_empty()
    });
    window.until("the ladder can be made", |window| {
        let mut found = window.0.query_all_by_label_contains("Train the ladder");
        found.any(|button| !button.accesskit_node().is_disabled())
    });
    window.0.get_by_label_contains("Train the ladder").click();
    window.until("the ladder has networks", |window| {
        window.app().ladder().all_done().count() >= 3
    });
    choose_folder(&mut window, folder.path());
    window.0.get_by_label("Session (.dkae)").click();
    window.until("it is saved", |window| window.says("Saved session-"));
    drop(window);

    // Marked, so that networks of the file are told from those that are trained again.
    let path = only(folder.path());
    let mut session = Session::read(&path).unwrap();
    let marked = |step: u64| step + 7;
    let own = config(Preset::Balanced);
    let mut beside = [0, 0];
    for kept in &mut session.networks {
        let place = match kept.role {
            SessionRole::Run => continue,
            SessionRole::Pin => 0,
            // There the run's own network may stand in its place, which is the same one.
            SessionRole::Rung if *kept.config() == own => continue,
            SessionRole::Rung => 1,
        };
        beside[place] += 1;
        let Held::Network(network) = &mut kept.held else {
            panic!("networks stand beside the run");
        };
        let mut other = Checkpoint::clone(network);
        other.trainer.counters.step = marked(other.step());
        *network = Arc::new(other);
    }
    assert!(beside[0] == 1 && beside[1] >= 1, "{beside:?}");
    let path = folder.path().join("marked.dkae");
    session.write(&path).unwrap();

    let mut window = Window::open(None, Duration::MAX, None);
    window.finishes();
    window.until("its pictures are there", |window| {
        let snapshot = window.app().run().snapshot.as_ref();
        snapshot.is_some_and(|newest| newest.fitted.is_some())
    });
    window.drop_file(&path);
    let wanted = marked(STEPS as u64);
    window.until("the pin is back", |window| {
        let pins = window.app().pins().all();
        pins.len() == 1 && pins[0].step() == wanted
    });
    window.until("the rungs are back", |window| {
        let rungs = window.app().ladder().all_done();
        rungs.filter(|rung| rung.exhibit.step() == wanted).count() >= beside[1]
    });
}
