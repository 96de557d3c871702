//! The experiments page without a screen: what a person does reaches the study, what the study
//! says becomes points, tables and pictures.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

#[path = "window/script.rs"]
#[allow(dead_code, reason = "shared with the tests of the live page")]
mod script;
#[path = "window/study.rs"]
mod study;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dkae_explorer::experiment::plan::{Experiment, Plan};
use dkae_explorer::training::config::Preset;
use dkae_explorer::ui::{App, LookStudy};
use dkae_explorer::view::RunState;
use dkae_explorer::worker::protocol::{Command, Event, PhaseKind};
use dkae_explorer::worker::study_protocol::{StudyCommand, StudyRequest, StudyState};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use script::{Peers, Player, Studies, StudyDesk, heard};
use study::StudyPlayer;

struct Window {
    harness: Harness<'static, App>,
    peers: Peers,
    studies: Studies,
    player: Player,
}

impl Window {
    /// A window whose live run trains, on the experiments page.
    fn open(size: [f32; 2]) -> Self {
        Self::with_folders(size, Arc::new(dkae_explorer::worker::look_into))
    }

    /// The same, where folders hold what `look` says.
    fn with_folders(size: [f32; 2], look: LookStudy) -> Self {
        let (peers, studies) = (Peers::default(), Studies::default());
        let (their_peers, their_studies) = (Peers::clone(&peers), Studies::clone(&studies));
        let harness = Harness::builder().with_size(size).build_eframe(move |cc| {
            script::app_with_folders(cc, &their_peers, &their_studies, look, None)
        });
        let mut harness = harness;
        let begun = Instant::now();
        let player = loop {
            harness.step();
            if let Some(Command::Start(request)) = heard(&peers) {
                break Player::new(&request);
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no run came");
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut window = Self {
            harness,
            peers,
            studies,
            player,
        };
        window.live(window.player.started());
        let progress = window.player.progress(PhaseKind::Training, 10, 1500);
        window.live(progress);
        window.harness.step();
        window.click("Experiments");
        window
    }

    fn live(&self, message: dkae_explorer::worker::protocol::Message) {
        assert!(self.peers.lock().unwrap().last().unwrap().say(message));
    }

    fn click(&mut self, label: &str) {
        let button = self.harness.get_by_role_and_label(Role::Button, label);
        button.click_accesskit();
        self.harness.run_steps(3);
    }

    /// Presses Start and gives the request and a player of the study.
    fn start(&mut self, plan: Option<Plan>, shown: usize) -> (StudyRequest, StudyPlayer) {
        let from_new = self.harness.query_by_label("Start study").is_some();
        self.click(if from_new {
            "Start study"
        } else {
            "Go on with the study"
        });
        let request = self.studies.lock().unwrap().last().unwrap().0.clone();
        let plan = plan.unwrap_or_else(|| request.plan.clone());
        let player = StudyPlayer::new(plan, &self.player.data, shown);
        (request, player)
    }

    fn with_study<T>(&self, what: impl FnOnce(&StudyDesk) -> T) -> T {
        what(&self.studies.lock().unwrap().last().unwrap().1)
    }

    fn publish(&mut self, player: &StudyPlayer, done: usize, state: StudyState) {
        let snapshot = player.snapshot(done, state);
        self.with_study(|peer| peer.publish(snapshot));
        self.harness.run_steps(3);
    }

    /// Frames until `done`.
    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
    }

    /// Writes `text` into a field of the form in place of what is there.
    fn fill(&mut self, field: &str, text: &str) {
        let node = self.harness.get_by_role_and_label(Role::TextInput, field);
        node.focus();
        self.harness.step();
        self.harness
            .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        self.harness.key_press(egui::Key::Backspace);
        self.harness.step();
        let node = self.harness.get_by_role_and_label(Role::TextInput, field);
        node.type_text(text);
        self.harness.run_steps(3);
    }

    fn is_enabled(&self, button: &str) -> bool {
        let node = self.harness.query_by_role_and_label(Role::Button, button);
        node.is_some_and(|node| !node.accesskit_node().is_disabled())
    }

    fn shows(&self, text: &str) -> bool {
        self.harness
            .query_all_by_label_contains(text)
            .next()
            .is_some()
    }
}

fn small_plan() -> Plan {
    Plan::of(
        Preset::Quick,
        &[Experiment::Fig3a, Experiment::Table1],
        0,
        2,
    )
}

#[test]
fn a_study_is_started_as_the_form_says_and_the_live_run_makes_room() {
    let mut window = Window::open([1100.0, 700.0]);
    while heard(&window.peers).is_some() {}
    let (request, _) = window.start(None, 20);
    assert_eq!(
        request.plan,
        Plan::of(Preset::Quick, &Experiment::ALL, 0, 5)
    );
    assert_eq!(request.folder, PathBuf::from("dkae-experiments/quick"));
    assert!(matches!(heard(&window.peers), Some(Command::Pause(_))));
    assert!(window.shows("The live run pauses"));
    assert!(window.shows("Starting"));
}

#[test]
fn the_live_run_goes_on_after_the_study_unless_a_person_paused_it() {
    // Sent on by ▶, or woken by another λ.
    for by in [None, Some("Go on"), Some("λ")] {
        let by_hand = by.is_some();
        let mut window = Window::open([1100.0, 700.0]);
        let (_, player) = window.start(Some(small_plan()), 20);
        window.live(window.player.message(Event::Paused(true)));
        window.publish(&player, 1, StudyState::Working);
        assert!(window.shows("Paused for the study"));
        if by_hand {
            window.click("Live");
            if by == Some("λ") {
                let slider = window.harness.get_by_role_and_label(Role::Slider, "λ");
                slider.set_value_accesskit(0.5);
                window.harness.run_steps(3);
            } else {
                window.click("Go on");
            }
            window.live(window.player.message(Event::Paused(false)));
            window.harness.run_steps(3);
            window.click("Pause");
            window.live(window.player.message(Event::Paused(true)));
            window.harness.run_steps(3);
            assert!(!window.shows("for the study"));
        }
        while heard(&window.peers).is_some() {}
        window.publish(&player, 3, StudyState::Stopped);
        let resumed = matches!(heard(&window.peers), Some(Command::Resume(_)));
        assert_eq!(resumed, !by_hand);
    }
}

#[test]
fn points_come_in_and_a_click_on_one_shows_its_run() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 40);
    assert!(window.shows("a point with its error bar for each λ"));
    window.publish(&player, 2, StudyState::Working);
    assert!(window.harness.query_by_label("Lc at λ = 0.01").is_some());
    assert!(window.harness.query_by_label("Lc at λ = 0.5").is_none());
    assert!(window.shows("task 3 of 18"));
    window.publish(&player, 12, StudyState::Working);
    let newest = window.harness.state().study_view().selected().unwrap();
    assert_eq!((newest.seed, newest.lambda), (1, 0.05));
    // With the pointer, as a person would.
    window.harness.get_by_label("Lc at λ = 0.5").click();
    window.harness.run_steps(3);
    let selected = window.harness.state().study_view().selected().unwrap();
    assert_eq!((selected.seed, selected.lambda), (0, 0.5));
    assert!(window.shows("λ = 0.5, Nc = 128"));
    assert!(window.harness.query_by_label("C heat map").is_some());
    window.click("run: seed 1, λ = 0.01");
    let selected = window.harness.state().study_view().selected().unwrap();
    assert_eq!((selected.seed, selected.lambda), (1, 0.01));
    // The seeds that have this λ are there to choose among.
    window.click("0");
    let selected = window.harness.state().study_view().selected().unwrap();
    assert_eq!((selected.seed, selected.lambda), (0, 0.01));
}

#[test]
fn pausing_going_on_and_stopping_reach_the_study() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 20);
    window.publish(&player, 1, StudyState::Working);
    let command = |window: &Window| window.with_study(|peer| peer.commands.try_recv().ok());
    window.click("Pause study");
    assert_eq!(command(&window), Some(StudyCommand::Pause));
    assert!(window.shows("Pausing after the piece at hand"));
    window.publish(&player, 2, StudyState::Paused);
    window.click("Go on with the study");
    assert_eq!(command(&window), Some(StudyCommand::Resume));
    window.publish(&player, 2, StudyState::Working);
    window.click("Stop study");
    assert_eq!(command(&window), Some(StudyCommand::Stop));
    window.publish(&player, 3, StudyState::Stopped);
    assert!(window.shows("Stopped"));
    assert!(window.shows("3 of 18 tasks done, 15 left"));
    window.start(None, 20);
    assert_eq!(window.studies.lock().unwrap().len(), 2);
}

#[test]
fn a_command_twice_in_a_row_is_one_and_a_stop_overtakes_a_pause() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 20);
    window.publish(&player, 1, StudyState::Working);
    window.click("Pause study");
    assert!(!window.is_enabled("Pause study"));
    window.click("Pause study");
    window.click("Stop study");
    assert!(window.shows("Stopping after the piece at hand"));
    assert!(!window.is_enabled("Stop study"));
    window.click("Stop study");
    let commands: Vec<_> = window.with_study(|peer| peer.commands.try_iter().collect());
    assert_eq!(commands, [StudyCommand::Pause, StudyCommand::Stop]);
    // The pause comes first; it does not hide that the study is about to end.
    window.publish(&player, 1, StudyState::Paused);
    assert!(window.shows("Stopping after the piece at hand"));
    assert!(!window.is_enabled("Go on with the study"));
    window.publish(&player, 1, StudyState::Stopped);
    assert!(window.shows("Stopped"));
    assert!(window.is_enabled("Go on with the study"));
}

#[test]
fn a_button_never_takes_anothers_place() {
    let mut window = Window::open([1100.0, 700.0]);
    let places = |window: &Window| {
        ["Stop study", "Export report"]
            .map(|name| window.harness.get_by_label(name).rect().left().round())
    };
    let before = places(&window);
    assert!(!window.is_enabled("Stop study"));
    let (_, player) = window.start(Some(small_plan()), 20);
    assert_eq!(places(&window), before);
    for state in [
        StudyState::Working,
        StudyState::Paused,
        StudyState::Stopped,
        StudyState::Finished,
    ] {
        window.publish(&player, 2, state);
        assert_eq!(places(&window), before);
    }
}

#[test]
fn a_study_that_runs_keeps_its_plan_and_its_folder() {
    let mut window = Window::open([1440.0, 900.0]);
    let (request, player) = window.start(None, 20);
    window.publish(&player, 1, StudyState::Working);
    window.fill("Seeds", "7");
    window.fill("Folder of the results", "elsewhere");
    assert!(!window.is_enabled("Choose…"));
    window.publish(&player, 2, StudyState::Stopped);
    let (again, _) = window.start(None, 20);
    assert_eq!(again, request);
}

#[test]
fn a_finished_plan_has_nothing_to_start_until_it_grows() {
    let mut window = Window::open([1440.0, 900.0]);
    let (request, player) = window.start(None, 20);
    let all = request.plan.tasks().len();
    window.publish(&player, all, StudyState::Finished);
    assert!(window.shows(&format!("{all} of {all} tasks done")));
    assert!(!window.is_enabled("Start study"));
    window.fill("Seeds", "0-5");
    window.until("the folder is looked at", |w| w.is_enabled("Start study"));
    window.fill("Seeds", "");
    window.click("Start study");
    assert!(window.shows("at least one seed"));
    window.fill("Seeds", "1-1000");
    assert!(window.shows("28,000 tasks in all"));
    assert_eq!(window.studies.lock().unwrap().len(), 1);
}

#[test]
fn what_was_read_before_a_study_does_not_take_its_place() {
    let (read, gate) = crossbeam_channel::bounded::<()>(0);
    let look: LookStudy = Arc::new(move |_: &StudyRequest| {
        // The folder is slow: its answer comes after the study has ended.
        let _ = gate.recv_timeout(Duration::from_secs(20));
        Ok(None)
    });
    let mut window = Window::with_folders([1440.0, 900.0], look);
    window.harness.run_steps(2);
    let (request, player) = window.start(None, 20);
    let all = request.plan.tasks().len();
    window.publish(&player, all, StudyState::Finished);
    let done = format!("{all} of {all} tasks done");
    assert!(window.shows(&done));
    read.send_timeout((), Duration::from_secs(20)).unwrap();
    for _ in 0..40 {
        std::thread::sleep(Duration::from_millis(5));
        window.harness.step();
        assert!(window.shows(&done), "the study's own end stays on show");
    }
}

#[test]
fn results_in_the_folder_are_on_show_before_anything_is_started() {
    let data = script::digits();
    let look: LookStudy =
        Arc::new(
            move |request: &StudyRequest| match request.folder.to_str().unwrap() {
                "dkae-experiments/quick" => {
                    let player = StudyPlayer::new(request.plan.clone(), &data, 20);
                    let mut snapshot = player.snapshot(12, StudyState::Found);
                    snapshot.notices = vec!["a.json is damaged".to_owned()].into();
                    Ok(Some(snapshot))
                }
                "other" => {
                    Err("other holds a study under other settings (samples 10 there)".into())
                }
                _ => Ok(None),
            },
        );
    let mut window = Window::with_folders([1440.0, 900.0], look);
    window.until("the folder is read", |w| w.shows("In the folder"));
    assert!(window.shows("12 of 140 tasks done, 128 left"));
    assert!(window.shows("about 15:47 left"), "by what the results say");
    assert!(window.shows("A file is damaged"));
    assert!(window.harness.query_by_label("Lc at λ = 0.01").is_some());
    assert!(window.is_enabled("Go on with the study"));
    assert!(window.studies.lock().unwrap().is_empty());
    window.fill("Folder of the results", "other");
    window.until("the other folder is read", |w| {
        w.shows("under other settings (samples 10 there)")
    });
    assert!(
        window.harness.query_by_label("Lc at λ = 0.01").is_none(),
        "they are not of this folder"
    );
    window.fill("Folder of the results", "nowhere");
    window.until("the third folder is read", |w| w.shows("Not started"));
    assert!(window.is_enabled("Start study"));
    window.fill("Folder of the results", "dkae-experiments/quick");
    window.until("the first folder is read", |w| w.shows("In the folder"));
    window.start(None, 20);
    assert!(window.shows("Starting"));
    assert!(
        window.harness.query_by_label("Lc at λ = 0.01").is_some(),
        "what is there stays while the study starts"
    );
}

#[test]
fn the_first_network_is_on_show_while_it_trains() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 40);
    let preparing = player.preparing(0);
    window.with_study(|peer| peer.publish(preparing));
    window.harness.run_steps(3);
    assert!(window.shows("Fitting mixtures: 0 / 870"));
    assert!(window.shows("time left unknown"));
    let preparing = player.preparing(290);
    window.with_study(|peer| peer.publish(preparing));
    window.harness.run_steps(3);
    assert!(window.shows("Fitting mixtures: 290 / 870"));
    assert!(window.harness.query_by_label("P so far").is_some());
    window.publish(&player, 0, StudyState::Working);
    assert!(window.shows("Training: 430 / 1,200"));
    assert!(window.shows("Network in training: Lr 0.0"));
    window.publish(&player, 1, StudyState::Working);
    let curve = window.harness.get_by_label_contains("Network in training");
    let width = curve.rect().width();
    assert!(width < 264.0, "beside the form when the figure has points");
    window.publish(&player, 1, StudyState::Stopped);
    assert!(!window.shows("Network in training"));
}

#[test]
fn a_study_that_ends_behind_another_page_says_so() {
    for (state, text) in [
        (StudyState::Finished, "The study is finished"),
        (
            StudyState::Failed("No room.".into()),
            "The study failed: No room.",
        ),
    ] {
        let mut window = Window::open([1100.0, 700.0]);
        let (_, player) = window.start(Some(small_plan()), 20);
        window.publish(&player, 2, StudyState::Working);
        window.click("Live");
        assert!(!window.shows(text));
        window.publish(&player, 18, state);
        assert!(window.shows(text));
    }
}

#[test]
fn a_run_that_a_person_starts_beside_a_study_runs_beside_it() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 20);
    window.publish(&player, 1, StudyState::Working);
    window.live(window.player.message(Event::Paused(true)));
    window.harness.run_steps(2);
    while heard(&window.peers).is_some() {}
    window.click("Restart");
    let Some(Command::Start(request)) = heard(&window.peers) else {
        panic!("no new run")
    };
    window.player = Player::new(&request);
    window.live(window.player.started());
    window.harness.run_steps(3);
    assert!(heard(&window.peers).is_none(), "it is not paused");
    // Paused by the worker for whatever reason, it is not sent on by the study's end.
    window.live(window.player.message(Event::Paused(true)));
    window.publish(&player, 2, StudyState::Stopped);
    assert!(heard(&window.peers).is_none());
}

#[test]
fn a_failed_study_shows_what_happened_and_can_be_started_again() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 20);
    let message = "The folder cannot be written to: make it writable or choose another.";
    window.publish(&player, 2, StudyState::Failed(message.to_owned()));
    assert!(window.shows(message));
    assert!(window.shows("goes on from there"));
    assert!(window.is_enabled("Export report"));
    let mut unread = player.snapshot(0, StudyState::Failed(message.to_owned()));
    unread.origin = None;
    window.with_study(|peer| peer.publish(unread));
    window.harness.run_steps(3);
    assert!(!window.shows("goes on from there"), "there is nothing");
    assert!(!window.is_enabled("Export report"));
    window.start(None, 20);
    assert_eq!(window.studies.lock().unwrap().len(), 2);
}

#[test]
fn a_study_that_is_gone_is_missed() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 20);
    window.publish(&player, 2, StudyState::Working);
    window.studies.lock().unwrap().clear();
    window.harness.run_steps(3);
    assert!(window.shows("ended without a word"));
    assert!(
        window.harness.query_by_label("Lc at λ = 0.01").is_some(),
        "what was found stays"
    );
}

#[test]
fn a_form_that_cannot_be_carried_out_says_why() {
    let mut window = Window::open([1440.0, 900.0]);
    let field = window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "λ");
    field.focus();
    window.harness.step();
    let field = window
        .harness
        .get_by_role_and_label(Role::MultilineTextInput, "λ");
    field.type_text(", many");
    window.harness.run_steps(2);
    window.click("Start study");
    assert!(window.shows("“many” is no λ"));
    assert!(window.studies.lock().unwrap().is_empty());
}

#[test]
fn a_notice_leaves_the_foot_of_the_form_in_reach() {
    let mut window = Window::open([1100.0, 700.0]);
    window.fill("Seeds", "many");
    window.click("Start study");
    window.harness.run_steps(3);
    let notice = window
        .harness
        .query_all_by_label_contains("Notice: ")
        .next()
        .unwrap()
        .rect();
    // To the form's end.
    window.harness.hover_at(egui::pos2(100.0, 400.0));
    for _ in 0..40 {
        window.harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -200.0),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::default(),
            source: egui::MouseWheelSource::Unknown,
        });
        window.harness.step();
    }
    window.harness.run_steps(10);
    let last = window
        .harness
        .get_by_role_and_label(Role::TextInput, "Images")
        .rect();
    assert!(last.bottom() < 700.0, "{last:?}");
    assert!(!last.intersects(notice), "{last:?} lies under {notice:?}");
}

#[test]
fn the_page_switch_keeps_the_live_run() {
    let mut window = Window::open([1100.0, 700.0]);
    window.live(window.player.losses(1..50));
    window.harness.run_steps(2);
    assert_eq!(window.harness.state().run().training.points().len(), 49);
    assert_eq!(window.harness.state().run().state, RunState::Running);
    window.live(window.player.message(Event::Paused(true)));
    window.click("Live");
    assert_eq!(window.harness.state().run().state, RunState::Paused);
    assert_eq!(window.harness.state().run().training.points().len(), 49);
    assert!(window.harness.query_by_label("P heat map").is_some());
}

#[test]
fn nothing_stands_on_a_table() {
    for width in [1100.0, 1280.0, 1440.0, 1600.0, 1920.0] {
        let mut window = Window::open([width, 900.0]);
        let (request, player) = window.start(None, 20);
        window.publish(&player, request.plan.tasks().len(), StudyState::Finished);
        for (tab, last_column, strip) in [
            ("Table 1", "than C by", "C − P by seed"),
            (
                "Table 2, Fig. 6",
                "σ and ridge from the grid",
                "(dkAE + PCA) − kPCA by seed",
            ),
            ("Code space", "k-means, NMI", "linear classifier by seed"),
        ] {
            window.click(tab);
            let rect = |name: &str| window.harness.get_by_label(name).rect();
            let (head, strip) = (rect(last_column), rect(strip));
            // A figure under the head is a little wider than the head.
            assert!(
                head.left() + 110.0 <= strip.left() || head.bottom() + 100.0 <= strip.top(),
                "{tab} at {width}: {head:?}, {strip:?}"
            );
            assert!(strip.right() <= width, "{tab} at {width}: {strip:?}");
            for note in window.harness.query_all_by_label_contains("ridge 0.05") {
                let note = note.rect();
                assert!(
                    note.right() < strip.left() || note.bottom() < strip.top(),
                    "{tab} at {width}: {note:?}, {strip:?}"
                );
            }
        }
    }
}

#[test]
fn the_slider_draws_another_kernel() {
    let mut window = Window::open([1100.0, 700.0]);
    let plan = Plan::of(Preset::Quick, &[Experiment::Fig5], 0, 1);
    let (_, player) = window.start(Some(plan), 40);
    window.publish(&player, 2, StudyState::Finished);
    window.click("Fig. 5");
    assert!(window.harness.query_by_label("K16 heat map").is_some());
    window.click("m = 64");
    assert!(window.harness.query_by_label("K64 heat map").is_some());
    window
        .harness
        .get_by_role_and_label(Role::Slider, "m")
        .set_value_accesskit(3.0);
    window.harness.run_steps(3);
    assert!(window.harness.query_by_label("K3 heat map").is_some());
}

#[test]
fn a_report_is_written_and_its_place_said() {
    let mut window = Window::open([1100.0, 700.0]);
    let (_, player) = window.start(Some(small_plan()), 20);
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot = player.snapshot(18, StudyState::Finished);
    snapshot.folder = folder.path().to_owned();
    window.with_study(|peer| peer.publish(snapshot));
    window.harness.run_steps(3);
    window.click("Export report");
    let begun = Instant::now();
    while !window.shows("report.md") {
        assert!(begun.elapsed() < Duration::from_secs(20), "no report came");
        std::thread::sleep(Duration::from_millis(5));
        window.harness.step();
    }
    let page = std::fs::read_to_string(folder.path().join("report.md")).unwrap();
    assert!(page.contains("Table 1"));
    assert!(!window.shows("in the place of"));
    window.click("Export report");
    window.until("a second report came", |w| {
        w.shows("in the place of the report before")
    });
}

#[test]
fn a_frame_is_cheap_while_results_come_in() {
    let mut window = Window::open([1440.0, 900.0]);
    let plan = Plan::of(Preset::Quick, &[Experiment::Fig3a], 0, 5);
    let (_, player) = window.start(Some(plan), 300);
    let snapshots: Vec<_> = (20..45)
        .map(|done| player.snapshot(done, StudyState::Working))
        .collect();
    let mut times: Vec<Duration> = Vec::new();
    for snapshot in snapshots {
        window.with_study(|peer| peer.publish(snapshot));
        let begun = Instant::now();
        window.harness.step();
        times.push(begun.elapsed());
    }
    times.sort();
    println!(
        "a frame with a new result: median {:?}, longest {:?}",
        times[12], times[24]
    );
    // Tests share their cores with others.
    assert!(times[12] < Duration::from_millis(40), "{:?}", times[12]);
}

/// The picture of a window, where there is something to paint with.
fn paint(window: &mut Window) -> Option<image::RgbaImage> {
    // Without a graphics adapter the renderer panics; that is no fault of the window.
    let render = std::panic::AssertUnwindSafe(|| window.harness.render());
    match std::panic::catch_unwind(render) {
        Ok(Ok(image)) => Some(image),
        _ => {
            println!("skipped: nothing to paint the window with");
            None
        }
    }
}

/// Keeps a picture for the eye, if somebody asked for it with `DKAE_LOOK=folder`.
fn keep(image: &image::RgbaImage, name: &str) {
    if let Some(folder) = std::env::var_os("DKAE_LOOK") {
        let path = PathBuf::from(folder).join(format!("{name}.png"));
        image.save(path).unwrap();
    }
}

#[test]
fn pictures_of_every_tab_in_both_themes_and_sizes() {
    let tabs = [
        "Fig. 3a",
        "Fig. 3b",
        "Fig. 4",
        "Table 1",
        "Fig. 5",
        "Table 2, Fig. 6",
        "Code space",
        "Better",
        "Claims",
    ];
    for (size, dark) in [
        ([1100.0, 700.0], true),
        ([1440.0, 900.0], false),
        ([1920.0, 1080.0], true),
    ] {
        let mut window = Window::open(size);
        let theme = if dark { "dark" } else { "light" };
        let name = |tab: &str| {
            let tab = tab.to_lowercase().replace([' ', '.', ','], "");
            format!("page-{}-{theme}-{tab}", size[0])
        };
        if !dark {
            window.click("Theme");
        }
        let Some(image) = paint(&mut window) else {
            return;
        };
        keep(&image, &name("empty"));
        let (_, player) = window.start(None, 300);
        window.publish(&player, 7, StudyState::Working);
        let Some(image) = paint(&mut window) else {
            return;
        };
        keep(&image, &name("working"));
        window.publish(&player, player.plan().tasks().len(), StudyState::Finished);
        window.click("Lc at λ = 0.1");
        if window.harness.query_by_label("Dismiss").is_some() {
            window.click("Dismiss");
        }
        for tab in tabs {
            window.click(tab);
            let Some(image) = paint(&mut window) else {
                return;
            };
            keep(&image, &name(tab));
            for heat_map in ["P heat map", "C heat map", "C, λ = 0.1 heat map"] {
                let Some(node) = window.harness.query_by_label(heat_map) else {
                    continue;
                };
                let rect = node.rect();
                assert!(rect.width() >= 120.0, "{tab}: {heat_map} is {rect:?}");
                assert!(
                    rect.bottom() < size[1] && rect.right() < size[0],
                    "{tab}: {rect:?}"
                );
            }
        }
    }
}

#[test]
fn what_was_damaged_in_the_folder_is_said() {
    let mut window = Window::open([1440.0, 900.0]);
    let (_, player) = window.start(Some(small_plan()), 30);
    let mut snapshot = player.snapshot(3, StudyState::Working);
    window.with_study(|peer| peer.publish(snapshot.clone()));
    window.harness.run_steps(3);
    assert!(!window.shows("set aside"));
    snapshot.notices = vec!["seed0.safetensors is damaged: set aside".to_owned(); 2].into();
    window.with_study(|peer| peer.publish(snapshot));
    window.harness.run_steps(3);
    assert!(window.shows("2 damaged files were set aside"));
}

#[test]
fn no_button_of_the_toolbar_moves_when_a_study_begins() {
    let mut window = Window::open([1100.0, 700.0]);
    let place = |window: &Window| window.harness.get_by_label("Restart").rect();
    let before = place(&window);
    let (_, player) = window.start(Some(small_plan()), 20);
    window.publish(&player, 2, StudyState::Working);
    let tab = window.harness.query_all_by_label_contains("Experiments 2/");
    assert_eq!(
        tab.count(),
        1,
        "how far the study is stands on its page's switch"
    );
    assert_eq!(place(&window), before);
}
