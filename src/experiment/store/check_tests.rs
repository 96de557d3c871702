//! Results that are right pass, and each thing that is not is named.

use ndarray::Array2;

use super::*;
use crate::experiment::findings::{CoursePoint, GridPoint};
use crate::experiment::plan::Experiment;
use crate::training::config::Preset;

/// Small ones, no two alike that could be taken for each other.
fn sizes() -> Sizes {
    Sizes {
        shape: ImageShape {
            height: 2,
            width: 3,
        },
        labelled: true,
        shown: 5,
        split: [70, 14, 15],
        components: 4,
    }
}

fn without_labels() -> Sizes {
    Sizes {
        labelled: false,
        ..sizes()
    }
}

/// `right`, after `change`, looked at by `look`.
fn after<T: Clone>(
    right: &T,
    change: impl Fn(&mut T),
    look: impl Fn(&T) -> Checked,
) -> Option<&'static str> {
    let mut changed = right.clone();
    change(&mut changed);
    look(&changed).err()
}

fn taken_on(samples: usize) -> Scores {
    Scores {
        samples,
        lr: 0.02,
        lc_c_p: 0.1,
        lc_p_ki: Some(0.97),
        lc_c_ki: Some(0.96),
    }
}

fn network() -> NetworkFigures {
    let plan = Plan::of(Preset::Quick, &[Experiment::Table1], 3, 1);
    NetworkFigures {
        recipe: plan.dkae(3),
        training: Some(taken_on(15)),
        validation: taken_on(14),
        test: taken_on(15),
        steps: 10,
        seconds: 1.0,
        denoised: None,
    }
}

#[test]
fn sizes_are_those_of_the_plan_as_far_as_there_are_samples() {
    let source = Source::bundled().unwrap();
    let mut plan = Plan::of(Preset::Quick, &Experiment::ALL, 0, 1);
    (plan.samples, plan.spectrum, plan.config.shown) = (500, 40, 60);
    let found = Sizes::of(&plan, &source);
    // 15 % of 500 validate, as many test.
    assert_eq!((found.split, found.shown), ([350, 75, 75], 60));
    assert_eq!((found.components, found.labelled), (40, true));
    assert_eq!(found.shape.pixels(), 784);
    (plan.spectrum, plan.config.shown) = (9_999, 9_999);
    let found = Sizes::of(&plan, &source);
    assert_eq!((found.components, found.shown), (350, 75));
    plan.samples = 100_000;
    assert_eq!(Sizes::of(&plan, &source).split, [4_200, 900, 900]);
}

#[test]
fn a_networks_shape_is_that_of_its_settings() {
    let mut plan = Plan::of(Preset::Quick, &[Experiment::Table1], 0, 1);
    plan.config.network.hidden = vec![7];
    plan.config.network.code = 4;
    let recipe = plan.dkae(0);
    let right = plan.config_of(&recipe).architecture(6).unwrap();
    assert_eq!(right.dims, [6, 7, 4]);
    assert_eq!(architecture(&right, &recipe, &plan, &sizes()), Ok(()));
    for dims in [vec![5, 7, 4], vec![6, 8, 4], vec![6, 7, 5], vec![6, 4]] {
        let other = Architecture {
            dims,
            ..right.clone()
        };
        let found = architecture(&other, &recipe, &plan, &sizes());
        assert_eq!(found, Err("its shape"));
    }
}

#[test]
fn a_networks_figures_are_of_its_recipe_and_of_all_samples() {
    let right = network();
    let recipe = right.recipe;
    let look = |figures: &NetworkFigures| network_figures(figures, &recipe, &sizes());
    let of = |change: fn(&mut NetworkFigures)| after(&right, change, look);
    assert_eq!(of(|_| ()), None);
    assert_eq!(of(|f| f.training = None), None, "earlier versions");
    assert_eq!(of(|f| f.recipe.code += 1), Some("its name"));
    for change in [
        |f: &mut NetworkFigures| f.training = Some(taken_on(14)),
        |f: &mut NetworkFigures| f.training = Some(taken_on(70)),
        |f: &mut NetworkFigures| f.validation.samples = 15,
        |f: &mut NetworkFigures| f.test.samples = 14,
    ] {
        assert_eq!(of(change), Some("its number of samples"));
    }
    for change in [
        |f: &mut NetworkFigures| f.validation.lc_p_ki = None,
        |f: &mut NetworkFigures| f.test.lc_c_ki = None,
        |f: &mut NetworkFigures| (f.test.lc_p_ki, f.test.lc_c_ki) = (None, None),
    ] {
        assert_eq!(of(change), Some("its scores"));
    }
    // Where there are less training than test samples, all of them.
    let few = Sizes {
        split: [9, 14, 15],
        ..sizes()
    };
    let look = |figures: &NetworkFigures| network_figures(figures, &recipe, &few);
    let nine = |f: &mut NetworkFigures| f.training = Some(taken_on(9));
    assert_eq!(after(&right, nine, look), None);
    assert_eq!(look(&right), Err("its number of samples"));
    // Without labels there are no distances to the ideal kernel.
    let look = |figures: &NetworkFigures| network_figures(figures, &recipe, &without_labels());
    let none = |f: &mut NetworkFigures| {
        f.training = None;
        for scores in [&mut f.validation, &mut f.test] {
            (scores.lc_p_ki, scores.lc_c_ki) = (None, None);
        }
    };
    assert_eq!(after(&right, none, look), None);
    assert_eq!(look(&right), Err("its scores"));
}

#[test]
fn a_networks_picture_is_of_the_digits_on_show() {
    let of = |codes: (usize, usize), drawn: (usize, usize)| {
        let picture = NetworkPicture {
            codes: Array2::zeros(codes),
            reconstructions: Array2::zeros(drawn),
        };
        network_picture(&picture, &sizes()).err()
    };
    for drawn in [1, 10] {
        assert_eq!(of((5, 5), (drawn, 6)), None);
    }
    for codes in [(4, 5), (5, 4), (15, 15)] {
        assert_eq!(of(codes, (2, 6)), Some("the size of its C"));
    }
    for drawn in [(0, 6), (11, 6), (2, 5), (2, 7)] {
        assert_eq!(of((5, 5), drawn), Some("the size of its images"));
    }
}

#[test]
fn a_seeds_picture_has_a_digit_of_each_class_on_show() {
    let right = SeedPicture {
        prior: Array2::zeros((5, 5)),
        labels: Some(vec![0, 0, 4, 9, 9]),
        originals: Array2::zeros((3, 6)),
        drawn: Some(vec![0, 4, 9]),
        shape: sizes().shape,
    };
    let look = |picture: &SeedPicture| seed_picture(picture, &sizes());
    let of = |change: fn(&mut SeedPicture)| after(&right, change, look);
    assert_eq!(of(|_| ()), None);
    for change in [
        |p: &mut SeedPicture| p.shape.height = 3,
        |p: &mut SeedPicture| p.originals = Array2::zeros((3, 5)),
        |p: &mut SeedPicture| p.originals = Array2::zeros((11, 6)),
    ] {
        assert_eq!(of(change), Some("the size of its images"));
    }
    for change in [
        |p: &mut SeedPicture| p.prior = Array2::zeros((5, 4)),
        |p: &mut SeedPicture| p.prior = Array2::zeros((4, 4)),
    ] {
        assert_eq!(of(change), Some("the size of its P"));
    }
    for change in [
        // Too few, no order, no such class; a digit of another class, too many digits.
        |p: &mut SeedPicture| p.labels = Some(vec![0, 0, 4, 9]),
        |p: &mut SeedPicture| p.labels = Some(vec![0, 4, 0, 9, 9]),
        |p: &mut SeedPicture| {
            p.labels = Some(vec![0, 0, 4, 10, 10]);
            p.drawn = Some(vec![0, 4, 10]);
        },
        |p: &mut SeedPicture| p.drawn = Some(vec![0, 4, 8]),
        |p: &mut SeedPicture| p.drawn = Some(vec![0, 4]),
        |p: &mut SeedPicture| p.originals = Array2::zeros((4, 6)),
        |p: &mut SeedPicture| p.labels = None,
        |p: &mut SeedPicture| p.drawn = None,
    ] {
        assert_eq!(of(change), Some("what it has for labels"));
    }
    let bare = |p: &mut SeedPicture| (p.labels, p.drawn) = (None, None);
    assert_eq!(after(&right, bare, look), Some("that it has no labels"));
    let unlabelled = |picture: &SeedPicture| seed_picture(picture, &without_labels());
    assert_eq!(after(&right, bare, unlabelled), None);
    assert_eq!(unlabelled(&right), Err("what it has for labels"));
}

#[test]
fn a_spectrum_has_three_curves_of_one_length() {
    let right = SpectrumFigures {
        seed: 3,
        samples: [70, 15],
        training: vec![0.5; 4],
        test: vec![0.5; 4],
        dkae_training: 0.1,
        dkae_test: 0.1,
        eigenvalues: vec![1.0; 4],
        seconds: 1.0,
    };
    let look = |figures: &SpectrumFigures| spectrum_figures(figures, 3, &sizes());
    let of = |change: fn(&mut SpectrumFigures)| after(&right, change, look);
    assert_eq!(of(|_| ()), None);
    let cut = |length: usize| {
        let change = |f: &mut SpectrumFigures| {
            for curve in [&mut f.training, &mut f.test, &mut f.eigenvalues] {
                curve.resize(length, 0.5);
            }
        };
        after(&right, change, look)
    };
    let curves = Some("its number of components");
    assert_eq!(
        [cut(0), cut(1), cut(4), cut(5)],
        [curves, None, None, curves]
    );
    for change in [
        |f: &mut SpectrumFigures| f.training.truncate(3),
        |f: &mut SpectrumFigures| f.test.truncate(3),
        |f: &mut SpectrumFigures| f.eigenvalues.truncate(3),
    ] {
        assert_eq!(of(change), curves);
    }
    assert_eq!(of(|f| f.seed = 4), Some("its seed"));
    for samples in [[70, 14], [69, 15]] {
        let change = |f: &mut SpectrumFigures| f.samples = samples;
        let found = after(&right, change, look);
        assert_eq!(found, Some("its number of samples"));
    }
}

/// *Balanced* pretrains four layers for 500 steps each; Table 2's network takes 3 · 1,500 after
/// them, and is looked at after 4,500 / 3^(i/3) of these.
#[test]
fn a_course_is_looked_at_after_the_plans_steps() {
    let plan = Plan::of(Preset::Balanced, &[Experiment::Table2], 0, 1);
    let looks = [
        80, 116, 167, 240, 347, 500, 721, 1_040, 1_500, 2_163, 3_120, 4_500,
    ];
    let point = |look: u64| CoursePoint {
        step: 2_000 + look,
        lr: 0.02,
        lc: 0.1,
        total: 0.03,
        dkae_pca: 0.03,
        dkae_straight: 0.03,
    };
    let right = CourseFigures {
        seed: 3,
        points: looks.map(point).to_vec(),
        seconds: 1.0,
    };
    let look = |figures: &CourseFigures| course_figures(figures, 3, &plan);
    let of = |change: fn(&mut CourseFigures)| after(&right, change, look);
    assert_eq!(of(|_| ()), None);
    assert_eq!(of(|f| f.points[2].total = f64::NAN), None);
    assert_eq!(of(|f| f.seed = 0), Some("its seed"));
    assert_eq!(of(|f| f.points[0].step += 1), Some("its steps"));
    assert_eq!(of(|f| f.points.truncate(11)), Some("its steps"));
    let diverged = |f: &mut CourseFigures| {
        for point in &mut f.points {
            point.total = f64::INFINITY;
        }
    };
    assert_eq!(of(diverged), Some("its losses"));
}

#[test]
fn a_denoising_comparison_is_of_the_plans_settings_and_grid() {
    let mut plan = Plan::of(Preset::Quick, &[Experiment::Table2], 0, 1);
    let settings = &mut plan.denoising;
    (settings.widths, settings.ridges) = (vec![0.5, 1.0], vec![0.1, 0.5, 5.0]);
    (settings.prior_widths, settings.noise) = (vec![1.0, 2.0], 0.25);
    let point = GridPoint {
        prior: None,
        width: 1.0,
        ridge: 0.5,
        error: 0.03,
    };
    let right = DenoisingFigures {
        seed: 3,
        classes: plan.denoising.classes.clone(),
        noise: 0.25,
        clip: plan.denoising.clip,
        components: plan.denoising.components,
        samples: [10, 2, 2],
        errors: Method::ALL.map(|method| (method, 0.03)).to_vec(),
        found: Vec::new(),
        grid: vec![point; 6],
        rbf_grid: vec![point; 12],
        seconds: 1.0,
    };
    let look = |figures: &DenoisingFigures| denoising_figures(figures, 3, &plan);
    let of = |change: fn(&mut DenoisingFigures)| after(&right, change, look);
    assert_eq!(of(|_| ()), None);
    assert_eq!(of(|f| f.seed = 4), Some("its seed"));
    for change in [
        |f: &mut DenoisingFigures| f.classes = vec![5],
        |f: &mut DenoisingFigures| f.noise = 0.5,
        |f: &mut DenoisingFigures| f.clip = !f.clip,
        |f: &mut DenoisingFigures| f.components += 1,
    ] {
        assert_eq!(of(change), Some("its settings"));
    }
    for change in [
        |f: &mut DenoisingFigures| f.errors.swap(0, 1),
        |f: &mut DenoisingFigures| f.errors.truncate(7),
    ] {
        assert_eq!(of(change), Some("its list of methods"));
    }
    // 2·3 points, and for each of two priors as many; some may have been left out, not all.
    let lengths = |grid: usize, rbf: usize| {
        let change = |f: &mut DenoisingFigures| {
            f.grid.resize(grid, point);
            f.rbf_grid.resize(rbf, point);
        };
        after(&right, change, look)
    };
    assert_eq!((lengths(1, 12), lengths(6, 1)), (None, None));
    for (grid, rbf) in [(0, 12), (7, 12), (6, 0), (6, 13)] {
        assert_eq!(lengths(grid, rbf), Some("its grid"), "{grid} and {rbf}");
    }
}

#[test]
fn a_denoising_picture_has_rows_of_the_same_digits() {
    let of = |clean: (usize, usize), row: (usize, usize), width: usize| {
        let picture = Denoising {
            figures: DenoisingFigures {
                seed: 0,
                classes: Vec::new(),
                noise: 0.25,
                clip: false,
                components: 4,
                samples: [1; 3],
                errors: Vec::new(),
                found: Vec::new(),
                grid: Vec::new(),
                rbf_grid: Vec::new(),
                seconds: 0.0,
            },
            clean: Array2::zeros(clean),
            rows: vec![
                (Method::Noisy, Array2::zeros(clean)),
                (Method::Kpca, Array2::zeros(row)),
            ],
            shape: ImageShape { height: 2, width },
        };
        denoising_picture(&picture, &sizes()).err()
    };
    assert_eq!(
        (of((1, 6), (1, 6), 3), of((12, 6), (12, 6), 3)),
        (None, None)
    );
    let images = Some("the size of its images");
    for (clean, row, width) in [
        ((13, 6), (13, 6), 3),
        ((0, 6), (0, 6), 3),
        ((4, 8), (4, 8), 4),
        ((4, 6), (4, 6), 4),
        ((4, 6), (3, 6), 3),
        ((4, 6), (4, 5), 3),
    ] {
        assert_eq!(of(clean, row, width), images, "{clean:?} {row:?} {width}");
    }
}

#[test]
fn the_code_spaces_figures_are_shares_of_every_space() {
    use crate::experiment::code_space::SpaceFigures;

    let space = |space: Space| SpaceFigures {
        space,
        dimension: 4,
        neighbours: 1.0,
        k: 3,
        linear: 0.0,
        ridge: 0.1,
        nmi: 0.5,
    };
    let right = CodeSpaceFigures {
        seed: 3,
        samples: [70, 14, 15],
        spaces: Space::ALL.map(space).to_vec(),
        seconds: 1.0,
    };
    let look = |figures: &CodeSpaceFigures| code_space_figures(figures, 3, &sizes());
    let of = |change: fn(&mut CodeSpaceFigures)| after(&right, change, look);
    assert_eq!(of(|_| ()), None);
    assert_eq!(of(|f| f.seed = 4), Some("its seed"));
    assert_eq!(of(|f| f.samples[1] = 15), Some("its number of samples"));
    assert_eq!(of(|f| f.spaces.swap(0, 1)), Some("its list of spaces"));
    assert_eq!(of(|f| f.spaces.truncate(4)), Some("its list of spaces"));
    for change in [
        |f: &mut CodeSpaceFigures| f.spaces[4].nmi = 1.1,
        |f: &mut CodeSpaceFigures| f.spaces[0].linear = -0.1,
        |f: &mut CodeSpaceFigures| f.spaces[2].neighbours = f64::NAN,
    ] {
        assert_eq!(of(change), Some("a share"));
    }
}
