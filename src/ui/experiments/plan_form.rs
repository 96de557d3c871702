//! The form of a plan: what is to be found out, at which size, under how many seeds, and where
//! the results go.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ComboBox, DragValue, RichText, TextEdit, Ui, vec2};

use super::StudyIntent;
use crate::data::Collection;
use crate::exhibit::numbers;
use crate::experiment::plan::{Experiment, Plan, Task};
use crate::training::config::Preset;
use crate::ui::lists;
use crate::ui::loading::parse_classes;
use crate::ui::theme::{self, UNIT};
use crate::worker::study_protocol::StudyRequest;

/// Seeds of a new plan: as many as Tables 1 and 2 want at least.
const SEEDS: &str = "0-4";
/// Seeds of a plan at the most: more is a slip of the keys.
const MOST_SEEDS: usize = 1000;

/// A ladder, to be made a study of.
#[derive(Clone, Debug, PartialEq)]
pub struct OfLadder {
    /// The study.
    pub plan: Plan,
    /// Its images, where they are of a file.
    pub images: Option<PathBuf>,
    /// Those in the program, where they are not.
    pub collection: Collection,
}

/// What a person chose.
#[derive(Clone, Debug, PartialEq)]
struct Choices {
    preset: Preset,
    /// The settings are a ladder's, in the place of the preset's.
    ladder: Option<Arc<OfLadder>>,
    collection: Collection,
    experiments: [bool; Experiment::ALL.len()],
    seeds: String,
    lambdas: String,
    codes: String,
    classes: String,
    noise: f64,
    clip: bool,
    components: usize,
    images: String,
    folder: String,
}

/// A plan that can be carried out, and how much it is.
#[derive(Clone, Debug)]
struct Planned {
    plan: Plan,
    tasks: Vec<Task>,
}

/// The form.
pub struct PlanForm {
    choices: Choices,
    /// The ladder whose settings can be chosen.
    offered: Option<Arc<OfLadder>>,
    /// What the choices amount to, for the choices it was made of.
    planned: Option<(Choices, Result<Planned, String>)>,
}

impl Default for PlanForm {
    fn default() -> Self {
        let mut form = Self {
            choices: Choices {
                preset: Preset::Quick,
                ladder: None,
                collection: Collection::default(),
                experiments: [true; Experiment::ALL.len()],
                seeds: SEEDS.to_owned(),
                lambdas: String::new(),
                codes: String::new(),
                classes: String::new(),
                noise: 0.0,
                clip: false,
                components: 1,
                images: String::new(),
                folder: String::new(),
            },
            offered: None,
            planned: None,
        };
        form.size_of(Preset::Quick, Collection::default());
        form.lists_of(Preset::Quick);
        form
    }
}

fn join<T: ToString>(values: &[T]) -> String {
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

/// Reads numbers that are parted by commas or spaces.
fn list<T: std::str::FromStr>(text: &str, what: &str) -> Result<Vec<T>, String> {
    lists::parts(text)
        .map(|part| {
            let wrong =
                |_| format!("“{part}” is no {what}: write numbers with commas between them");
            part.parse().map_err(wrong)
        })
        .collect()
}

/// Reads seeds: `0-4`, `0, 3, 7`, `5`.
fn seeds(text: &str) -> Result<Vec<u64>, String> {
    let mut seeds = Vec::new();
    for part in lists::parts(text) {
        let wrong = || format!("“{part}” is no seed: write numbers such as 0-4 or 1, 7");
        let range = lists::range::<u64>(part).ok_or_else(wrong)?;
        let room = MOST_SEEDS + 1 - seeds.len().min(MOST_SEEDS);
        seeds.extend(range.take(room));
    }
    seeds.sort_unstable();
    seeds.dedup();
    match seeds.len() {
        0 => Err("A study needs at least one seed, such as 0".to_owned()),
        1..=MOST_SEEDS => Ok(seeds),
        _ => Err(format!(
            "At most {} seeds make a study",
            numbers::count(MOST_SEEDS)
        )),
    }
}

/// What a ladder's settings are called.
const OF_LADDER: &str = "The ladder";
/// The usual folder of a ladder's results.
const LADDERS: &str = "dkae-experiments/ladder";

/// The folder of a preset's results on a collection.
fn usual_folder(preset: Preset, collection: Collection) -> String {
    let preset = preset.name().to_lowercase();
    match collection {
        Collection::Mnist => format!("dkae-experiments/{preset}"),
        other => format!("dkae-experiments/{}-{preset}", other.stem()),
    }
}

impl Choices {
    fn experiments(&self) -> Vec<Experiment> {
        let chosen = Experiment::ALL.into_iter().zip(self.experiments);
        chosen.filter(|(_, on)| *on).map(|(e, _)| e).collect()
    }

    /// A plan under the chosen settings.
    fn settings(&self) -> Plan {
        match &self.ladder {
            Some(ladder) => ladder.plan.clone(),
            None => Plan::of(self.preset, &Experiment::ALL, 0, 1),
        }
    }

    fn plan(&self) -> Result<Planned, String> {
        let mut plan = self.settings();
        plan.experiments = self.experiments();
        plan.seeds = seeds(&self.seeds)?;
        plan.lambdas = list(&self.lambdas, "λ")?;
        plan.lambdas.sort_by(f64::total_cmp);
        plan.lambdas.dedup();
        plan.code_sizes = list(&self.codes, "code size")?;
        plan.code_sizes.sort_unstable();
        plan.code_sizes.dedup();
        if plan.code_sizes.contains(&0) {
            return Err("Nc has to be at least 1".to_owned());
        }
        let classes = parse_classes(&self.classes)?;
        plan.denoising.classes = classes.ok_or("Table 2 needs classes: 5, 6 are the paper's")?;
        plan.denoising.noise = self.noise;
        plan.denoising.clip = self.clip;
        plan.denoising.components = self.components;
        plan.check().map_err(|error| sentence(&error.to_string()))?;
        if self.folder.trim().is_empty() {
            return Err("The results need a folder".to_owned());
        }
        let tasks = plan.tasks();
        Ok(Planned { plan, tasks })
    }
}

/// With a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

impl PlanForm {
    /// Puts a preset's lists and numbers into the form, and the folder of its results on
    /// `collection`.
    fn size_of(&mut self, preset: Preset, collection: Collection) {
        let old_folder = usual_folder(self.choices.preset, self.choices.collection);
        let usual = [old_folder.as_str(), LADDERS, ""];
        if usual.contains(&self.choices.folder.as_str()) {
            self.choices.folder = usual_folder(preset, collection);
        }
        self.choices.collection = collection;
        let was = self.choices.ladder.take();
        if preset != self.choices.preset || was.is_some() {
            self.lists_of(preset);
        }
    }

    /// The study of a ladder stands in the form, and can be chosen from now on.
    pub fn of_ladder(&mut self, ladder: OfLadder) {
        let ladder = Arc::new(ladder);
        self.offered = Some(Arc::clone(&ladder));
        self.take_ladder(ladder);
    }

    fn take_ladder(&mut self, ladder: Arc<OfLadder>) {
        let usual = usual_folder(self.choices.preset, self.choices.collection);
        if self.choices.folder.is_empty() || self.choices.folder == usual {
            self.choices.folder = LADDERS.to_owned();
        }
        let plan = &ladder.plan;
        self.choices.experiments = Experiment::ALL.map(|experiment| plan.has(experiment));
        self.choices.seeds = join(&plan.seeds);
        self.choices.collection = ladder.collection;
        let images = ladder.images.as_ref();
        self.choices.images = images.map_or_else(String::new, |path| path.display().to_string());
        self.choices.ladder = Some(ladder);
        self.lists_of(self.choices.preset);
    }

    /// Puts a preset's lists and numbers into the form.
    fn lists_of(&mut self, preset: Preset) {
        self.choices.preset = preset;
        let plan = self.choices.settings();
        self.choices = Choices {
            lambdas: join(&plan.lambdas),
            codes: join(&plan.code_sizes),
            classes: join(&plan.denoising.classes),
            noise: plan.denoising.noise,
            clip: plan.denoising.clip,
            components: plan.denoising.components,
            ..self.choices.clone()
        };
    }

    /// The results go there.
    pub fn set_folder(&mut self, folder: String) {
        self.choices.folder = folder;
    }

    /// The experiments that are chosen.
    #[must_use]
    pub fn experiments(&self) -> Vec<Experiment> {
        self.choices.experiments()
    }

    fn planned(&mut self) -> &Result<Planned, String> {
        let choices = &self.choices;
        let planned = match self.planned.take() {
            Some(old) if old.0 == *choices => old,
            _ => (choices.clone(), choices.plan()),
        };
        &self.planned.insert(planned).1
    }

    /// What a start would ask for.
    ///
    /// # Errors
    ///
    /// What is wrong with the form, in a sentence for the person.
    pub fn request(&mut self) -> Result<StudyRequest, String> {
        let plan = self.planned().as_ref().map_err(Clone::clone)?.plan.clone();
        let images = self.choices.images.trim();
        Ok(StudyRequest {
            plan,
            images: (!images.is_empty()).then(|| images.into()),
            collection: self.choices.collection,
            folder: self.choices.folder.trim().into(),
            threads: 0,
            beforehand: None,
        })
    }

    /// What the plan amounts to, or what is wrong with it.
    pub fn summary(&mut self, ui: &mut Ui) {
        let palette = theme::of(ui);
        match self.planned() {
            Err(problem) => {
                ui.label(RichText::new(problem).small().color(palette.error));
            }
            Ok(planned) => {
                let is_network = |task: &&Task| matches!(task, Task::Network(_));
                let networks = planned.tasks.iter().filter(is_network).count();
                let text = format!(
                    "{} networks to train, {} tasks in all",
                    numbers::count(networks),
                    numbers::count(planned.tasks.len())
                );
                ui.label(RichText::new(text).small().weak());
            }
        }
    }

    /// Shows the form.
    pub fn show(&mut self, ui: &mut Ui, intents: &mut Vec<StudyIntent>) {
        self.size(ui);
        heading(ui, "What");
        for (index, experiment) in Experiment::ALL.into_iter().enumerate() {
            ui.checkbox(&mut self.choices.experiments[index], experiment.name());
            ui.indent(("about", index), |ui| {
                let about = RichText::new(experiment.describe()).small().weak();
                ui.add(egui::Label::new(about).wrap());
                self.details(ui, experiment);
            });
        }
        heading(ui, "Where");
        let label = ui.label(RichText::new("Folder of the results").small().weak());
        ui.horizontal(|ui| {
            let width = ui.available_width() - 10.0 * UNIT;
            ui.add(TextEdit::singleline(&mut self.choices.folder).desired_width(width))
                .labelled_by(label.id)
                .on_hover_text("Finished results are kept here. If it holds some of the same study, they count, and the study goes on from them.");
            let hover = "Choose the folder by a dialog.";
            if ui.button("Choose…").on_hover_text(hover).clicked() {
                intents.push(StudyIntent::ChooseFolder);
            }
        });
        let label = ui.label(RichText::new("Images").small().weak());
        ui.add(
            TextEdit::singleline(&mut self.choices.images)
                .hint_text(format!("those of {} in the program", self.choices.collection.title()))
                .desired_width(ui.available_width()),
        )
        .labelled_by(label.id)
        .on_hover_text("An IDX file of images, plain or gzip; labels are found beside it. Empty for the images that come with the program.");
    }

    fn size(&mut self, ui: &mut Ui) {
        let mut preset = self.choices.preset;
        let mut collection = self.choices.collection;
        let mut ladder = self.choices.ladder.is_some();
        let was = ladder;
        ui.horizontal(|ui| {
            let label = ui.label("Preset");
            let combo = ComboBox::from_id_salt("study preset")
                .selected_text(if ladder { OF_LADDER } else { preset.name() })
                .width(12.0 * UNIT)
                .show_ui(ui, |ui| {
                    for choice in Preset::ALL {
                        let chosen = !ladder && choice == preset;
                        let entry = ui.selectable_label(chosen, choice.name());
                        if entry.on_hover_text(choice.describe()).clicked() {
                            (preset, ladder) = (choice, false);
                        }
                    }
                    if self.offered.is_some() {
                        ui.selectable_value(&mut ladder, true, OF_LADDER)
                            .on_hover_text(
                                "The settings and samples of the ladder beside the live run.",
                            );
                    }
                });
            combo.response.labelled_by(label.id);
        });
        ui.horizontal(|ui| {
            let label = ui.label("Data");
            let combo = ComboBox::from_id_salt("study data")
                .selected_text(collection.title())
                .width(16.0 * UNIT)
                .show_ui(ui, |ui| {
                    for choice in Collection::ALL {
                        ui.selectable_value(&mut collection, choice, choice.title())
                            .on_hover_text(choice.subject());
                    }
                });
            let hover =
                "The images in the program that the study takes, unless a file is named below.";
            combo.response.labelled_by(label.id).on_hover_text(hover);
        });
        let of_ladder = self.offered.clone().filter(|_| ladder);
        if let Some(of_ladder) = of_ladder.filter(|_| !was) {
            self.take_ladder(of_ladder);
        } else if (preset, collection, ladder)
            != (self.choices.preset, self.choices.collection, was)
        {
            self.size_of(preset, collection);
        }
        let about = self.about();
        ui.add(egui::Label::new(RichText::new(about).small().weak()).wrap());
        ui.horizontal(|ui| {
            let label = ui.label("Seeds");
            ui.add(TextEdit::singleline(&mut self.choices.seeds).desired_width(12.0 * UNIT))
                .labelled_by(label.id)
                .on_hover_text("Every number is a mean over these seeds: 0-4 for five, or 1, 7. One seed is finished before the next begins.");
        });
    }

    /// What the settings are.
    fn about(&self) -> String {
        let preset = self.choices.preset;
        if let Some(ladder) = &self.choices.ladder {
            return format!(
                "{} images · the settings of the live run's ladder. Its finished networks are taken over, the others are trained.",
                numbers::count(ladder.plan.samples)
            );
        }
        let way = if preset == Preset::Denoise {
            ""
        } else {
            ", in the paper's way"
        };
        format!(
            "{} images · {}{way}",
            numbers::count(preset.samples()),
            preset.describe()
        )
    }

    /// What an experiment lets a person choose.
    fn details(&mut self, ui: &mut Ui, experiment: Experiment) {
        let choices = &mut self.choices;
        match experiment {
            Experiment::Fig3a => list_field(ui, "λ", &mut choices.lambdas),
            Experiment::Fig3b => list_field(ui, "Nc", &mut choices.codes),
            Experiment::Table2 => {
                text_field(ui, "Classes", &mut choices.classes);
                ui.horizontal(|ui| {
                    let label = ui.label("Noise σ");
                    ui.add(
                        DragValue::new(&mut choices.noise)
                            .clip_text(true)
                            .update_while_editing(false)
                            .range(0.0..=2.0)
                            .speed(0.005),
                    )
                    .labelled_by(label.id);
                    let label = ui.label("m");
                    ui.add(
                        DragValue::new(&mut choices.components)
                            .clip_text(true)
                            .update_while_editing(false)
                            .range(1..=512)
                            .speed(0.2),
                    )
                    .labelled_by(label.id)
                    .on_hover_text("Principal components of every method.");
                });
            }
            Experiment::Fig4
            | Experiment::Table1
            | Experiment::Fig5
            | Experiment::CodeSpace
            | Experiment::Better => {}
        }
    }
}

/// A short name and a list, in as many lines as it takes to show all of it.
fn list_field(ui: &mut Ui, name: &str, text: &mut String) {
    ui.horizontal_top(|ui| {
        let label = ui.label(name);
        let field = TextEdit::multiline(text).desired_rows(1);
        ui.add(field.desired_width(ui.available_width()))
            .labelled_by(label.id);
    });
}

/// A short name and a line of text.
fn text_field(ui: &mut Ui, name: &str, text: &mut String) {
    ui.horizontal(|ui| {
        let label = ui.label(name);
        ui.add(TextEdit::singleline(text).desired_width(ui.available_width()))
            .labelled_by(label.id);
    });
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(UNIT);
    ui.allocate_space(vec2(0.0, 0.0));
    ui.label(RichText::new(text).strong());
}

#[cfg(test)]
#[path = "plan_form_tests.rs"]
mod tests;
