//! What goes beyond the paper: a ramp of λ, training through a projection, altered copies.

use egui::{Slider, Ui};

use super::field::{Effect, Field, counted, mark, section, slider};
use crate::training::config::{CopiesConfig, Ramp, RunConfig, TrainingConfig};
use crate::view::settings::{self, name};

const RAMP: &str = "λ stays low in the first part of the training and then rises to the value above: λ(s) = λ₀ + (λ − λ₀) (s − begin) / (end − begin), s the share of the steps. Whoever moves λ meanwhile ends the ramp.";
const PROJECTION: &str = "The codes h of a minibatch are projected on their m leading axes before they are decoded: y = μ + (h − μ) QᵀQ. So the decoder learns on what PCA of the codes leaves it when images are denoised. C is still that of the codes themselves.";
const COPIES: &str = "P is a function, so that moved or noisy copies of the training images have values of their own. They are trained on as the images are; validation and test images are never copied.";

/// The section, open where one of its settings is in use.
pub(super) fn show(ui: &mut Ui, config: &mut RunConfig, run: Option<&TrainingConfig>) {
    let training = &config.training;
    let used =
        training.ramp.is_some() || training.projection.is_some() || training.copies.is_some();
    let code = config.network.code;
    section(ui, "Beyond the paper", used, |ui| {
        let training = &mut config.training;
        ramp(ui, &mut training.ramp, run.map(|run| &run.ramp));
        projection(
            ui,
            &mut training.projection,
            run.map(|run| &run.projection),
            code,
        );
        copies(ui, &mut training.copies, run.map(|run| &run.copies));
    });
}

/// A box that turns a setting on with its `usual` value, or off.
fn switch<T: Clone + PartialEq>(
    ui: &mut Ui,
    (name, hover): (&str, &str),
    setting: &mut Option<T>,
    run: Option<&Option<T>>,
    usual: T,
    text: impl Fn(&T) -> String,
) {
    let effect = Effect::new_run(setting, run, |run| {
        run.as_ref().map_or_else(|| "off".to_owned(), &text)
    });
    let field = Field {
        name,
        hover,
        effect,
    };
    let mut on = setting.is_some();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = super::UNIT / 2.0;
        let response = ui.checkbox(&mut on, name);
        if response.on_hover_text(field.explanation()).changed() {
            *setting = on.then_some(usual);
        }
        mark(ui, &field.effect);
    });
}

/// A part of a setting: when it takes effect is said by the box above it.
fn part(ui: &mut Ui, name: &str, hover: &str, control: Slider<'_>) {
    slider(ui, &Field::at_once(name, hover), control);
}

fn ramp(ui: &mut Ui, ramp: &mut Option<Ramp>, run: Option<&Option<Ramp>>) {
    switch(
        ui,
        (name::RAMP, RAMP),
        ramp,
        run,
        Ramp::default(),
        settings::ramp,
    );
    if let Some(ramp) = ramp {
        let start = Slider::new(&mut ramp.start, 0.0..=1.0).fixed_decimals(2);
        part(
            ui,
            "λ at first",
            "λ₀; the run's own λ where that is less.",
            start,
        );
        let begin = Slider::new(&mut ramp.begin, 0.0..=0.95).fixed_decimals(2);
        part(
            ui,
            "Rises after",
            "The share of the steps after which λ rises.",
            begin,
        );
        // A ramp that ends before it begins is none.
        ramp.end = ramp.end.max((ramp.begin + 0.05).min(1.0));
        let end = Slider::new(&mut ramp.end, 0.05..=1.0).fixed_decimals(2);
        part(
            ui,
            "Risen at",
            "The share of the steps at which λ has its own value.",
            end,
        );
        ramp.end = ramp.end.max((ramp.begin + 0.01).min(1.0));
    }
}

fn projection(
    ui: &mut Ui,
    projection: &mut Option<usize>,
    run: Option<&Option<usize>>,
    code: usize,
) {
    switch(
        ui,
        (name::PROJECTION, PROJECTION),
        projection,
        run,
        32.min(code),
        |m| format!("m = {m}"),
    );
    if let Some(components) = projection {
        let m = Slider::new(components, 1..=512).logarithmic(true);
        let hover = "m, the leading axes of a batch's codes that are decoded; with Nc or more it makes no difference.";
        part(ui, "Axes m in training", hover, counted(m));
    }
}

fn copies(ui: &mut Ui, copies: &mut Option<CopiesConfig>, run: Option<&Option<CopiesConfig>>) {
    switch(
        ui,
        (name::COPIES, COPIES),
        copies,
        run,
        CopiesConfig::default(),
        settings::copies,
    );
    if let Some(copies) = copies {
        let count = Slider::new(&mut copies.count, 1..=20);
        part(
            ui,
            "Copies an image",
            "Copies of each training image.",
            count,
        );
        // A copy that is neither moved nor noisy is none.
        let least = usize::from(copies.noise <= 0.0);
        copies.shift = copies.shift.max(least);
        let shift = Slider::new(&mut copies.shift, least..=4);
        part(
            ui,
            "Shift",
            "Pixels by which a copy is moved at the most, along each axis.",
            shift,
        );
        let noise = Slider::new(&mut copies.noise, 0.0..=1.0).fixed_decimals(2);
        let hover = "Standard deviation of Gaussian noise on a copy's pixels; the network is to rebuild the noisy copy.";
        part(ui, "Noise on copies σ", hover, noise);
    }
}
