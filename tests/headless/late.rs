//! What fails late takes nothing of a run with it.

use dkae_explorer::training::config::{Activation, PriorConfig};

use super::{Folder, assert_success, assert_told, common, number, said};

#[test]
fn more_components_than_a_kernel_has_are_left_out_and_told() {
    let folder = Folder::new();
    let mut config = common::config(5);
    config.denoising.components = 512;
    for (prior, fewer) in [
        (PriorConfig::Ideal, true),
        (PriorConfig::Linear, true),
        (PriorConfig::Cosine, true),
        (PriorConfig::Rbf { width: 1.0 }, false),
        (
            PriorConfig::Polynomial {
                degree: 3,
                offset: 1.0,
            },
            false,
        ),
        (config.prior, false),
    ] {
        config.prior = prior;
        folder.write_settings(&config);
        let output = folder.train(&[]);
        assert_success(&output);
        let report = folder.report("out");
        assert_eq!(report["failed"], serde_json::json!([]), "{prior:?}");
        assert_eq!(number(&report, "/denoising/components"), 512.0);
        let found = number(&report, "/denoising/found/kpca");
        let most = if fewer { 64.0 } else { 210.0 };
        assert!((1.0..=most).contains(&found), "{prior:?}: {found}");
        assert!(number(&report, "/denoising/kpca") > 0.0);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            text.contains(&format!("kPCA, pre-image: {found} components")),
            "{text}"
        );
    }
}

#[test]
fn a_method_that_fails_leaves_the_report_without_it() {
    let folder = Folder::new();
    let mut config = common::config(5);
    // Far below the rounding of the kernel's entries: the regression cannot converge.
    config.denoising.ridge = 1e-12;
    folder.write_settings(&config);
    let output = folder.train(&[]);
    assert_told(&output, 1, &["kPCA, pre-image: ", "the rest is in out"]);
    let report = folder.report("out");
    assert_eq!(report["failed"][0]["part"], "kPCA, pre-image");
    let reason = report["failed"][0]["reason"].as_str().unwrap();
    assert!(said(&output).contains(reason), "{reason}");
    assert!(report["denoising"]["kpca"].is_null());
    assert!(report["denoising"]["found"]["kpca"].is_null());
    assert!(number(&report, "/denoising/dkae_pca") > 0.0);
    assert!(number(&report, "/denoising/linear_pca") > 0.0);
    assert!(number(&report, "/test/lr") > 0.0);
    for name in ["prior.npy", "codes.npy", "denoising.png", "losses.png"] {
        assert!(folder.path("out").join(name).is_file(), "{name}");
    }
}

#[test]
fn a_training_that_diverges_leaves_its_losses_and_its_reason() {
    let folder = Folder::new();
    assert_success(&folder.train(&[]));
    let mut config = common::config(5_000);
    config.network.hidden = vec![32; 10];
    config.network.hidden_activation = Activation::Identity;
    config.network.code_activation = Activation::Identity;
    config.training.learning_rate = 10.0;
    folder.write_settings(&config);
    assert_told(
        &folder.train(&[]),
        1,
        &["training: at step", "learning rate"],
    );
    let report = folder.report("out");
    assert_eq!(report["failed"][0]["part"], "training");
    assert!(!report["history"]["training"].as_array().unwrap().is_empty());
    assert!(report["test"].is_null() && report["denoising"].is_null());
    // What an earlier run left is not this one's.
    assert!(!folder.path("out/prior.npy").exists());
    assert!(!folder.path("out/losses.png").exists());
}

#[test]
fn settings_that_no_kernel_can_have_are_refused_before_anything_runs() {
    let folder = Folder::new();
    let mut config = common::config(5);
    let mut refused = |prior: PriorConfig, parts: &[&str]| {
        config.prior = prior;
        folder.write_settings(&config);
        assert_told(&folder.train(&[]), 2, parts);
        assert!(!folder.path("out").exists(), "nothing is written");
    };
    let polynomial = |degree, offset| PriorConfig::Polynomial { degree, offset };
    refused(
        PriorConfig::Rbf { width: 1e-300 },
        &["RBF width is 1e-300", "from 0.001 to 1,000"],
    );
    refused(PriorConfig::Rbf { width: -1.0 }, &["RBF width", "-1"]);
    refused(polynomial(0, 1.0), &["degree", "0", "from 1 to 100"]);
    refused(polynomial(4_000_000, 1.0), &["degree", "4000000"]);
    refused(polynomial(2, -0.5), &["offset", "-0.5"]);
    refused(polynomial(100, 50.0), &["(offset + 1)^degree", "1e15"]);
    let mut config = common::config(5);
    config.training.input_noise = 1e30;
    folder.write_settings(&config);
    assert_told(&folder.train(&[]), 2, &["noise", "from 0 to 10"]);
}

#[test]
fn what_a_study_cannot_use_is_found_out_beforehand() {
    let folder = Folder::new();
    let study = |more: &[&str]| {
        let mut options = vec!["reproduce", "--seeds", "1", "--images", super::IMAGES];
        options.extend(["--samples", "300", "--out", "study"]);
        options.extend(more);
        folder.run(&options)
    };
    // 300 samples have 30 of each class.
    assert_told(&study(&["--only", "table2"]), 2, &["Table 2"]);
    assert_told(
        &study(&["--only", "table1", "--steps", "0"]),
        2,
        &["steps", "0"],
    );
    assert!(!folder.path("study").exists(), "nothing is written");
}

#[test]
fn threads_in_excess_cost_no_more_than_their_making() {
    let folder = Folder::new();
    let time = |options: &[&str]| {
        let began = std::time::Instant::now();
        let output = folder.train(options);
        assert_success(&output);
        (began.elapsed().as_secs_f64(), said(&output))
    };
    let (few, _) = time(&[]);
    let (clamped, told) = time(&["--threads", "500"]);
    assert!(told.contains("--threads 500 --threads 500"), "{told}");
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!(
        number(&folder.report("out"), "/machine/threads"),
        cores.min(500) as f64
    );
    assert!(clamped < 4.0 * few + 5.0, "{clamped} s, and {few} s");
    let (many, told) = time(&["--threads", "200", "--threads", "200"]);
    assert_eq!(told, "");
    assert_eq!(number(&folder.report("out"), "/machine/threads"), 200.0);
    assert!(many < 10.0 * few + 20.0, "{many} s, and {few} s");
}
