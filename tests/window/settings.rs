//! The settings as a whole: changes are taken back and made again, lines go out and come in.

use dkae_explorer::data::{Collection, DataRecord, Selection, Source};
use dkae_explorer::training::config::{CopiesConfig, Preset, PriorConfig};
use dkae_explorer::training::{LineData, LiveSettings, RunConfig, SettingsLine};
use dkae_explorer::worker::protocol::{Cause, Command, End, Event, PhaseKind, RunId, StartRequest};
use egui::accesskit::Role;
use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;
use super::script::{self, Player, heard};

const REDO: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};

impl Window {
    /// λ on the slider.
    fn lambda(&self) -> f64 {
        let slider = self.harness.get_by_role_and_label(Role::Slider, "λ");
        slider.accesskit_node().numeric_value().unwrap()
    }

    fn set_slider(&mut self, name: &str, value: f64) {
        self.harness
            .get_by_role_and_label(Role::Slider, name)
            .set_value_accesskit(value);
        self.harness.run_steps(3);
    }

    fn keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(3);
    }

    fn undo(&mut self) {
        self.keys(Modifiers::COMMAND, Key::Z);
    }

    fn redo(&mut self) {
        self.keys(REDO, Key::Z);
    }

    /// Whether a button does something.
    fn is_enabled(&self, name: &str) -> bool {
        let button = self.harness.get_by_label(name);
        !button.accesskit_node().is_disabled()
    }

    fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.harness.run_steps(3);
    }

    /// What is on the clipboard after a click on *Copy settings*.
    fn copied(&mut self) -> String {
        self.harness.get_by_label("Copy settings").click();
        let mut copied = None;
        for _ in 0..5 {
            self.harness.step();
            for command in &self.harness.output().platform_output.commands {
                if let OutputCommand::CopyText(text) = command {
                    copied = Some(text.clone());
                }
            }
        }
        copied.unwrap()
    }

    /// Ctrl+V with this on the clipboard.
    fn paste(&mut self, text: &str) {
        self.harness.event(egui::Event::Paste(text.to_owned()));
        self.harness.run_steps(3);
    }

    fn says(&self, text: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(text);
        found.next().is_some()
    }

    fn assert_says(&self, text: &str) {
        if !self.says(text) {
            let names = |node: egui_kittest::Node<'_>| {
                let node = node.accesskit_node();
                node.label().or_else(|| node.value())
            };
            let all: Vec<_> = self.harness.root().children_recursive().collect();
            let all: Vec<_> = all.into_iter().filter_map(names).collect();
            panic!("{text:?} is not among {all:?}");
        }
    }

    /// The settings that the worker was told last.
    fn told(&mut self) -> Option<LiveSettings> {
        let mut last = None;
        while let Some(command) = heard(&self.peers) {
            match command {
                Command::Set(_, settings) => last = Some(settings),
                _ => panic!("settings are set, and nothing else"),
            }
        }
        last
    }

    fn told_lambda(&mut self) -> Option<f64> {
        self.told().map(|settings| settings.lambda)
    }

    /// What a click on *Restart* asks for.
    fn restarts(&mut self) -> Box<StartRequest> {
        self.harness.get_by_label("Restart").click();
        loop {
            if let Command::Start(request) = self.wait_for_command() {
                return request;
            }
        }
    }
}

/// The line of a run on so many samples of a record.
fn line_of(config: &RunConfig, record: &DataRecord, samples: usize) -> String {
    let line = SettingsLine {
        config: config.clone(),
        data: LineData::of(record, samples),
        threads: 2,
    };
    line.to_string()
}

/// A line that is refused changes nothing.
#[track_caller]
fn refused(window: &mut Window, line: &str, parts: &[&str]) {
    let before = window.lambda();
    window.paste(line);
    window.wait_for_text("Nothing was pasted: ");
    for part in parts {
        assert!(window.says(part), "{part} of {line}");
    }
    assert_eq!(window.lambda(), before);
    assert!(window.told().is_none(), "{line}");
    assert!(!window.is_enabled("Undo"), "nothing has changed: {line}");
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    assert!(!window.says("Nothing was pasted"), "{line}");
}

#[test]
fn a_line_that_is_copied_pasted_and_copied_again_is_the_same() {
    let (mut window, player) = Window::training();
    let line = window.copied();
    window.assert_says("gives this run again");
    let read: SettingsLine = line.parse().unwrap();
    assert_eq!(read.config, script::config(Preset::Quick));
    // As many as the script says that the run has.
    assert_eq!(read.data.selection.samples, Some(6000));
    for round in 1..3 {
        // What acts at once, and what needs a new run.
        window.set_slider("λ", 0.5);
        window.set_slider("Steps", 700.0);
        let now = window.told().unwrap();
        assert_eq!(now.lambda, 0.5);
        window.say(player.applied(300, |live| live.lambda = 0.5));
        window.harness.run_steps(2);
        window.assert_says("1 change waits for a new run");
        window.paste(&line);
        window.wait_for_text("Settings pasted: λ: 0.5 → 0.1 · Steps: 700 → 1,500.");
        assert_eq!(window.told_lambda(), Some(0.1), "as if it were typed");
        window.say(player.applied(300, |live| live.lambda = 0.1));
        window.harness.run_steps(2);
        assert!(!window.says("waits for a new run"), "round {round}");
        // One step back, and again.
        window.undo();
        assert_eq!((window.lambda(), window.told_lambda()), (0.5, Some(0.5)));
        window.assert_says("1 change waits for a new run");
        window.redo();
        assert_eq!((window.lambda(), window.told_lambda()), (0.1, Some(0.1)));
    }
    // The run on show was steered, and the line has what it began with.
    assert_eq!(window.copied(), line);
    window.assert_says("as the run began");
    let request = window.restarts();
    assert_eq!(request.config, read.config);
    let again = Player::new(&request);
    window.say(again.started());
    window.harness.run_steps(3);
    assert_eq!(window.copied(), line);
    window.assert_says("gives this run again");
}

#[test]
fn a_line_of_other_data_has_them_read_and_the_next_run_takes_them() {
    let (mut window, _player) = Window::training();
    let selection = Selection {
        samples: Some(300),
        classes: Some(vec![1, 2, 3]),
        seed: 7,
    };
    let source = Source::shipped(Collection::Fashion).unwrap();
    let data = source.select(&selection).unwrap();
    let mut config = RunConfig {
        seed: 5,
        ..script::config(Preset::Balanced)
    };
    config.training.copies = Some(CopiesConfig::default());
    config.prior = PriorConfig::Rbf { width: 0.3 };
    config.network.code = 10_000;
    let record = DataRecord::of(&data, selection, (&[], None), Collection::Fashion);
    let text = line_of(&config, &record, data.len());
    assert!(text.contains(" data=fashion samples=300 classes=[1,2,3] draw=7 "));
    for _ in 0..2 {
        window.harness.key_press(Key::Escape);
        window.harness.run_steps(3);
        window.paste(&text);
        window.wait_for_text("Settings pasted: ");
        window.harness.run_steps(2);
        window.assert_says("Nc: 128 → 10,000");
        // Until a run is started, the one on show and its data stay.
        window.assert_says("changes wait for a new run");
        window.assert_says("On show: 2,000 samples");
        assert_eq!(window.told().unwrap().code, 10_000);
        window.undo();
        assert!(!window.says("for a new run:"));
        assert_eq!(window.told().unwrap().code, 128);
    }
    window.redo();
    window.told();
    let request = window.restarts();
    assert_eq!(request.config, config);
    assert_eq!(request.data.checksum(), data.checksum());
    window.say(Player::new(&request).started());
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().run().config, Some(config));
    // Taken back across the data: the next run has the old ones, which are read again.
    window.undo();
    window.assert_says("changes wait for a new run");
    let request = window.restarts();
    assert_eq!(request.config, script::config(Preset::Quick));
    assert_eq!(request.data.len(), 2000);
}

#[test]
fn a_line_whose_data_are_others_or_elsewhere_is_refused_until_they_are_opened() {
    let (mut window, _player) = Window::training();
    let line = window.copied();
    window.told();
    let sum = &line[line.len() - 16..];
    let other = line.replace(sum, "0123456789abcdef");
    refused(
        &mut window,
        &other,
        &["MNIST", "0123456789abcdef", "are others"],
    );
    let nowhere = other.replace(" data=mnist", "");
    refused(
        &mut window,
        &nowhere,
        &["does not say where", "open them first"],
    );
    let gone = other.replace(" data=mnist", " images=/not/here");
    refused(&mut window, &gone, &["/not/here", "Open your copy"]);

    // A file of somebody else is found in the copy that is open here.
    let folder = tempfile::tempdir().unwrap();
    let data = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("datasets/mnist");
    let name = "t10k-images-idx3-ubyte.gz";
    let choice = |samples| Selection {
        samples: Some(samples),
        classes: None,
        seed: 1,
    };
    let set = Source::open(&data.join(name)).unwrap();
    let set = set.select(&choice(500)).unwrap();
    let config = script::config(Preset::Quick);
    let files = [data.join(name)];
    let record = DataRecord::of(&set, choice(500), (&files, None), Collection::Mnist);
    let line = line_of(&config, &record, 500);
    for file in [name, "t10k-labels-idx1-ubyte.gz"] {
        std::fs::copy(data.join(file), folder.path().join(file)).unwrap();
    }
    let theirs = line.replace(&data.display().to_string(), "/home/them");
    assert_ne!(theirs, line);
    refused(&mut window, &theirs, &["/home/them", "Open your copy"]);
    window.type_path(&folder.path().join(name));
    let Command::Start(request) = window.wait_for_command() else {
        panic!("other data start a run");
    };
    assert_eq!(request.data.len(), 2000);
    window.say(Player::new(&request).started());
    // The field of the path would take what is pasted.
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    window.paste(&theirs);
    window.wait_for_text("Settings pasted: Data: ");
    let request = window.restarts();
    assert_eq!(request.data.checksum(), set.checksum());
}

#[test]
fn what_is_no_line_is_refused_and_nothing_changes() {
    let (mut window, _player) = Window::training();
    let line = window.copied();
    window.told();
    for (text, parts) in [
        ("hello".to_owned(), &["no settings line", "dkae1"][..]),
        (line.replace("dkae1", "dkae2"), &["dkae2", "version"]),
        (line.replace("seed=1", "sed=1"), &["sed", "take it out"]),
        (
            line.replace("seed=1", "seed=1 lambda=much"),
            &["lambda", "much"],
        ),
        (
            line.replace("seed=1", "seed=1 lambda=7"),
            &["λ is 7", "from 0 to 1"],
        ),
        (
            line[..line.len() - 3].to_owned(),
            &["sha256", "hexadecimal"],
        ),
        (
            line.replace("seed=1", "seed=1 batch=5000"),
            &["5000", "minibatch"],
        ),
    ] {
        assert_ne!(text, line);
        refused(&mut window, &text, parts);
    }
    // An empty clipboard gives nothing, which is said.
    window.click("Paste settings");
    window.harness.run_steps(30);
    window.assert_says("there is no text on the clipboard");
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    // The button takes what comes, wherever the focus is.
    window.set_slider("λ", 0.9);
    window.click("Paste settings");
    window.paste(&line);
    window.assert_says("Settings pasted: λ: 0.9 → 0.1.");
}

#[test]
fn a_line_is_not_pasted_into_a_text_that_is_typed() {
    let (mut window, _player) = Window::training();
    let line = window.copied();
    window.set_slider("λ", 0.5);
    window.told();
    let field = |window: &Window| {
        let role = Role::TextInput;
        let field = window.harness.get_by_role_and_label(role, "Samples");
        field.accesskit_node().value().unwrap_or_default()
    };
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "Samples")
        .focus();
    window.harness.run_steps(2);
    let before = field(&window);
    window.paste(&line);
    assert!(field(&window).contains("dkae1"));
    assert_eq!((window.lambda(), window.told()), (0.5, None));
    // Its undo is its own, too.
    window.undo();
    assert_eq!(field(&window), before);
    assert_eq!((window.lambda(), window.told()), (0.5, None));
    window.harness.key_press(Key::Escape);
    window.harness.run_steps(3);
    window.undo();
    assert_eq!((window.lambda(), window.told_lambda()), (0.1, Some(0.1)));
}

#[test]
fn a_drag_is_one_step_and_so_is_a_preset() {
    let (mut window, _player) = Window::training();
    assert!(!window.is_enabled("Undo") && !window.is_enabled("Redo"));
    let slider = window
        .harness
        .get_by_role_and_label(Role::Slider, "λ")
        .rect();
    window.harness.drag_at(slider.center());
    window.harness.step();
    for place in 0..20 {
        let x = slider.center().x + f32::from(place as u8);
        window.harness.hover_at(egui::pos2(x, slider.center().y));
        window.harness.run_steps(2);
    }
    window.harness.drop_at(slider.right_center());
    window.harness.run_steps(3);
    assert_eq!(window.lambda(), 1.0);
    window.set_slider("Learning rate", 1e-2);
    for _ in 0..2 {
        window.told();
        window.undo();
        assert_eq!(
            (window.lambda(), window.told().unwrap().learning_rate),
            (1.0, 1e-3)
        );
        window.undo();
        assert_eq!((window.lambda(), window.told_lambda()), (0.1, Some(0.1)));
        assert!(!window.is_enabled("Undo") && window.is_enabled("Redo"));
        window.undo();
        assert_eq!((window.lambda(), window.told()), (0.1, None), "no more");
        window.keys(Modifiers::COMMAND, Key::Y);
        assert_eq!((window.lambda(), window.told_lambda()), (1.0, Some(1.0)));
        window.redo();
        assert_eq!(window.told().unwrap().learning_rate, 1e-2);
        assert!(window.is_enabled("Undo") && !window.is_enabled("Redo"));
        window.redo();
        assert!(window.told().is_none());
    }
    // The buttons do the same; another change is the end of what was taken back.
    window.click("Undo");
    assert_eq!(window.told().unwrap().learning_rate, 1e-3);
    window.click("Redo");
    assert_eq!(window.told().unwrap().learning_rate, 1e-2);
    window.click("Undo");
    window.set_slider("λ", 0.25);
    assert!(!window.is_enabled("Redo"));
    window.told();
    // A preset is one step, of its run and of the settings.
    window.harness.get_by_label_contains("Quick ▾").click();
    window.harness.run_steps(3);
    window.harness.get_by_label_contains("Balanced · ").click();
    let Command::Start(request) = window.wait_for_command() else {
        panic!("a preset starts a run");
    };
    assert_eq!(request.config, script::config(Preset::Balanced));
    window.say(Player::new(&request).started());
    window.harness.run_steps(3);
    window.undo();
    assert_eq!((window.lambda(), window.told_lambda()), (0.25, Some(0.25)));
    window.assert_says("Quick ▾");
    window.redo();
    assert_eq!((window.lambda(), window.told_lambda()), (0.1, Some(0.1)));
    window.assert_says("Balanced ▾");
}

/// Takes a change of λ back and makes it again, twice; the worker is told each time if it `takes` it.
fn back_and_forth(window: &mut Window, player: &Player, takes: bool, step: u64) {
    window.set_slider("λ", 0.1);
    window.told();
    window.say(player.applied(step, |live| live.lambda = 0.1));
    window.harness.run_steps(2);
    for _ in 0..2 {
        window.set_slider("λ", 0.5);
        let told = |lambda| takes.then_some(lambda);
        assert_eq!(window.told_lambda(), told(0.5));
        if takes {
            window.say(player.applied(step, |live| live.lambda = 0.5));
            window.harness.run_steps(2);
        }
        window.undo();
        assert_eq!((window.lambda(), window.told_lambda()), (0.1, told(0.1)));
        window.redo();
        assert_eq!((window.lambda(), window.told_lambda()), (0.5, told(0.5)));
        window.undo();
        assert_eq!((window.lambda(), window.told_lambda()), (0.1, told(0.1)));
    }
}

#[test]
fn settings_are_taken_back_in_every_state_of_a_run() {
    // While the prior is made.
    let (mut window, player) = Window::open([1100.0, 700.0]);
    window.say(player.started());
    window.say(player.progress(PhaseKind::Prior, 100, 870));
    window.harness.run_steps(3);
    back_and_forth(&mut window, &player, true, 0);
    // While it trains, waits, and has diverged.
    window.play(&player, 200);
    back_and_forth(&mut window, &player, true, 200);
    window.say(player.message(Event::Paused(true)));
    window.wait_for_text("Paused");
    back_and_forth(&mut window, &player, true, 200);
    window.say(player.message(Event::Paused(false)));
    window.say(player.message(Event::Diverged {
        step: 200,
        cause: Cause::Rate,
        message: "The loss is not finite.".into(),
    }));
    window.wait_for_text("Diverged");
    back_and_forth(&mut window, &player, true, 200);
    // Stopped, and at its end.
    for end in [End::Stopped, End::Done, End::Settled] {
        let phases = Vec::new();
        window.say(player.message(Event::Finished { end, phases }));
        window.harness.run_steps(3);
        back_and_forth(&mut window, &player, true, 200);
    }
    // And after a failure, when only a new run takes them.
    let message = "It broke.".to_owned();
    window.say(player.message(Event::Failed { message }));
    window.wait_for_text("It broke.");
    back_and_forth(&mut window, &player, false, 200);
    assert_eq!(window.restarts().config.training.lambda, 0.1);
    // A run that has been asked for is told, too.
    window.set_slider("λ", 0.5);
    window.told();
    window.undo();
    let Command::Set(RunId(1), first) = window.wait_for_command() else {
        panic!("the run on show is told first");
    };
    assert_eq!((first.lambda, window.told_lambda()), (0.1, Some(0.1)));
}

#[test]
fn a_refused_change_is_no_step() {
    let (mut window, player) = Window::training();
    window.set_slider("λ", 0.5);
    window.say(player.applied(200, |live| live.lambda = 0.5));
    window.harness.run_steps(2);
    window.set_slider("Nc", 9.0);
    assert_eq!(window.told().unwrap().code, 512);
    window.say(player.refused(|live| live.code = 512, "too large"));
    window.wait_for_text("too large");
    window.undo();
    assert_eq!((window.lambda(), window.told_lambda()), (0.1, Some(0.1)));
    assert!(!window.is_enabled("Undo"));
}

#[test]
fn what_a_line_cannot_say_is_said_when_it_is_copied() {
    let (mut window, player) = Window::training();
    let line = window.copied();
    window.assert_says("gives this run again");
    // Pictures and scores of the denoising comparison are no part of the training.
    window.set_slider("Components m", 16.0);
    window.say(player.applied(200, |live| live.denoising.components = 16));
    window.harness.run_steps(2);
    let other = window.copied();
    window.assert_says("gives this run again");
    assert_eq!(
        other,
        line.replace(" cool_down=", " denoising.components=16 cool_down=")
    );
    window.say(player.applied(200, |live| live.lambda = 0.5));
    window.harness.run_steps(2);
    let read: SettingsLine = window.copied().parse().unwrap();
    assert_eq!(read.config.training.lambda, 0.1);
    window.assert_says("as the run began");

    let (mut window, player) = Window::training();
    window.say(player.progress(PhaseKind::Training, 1700, 2000));
    window.harness.run_steps(2);
    assert_eq!(window.copied(), line);
    window.assert_says("the first 1,500 steps");
}

/// A page of text pasted where a number is typed: its box stays where it is.
#[test]
fn a_number_that_is_typed_takes_no_page_of_text() {
    let (mut window, player) = Window::open([1440.0, 1400.0]);
    window.play(&player, 100);
    let name = "Images in the kernels";
    let number = |window: &Window| {
        let node = window.harness.get_by_role_and_label(Role::SpinButton, name);
        node.rect()
    };
    let before = number(&window);
    let node = window.harness.get_by_role_and_label(Role::SpinButton, name);
    node.focus();
    window.harness.run_steps(2);
    let events = &mut window.harness.input_mut().events;
    events.push(egui::Event::Paste("settings ".repeat(500)));
    window.harness.run_steps(2);
    let mut all = window.harness.query_all_by_label(name);
    assert!(all.all(|node| node.rect().right() < before.right() + 120.0));
}
