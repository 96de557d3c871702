//! `report.md`: what was run and what came out, on a page for people.

use std::fmt::Write as _;

use super::Study;
use super::tables::{PAPER_CROSSING, PAPER_NOISE, Table2, paper};
use crate::experiment::claims::{Claim, claims, difference};
use crate::experiment::fig3::{SweepPoint, code_sweep, lambda_sweep};
use crate::experiment::findings::{SpectrumFigures, best};
use crate::experiment::plan::{Experiment, Task};
use crate::experiment::statistics::Summary;
use crate::experiment::table1::{KERNELS, PAPER, PAPER_IMPROVEMENT, table1};
use crate::training::config::{Activation, Covariance, PriorConfig, RunConfig};
use crate::view::numbers::{count, duration, three};
use crate::view::settings::beyond;

/// A mean and its standard deviation, with the paper's four decimals.
pub(super) fn figure(summary: &Summary) -> String {
    match summary.sd {
        Some(sd) => format!("{:.4} ± {sd:.4}", summary.mean),
        None => format!("{:.4}", summary.mean),
    }
}

/// A mean and its standard deviation in per cent, with a sign and the paper's decimal.
fn percent(summary: &Summary) -> String {
    match summary.sd {
        Some(sd) => format!("{:+.1} ± {sd:.1}", summary.mean),
        None => format!("{:+.1}", summary.mean),
    }
}

/// The page; `drawn` are the names of the figures that have pictures.
pub(super) fn page(study: &Study<'_>, drawn: &[&str]) -> String {
    let mut page = Page {
        text: String::new(),
        drawn,
    };
    head(&mut page, study);
    let claims = claims(study.plan, study.findings);
    summary(&mut page, &claims);
    for &experiment in &study.plan.experiments {
        page.line(&format!("## {}", experiment.name()));
        page.line(&format!("{}.", experiment.describe()));
        match experiment {
            Experiment::Fig3a => sweep(
                &mut page,
                ("fig3a", "λ"),
                &lambda_sweep(study.plan, study.findings),
            ),
            Experiment::Fig3b => sweep(
                &mut page,
                ("fig3b", "Nc"),
                &code_sweep(study.plan, study.findings),
            ),
            Experiment::Fig4 => fig4(&mut page, study),
            Experiment::Table1 => distances(&mut page, study),
            Experiment::Fig5 => spectrum(&mut page, study),
            Experiment::Table2 => denoising(&mut page, study),
        }
        let own: Vec<&Claim> = claims
            .iter()
            .filter(|claim| of(&claim.key) == Some(experiment))
            .collect();
        for claim in &own {
            page.item(&format!(
                "*{}*: {}. {}.",
                claim.text,
                verdict(claim),
                claim.evidence
            ));
        }
        page.end_list(!own.is_empty());
    }
    page.text
}

/// The experiment that a claim rests on.
fn of(key: &str) -> Option<Experiment> {
    match key {
        "lc_falls_with_lambda" | "lr_rises_with_lambda" => Some(Experiment::Fig3a),
        "lc_falls_with_nc" | "lr_falls_with_nc" => Some(Experiment::Fig3b),
        "c_nearer_ki_than_p" | "c_nearer_ki_than_kae" => Some(Experiment::Table1),
        "dkae_beats_kpca_below_some_m" => Some(Experiment::Fig5),
        "dkae_pca_denoises_better_than_kpca" => Some(Experiment::Table2),
        _ => None,
    }
}

/// Whether a claim held, in words.
fn verdict(claim: &Claim) -> String {
    let word = if claim.held { "held" } else { "did not hold" };
    match claim.seeds {
        Some([_, 1]) | None => word.to_owned(),
        Some([held, all]) => format!("{word} (in {held} of {all} seeds)"),
    }
}

/// The text in the making.
struct Page<'a> {
    text: String,
    drawn: &'a [&'a str],
}

impl Page<'_> {
    /// A paragraph.
    fn line(&mut self, text: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{text}\n");
    }

    /// An item of a list.
    fn item(&mut self, text: &str) {
        let _ = writeln!(self.text, "- {text}");
    }

    fn end_list(&mut self, any: bool) {
        if any {
            self.text.push('\n');
        }
    }

    /// A table: the first row is its head.
    fn table(&mut self, rows: &[Vec<String>]) {
        for (index, row) in rows.iter().enumerate() {
            let _ = writeln!(self.text, "| {} |", row.join(" | "));
            if index == 0 {
                let rule = vec!["---"; row.len()].join(" | ");
                let _ = writeln!(self.text, "| {rule} |");
            }
        }
        self.text.push('\n');
    }

    /// A picture, if it was drawn.
    fn picture(&mut self, name: &str, alternative: &str) {
        if self.drawn.contains(&name) {
            self.line(&format!("![{alternative}]({name}.png)"));
            self.line(&format!("As shapes: [{name}.svg]({name}.svg)"));
        }
    }

    /// What stands in the place of what is not done.
    fn nothing(&mut self) {
        self.line("Nothing of this is done yet.");
    }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn head(page: &mut Page<'_>, study: &Study<'_>) {
    let plan = study.plan;
    let preset = plan.config.preset.name();
    let seeds = plan.seeds.len();
    let many = if seeds == 1 { "seed" } else { "seeds" };
    page.line(&format!(
        "# The experiments of the deep kernelized autoencoder: {preset}, {seeds} {many}"
    ));
    page.line(&format!(
        "The experiments of *Deep Kernelized Autoencoders* (Kampffmeyer, Løkse, Bianchi, Jenssen, \
         Livi; SCIA 2017), repeated by dkAE Explorer {}. {} The paper's figures stand \
         beside ours where it prints any. All of it, seed by seed, is in \
         [report.json](report.json).",
        study.provenance.version,
        if seeds == 1 {
            "There is one seed, so no figure has a standard deviation."
        } else {
            "Figures are means over the seeds ± one standard deviation."
        }
    ));
    let missing = study.missing();
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().take(8).map(Task::describe).collect();
        let more = match missing.len() - names.len() {
            0 => String::new(),
            n => format!("; and {n} more"),
        };
        page.line(&format!(
            "> **Not finished**: {} of {} pieces are missing ({}{more}). What follows is what is \
             there so far.",
            missing.len(),
            plan.tasks().len(),
            names.join("; ")
        ));
    }
    let failures = &study.findings.failures;
    if !failures.is_empty() {
        page.line(&format!(
            "> **Failed**: {} of {} pieces, so that what follows is without them. Another start \
             with `--resume` tries them again.",
            failures.len(),
            plan.tasks().len()
        ));
        for failure in failures {
            let (task, reason) = (failure.task.describe(), &failure.reason);
            page.item(&format!("{task}: {reason}"));
        }
        page.end_list(true);
    }
    page.line("## What was run");
    let mut rows = vec![row(["", ""])];
    rows.extend(
        settings(study)
            .into_iter()
            .map(|(key, text)| vec![key.to_owned(), text]),
    );
    page.table(&rows);
}

fn settings(study: &Study<'_>) -> Vec<(&'static str, String)> {
    let (plan, provenance) = (study.plan, study.provenance);
    let config = &plan.config;
    let data = &provenance.data;
    let short: String = data.sha256.chars().take(12).collect();
    let seeds: Vec<String> = plan.seeds.iter().map(u64::to_string).collect();
    let resumed = if provenance.resumed {
        ", all starts together"
    } else {
        ""
    };
    vec![
        (
            "Data",
            format!(
                "{}, {} samples (sha256 {short}…), 70 % training, 15 % validation, 15 % test",
                data.name,
                count(data.samples)
            ),
        ),
        ("Preset", config.preset.name().to_owned()),
        ("Prior P", prior(&config.prior)),
        ("Network", network(config)),
        ("Training", schedule(config)),
        ("The paper's schedule", full_schedule(config, data.samples)),
        ("Seeds", seeds.join(", ")),
        (
            "Machine",
            format!(
                "{}, {} threads",
                provenance.machine.system, provenance.machine.threads
            ),
        ),
        ("Time", format!("{}{resumed}", duration(provenance.seconds))),
    ]
}

fn prior(prior: &PriorConfig) -> String {
    match prior {
        PriorConfig::Pck(pck) => format!(
            "probabilistic cluster kernel (Eq. 4), Q = {}, G = {}, fitted on {} digits, {} covariance",
            pck.restarts,
            pck.max_components,
            count(pck.fit_samples),
            match pck.covariance {
                Covariance::Diagonal => "diagonal",
                Covariance::Spherical => "spherical",
            }
        ),
        PriorConfig::Rbf { width } => format!("RBF, σ = {width} × the median distance"),
        PriorConfig::Polynomial { degree, offset } => {
            format!("polynomial, degree {degree}, offset {offset}")
        }
        PriorConfig::Cosine => "cosine".into(),
        PriorConfig::Linear => "linear".into(),
        PriorConfig::Ideal => "the ideal kernel K_I".into(),
    }
}

fn network(config: &RunConfig) -> String {
    let network = &config.network;
    let layers: Vec<String> = network.hidden.iter().map(usize::to_string).collect();
    let units = |activation: Activation| activation.name();
    format!(
        "d–{}–{}, tied weights, {} units, {} code",
        layers.join("–"),
        network.code,
        units(network.hidden_activation),
        units(network.code_activation)
    )
}

fn schedule(config: &RunConfig) -> String {
    let training = &config.training;
    let before = match training.pretraining {
        Some(p) => format!(
            "layerwise pretraining of {} steps a layer (Adam {}), then {} steps",
            count(p.steps_per_layer),
            p.learning_rate,
            count(training.steps)
        ),
        None => format!("{} steps without pretraining", count(training.steps)),
    };
    let fall = if training.cool_down > 0.0 {
        format!(
            ", falling over the last {:.0} %",
            100.0 * training.cool_down
        )
    } else {
        String::new()
    };
    let beyond: String = beyond(training)
        .iter()
        .map(|text| format!("; {text}"))
        .collect();
    format!(
        "{before} (Adam {}{fall}), λ = {}, k = {}{beyond}",
        training.learning_rate, training.lambda, training.batch
    )
}

/// The paper's epochs in steps, for these samples and this k, and how ours compare.
fn full_schedule(config: &RunConfig, samples: usize) -> String {
    const EPOCHS: [usize; 2] = [30, 100];
    let training = samples * 70 / 100;
    let batches = training / config.training.batch.max(1);
    let epoch = batches * batches;
    let full = EPOCHS.map(|epochs| epochs * epoch);
    let layers = config.network.hidden.len() + 1;
    let run = [
        config.training.pretraining.map_or(0, |p| p.steps_per_layer),
        config.training.steps,
    ];
    let all = |[layer, fine]: [usize; 2]| layer * layers + fine;
    let compared = if run[0] >= full[0] && run[1] >= full[1] {
        "It was run in full.".to_owned()
    } else {
        let share = 100.0 * all(run) as f64 / all(full).max(1) as f64;
        format!(
            "Run here: {} steps in all, {} % of it.",
            count(all(run)),
            three(share)
        )
    };
    format!(
        "(n/k)² = {} batches an epoch, 30 epochs a layer ({} steps) and 100 of fine-tuning ({} \
         steps). {compared}",
        count(epoch),
        count(full[0]),
        count(full[1])
    )
}

fn summary(page: &mut Page<'_>, claims: &[Claim]) {
    page.line("## The paper's claims");
    if claims.is_empty() {
        page.nothing();
        return;
    }
    page.line(
        "Where a claim compares two numbers it holds if it does under every seed; where it speaks \
         of a trend, if the ends of the mean curve lie that way round and the rank correlation is \
         beyond ±0.5.",
    );
    for claim in claims {
        page.item(&format!("{}: **{}**.", claim.text, verdict(claim)));
    }
    page.end_list(true);
}

fn sweep(page: &mut Page<'_>, (name, symbol): (&str, &str), points: &[SweepPoint]) {
    if points.is_empty() {
        page.nothing();
        return;
    }
    page.picture(name, &format!("Lr and Lc against {symbol}"));
    page.line("The paper shows the curves without numbers. Ours, on validation digits:");
    let mut rows = vec![row([symbol, "Lr", "Lc(C, P)"])];
    rows.extend(
        points
            .iter()
            .map(|point| vec![point.x.to_string(), figure(&point.lr), figure(&point.lc)]),
    );
    page.table(&rows);
}

fn fig4(page: &mut Page<'_>, study: &Study<'_>) {
    if !page.drawn.contains(&"fig4") {
        page.line("Not all of its three networks are done yet.");
        return;
    }
    let lambda = study.plan.config.training.lambda;
    page.picture("fig4", "Digits, reconstructions, P and C under three λ");
    page.line(&format!(
        "With λ = 0 the code kernel C has little of P; with λ = {lambda} its blocks are to be \
         compared with those of P, on one scale. The Lr and Lc beside the pictures are those of all \
         test digits of that seed."
    ));
}

fn distances(page: &mut Page<'_>, study: &Study<'_>) {
    let Some(table) = table1(study.plan, study.findings) else {
        page.nothing();
        return;
    };
    page.line(
        "Lc to the ideal kernel K_I (1 where two digits have the same class, 0 elsewhere) on test \
         digits; the smaller, the nearer. Improvements are (L_column − L_row) / L_row in per cent, \
         the paper's in brackets.",
    );
    let mut rows = vec![row([
        "Kernel",
        "Lc(·, K_I)",
        "the paper",
        "vs. P",
        "vs. K_AE",
        "vs. C",
    ])];
    for (index, kernel) in KERNELS.iter().enumerate() {
        let mut cells = vec![
            (*kernel).to_owned(),
            figure(&table.lc[index]),
            format!("{:.4}", PAPER[index]),
        ];
        for (column, printed) in PAPER_IMPROVEMENT[index].iter().enumerate() {
            cells.push(if column == index {
                "0".to_owned()
            } else {
                format!(
                    "{} ({printed:+.1})",
                    percent(&table.improvement[index][column])
                )
            });
        }
        rows.push(cells);
    }
    page.table(&rows);
    page.line(&format!(
        "Paired by seed: C − P {}; C − K_AE {}.",
        difference(&table.c_and_p),
        difference(&table.c_and_ae)
    ));
}

/// m of the rows of Fig. 5's table.
const COMPONENTS: [usize; 7] = [2, 4, 8, 16, 32, 64, 128];

fn spectrum(page: &mut Page<'_>, study: &Study<'_>) {
    let seeds = study.plan.seeds.iter();
    let figures: Vec<&SpectrumFigures> = seeds
        .filter_map(|&seed| Some(&study.findings.spectrum(seed)?.figures))
        .collect();
    let Some(first) = figures.first() else {
        page.nothing();
        return;
    };
    page.picture("fig5", "Lc to P against the components of kernel PCA");
    let [training, test] = first.samples;
    page.line(&format!(
        "Lc(K_m, P) of kernel PCA with m components, on {} training digits (eigendecomposition) and \
         {} test digits (Nyström), and Lc(C, P) of the dkAE on the same digits. The paper has the \
         two level at m = {PAPER_CROSSING}.",
        count(training),
        count(test)
    ));
    let each = |of: &dyn Fn(&SpectrumFigures) -> Option<f64>| {
        let values: Option<Vec<f64>> = figures.iter().map(|f| of(f)).collect();
        values.and_then(Summary::of)
    };
    let mut rows = vec![row(["m", "training digits", "test digits"])];
    for m in COMPONENTS {
        let training = each(&|f| f.training.get(m - 1).copied());
        let test = each(&|f| f.test.get(m - 1).copied());
        if let (Some(training), Some(test)) = (training, test) {
            rows.push(vec![format!("kPCA, {m}"), figure(&training), figure(&test)]);
        }
    }
    let dkae = (
        each(&|f| Some(f.dkae_training)),
        each(&|f| Some(f.dkae_test)),
    );
    if let (Some(training), Some(test)) = dkae {
        rows.push(vec!["dkAE".into(), figure(&training), figure(&test)]);
    }
    page.table(&rows);
}

fn denoising(page: &mut Page<'_>, study: &Study<'_>) {
    let Some(table) = Table2::of(study) else {
        page.nothing();
        return;
    };
    let plan = &study.plan.denoising;
    page.picture("fig6", "Noisy digits and what each method makes of them");
    let classes: Vec<String> = plan.classes.iter().map(u8::to_string).collect();
    let clip = if plan.clip { "cut" } else { "not cut" };
    page.line(&format!(
        "Mean squared error on test digits of the classes {} with Gaussian noise of σ = {} ({clip} \
         to [0, 1]), {} components for every method; everything is fitted on training digits of \
         these classes. Rows without a figure of the paper are baselines that it does not show.",
        classes.join(", "),
        plan.noise,
        plan.components
    ));
    let mut rows = vec![row([
        "Method",
        "error",
        "the paper",
        "dkAE + PCA minus it, paired by seed",
    ])];
    let same_noise = (plan.noise - PAPER_NOISE).abs() < 1e-9;
    for (method, error) in &table.methods {
        let printed = paper(*method).filter(|_| same_noise);
        let paired = table.paired.iter().find(|(of, _)| of == method);
        rows.push(vec![
            method.name().to_owned(),
            figure(error),
            printed.map_or_else(String::new, |error| format!("{error:.4}")),
            paired.map_or_else(String::new, |(_, paired)| difference(paired)),
        ]);
    }
    page.table(&rows);
    for figures in &table.seeds {
        for (method, count) in figures.clamped() {
            page.item(&format!(
                "{}: {count} components, for there are no more (seed {})",
                method.name(),
                figures.seed
            ));
        }
    }
    page.end_list(
        table
            .seeds
            .iter()
            .any(|figures| figures.clamped().next().is_some()),
    );
    let points: Vec<String> = table
        .seeds
        .iter()
        .filter_map(|figures| {
            let point = best(&figures.grid)?;
            Some(format!(
                "σ = {} × the median distance and ridge {} (seed {})",
                point.width, point.ridge, figures.seed
            ))
        })
        .collect();
    if !points.is_empty() {
        page.line(&format!(
            "kPCA's pre-image is the best of a grid on validation digits: {}. The paper found the \
             median distance and 0.5.",
            points.join("; ")
        ));
    }
}
