//! Absurd options: exit code 2 and one line that names what is wrong, before any work and without
//! a trace.

use std::process::Command;

/// Options, and parts of the line that they are answered by.
type Case<'a> = (&'a [&'a str], &'a [&'a str]);

const HUGE: &str = "1000000000000000000";
const TOO_HUGE: &str = "100000000000000000000000000";

/// Runs the program in an empty folder, with `--out out` where the command knows it.
#[track_caller]
fn assert_refused(command: &str, (options, parts): &Case<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
    program.arg(command).args(*options).current_dir(&folder);
    if command != "bench" && !options.contains(&"--out") {
        program.args(["--out", "out"]);
    }
    let output = program.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let told = format!("{command} {options:?} said {said:?}");
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(said.lines().count(), 1, "{told}");
    assert!(said.starts_with("dkae-explorer: "), "{told}");
    for part in *parts {
        assert!(said.contains(part), "{part:?}: {told}");
    }
    assert!(output.stdout.is_empty(), "{told}");
    let left = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(left, 0, "nothing is written: {told}");
}

#[test]
fn train_refuses_what_makes_no_sense() {
    let cases: &[Case<'_>] = &[
        (&["--lambda", "nan"], &["λ", "NaN", "from 0 to 1"]),
        (&["--lambda", "inf"], &["λ", "inf"]),
        (&["--lambda", "-1e-9"], &["λ"]),
        (&["--lambda", "1.0001"], &["λ", "1.0001"]),
        (&["--lambda", "much"], &["--lambda", "much"]),
        (&["--lambda", ""], &["--lambda"]),
        (&["--nc", "0"], &["Nc", "0", "from 1"]),
        (&["--nc", "-3"], &["-3"]),
        (&["--nc", HUGE], &["Nc", HUGE]),
        (&["--nc", "1.5"], &["--nc", "1.5"]),
        (&["--steps", "0"], &["steps", "0", "from 1"]),
        (&["--steps", HUGE], &["steps", HUGE]),
        (&["--steps", TOO_HUGE], &["--steps", TOO_HUGE]),
        (&["--samples", "0"], &["20"]),
        (&["--samples", "1"], &["1", "20"]),
        (&["--samples", "19"], &["19", "20"]),
        (&["--samples", "200"], &["140", "200"]),
        (&["--samples", "many"], &["--samples", "many"]),
        (&["--classes", ""], &["--classes"]),
        (&["--classes", "5,,6"], &["--classes"]),
        (&["--classes", "10"], &["10", "0, 1"]),
        (&["--classes", "256"], &["--classes", "256"]),
        (&["--seed", "-1"], &["-1"]),
        (&["--seed", TOO_HUGE], &["--seed", TOO_HUGE]),
        (&["--threads", HUGE], &["--threads", HUGE]),
        (
            &["--threads", "2", "--threads", "3"],
            &["--threads", "2", "3"],
        ),
        (&["--threads", "-2"], &["-2"]),
        (&["--preset", "fast"], &["--preset", "fast", "quick"]),
        (
            &["--preset", "quick", "--settings", "x"],
            &["--preset", "--settings"],
        ),
        (&["--settings", ""], &["--settings"]),
        (&["--settings", "."], &["."]),
        (&["--other-data"], &["--settings"]),
        (&["--images", ""], &["--images"]),
        (&["--labels", "labels"], &["--images"]),
        (&["--out", ""], &["--out"]),
        (&["--lamda", "0.1"], &["--lamda", "--lambda"]),
        (&["and", "more"], &["and"]),
    ];
    for case in cases {
        assert_refused("train", case);
    }
}

#[test]
fn reproduce_refuses_what_makes_no_sense() {
    let cases: &[Case<'_>] = &[
        (&["--seeds", "0"], &["--seeds", "0", "from 1"]),
        (&["--seeds", HUGE], &["--seeds", HUGE]),
        (&["--seed", "18446744073709551615"], &["--seed", "5 seeds"]),
        (&["--seed", "nan"], &["--seed", "nan"]),
        (&["--only", ""], &["fig3a"]),
        (&["--only", "fig3a,fig9"], &["fig9", "table2"]),
        (&["--samples", "0"], &["20"]),
        (&["--samples", "1"], &["1", "20"]),
        // As many as `train` refuses, in the same words.
        (&["--samples", "200", "--only", "table1"], &["140", "200"]),
        (&["--samples", HUGE], &[HUGE]),
        (&["--steps", "0"], &["steps", "0", "from 1"]),
        (&["--steps", HUGE], &["steps", HUGE]),
        (&["--threads", HUGE], &["--threads", HUGE]),
        (&["--checkpoints", "nan"], &["--checkpoints"]),
        (&["--checkpoints", "-1"], &["-1"]),
        (&["--checkpoints", "1e300"], &["--checkpoints"]),
        (&["--preset", ""], &["--preset"]),
        (&["--images", "nothing"], &["nothing"]),
        (&["--out", ""], &["--out"]),
    ];
    for case in cases {
        assert_refused("reproduce", case);
    }
}

#[test]
fn bench_refuses_what_makes_no_sense() {
    let cases: &[Case<'_>] = &[
        (&["--dims", ""], &["--dims"]),
        (&["--dims", "784"], &["784"]),
        (&["--dims", "784,0,8"], &["784"]),
        (&["--dims", "784,8,1000000000000"], &["Nc", "1000000000000"]),
        (
            &["--dims", "784,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8"],
            &["layers"],
        ),
        (&["--batch", "0"], &["0"]),
        (&["--batch", "1"], &["minibatch", "1"]),
        (&["--batch", HUGE], &[HUGE]),
        (&["--runs", "0"], &["runs", "0", "from 1"]),
        (&["--runs", HUGE], &["runs", HUGE]),
        (&["--samples", "1"], &["1", "20"]),
        (&["--samples", "0"], &["20"]),
        (&["--threads", HUGE], &["--threads", HUGE]),
        (&["--only", "all"], &["--only", "all", "step"]),
        (&["--activation", "cubic"], &["--activation", "cubic"]),
    ];
    for case in cases {
        assert_refused("bench", case);
    }
}

#[test]
fn help_is_not_an_error() {
    for options in [&["--help"][..], &["train", "--help"], &["--version"]] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        let output = program.args(options).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(!output.stdout.is_empty());
    }
}
