//! What a hand can do to the window, as data that can be kept and played again.

use std::path::PathBuf;
use std::sync::Arc;

use dkae_explorer::ui::App;
use egui::accesskit::{Action as Wish, ActionData, Role};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable, by};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::eye::Widget;
use crate::saved;
use crate::whole;
use crate::world::FILES;

/// A widget as it is found again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    role: String,
    name: String,
    nth: usize,
}

impl Target {
    /// The first button of this name.
    pub fn button(name: &str) -> Self {
        Self {
            role: format!("{:?}", Role::Button),
            name: name.to_owned(),
            nth: 0,
        }
    }

    fn of(widget: &Widget) -> Self {
        Self {
            role: format!("{:?}", widget.role),
            name: widget.name.clone(),
            nth: widget.nth,
        }
    }

    /// The widget of that name, or else the first whose name begins alike up to a number.
    pub fn find<'a>(&self, widgets: &'a [Widget]) -> Option<&'a Widget> {
        let role = |widget: &&Widget| format!("{:?}", widget.role) == self.role;
        let exact = widgets
            .iter()
            .filter(|widget| widget.name == self.name)
            .filter(role)
            .find(|widget| widget.nth == self.nth);
        let stem = |name: &str| {
            let end = name.find(|c: char| c.is_ascii_digit());
            name[..end.unwrap_or(name.len())].trim_end().to_owned()
        };
        let wanted = stem(&self.name);
        let alike = |widget: &&Widget| wanted.len() > 3 && stem(&widget.name) == wanted;
        exact.or_else(|| widgets.iter().filter(role).find(alike))
    }
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// A click in the middle; `slow`: movement, press and release in frames of their own.
    Click {
        target: Target,
        button: u8,
        slow: bool,
    },
    /// Asked for by a screen reader.
    Press { target: Target },
    /// From one place of a widget to another, both in shares of its sides.
    Drag {
        target: Target,
        from: [f32; 2],
        to: [f32; 2],
        frames: u8,
    },
    /// A number is set by a screen reader.
    SetValue { target: Target, value: f64 },
    /// A field is clicked, emptied and written into.
    Type {
        target: Target,
        text: String,
        enter: bool,
    },
    /// A key, perhaps with Ctrl.
    Key { name: String, ctrl: bool },
    /// The keys of *Undo*, *Redo* or, as *Redo* too, Ctrl+Y.
    Whole { name: String },
    /// The line that was copied last is pasted, with a damage of this number.
    Paste { damage: u8 },
    /// The pointer goes somewhere, in shares of the window.
    Hover { at: [f32; 2] },
    /// The wheel turns there.
    Wheel { at: [f32; 2], by: f32, ctrl: bool },
    /// The window gets another size.
    Resize { size: [f32; 2] },
    /// A file is dropped.
    Drop { file: String },
    /// So many milliseconds go by.
    Wait { ms: u64 },
    /// Time goes by until what the toolbar says has come true.
    Settle,
}

/// Widgets that would leave the program or need a graphics adapter.
const FORBIDDEN: [&str; 4] = [
    "Open a file…",
    "Choose…",
    "Open folder",
    "The window as PNG",
];

/// What runs are driven by.
pub const RUN_BUTTONS: [&str; 12] = [
    "Pause",
    "Resume",
    "Go on",
    "Go on gently",
    "Go on at a tenth of the learning rate",
    "Train on",
    "Train on from this network",
    "Stop",
    "Single step",
    "Restart",
    "Start",
    "Start a new run",
];

const KEYS: [Key; 14] = [
    Key::Space,
    Key::Space,
    Key::ArrowRight,
    Key::ArrowRight,
    Key::ArrowLeft,
    Key::ArrowDown,
    Key::F1,
    Key::F12,
    Key::Escape,
    Key::Escape,
    Key::Tab,
    Key::Enter,
    Key::Delete,
    Key::PageDown,
];

/// What is typed into whatever takes text.
const TEXTS: [&str; 36] = [
    "",
    "0",
    "1",
    "2",
    "8",
    "20",
    "60",
    "128",
    "300",
    "1500",
    "100000",
    "99999999999999999999",
    "-1",
    "0.3",
    "0.05",
    "1e-300",
    "1e300",
    "nan",
    "inf",
    "abc",
    "λ",
    "5, 6",
    "0-4",
    "9-0",
    "3",
    "0 1 2 3 4 5 6 7 8 9",
    "16, 8",
    "32",
    "0, 0",
    "pictures",
    "deep/er",
    "bad/",
    "  ",
    "train-images-idx3-ubyte",
    "cut-short",
    "a long text that goes on and on, far beyond the end of any field that this window has for it, \
     and still further than that, until nobody reads it any more",
];

fn pick<'a, T>(random: &mut impl Rng, all: &'a [T]) -> Option<&'a T> {
    (!all.is_empty()).then(|| &all[random.random_range(0..all.len())])
}

fn share(random: &mut impl Rng) -> f32 {
    // The ends are worth more than their share.
    match random.random_range(0..6) {
        0 => 0.0,
        1 => 1.0,
        _ => random.random_range(0.0..1.0),
    }
}

impl Action {
    /// Something that can be done to a window of these widgets.
    pub fn random(random: &mut impl Rng, widgets: &[Widget]) -> Self {
        let hands: Vec<&Widget> = widgets
            .iter()
            .filter(|widget| widget.is_for_hands())
            .filter(|widget| !FORBIDDEN.contains(&widget.name.as_str()))
            .collect();
        let of = |roles: &[Role]| -> Vec<&Widget> {
            let hands = hands.iter().copied();
            hands.filter(|w| roles.contains(&w.role)).collect()
        };
        let chosen = match random.random_range(0..100) {
            0..22 => Self::click(random, &hands),
            22..34 => {
                let buttons: Vec<_> = hands
                    .iter()
                    .copied()
                    .filter(|w| w.enabled)
                    .filter(|w| RUN_BUTTONS.contains(&w.name.as_str()) || w.name.ends_with("study"))
                    .collect();
                Self::click(random, &buttons)
            }
            34..36 => pick(random, &hands).map(|widget| Self::Press {
                target: Target::of(widget),
            }),
            36..39 => {
                let pages = ["Live", "Experiments"];
                let page = |w: &&Widget| pages.iter().any(|page| w.name.starts_with(page));
                let pages: Vec<_> = hands.iter().copied().filter(page).collect();
                Self::click(random, &pages)
            }
            39..43 => {
                // An entry of an open menu, or else a menu that has some.
                let entry = |w: &&Widget| w.enabled && saved::Kind::of(&w.name).is_some();
                let menu = |w: &&Widget| w.name.starts_with("Save");
                let find = |is: &dyn Fn(&&Widget) -> bool| -> Vec<_> {
                    hands.iter().copied().filter(|w| is(w)).collect()
                };
                let entries = find(&entry);
                let menus = find(&menu);
                Self::click(random, if entries.is_empty() { &menus } else { &entries })
            }
            43..52 => Self::drag(random, &of(&[Role::Slider, Role::SpinButton, Role::Image])),
            52..59 => Self::set_value(random, &of(&[Role::Slider, Role::SpinButton])),
            59..65 => {
                let roles = [Role::TextInput, Role::MultilineTextInput, Role::SpinButton];
                pick(random, &of(&roles)).map(|widget| Self::Type {
                    target: Target::of(widget),
                    text: pick(random, &TEXTS).unwrap().to_string(),
                    enter: random.random_bool(0.7),
                })
            }
            65..76 => pick(random, &KEYS).map(|key| Self::Key {
                name: key.name().to_owned(),
                ctrl: random.random_bool(0.03),
            }),
            76..78 => Some(Self::Hover {
                at: [share(random), share(random)],
            }),
            78..81 => Some(match random.random_range(0..6) {
                0 => Self::Paste {
                    damage: random.random_range(0..whole::DAMAGES.len() as u8),
                },
                1 | 2 => {
                    let of_line = |w: &&Widget| w.name == "Copy settings";
                    let buttons: Vec<_> = hands.iter().copied().filter(of_line).collect();
                    return Self::click(random, &buttons).unwrap_or(Self::Wait { ms: 10 });
                }
                _ => Self::Whole {
                    name: pick(random, &["Undo", "Undo", "Redo", "Y"])
                        .unwrap()
                        .to_string(),
                },
            }),
            81..84 => Some(Self::Wheel {
                at: [share(random), share(random)],
                by: random.random_range(-300.0..300.0),
                ctrl: false,
            }),
            84..87 => Some(Self::Resize {
                size: [
                    1100.0 + (share(random) * 1460.0).round(),
                    700.0 + (share(random) * 740.0).round(),
                ],
            }),
            87..89 => pick(random, &FILES).map(|file| Self::Drop {
                file: (*file).to_owned(),
            }),
            89..93 => Some(Self::Settle),
            _ => Some(Self::Wait {
                ms: random.random_range(5..80),
            }),
        };
        chosen.unwrap_or(Self::Wait { ms: 10 })
    }

    fn click(random: &mut impl Rng, widgets: &[&Widget]) -> Option<Self> {
        pick(random, widgets).map(|widget| Self::Click {
            target: Target::of(widget),
            button: match random.random_range(0..20) {
                0 => 1,
                1 => 2,
                _ => 0,
            },
            slow: random.random_bool(0.25),
        })
    }

    fn drag(random: &mut impl Rng, widgets: &[&Widget]) -> Option<Self> {
        pick(random, widgets).map(|widget| Self::Drag {
            target: Target::of(widget),
            from: [share(random), share(random)],
            to: [
                3.0 * share(random) - 1.0,
                if random.random_bool(0.5) {
                    0.5
                } else {
                    3.0 * share(random) - 1.0
                },
            ],
            frames: random.random_range(1..5),
        })
    }

    fn set_value(random: &mut impl Rng, widgets: &[&Widget]) -> Option<Self> {
        pick(random, widgets).map(|widget| {
            let (low, high) = widget.range.unwrap_or((0.0, 100.0));
            let value = match random.random_range(0..10) {
                0 => low,
                1 => high,
                2 => low - 1.0,
                3 => high + 1e3,
                4 => 0.0,
                _ if low.is_finite() && high.is_finite() && low < high => {
                    random.random_range(low..high.min(low + 1e4))
                }
                _ => random.random_range(0.0..100.0),
            };
            Self::SetValue {
                target: Target::of(widget),
                value,
            }
        })
    }

    /// The widget it is about.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Click { target, .. }
            | Self::Press { target }
            | Self::Drag { target, .. }
            | Self::SetValue { target, .. }
            | Self::Type { target, .. } => Some(target),
            _ => None,
        }
    }

    /// Does it, in as many frames as it takes. Time is not its to let go by.
    pub fn perform(&self, harness: &mut Harness<'_, App>, widget: Option<&Widget>) {
        let size = harness.ctx.content_rect().size();
        let place = |[x, y]: [f32; 2]| pos2(x * (size.x - 1.0), y * (size.y - 1.0));
        match self {
            Self::Click { button, slow, .. } => {
                let Some(widget) = widget else { return };
                click(harness, widget.rect.center(), *button, *slow);
            }
            Self::Press { .. } => ask(harness, widget, Wish::Click, None),
            Self::SetValue { value, .. } => {
                let data = ActionData::NumericValue(*value);
                ask(harness, widget, Wish::SetValue, Some(data));
            }
            Self::Drag {
                from, to, frames, ..
            } => {
                let Some(widget) = widget else { return };
                let at = |[x, y]: [f32; 2]| widget.rect.lerp_inside(vec2(x, y));
                drag(harness, at(*from), at(*to), *frames);
            }
            Self::Type { text, enter, .. } => {
                let Some(widget) = widget else { return };
                write(harness, widget.rect.center(), text, *enter);
            }
            Self::Key { name, ctrl } => {
                let Some(key) = Key::from_name(name) else {
                    return;
                };
                let modifiers = if *ctrl {
                    Modifiers::CTRL
                } else {
                    Modifiers::NONE
                };
                for event in stroke(key, modifiers) {
                    harness.input_mut().events.push(event);
                }
                harness.step();
            }
            Self::Hover { at } => frame(harness, vec![Event::PointerMoved(place(*at))]),
            Self::Wheel { at, by, ctrl } => {
                let modifiers = if *ctrl {
                    Modifiers::CTRL
                } else {
                    Modifiers::NONE
                };
                let wheel = Event::MouseWheel {
                    unit: MouseWheelUnit::Point,
                    delta: vec2(0.0, *by),
                    phase: egui::TouchPhase::Move,
                    source: egui::MouseWheelSource::Unknown,
                    modifiers,
                };
                frame(harness, vec![Event::PointerMoved(place(*at)), wheel]);
            }
            Self::Resize { size } => {
                harness.set_size(Vec2::from(*size));
                harness.step();
            }
            Self::Drop { file } => {
                let path = std::env::current_dir().unwrap().join(file);
                let files = &mut harness.input_mut().dropped_files;
                files.push(Arc::new(Dropped(path)));
                harness.step();
            }
            Self::Whole { name } => {
                let (modifiers, key) = whole::keys(name);
                frame(harness, stroke(key, modifiers).into());
            }
            // What was copied last is the round's to know.
            Self::Paste { .. } | Self::Wait { .. } | Self::Settle => {}
        }
    }
}

/// A file as the toolkit hands it over.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("read by its path".to_owned())
    }
}

/// A frame with these events, all of them at once.
fn frame(harness: &mut Harness<'_, App>, events: Vec<Event>) {
    harness.input_mut().events.extend(events);
    harness.step();
}

fn button_event(pos: Pos2, button: PointerButton, pressed: bool) -> Event {
    Event::PointerButton {
        pos,
        button,
        pressed,
        modifiers: Modifiers::NONE,
    }
}

fn click(harness: &mut Harness<'_, App>, at: Pos2, button: u8, slow: bool) {
    let button = [
        PointerButton::Primary,
        PointerButton::Secondary,
        PointerButton::Middle,
    ][usize::from(button.min(2))];
    let events = [
        Event::PointerMoved(at),
        button_event(at, button, true),
        button_event(at, button, false),
    ];
    if slow {
        for event in events {
            frame(harness, vec![event]);
        }
    } else {
        frame(harness, events.into());
    }
}

fn drag(harness: &mut Harness<'_, App>, from: Pos2, to: Pos2, frames: u8) {
    let press = button_event(from, PointerButton::Primary, true);
    frame(harness, vec![Event::PointerMoved(from), press]);
    for step in 1..=frames {
        let at = from.lerp(to, f32::from(step) / f32::from(frames));
        frame(harness, vec![Event::PointerMoved(at)]);
    }
    let release = button_event(to, PointerButton::Primary, false);
    frame(harness, vec![release]);
}

fn stroke(key: Key, modifiers: Modifiers) -> [Event; 2] {
    [true, false].map(|pressed| Event::Key {
        key,
        pressed,
        modifiers,
        repeat: false,
        physical_key: None,
    })
}

fn write(harness: &mut Harness<'_, App>, at: Pos2, text: &str, enter: bool) {
    click(harness, at, 0, false);
    let mut events: Vec<_> = stroke(Key::A, Modifiers::CTRL).into();
    events.extend(stroke(Key::Delete, Modifiers::NONE));
    if !text.is_empty() {
        events.push(Event::Text(text.to_owned()));
    }
    frame(harness, events);
    let end = if enter { Key::Enter } else { Key::Escape };
    frame(harness, stroke(end, Modifiers::NONE).into());
}

/// What a screen reader asks of a widget.
fn ask(
    harness: &mut Harness<'_, App>,
    widget: Option<&Widget>,
    wish: Wish,
    data: Option<ActionData>,
) {
    let Some(widget) = widget else { return };
    let node = harness
        .query_all(by().role(widget.role).label(&widget.name))
        .nth(widget.nth);
    let Some(node) = node else { return };
    let (target_node, target_tree) = node.accesskit_node().locate();
    let request = egui::accesskit::ActionRequest {
        target_node,
        target_tree,
        action: wish,
        data,
    };
    frame(harness, vec![Event::AccessKitActionRequest(request)]);
}
