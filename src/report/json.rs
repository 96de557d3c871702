//! `report.json`. Its keys are documented in the module above.

use serde_json::{Map, Value, json};

use super::Study;
use super::fig5::by_components;
use super::tables::Table2;
use crate::experiment::better;
use crate::experiment::claims::{PAPER_CROSSING, claims, rule};
use crate::experiment::code_space::{self, Measure};
use crate::experiment::course::{Course, Look};
use crate::experiment::fig3::{SweepPoint, code_sweep, lambda_sweep};
use crate::experiment::fig5;
use crate::experiment::findings::{SpectrumFigures, best, edges};
use crate::experiment::overfitting::Gap;
use crate::experiment::plan::{Experiment, Task};
use crate::experiment::statistics::{Paired, Summary};
use crate::experiment::table1::{self, Table1};
use crate::experiment::table2::{PAPER_NOISE, paper};

/// The keys of Table 1's kernels, in its order.
const KERNELS: [&str; 3] = ["p", "k_ae", "c"];

/// The whole document.
pub(super) fn document(study: &Study<'_>) -> Value {
    let Study {
        plan,
        findings,
        provenance,
    } = study;
    let missing: Vec<String> = study.missing().iter().map(Task::key).collect();
    let failures = findings.failures.iter();
    let failed: Vec<Value> = failures
        .map(|failure| json!({"task": failure.task.key(), "reason": failure.reason}))
        .collect();
    let claims = claims(plan, findings);
    let of = |experiment, value: &dyn Fn() -> Value| {
        if plan.has(experiment) {
            value()
        } else {
            Value::Null
        }
    };
    json!({
        "program": "dkAE Explorer",
        "version": provenance.version,
        "finished": missing.is_empty() && failed.is_empty(),
        "missing": missing,
        "failed": failed,
        "settings": plan,
        "machine": provenance.machine,
        "data": provenance.data,
        "seconds": provenance.seconds,
        "resumed": provenance.resumed,
        "fig3a": of(Experiment::Fig3a, &|| sweep(study, &lambda_sweep(plan, findings), "lambda")),
        "fig3b": of(Experiment::Fig3b, &|| sweep(study, &code_sweep(plan, findings), "nc")),
        "table1": of(Experiment::Table1, &|| {
            table1::table1(plan, findings).map_or(Value::Null, |table| distances(&table))
        }),
        "fig5": of(Experiment::Fig5, &|| spectra(study)),
        "table2": of(Experiment::Table2, &|| denoising(study)),
        "codes": of(Experiment::CodeSpace, &|| {
            code_space::table(plan, findings).map_or(Value::Null, |table| codes(study, &table))
        }),
        "better": better::better(plan, findings)
            .map_or(Value::Null, |found| super::better::json(&found)),
        "overfitting": of(Experiment::Fig3b, &|| overfitting(study)),
        "claims": claims,
        "claims_rule": rule(plan, findings, claims.len()),
    })
}

/// The code space in the shape of `mean`: by space, then by measure.
fn codes_of(value: impl Fn(&code_space::Row, usize) -> Value, table: &code_space::Table) -> Value {
    let spaces = table.rows.iter().map(|row| {
        let measures = Measure::ALL.into_iter().enumerate();
        let measures: Map<_, _> = measures
            .map(|(index, measure)| (measure.key().to_owned(), value(row, index)))
            .collect();
        (row.space.key().to_owned(), Value::from(measures))
    });
    spaces.collect::<Map<_, _>>().into()
}

fn codes(study: &Study<'_>, table: &code_space::Table) -> Value {
    let all: Vec<&Summary> = table.rows.iter().flat_map(|row| &row.figures).collect();
    let seeds = table.seeds.iter().filter_map(|&seed| {
        let figures = study.findings.code_space(seed)?;
        let mut value = json!({
            "seed": seed,
            "samples": figures.samples,
            "seconds": figures.seconds,
        });
        for found in &figures.spaces {
            value[found.space.key()] = json!({
                "neighbours": found.neighbours,
                "linear": found.linear,
                "nmi": found.nmi,
                "dimension": found.dimension,
                "k": found.k,
                "ridge": found.ridge,
            });
        }
        Some(value)
    });
    let differences = table.paired.iter().flat_map(|(space, differences)| {
        let measures = Measure::ALL.into_iter().zip(differences);
        measures.map(move |(measure, found)| {
            let key = format!("dkae_minus_{}_{}", space.key(), measure.key());
            (key, paired(found))
        })
    });
    json!({
        "mean": codes_of(|row, index| json!(row.figures[index].mean), table),
        "sd": deviations(&all, || codes_of(|row, index| json!(row.figures[index].sd), table)),
        "seeds": seeds.collect::<Vec<_>>(),
        "paper": null,
        "paired": differences.collect::<Map<_, _>>(),
    })
}

/// `null` unless there is more than one seed to deviate.
fn deviations(summaries: &[&Summary], value: impl FnOnce() -> Value) -> Value {
    if summaries.iter().any(|summary| summary.sd.is_some()) {
        value()
    } else {
        Value::Null
    }
}

fn sweep(study: &Study<'_>, points: &[SweepPoint], axis: &str) -> Value {
    if points.is_empty() {
        return Value::Null;
    }
    let x = |x: f64| match axis {
        "nc" => json!(x as u64),
        _ => json!(x),
    };
    let all: Vec<&Summary> = points.iter().flat_map(|p| [&p.lr, &p.lc]).collect();
    let list = |of: fn(&Summary) -> Option<f64>| -> Value {
        let point = |p: &SweepPoint| json!({axis: x(p.x), "lr": of(&p.lr), "lc": of(&p.lc)});
        points.iter().map(point).collect()
    };
    let seeds: Vec<Value> = study
        .plan
        .seeds
        .iter()
        .filter_map(|&seed| {
            let own = |p: &SweepPoint| {
                let index = p.recipes.iter().position(|recipe| recipe.seed == seed)?;
                let (lr, lc) = (p.lr.values[index], p.lc.values[index]);
                Some(json!({axis: x(p.x), "lr": lr, "lc": lc}))
            };
            let points: Vec<Value> = points.iter().filter_map(own).collect();
            (!points.is_empty()).then(|| json!({"seed": seed, "points": points}))
        })
        .collect();
    json!({
        "mean": list(|s| Some(s.mean)),
        "sd": deviations(&all, || list(|s| s.sd)),
        "seeds": seeds,
        "paper": null,
    })
}

fn overfitting(study: &Study<'_>) -> Value {
    let plan = study.plan;
    let Some(gap) = Gap::of(plan, study.findings, |seed| plan.dkae(seed)) else {
        return Value::Null;
    };
    let losses = |[lr, lc]: &[Summary; 2], of: &dyn Fn(&Summary) -> Option<f64>| json!({"lr": of(lr), "lc": of(lc)});
    let both = |of: &dyn Fn(&Summary) -> Option<f64>| json!({"training": losses(&gap.training, of), "test": losses(&gap.test, of)});
    let seeds = gap.seeds.iter().enumerate().map(|(index, seed)| {
        let mut value = both(&|summary| Some(summary.values[index]));
        value["seed"] = json!(seed);
        value
    });
    json!({
        "mean": both(&|summary| Some(summary.mean)),
        "sd": deviations(&[&gap.test[0]], || both(&|summary| summary.sd)),
        "seeds": seeds.collect::<Vec<_>>(),
        "paper": null,
    })
}

pub(super) fn paired(paired: &Paired) -> Value {
    json!({
        "mean": paired.difference.mean,
        "sd": paired.difference.sd,
        "interval": paired.interval,
        "below": paired.below,
        "seeds": paired.difference.values,
    })
}

/// Table 1 in the shape of `mean`, from its distances and improvements.
fn distances_of(lc: impl Fn(usize) -> Value, improvement: impl Fn(usize, usize) -> Value) -> Value {
    let mut object = Map::new();
    let mut rows = Map::new();
    for (row, key) in KERNELS.into_iter().enumerate() {
        object.insert(key.into(), lc(row));
        let columns = KERNELS.into_iter().enumerate();
        let columns: Map<_, _> = columns
            .map(|(column, key)| (key.to_owned(), improvement(row, column)))
            .collect();
        rows.insert(key.into(), columns.into());
    }
    object.insert("improvement".into(), rows.into());
    object.into()
}

fn distances(table: &Table1) -> Value {
    let of = |of: &dyn Fn(&Summary) -> Value| {
        distances_of(
            |row| of(&table.lc[row]),
            |row, column| of(&table.improvement[row][column]),
        )
    };
    let seeds = table.seeds.iter().enumerate().map(|(index, seed)| {
        let mut value = of(&|summary| json!(summary.values[index]));
        value["seed"] = json!(seed);
        value
    });
    json!({
        "mean": of(&|summary| json!(summary.mean)),
        "sd": deviations(&[&table.lc[0]], || of(&|summary| json!(summary.sd))),
        "seeds": seeds.collect::<Vec<_>>(),
        "paper": distances_of(
            |row| json!(table1::PAPER[row]),
            |row, column| json!(table1::PAPER_IMPROVEMENT[row][column]),
        ),
        "paired": {
            "c_minus_p": paired(&table.c_and_p),
            "c_minus_k_ae": paired(&table.c_and_ae),
        },
    })
}

fn spectra(study: &Study<'_>) -> Value {
    let seeds = study.plan.seeds.iter();
    let figures: Vec<&SpectrumFigures> = seeds
        .filter_map(|&seed| Some(&study.findings.spectrum(seed)?.figures))
        .collect();
    let level = |of: fn(&SpectrumFigures) -> f64| {
        Summary::of(figures.iter().map(|figures| of(figures)).collect())
    };
    let (Some(training), Some(test)) = (level(|f| f.dkae_training), level(|f| f.dkae_test)) else {
        return Value::Null;
    };
    let curves = [
        by_components(&figures, |f| &f.training),
        by_components(&figures, |f| &f.test),
    ];
    let equal = fig5::equal(study.plan, study.findings);
    let crossings: Option<Vec<f64>> = figures
        .iter()
        .map(|f| f.crossing().map(|m| m as f64))
        .collect();
    let crossing = crossings.and_then(Summary::of);
    let of = |of: fn(&Summary) -> Option<f64>| {
        let [kpca_training, kpca_test] = curves
            .each_ref()
            .map(|curve| curve.iter().map(of).collect::<Vec<_>>());
        json!({
            "kpca_training": kpca_training,
            "kpca_test": kpca_test,
            "dkae_training": of(&training),
            "dkae_test": of(&test),
            "crossing": crossing.as_ref().and_then(of),
            "equal": equal.iter().map(|point| json!({
                "m": point.m,
                "dkae": of(&point.dkae),
                "kpca": of(&point.kpca),
            })).collect::<Vec<_>>(),
        })
    };
    let each = figures.iter().enumerate().map(|(index, f)| {
        let equal = equal.iter().map(|point| {
            let of = |summary: &Summary| summary.values[index];
            json!({"m": point.m, "dkae": of(&point.dkae), "kpca": of(&point.kpca)})
        });
        json!({
            "equal": equal.collect::<Vec<_>>(),
            "seed": f.seed,
            "samples": f.samples,
            "kpca_training": f.training,
            "kpca_test": f.test,
            "dkae_training": f.dkae_training,
            "dkae_test": f.dkae_test,
            "crossing": f.crossing(),
            "eigenvalues": f.eigenvalues,
            "seconds": f.seconds,
        })
    });
    json!({
        "mean": of(|s| Some(s.mean)),
        "sd": deviations(&[&test], || of(|s| s.sd)),
        "seeds": each.collect::<Vec<_>>(),
        "paper": { "crossing": PAPER_CROSSING },
    })
}

fn denoising(study: &Study<'_>) -> Value {
    let Some(table) = Table2::of(study) else {
        return Value::Null;
    };
    let of = |of: fn(&Summary) -> Option<f64>| -> Value {
        let errors = table.methods.iter();
        let errors: Map<_, _> = errors
            .map(|(method, error)| (method.key().to_owned(), json!(of(error))))
            .collect();
        errors.into()
    };
    let seeds = table.seeds.iter().map(|figures| {
        let found = figures.found.iter();
        let found: Map<_, _> = found
            .map(|(method, count)| (method.key().to_owned(), json!(count)))
            .collect();
        let mut value = json!({
            "seed": figures.seed,
            "samples": figures.samples,
            "found": found,
            "grid": figures.grid,
            "best": best(&figures.grid),
            "edges": edges(&figures.grid),
            "rbf_grid": figures.rbf_grid,
            "rbf_best": best(&figures.rbf_grid),
            "rbf_edges": edges(&figures.rbf_grid),
            "seconds": figures.seconds,
        });
        for (method, error) in &figures.errors {
            value[method.key()] = json!(error);
        }
        value
    });
    let mut printed = json!({ "noise": PAPER_NOISE });
    for (method, _) in &table.methods {
        if let Some(error) = paper(*method) {
            printed[method.key()] = json!(error);
        }
    }
    let all: Vec<&Summary> = table.methods.iter().map(|(_, error)| error).collect();
    let differences: Map<String, Value> = table
        .paired
        .iter()
        .map(|(method, found)| (format!("dkae_pca_minus_{}", method.key()), paired(found)))
        .collect();
    json!({
        "mean": of(|s| Some(s.mean)),
        "sd": deviations(&all, || of(|s| s.sd)),
        "seeds": seeds.collect::<Vec<_>>(),
        "paper": printed,
        "paired": differences,
        "steps": Course::of(study.plan, study.findings).map(|course| steps(study, &course)),
    })
}

/// The training of Table 2's dkAE.
fn steps(study: &Study<'_>, course: &Course) -> Value {
    let of = |of: fn(&Summary) -> Option<f64>| -> Value {
        let look = |look: &Look| {
            json!({
                "step": look.step,
                "total": of(&look.total),
                "dkae_pca": of(&look.dkae_pca),
                "dkae_straight": of(&look.dkae_straight),
            })
        };
        course.looks.iter().map(look).collect()
    };
    let all: Vec<&Summary> = course.looks.iter().map(|look| &look.total).collect();
    let seeds = course.seeds.iter().zip(&course.kept);
    let seeds = seeds.map(|(&seed, kept)| {
        let found = study.findings.course(seed);
        json!({
            "seed": seed,
            "kept": kept,
            "points": found.map(|course| &course.points),
            "seconds": found.map(|course| course.seconds),
        })
    });
    json!({
        "mean": of(|s| Some(s.mean)),
        "sd": deviations(&all, || of(|s| s.sd)),
        "seeds": seeds.collect::<Vec<_>>(),
        "kpca": course.kpca,
        "turn": course.turn(),
    })
}
