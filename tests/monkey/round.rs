//! A window, a hand, and what has to hold after each thing it does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dkae_explorer::data::generator;
use dkae_explorer::training::config::Preset;
use dkae_explorer::ui::App;
use egui_kittest::Harness;

use crate::action::{Action, RUN_BUTTONS};
use crate::eye::{self, Says, Widget};
use crate::spy::{Doing, Lie, Told, Truth};
use crate::study::{self, StudyTruth};
use crate::whole;
use crate::world::{self, Place};

/// A person waits so long. On a busy machine, the frames count: the worker has had its turns when
/// the window has had so many.
const PATIENCE: (Duration, u32) = (Duration::from_secs(2), 400);
/// Between two frames in which nothing is done.
pub const REST: Duration = Duration::from_millis(3);
/// Frames in which a layout finds its place.
const LAYOUT: usize = 4;
/// A window closes within this time, however busy the machine.
const CLOSING: Duration = Duration::from_secs(30);

/// Whether the hand follows a script.
pub enum Source {
    /// So many actions, drawn by a seed.
    Seed(u64, usize),
    /// These.
    Script(Vec<Action>),
}

/// A promise that was not kept.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which.
    pub promise: &'static str,
    /// What was there instead.
    pub found: String,
}

impl Failure {
    /// Whether it is the same promise, broken in the same way but for numbers.
    pub fn is_like(&self, other: &Self) -> bool {
        let words = |text: &str| -> String {
            let letters = text.chars().filter(|c| !c.is_ascii_digit());
            letters.take(60).collect()
        };
        self.promise == other.promise && words(&self.found) == words(&other.found)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not kept: {}. {}", self.promise, self.found)
    }
}

pub fn broken<T>(promise: &'static str, found: impl Into<String>) -> Result<T, Failure> {
    let found = found.into();
    Err(Failure { promise, found })
}

/// What a round came to.
pub struct Played {
    /// What was done, up to the failure.
    pub script: Vec<Action>,
    pub failure: Option<Failure>,
}

/// What was met on the way, so that a monkey that sleeps does not pass.
#[derive(Default)]
pub struct Counts {
    pub frames: u64,
    pub runs: u64,
    pub ends: u64,
    pub pauses: u64,
    pub buttons: u64,
    pub pictures: u64,
    pub tables: u64,
    pub notices: u64,
    pub experiments: u64,
    pub studies: u64,
    pub study_buttons: u64,
    pub refusals: u64,
    pub undone: u64,
    pub copied: u64,
    pub pasted: u64,
    pub steps: u64,
    pub longest: Duration,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} frames, {} runs begun, {} ended, {} pauses, {} settings or runs refused, {} steps \
             trained, {} run buttons watched, {} pictures and {} tables read back, {} looks at notices, {} at \
             experiments, {} studies begun, {} of their buttons watched, {} steps back or forth, {} lines copied, {} pasted; the longest wait for an effect {:.2} s",
            self.frames,
            self.runs,
            self.ends,
            self.pauses,
            self.refusals,
            self.steps,
            self.buttons,
            self.pictures,
            self.tables,
            self.notices,
            self.experiments,
            self.studies,
            self.study_buttons,
            self.undone,
            self.copied,
            self.pasted,
            self.longest.as_secs_f64()
        )
    }
}

impl Counts {
    /// Whether everything was met that the promises are about.
    pub fn check(&self) {
        let met = [
            self.runs,
            self.ends,
            self.pauses,
            self.buttons,
            self.pictures,
            self.tables,
            self.notices,
            self.experiments,
            self.studies,
            self.study_buttons,
            self.refusals,
            self.undone,
            self.copied,
            self.pasted,
            self.steps,
        ];
        assert!(!met.contains(&0), "something was never met: {self}");
    }
}

/// One round at a time: they share the process's folder and its panics.
static TURN: Mutex<()> = Mutex::new(());
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Frames of all rounds; stands still only if the window hangs.
static PULSE: AtomicU64 = AtomicU64::new(0);
static PLAYING: AtomicBool = AtomicBool::new(false);
static LAST_SCRIPT: Mutex<Vec<Action>> = Mutex::new(Vec::new());

/// Writes down every panic of every thread, and ends the process if a frame never ends.
pub fn watch_panics() {
    std::panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let name = thread
            .name()
            .unwrap_or("a thread without a name")
            .to_owned();
        let text = format!("{name}: {info}");
        if !PLAYING.load(Ordering::Relaxed) {
            eprintln!("{text}");
        }
        PANICS.lock().unwrap().push(text);
    }));
    let pulse = std::thread::Builder::new().name("pulse".into());
    let spawned = pulse.spawn(|| {
        let (mut before, mut since) = (0, Instant::now());
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = PULSE.load(Ordering::Relaxed);
            if now != before || !PLAYING.load(Ordering::Relaxed) {
                (before, since) = (now, Instant::now());
            } else if since.elapsed() > Duration::from_secs(120) {
                let script = LAST_SCRIPT.lock().unwrap();
                let json = serde_json::to_string(&*script).unwrap();
                eprintln!("a frame, or closing the window, took two minutes after\n{json}");
                std::process::abort();
            }
        }
    });
    drop(spawned.unwrap());
}

/// A key of what has been waited for, and since when.
struct Watch {
    key: (Says, u64, u64),
    since: Instant,
    frames: u32,
}

/// Whether patience is at its end.
pub fn is_over((began, frames): (Instant, u32)) -> bool {
    began.elapsed() > PATIENCE.0 && frames > PATIENCE.1
}

pub struct Round<'a> {
    pub harness: Harness<'static, App>,
    pub truth: Arc<Mutex<Truth>>,
    pub study: Arc<Mutex<StudyTruth>>,
    pub place: &'a Place,
    pub widgets: Vec<Widget>,
    watch: Option<Watch>,
    /// What the page says of the study, how far that is, since when.
    pub studying: Option<(String, u64, Instant, u32)>,
    hidden: Option<(Instant, u32)>,
    /// The settings line that was copied last.
    pub line: Option<String>,
    pub counts: &'a mut Counts,
}

/// Plays a round to its end or to a failure.
pub fn play(source: Source, counts: &mut Counts) -> Played {
    play_with(source, (Preset::Quick, Lie::None), counts)
}

/// The same with a first run of a preset, and a link that may lie.
pub fn play_with(source: Source, set: (Preset, Lie), counts: &mut Counts) -> Played {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let place = Place::new();
    // What is typed as a path without a beginning lands here.
    std::env::set_current_dir(place.root()).unwrap();
    PANICS.lock().unwrap().clear();
    PLAYING.store(true, Ordering::Relaxed);
    let mut script = Vec::new();
    let result = catch_unwind(AssertUnwindSafe(|| {
        run(source, (&place, set), counts, &mut script)
    }));
    PLAYING.store(false, Ordering::Relaxed);
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    let panicked = |found: String| Failure {
        promise: "nothing panics",
        found,
    };
    let failure = match (panics.into_iter().next(), result) {
        (Some(found), _) => Some(panicked(found)),
        (None, Ok(result)) => result.err(),
        (None, Err(_)) => Some(panicked("without a word".to_owned())),
    };
    Played { script, failure }
}

fn run(
    source: Source,
    (place, set): (&Place, (Preset, Lie)),
    counts: &mut Counts,
    script: &mut Vec<Action>,
) -> Result<(), Failure> {
    let (truth, study) = (Arc::default(), Arc::default());
    let harness = world::open(place, (&truth, &study), set);
    let mut round = Round {
        harness,
        truth,
        study,
        place,
        widgets: Vec::new(),
        watch: None,
        studying: None,
        hidden: None,
        line: None,
        counts,
    };
    round.frames(2)?;
    let result = round.hand(source, script);
    let told = round.truth.lock().unwrap().told;
    let studies = round.study.lock().unwrap().told.started;
    let Round {
        harness, counts, ..
    } = round;
    counts.runs += told.started;
    counts.ends += told.over;
    counts.pauses += told.paused;
    counts.refusals += told.refused + told.not_begun;
    counts.steps += told.points;
    counts.studies += studies;
    let closing = Instant::now();
    drop(harness);
    result?;
    if closing.elapsed() > CLOSING {
        return broken("a window closes", format!("{:?}", closing.elapsed()));
    }
    Ok(())
}

impl Round<'_> {
    fn hand(&mut self, source: Source, script: &mut Vec<Action>) -> Result<(), Failure> {
        LAST_SCRIPT.lock().unwrap().clear();
        let mut play = |round: &mut Self, action: Action| {
            script.push(action.clone());
            LAST_SCRIPT.lock().unwrap().push(action.clone());
            round.act(&action)
        };
        match source {
            Source::Seed(seed, count) => {
                let mut random = generator(seed, 0x00_60_4b_e1);
                for _ in 0..count {
                    let action = Action::random(&mut random, &self.widgets);
                    play(self, action)?;
                }
            }
            Source::Script(actions) => {
                for action in actions {
                    play(self, action)?;
                }
            }
        }
        self.settle()
    }

    /// Does something and looks at everything.
    fn act(&mut self, action: &Action) -> Result<(), Failure> {
        let widget = action.target().and_then(|t| t.find(&self.widgets)).cloned();
        let effect = widget.as_ref().and_then(|w| self.expected(action, w));
        let before = self.told();
        let of_study = widget.as_ref().filter(|widget| self.lands(action, widget));
        let of_study = of_study.and_then(|w| Some((w.name.clone(), study::effect(&w.name)?)));
        let study_before = self.study.lock().unwrap().told;
        let file = (widget.as_ref())
            .filter(|widget| widget.enabled)
            .filter(|widget| self.picks(action, widget))
            .and_then(|widget| self.wanted_file(&widget.name));
        let steps = self.steps(action, widget.as_ref());
        let chosen = whole::chosen(&self.harness);
        action.perform(&mut self.harness, widget.as_ref());
        self.look()?;
        self.look_at_copy()?;
        if steps {
            self.stepped(&chosen)?;
        }
        if let Action::Paste { damage } = action {
            self.paste(*damage)?;
        }
        if let Some(effect) = effect {
            self.await_effect(effect, before)?;
        }
        if let Some((name, effect)) = of_study {
            self.await_study(&name, effect, study_before)?;
        }
        // With the very frame of the click, a run may have begun that has no pictures yet.
        let off = |name: &str| (self.widgets.iter()).any(|w| w.name == name && !w.enabled);
        if let Some(wanted) = file.filter(|wanted| !off(&wanted.name)) {
            self.await_file(&wanted)?;
        }
        match action {
            Action::Wait { ms } => {
                let began = Instant::now();
                while began.elapsed() < Duration::from_millis(*ms) {
                    std::thread::sleep(REST);
                    self.frames(1)?;
                }
            }
            Action::Settle => self.settle()?,
            _ => {}
        }
        self.frames(1)?;
        self.layout()
    }

    fn told(&self) -> Told {
        self.truth.lock().unwrap().told
    }

    /// So many frames, each looked at.
    pub fn frames(&mut self, count: usize) -> Result<(), Failure> {
        for _ in 0..count {
            self.harness.step();
            self.look()?;
        }
        Ok(())
    }

    /// What has to hold after every frame.
    fn look(&mut self) -> Result<(), Failure> {
        self.counts.frames += 1;
        PULSE.fetch_add(1, Ordering::Relaxed);
        if let Some(found) = PANICS.lock().unwrap().first() {
            return broken("nothing panics", found.clone());
        }
        self.widgets = eye::widgets(&self.harness);
        let truth = self.truth.lock().unwrap();
        if let Some(found) = &truth.broken {
            return broken("a run that rests takes no steps", found.clone());
        }
        let Some((text, says)) = eye::toolbar_line(&self.widgets) else {
            let top = |widget: &&Widget| widget.rect.top() < 60.0;
            let words = self.widgets.iter().filter(top);
            let words: Vec<_> = words.map(|w| (w.role, &w.name, w.rect)).collect();
            let found = format!("No known word among {words:?}");
            return broken("the toolbar says what the run does", found);
        };
        if says == Says::Reading {
            // What the run does is not said meanwhile.
        } else if !agrees(says, truth.doing, !truth.pending.is_empty()) {
            let doing = truth.doing;
            return broken(
                "the toolbar says what the worker does",
                format!("It says “{text}” while the worker's last word was {doing:?}"),
            );
        }
        let is_gone = truth.at_work != truth.run && truth.pending.is_empty();
        let key = (
            says,
            truth.told.points + truth.told.started,
            if says == Says::Evaluates {
                0
            } else {
                truth.told.progress
            },
        );
        let text = text.to_owned();
        drop(truth);
        self.wait_for_word(key, &text)?;
        self.look_at_study()?;
        match (is_gone, &mut self.hidden) {
            (false, hidden) => *hidden = None,
            (true, None) => self.hidden = Some((Instant::now(), 0)),
            (true, Some((began, frames))) => {
                *frames += 1;
                if is_over((*began, *frames)) {
                    return broken("the run on show is the worker's", text);
                }
            }
        }
        Ok(())
    }

    /// Work that is spoken of is done within somebody's patience.
    fn wait_for_word(&mut self, key: (Says, u64, u64), text: &str) -> Result<(), Failure> {
        let key = match key.0 {
            Says::Trains => (key.0, key.1, 0),
            _ => key,
        };
        match &mut self.watch {
            Some(watch) if watch.key == key => {
                watch.frames += 1;
                let waits = key.0.is_work() || key.0 == Says::Reading;
                if waits && is_over((watch.since, watch.frames)) {
                    let promise = match key.0 {
                        Says::Trains => "a run that is said to train takes steps",
                        Says::Evaluates => "an evaluation ends",
                        _ => "what is being prepared gets on",
                    };
                    let spent = watch.since.elapsed().as_secs_f64();
                    return broken(promise, format!("“{text}” for {spent:.1} s"));
                }
            }
            _ => {
                self.watch = Some(Watch {
                    key,
                    since: Instant::now(),
                    frames: 0,
                });
            }
        }
        Ok(())
    }

    /// Lets time go by until what the toolbar says has come true.
    fn settle(&mut self) -> Result<(), Failure> {
        let key = self.watch.as_ref().map(|watch| watch.key);
        // `look` ends this at the latest.
        while self.watch.as_ref().map(|watch| watch.key) == key
            && key.is_some_and(|key| key.0.is_work() || key.0 == Says::Reading)
        {
            std::thread::sleep(REST);
            self.frames(1)?;
        }
        Ok(())
    }

    /// Where everything stands. A layout may take some frames to find its place.
    fn layout(&mut self) -> Result<(), Failure> {
        let mut result = Ok(());
        for _ in 0..LAYOUT {
            result = self.places();
            if result.is_ok() {
                return result;
            }
            self.frames(1)?;
        }
        result
    }

    fn places(&mut self) -> Result<(), Failure> {
        let window = self.harness.ctx.content_rect().expand(1.0);
        let outside = |widget: &&Widget| !widget.scrolls && !window.contains_rect(widget.rect);
        if let Some(widget) = self.widgets.iter().find(outside) {
            let (name, role, rect) = (&widget.name, widget.role, widget.rect);
            return broken(
                "no widget is outside the window",
                format!("{role:?} “{name}” at {rect:?} of {window:?}"),
            );
        }
        let notices = self.widgets.iter().filter(|widget| widget.is_notice());
        for notice in notices {
            self.counts.notices += 1;
            let hidden = |widget: &&Widget| {
                widget.name.ends_with("heat map") && widget.rect.intersects(notice.rect)
            };
            if let Some(picture) = self.widgets.iter().find(hidden) {
                return broken(
                    "no notice is over a picture",
                    format!("“{}” over {}", notice.name, picture.name),
                );
            }
        }
        if self
            .widgets
            .iter()
            .any(|widget| widget.name == "Start study")
        {
            self.counts.experiments += 1;
        }
        let unnamed = self.harness.unnamed_widgets();
        match unnamed.first() {
            Some(first) => broken("every widget has a name", first.clone()),
            None => Ok(()),
        }
    }

    /// Whether an action picks an entry of an open menu.
    fn picks(&self, action: &Action, widget: &Widget) -> bool {
        let layer = self.harness.ctx.layer_id_at(widget.rect.center());
        match action {
            Action::Click { button: 0, .. } => {
                !self.is_below_a_dialog()
                    && layer.is_some_and(|layer| layer.order == egui::Order::Foreground)
            }
            Action::Press { .. } => !self.is_below_a_dialog(),
            _ => false,
        }
    }

    fn is_below_a_dialog(&self) -> bool {
        let ctx = &self.harness.ctx;
        ctx.memory(|memory| memory.top_modal_layer().is_some())
    }

    /// Whether an action reaches a widget that answers.
    pub fn lands(&self, action: &Action, widget: &Widget) -> bool {
        let reaches = match action {
            Action::Click { button: 0, .. } => eye::is_uncovered(&self.harness.ctx, widget),
            Action::Press { .. } => !eye::is_covered(&self.harness.ctx),
            _ => false,
        };
        reaches && widget.enabled
    }

    /// What an action on a run button has to bring about.
    fn expected(&self, action: &Action, widget: &Widget) -> Option<(Widget, Effect)> {
        let ours = RUN_BUTTONS.contains(&widget.name.as_str())
            && widget.role == egui::accesskit::Role::Button;
        if !(ours && self.lands(action, widget)) {
            return None;
        }
        let effect: Effect = match widget.name.as_str() {
            "Pause" => |old, new| new.paused > old.paused || new.over > old.over,
            "Stop" => |old, new| new.over > old.over,
            "Restart" | "Start" | "Start a new run" => {
                |old, new| new.started > old.started || new.not_begun > old.not_begun
            }
            "Single step" => |old, new| {
                new.points > old.points || new.progress > old.progress || new.over > old.over
            },
            _ => |old, new| new.went_on > old.went_on || new.started > old.started,
        };
        Some((widget.clone(), effect))
    }

    /// An enabled run button does what it says within somebody's patience.
    fn await_effect(
        &mut self,
        (button, effect): (Widget, Effect),
        old: Told,
    ) -> Result<(), Failure> {
        self.counts.buttons += 1;
        let (began, mut frames) = (Instant::now(), 0);
        while !effect(&old, &self.told()) {
            if is_over((began, frames)) {
                let says = eye::toolbar_line(&self.widgets).map(|(text, _)| text);
                let says = says.unwrap_or("nothing").to_owned();
                let (doing, pending) = {
                    let truth = self.truth.lock().unwrap();
                    (truth.doing, truth.pending.clone())
                };
                let (name, stood) = (&button.name, button.rect);
                let stands = self.widgets.iter().find(|widget| widget.name == *name);
                let stands = stands.map(|widget| widget.rect);
                let found = format!(
                    "{name} did nothing; the toolbar says “{says}”, the worker {doing:?}, \
                     {pending:?} pending; it stood at {stood:?}, now at {stands:?}"
                );
                return broken("an enabled run button does something", found);
            }
            frames += 1;
            std::thread::sleep(REST);
            self.frames(1)?;
        }
        self.counts.longest = self.counts.longest.max(began.elapsed());
        Ok(())
    }
}

/// Whether what happened since is what a button promises.
type Effect = fn(&Told, &Told) -> bool;

fn agrees(says: Says, doing: Doing, pending: bool) -> bool {
    match doing {
        Doing::Nothing => match says {
            Says::Starting => true,
            Says::Nothing => !pending,
            _ => false,
        },
        Doing::Working => says.is_work(),
        Doing::Paused => says == Says::Paused,
        Doing::Stopped => says == Says::Stopped,
        Doing::Finished => says == Says::Finished,
        Doing::Diverged => says == Says::Diverged,
        // A run that failed and one that is asked for after it.
        Doing::Failed => says == Says::Failed || (pending && says == Says::Starting),
    }
}
