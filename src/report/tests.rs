use std::fs;
use std::sync::Arc;

use ndarray::Array2;
use serde_json::{Value, json};

use super::*;
use crate::data::{ImageShape, png};
use crate::experiment::code_space::{CodeSpaceFigures, Space, SpaceFigures};
use crate::experiment::findings::{
    CourseFigures, CoursePoint, Denoising, DenoisingFigures, Failure, GridPoint, Method, Network,
    NetworkFigures, NetworkPicture, SeedPicture, Spectrum, SpectrumFigures,
};
use crate::experiment::plan::{Drawn, Experiment, Recipe};
use crate::training::Scores;
use crate::training::config::Preset;

const SHAPE: ImageShape = ImageShape {
    height: 4,
    width: 3,
};

/// All experiments, with three λ and three Nc.
fn plan(seeds: usize) -> Plan {
    let mut plan = Plan::of(Preset::Quick, &Experiment::ALL, 7, seeds);
    plan.lambdas = vec![0.0, 0.1, 0.75];
    plan.code_sizes = vec![2, 8, 128];
    plan
}

fn provenance() -> Provenance {
    Provenance {
        version: "1.2.3".into(),
        machine: Machine {
            system: "linux x86_64".into(),
            threads: 2,
        },
        data: Samples {
            name: "digits".into(),
            collection: None,
            sha256: "0123456789abcdef".into(),
            samples: 6_000,
        },
        seconds: 125.0,
        resumed: false,
    }
}

/// A network whose figures follow from its recipe: Lr is 0.01 + λ/10 + 1/Nc, Lc 0.8 − λ (a
/// little less under a small code, against the paper), and each is larger by 0.02 for each further seed.
fn network(recipe: Recipe) -> Arc<Network> {
    let more = 0.02 * (recipe.seed - 7) as f64;
    let scores = Scores {
        samples: 900,
        lr: 0.01 + recipe.lambda / 10.0 + 1.0 / recipe.code as f64 + more,
        lc_c_p: 0.8 - recipe.lambda - 0.01 * f64::from(recipe.code < 128) + more,
        lc_p_ki: Some(1.0),
        lc_c_ki: Some(0.75 + 0.25 * f64::from(recipe.lambda == 0.0) + more),
    };
    Arc::new(Network {
        figures: NetworkFigures {
            recipe,
            training: Some(Scores {
                lr: 0.8 * scores.lr,
                lc_c_p: 0.5 * scores.lc_c_p,
                ..scores
            }),
            validation: scores,
            test: scores,
            steps: 1200,
            seconds: 4.0,
            denoised: None,
        },
        picture: NetworkPicture {
            codes: Array2::from_shape_fn((6, 6), |(i, j)| f32::from(u8::from(i / 2 == j / 2))),
            reconstructions: Array2::from_elem((5, 12), 0.5),
        },
    })
}

fn spectrum(seed: u64) -> Arc<Spectrum> {
    let lc = |m: usize| 1.0 / (m as f64 + 1.0);
    Arc::new(Spectrum {
        figures: SpectrumFigures {
            seed,
            samples: [4200, 900],
            training: (1..=16).map(lc).collect(),
            test: (1..=16).map(|m| lc(m) + 0.01).collect(),
            dkae_training: 0.15,
            dkae_test: 0.16 + 0.1 * (seed - 7) as f64,
            eigenvalues: vec![2.0, 1.0],
            seconds: 1.0,
        },
        scores: Array2::zeros((6, 2)),
    })
}

fn denoising(seed: u64) -> Arc<Denoising> {
    let more = 0.001 * (seed - 7) as f64;
    let errors = [0.0625, 0.03, 0.04, 0.02 + more, 0.021, 0.017, 0.009, 0.015];
    let point = |width: f64, error| GridPoint {
        prior: None,
        width,
        ridge: 0.5,
        error,
    };
    Arc::new(Denoising {
        figures: DenoisingFigures {
            seed,
            classes: vec![5, 6],
            noise: 0.25,
            clip: false,
            components: 32,
            samples: [800, 170, 170],
            errors: Method::ALL.into_iter().zip(errors).collect(),
            grid: vec![point(1.0, 0.04), point(2.0, 0.03)],
            found: vec![(Method::Kpca, 20), (Method::LinearPca, 32)],
            rbf_grid: vec![point(1.0, 0.015)],
            seconds: 1.0,
        },
        clean: Array2::from_elem((4, 12), 1.0),
        rows: Method::ALL
            .into_iter()
            .map(|method| (method, Array2::from_elem((4, 12), 0.25)))
            .collect(),
        shape: SHAPE,
    })
}

/// Losses fall to step 2,000 and rise again; the denoising rises from step 1,000 on.
fn course(seed: u64) -> Arc<CourseFigures> {
    let point = |step: u64, total: f64, dkae_pca: f64| CoursePoint {
        step,
        lr: total / 2.0,
        lc: total,
        total,
        dkae_pca,
        dkae_straight: dkae_pca + 0.001,
    };
    Arc::new(CourseFigures {
        seed,
        points: vec![
            point(500, 0.06, 0.03),
            point(1_000, 0.05, 0.02),
            point(2_000, 0.04, 0.025),
            point(3_600, 0.045, 0.035),
        ],
        seconds: 9.0,
    })
}

fn code_space(seed: u64) -> Arc<CodeSpaceFigures> {
    let spaces = Space::ALL.into_iter().zip(0..).map(|(space, index)| {
        let worth = 0.9 + 0.01 * f64::from(index) + 0.001 * seed as f64;
        SpaceFigures {
            space,
            dimension: if space == Space::Pixels { 784 } else { 128 },
            neighbours: worth,
            k: 3,
            linear: worth - 0.1,
            ridge: 0.01,
            nmi: worth - 0.4,
        }
    });
    Arc::new(CodeSpaceFigures {
        seed,
        samples: [70, 15, 15],
        spaces: spaces.collect(),
        seconds: 1.0,
    })
}

/// What a finished study of `plan` has found.
fn findings(plan: &Plan) -> Findings {
    let mut findings = Findings::default();
    for task in plan.tasks() {
        match task {
            Task::Network(recipe) => findings.networks.push(network(recipe)),
            Task::Spectrum { seed } => findings.spectra.push(spectrum(seed)),
            Task::Course { seed } => findings.courses.push(course(seed)),
            Task::Denoising { seed } => findings.denoising.push(denoising(seed)),
            Task::CodeSpace { seed } => findings.code_spaces.push(code_space(seed)),
        }
    }
    for &seed in &plan.seeds {
        let picture = SeedPicture {
            prior: Array2::from_shape_fn((6, 6), |(i, j)| f32::from(u8::from(i == j))),
            labels: Some(vec![0, 0, 1, 1, 5, 5]),
            originals: Array2::from_elem((5, 12), 1.0),
            drawn: Some(vec![0, 0, 1, 1, 5]),
            shape: SHAPE,
        };
        findings.seeds.push((seed, Arc::new(picture)));
    }
    findings
}

struct Written {
    folder: tempfile::TempDir,
    files: Vec<String>,
    json: Value,
    page: String,
}

fn written(plan: &Plan, findings: &Findings) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), plan, findings, &provenance()).unwrap();
    let name = |file: &PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    Written {
        files: files.iter().map(name).collect(),
        json: serde_json::from_str(&text("report.json")).unwrap(),
        page: text("report.md"),
        folder,
    }
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 1e-9, "{value} and {expected}");
}

#[test]
fn every_figure_has_its_mean_deviation_seeds_and_the_papers() {
    let plan = plan(2);
    let json = written(&plan, &findings(&plan)).json;
    assert_eq!(json["finished"], json!(true));
    assert_eq!(json["settings"]["config"]["training"]["lambda"], json!(0.1));
    for key in ["fig3a", "fig3b", "overfitting", "table1", "fig5", "table2"] {
        let figure = json[key].as_object().unwrap();
        for part in ["mean", "sd", "seeds", "paper"] {
            assert!(figure.contains_key(part), "{key} has no {part}");
        }
        let seeds = figure["seeds"].as_array().unwrap();
        let numbers: Vec<_> = seeds.iter().map(|seed| seed["seed"].clone()).collect();
        assert_eq!(numbers, [json!(7), json!(8)], "{key}");
    }
    // Two seeds that differ by 0.02: their deviation is 0.02/√2.
    let sd = 0.02 / 2f64.sqrt();
    let point = &json["fig3a"]["mean"][1];
    near(&point["lambda"], 0.1);
    near(&point["lr"], 0.02 + 1.0 / 128.0 + 0.01);
    near(&point["lc"], 0.71);
    near(&json["fig3a"]["sd"][2]["lr"], sd);
    near(&json["fig3a"]["seeds"][1]["points"][0]["lc"], 0.82);
    assert_eq!(json["fig3b"]["mean"][2]["nc"], json!(128));
    assert_eq!(json["fig3a"]["paper"], Value::Null);
}

#[test]
fn the_tables_hold_ours_the_papers_and_the_paired_differences() {
    let plan = plan(2);
    let json = written(&plan, &findings(&plan)).json;
    let table = &json["table1"];
    near(&table["mean"]["p"], 1.0);
    near(&table["mean"]["k_ae"], 1.01);
    near(&table["mean"]["c"], 0.76);
    near(&table["mean"]["improvement"]["p"]["c"], -24.0);
    near(&table["paper"]["k_ae"], 1.1417);
    near(&table["paper"]["improvement"]["c"]["k_ae"], 12.9);
    near(&table["paired"]["c_minus_p"]["mean"], -0.24);
    assert_eq!(table["paired"]["c_minus_p"]["below"], json!(2));
    let interval = table["paired"]["c_minus_p"]["interval"].as_array().unwrap();
    assert!(interval[0].as_f64() < Some(-0.24) && interval[1].as_f64() > Some(-0.24));

    let table = &json["table2"];
    for (method, error) in [("kpca", 0.03), ("dkae_pca", 0.0205), ("rbf_kpca", 0.015)] {
        near(&table["mean"][method], error);
    }
    near(&table["paper"]["kpca"], 0.0427);
    near(&table["paper"]["dkae_pca"], 0.0358);
    near(&table["paper"]["noise"], 0.25);
    near(
        &table["paired"]["dkae_pca_minus_linear_pca"]["mean"],
        0.0035,
    );
    near(&table["mean"]["dkae_straight"], 0.021);
    near(&table["mean"]["linear_pca_shrunk"], 0.009);
    near(&table["seeds"][0]["best"]["width"], 2.0);
    assert_eq!(table["seeds"][0]["edges"][0]["setting"], json!("σ"));
    assert!(table["seeds"][0]["edges"][0]["gain"].as_f64() > Some(0.0));
    assert_eq!(
        table["seeds"][0]["rbf_edges"],
        json!([]),
        "one point has no edge"
    );
    let steps = &table["steps"];
    assert_eq!(
        (&steps["seeds"][1]["kept"], &steps["turn"]),
        (&json!(2_000), &json!(3_600))
    );
    near(&steps["mean"][1]["dkae_pca"], 0.02);
    near(&steps["kpca"]["mean"], 0.03);
    assert_eq!(steps["seeds"][0]["points"].as_array().unwrap().len(), 4);
    assert_eq!(table["seeds"][0]["grid"].as_array().unwrap().len(), 2);

    // 1/(m + 1) + 0.01 falls to 0.16 at m = 6, to 0.26 at m = 3.
    let fig5 = &json["fig5"];
    near(&fig5["mean"]["crossing"], 4.5);
    assert_eq!(fig5["seeds"][0]["crossing"], json!(6));
    assert_eq!(fig5["paper"]["crossing"], json!(16));
    near(&fig5["mean"]["kpca_test"][0], 0.51);
    // Nc = 2 and 8; 128 components were not asked for.
    let equal = fig5["mean"]["equal"].as_array().unwrap();
    assert_eq!(equal.len(), 2);
    near(&equal[1]["m"], 8.0);
    near(&equal[1]["dkae"], 0.69 + 0.01);
    near(&equal[1]["kpca"], 1.0 / 9.0 + 0.01);
    near(&fig5["seeds"][1]["equal"][0]["dkae"], 0.69 + 0.02);
    let claims = json["claims"].as_array().unwrap();
    // There are neither networks of λ = 1 nor more than 16 components.
    assert_eq!(claims.len(), 17, "{claims:?}");
    let keys = [
        "key",
        "text",
        "place",
        "experiment",
        "verdict",
        "measure",
        "unit",
        "values",
        "side",
        "bound",
        "effect",
        "interval",
        "p",
        "p_adjusted",
        "evidence",
    ];
    for claim in claims {
        for key in keys {
            assert!(claim.get(key).is_some(), "{claim} has no {key}");
        }
    }
    let claim = |key: &str| claims.iter().find(|claim| claim["key"] == key).unwrap();
    // Lc on test digits is twice that on training digits, under each seed.
    let overfits = claim("lc_not_overfit");
    near(&overfits["effect"], 100.0);
    assert_eq!(
        [&overfits["verdict"], &overfits["side"], &overfits["unit"]],
        ["not_held", "below", "per_cent"]
    );
    near(&overfits["bound"], 10.0);
    assert_eq!(claim("c_nearer_ki_than_p")["verdict"], "undecided");
    assert_eq!(json["claims_rule"].as_array().unwrap().len(), 3);
}

#[test]
fn one_seed_has_no_deviation() {
    let plan = plan(1);
    let Written { json, page, .. } = written(&plan, &findings(&plan));
    for key in ["fig3a", "fig3b", "table1", "fig5", "table2"] {
        assert_eq!(json[key]["sd"], Value::Null, "{key}");
        assert!(!json[key]["mean"].is_null());
    }
    assert_eq!(
        json["table1"]["paired"]["c_minus_p"]["interval"],
        Value::Null
    );
    assert!(!page.contains(" ± 0"), "{page}");
    assert!(page.contains("one seed, no interval"));
}

#[test]
fn the_page_holds_ours_and_the_papers_figures() {
    let plan = plan(2);
    let page = written(&plan, &findings(&plan)).page;
    for text in [
        "1.0132",
        "1.1417",
        "1.0115",
        "0.0427",
        "0.0358",
        "m = 16",
        "(+12.7)",
        "0.7600 ± 0.0141",
        "0.0205 ± 0.0007",
        "| 6,000 samples",
        "2:05",
        "linux x86_64",
        "441 batches an epoch",
        "13,230 steps",
        "44,100 steps",
        "linear PCA",
        "RBF-kPCA",
        "| training images | 0.0",
        "Holm's correction",
        "(1/J + 0.214)",
        "Not tested by numbers",
        "| **did not hold** | 100.0 % |",
        "the mixtures of P and the network know all classes",
        "![Lr and Lc against λ](fig3a.png)",
        "[fig6.svg](fig6.svg)",
        "| 7 | 2, 0.5 | ",
        "kPCA: σ, by ",
        "PCA of all components, shrunk | 0.0090",
        "dkAE, decoded straight | 0.0210",
        "What every method returns is cut to [0, 1]",
        "that of step 2,000 under every seed",
        "is above it from step 3,600 on",
        "(table2-steps.png)",
        "is smaller for the dkAE at none of them, for kPCA at m = 2, 8.",
        "did not hold",
    ] {
        let text = text.strip_prefix("| ").unwrap_or(text);
        assert!(page.contains(text), "{text} is missing in\n{page}");
    }
    assert!(!page.contains("missing"), "{page}");
}

#[test]
fn pictures_are_whole_and_remember_their_settings() {
    let plan = plan(2);
    let Written { folder, files, .. } = written(&plan, &findings(&plan));
    for name in [
        "fig3a",
        "fig3b",
        "fig4",
        "fig5",
        "fig6",
        "table2-steps",
        "better",
    ] {
        for kind in ["png", "svg"] {
            assert!(files.contains(&format!("{name}.{kind}")), "{name}.{kind}");
        }
        let path = folder.path().join(format!("{name}.png"));
        let (picture, fields) = png::read(&path).unwrap();
        let png::Pixels::Rgba(pixels) = &picture.pixels else {
            panic!("four bytes a pixel");
        };
        assert!(
            pixels.chunks(4).any(|pixel| pixel != [255; 4]),
            "{name} is empty"
        );
        let field = |key: &str| {
            let found = fields.iter().find(|(of, _)| of == key);
            &found.unwrap_or_else(|| panic!("no {key}")).1
        };
        assert_eq!(field("dkae:preset"), "Quick");
        assert_eq!(field("dkae:seeds"), "7, 8");
        assert_eq!(field("dkae:steps"), "1000");
        assert_eq!(field("dkae:checksum"), "sha256:0123456789abcdef");
        let settings: Plan = serde_json::from_str(field("dkae:settings")).unwrap();
        assert_eq!(settings, plan);

        let svg = fs::read_to_string(folder.path().join(format!("{name}.svg"))).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        let begins = match name {
            "better" => "Better",
            "table2-steps" => "Table 2 ",
            _ => "Fig. ",
        };
        assert!(svg.contains(&format!("<title>{begins}")));
        assert!(svg.contains("dkae:preset: Quick"));
        for tag in ["text", "title", "desc"] {
            let opened = svg.matches(&format!("<{tag}")).count();
            assert_eq!(
                opened,
                svg.matches(&format!("</{tag}>")).count(),
                "{name}: {tag}"
            );
        }
    }
    let svg = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let fig4 = svg("fig4.svg");
    // Three rows of five digits, three kernels.
    assert_eq!(fig4.matches("data:image/png;base64,").count(), 18);
    for text in ["Lc(C, P) = 0.8000", "Lc(C, P) = 0.7000", "Lr 0.0928"] {
        assert!(fig4.contains(text), "{text}");
    }
    assert!(svg("fig6.svg").contains("0.0205 ± 0.0007"));
    assert!(svg("fig5.svg").contains("level at m = 4"));
    assert!(svg("fig5.svg").contains("dkAE with Nc = m"));
    assert!(svg("table2-steps.svg").contains("kPCA, grid"));
    assert!(svg("fig3a.svg").contains("0.75"));
}

#[test]
fn an_unfinished_study_says_what_is_missing() {
    let plan = plan(2);
    let mut some = findings(&plan);
    some.networks.truncate(2);
    some.spectra.clear();
    some.courses.clear();
    some.denoising.clear();
    some.code_spaces.clear();
    let Written {
        files, json, page, ..
    } = written(&plan, &some);
    assert_eq!(
        files,
        [
            "report.json",
            "report.md",
            "fig3a.png",
            "fig3a.svg",
            "fig3b.png",
            "fig3b.svg"
        ]
    );
    assert_eq!(json["finished"], json!(false));
    let missing = json["missing"].as_array().unwrap();
    assert_eq!(missing.len(), plan.tasks().len() - 2);
    assert!(missing.contains(&json!("seed7-spectrum")), "{missing:?}");
    assert_eq!(
        (&json["fig5"], &json["table2"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(json["fig3a"]["mean"].as_array().unwrap().len(), 2);
    assert_eq!(json["fig3a"]["sd"], Value::Null);
    assert!(
        page.contains(&format!(
            "**Not finished**: {} of {} pieces are missing",
            missing.len(),
            missing.len() + 2
        )),
        "{page}"
    );
    assert!(page.contains("seed 7: spectrum of P") && page.contains("Nothing of this is done yet"));
    assert!(!page.contains("fig6"), "no picture that is not there");

    let nothing = written(&plan, &Findings::default());
    assert_eq!(nothing.files, ["report.json", "report.md"]);
}

#[test]
fn diverged_figures_are_null_and_still_drawn() {
    let plan = plan(2);
    let mut broken = findings(&plan);
    for network in &mut broken.networks {
        let network = Arc::make_mut(network);
        if network.figures.recipe.lambda > 0.5 {
            network.figures.validation.lr = f64::NAN;
            network.picture.codes.fill(f32::NAN);
        }
    }
    let json = written(&plan, &broken).json;
    assert_eq!(json["fig3a"]["mean"][2]["lr"], Value::Null);
}

#[test]
fn experiments_that_were_not_chosen_are_left_out() {
    let mut plan = plan(1);
    let findings = findings(&plan);
    plan.experiments = vec![Experiment::Table1];
    let Written {
        files, json, page, ..
    } = written(&plan, &findings);
    assert_eq!(files, ["report.json", "report.md"]);
    assert_eq!(json["fig3a"], Value::Null);
    assert!(page.contains("## Table 1") && !page.contains("## Fig."));
}

/// A study of a ladder says of which classes its samples are.
#[test]
fn chosen_classes_stand_in_the_report() {
    let mut plan = plan(1);
    assert!(
        !written(&plan, &findings(&plan))
            .page
            .contains("alone (sha256")
    );
    plan.drawn = Some(Drawn {
        classes: Some(vec![1, 5, 7]),
    });
    let Written { json, page, .. } = written(&plan, &findings(&plan));
    assert!(page.contains("samples of the classes 1, 5, 7 alone (sha256"));
    assert_eq!(json["settings"]["drawn"]["classes"], json!([1, 5, 7]));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("no-such-folder");
    let error = write(&place, &plan(1), &Findings::default(), &provenance()).unwrap_err();
    assert!(matches!(error, ReportError::Write(_)));
    assert!(error.to_string().contains("no-such-folder"), "{error}");
}

#[test]
fn what_failed_stands_there_with_its_reason_and_what_was_clamped_too() {
    let plan = plan(2);
    let mut found = findings(&plan);
    let task = Task::Denoising { seed: 8 };
    found.denoising.retain(|d| d.figures.seed != 8);
    let reason = "the regression did not converge".to_owned();
    found.failures.push(Failure { task, reason });
    let written = written(&plan, &found);
    assert_eq!(written.json["finished"], false);
    assert_eq!(written.json["missing"], json!([]));
    let failed = &written.json["failed"];
    assert_eq!(failed[0]["task"], "seed8-denoising");
    assert_eq!(failed[0]["reason"], "the regression did not converge");
    for part in [
        "**Failed**: 1 of",
        "seed 8: denoising: the regression did not converge",
        "kPCA, pre-image by grid: 20 components, for there are no more (seed 7)",
    ] {
        assert!(written.page.contains(part), "{part}: {}", written.page);
    }
    let seeds = &written.json["table2"]["seeds"];
    assert_eq!(seeds[0]["found"]["kpca"], 20);
    assert!(
        !written.page.contains("32 components, for"),
        "{}",
        written.page
    );
}

#[test]
fn the_code_space_stands_in_both_reports_without_figures_of_the_paper() {
    let plan = plan(3);
    let findings = findings(&plan);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &plan, &findings, &provenance()).unwrap();
    let text = fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let codes = &report["codes"];
    // Seeds 7, 8 and 9: the mean is that of 8.
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 1e-12;
    assert!(near(&codes["mean"]["dkae"]["neighbours"], 0.948));
    assert!(near(&codes["mean"]["pixels"]["nmi"], 0.508));
    assert!(near(&codes["sd"]["kpca"]["linear"], 0.001));
    assert_eq!(codes["seeds"][1]["k_ae"]["k"], 3);
    assert_eq!(codes["seeds"][2]["pixels"]["dimension"], 784);
    assert_eq!(codes["paper"], Value::Null);
    let paired = &codes["paired"]["dkae_minus_linear_pca_nmi"];
    assert!(near(&paired["mean"], 0.03));
    assert_eq!(paired["below"], 0);
    let page = fs::read_to_string(folder.path().join("report.md")).unwrap();
    let line = "| dkAE codes | 128 | 0.9480 ± 0.0010 | 0.8480 ± 0.0010 | 0.5480 ± 0.0010 |  |";
    assert!(page.contains(line), "{page}");
    assert!(
        page.contains("| pixels | 784 | 0.9080 ± 0.0010 |"),
        "{page}"
    );
}
