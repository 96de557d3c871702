use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::training::config::{
    Activation, CopiesConfig, Covariance, PckConfig, PretrainingConfig, PriorConfig, Ramp,
};

const SUM: &str = "60be1f08bd8c8b94aa60be1f08bd8c8b94aa60be1f08bd8c8b94aa60be1f08bd";

fn record(images: &[&str]) -> DataRecord {
    DataRecord {
        name: "digits".into(),
        sha256: SUM.into(),
        selection: Selection::default(),
        images: images.iter().map(|&path| path.to_owned()).collect(),
        labels: None,
        collection: Collection::Mnist,
    }
}

fn line(config: &RunConfig) -> SettingsLine {
    let mut record = record(&[]);
    record.selection.seed = config.seed;
    SettingsLine {
        config: config.clone(),
        data: LineData::of(&record, 6_000),
        threads: 2,
    }
}

/// What comes back of settings that went through a line.
#[track_caller]
fn back(config: &RunConfig) -> RunConfig {
    let line = line(config);
    let text = line.to_string();
    let read: SettingsLine = text
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read, line, "{text}");
    assert_eq!(read.to_string(), text, "copied again it is the same");
    read.config
}

/// Settings of which nothing is off, and none is the preset's.
fn full(prior: PriorConfig) -> RunConfig {
    let mut config = Preset::Paper.config();
    config.prior = prior;
    if let PriorConfig::Pck(pck) = &mut config.prior {
        pck.min_components = 3;
    }
    let training = &mut config.training;
    training.clip_norm = Some(2.5);
    training.ramp = Some(Ramp::default());
    training.projection = Some(9);
    training.copies = Some(CopiesConfig::default());
    training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 7,
        learning_rate: 0.1 + 0.2,
    });
    config
}

/// Every leaf of `value`, as a JSON pointer.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value.as_object() {
        Some(object) => object
            .iter()
            .for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), out)),
        None => out.push(path.to_owned()),
    }
}

/// Other values of a leaf's type; one at least is sound.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(value) => vec![json!(!value)],
        Value::Number(number) => match number.as_u64() {
            Some(value) => vec![json!(value + 1), json!(value + 123_456_789)],
            // Not short in decimals, very small, very large.
            None => [0.1 + 0.2, 1e-300, 5e-324, 1.797e308, -0.0]
                .map(Value::from)
                .to_vec(),
        },
        Value::Array(_) => vec![json!([]), json!([7]), json!([3, 1, 2])],
        Value::String(_) => [
            "relu",
            "sigmoid",
            "tanh",
            "softplus",
            "identity",
            "diagonal",
            "spherical",
            "quick",
            "denoise",
            "paper_full",
        ]
        .map(Value::from)
        .to_vec(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

/// Whatever `RunConfig` holds, one by one: a field that is added to it later, and that a line did
/// not carry, would come back as the preset's.
#[test]
fn every_setting_comes_back_to_the_bit() {
    let mut count = 0;
    for prior in PriorConfig::each() {
        let whole = full(prior);
        assert_eq!(back(&whole), whole);
        let settings = serde_json::to_value(&whole).unwrap();
        let mut paths = Vec::new();
        leaves(&settings, "", &mut paths);
        for path in paths.iter().filter(|path| *path != "/prior/kind") {
            let leaf = settings.pointer(path).unwrap();
            let mut changes = 0;
            for other in others(leaf).into_iter().filter(|other| other != leaf) {
                let mut changed = settings.clone();
                *changed.pointer_mut(path).unwrap() = other;
                let Ok(changed) = serde_json::from_value::<RunConfig>(changed) else {
                    continue;
                };
                assert_ne!(changed, whole);
                let found = back(&changed);
                assert_eq!(found, changed, "{path}");
                // −0 and 0 are the same to `==`.
                assert_eq!(format!("{found:?}"), format!("{changed:?}"), "{path}");
                changes += 1;
            }
            assert!(changes > 0, "{path} was not changed");
            count += changes;
        }
    }
    assert!(count > 100);
}

/// What can be off comes back off from a preset that has it on, and on from one that has it off.
#[test]
fn what_is_off_stays_off_and_what_is_on_stays_on() {
    for preset in Preset::ALL {
        let usual = preset.config();
        assert_eq!(back(&usual), usual);
        for prior in PriorConfig::each() {
            let mut all_on = full(prior);
            all_on.preset = preset;
            assert_eq!(back(&all_on), all_on);
            let mut all_off = all_on;
            let training = &mut all_off.training;
            (training.ramp, training.copies, training.pretraining) = (None, None, None);
            (training.clip_norm, training.projection) = (None, None);
            assert_eq!(back(&all_off), all_off);
        }
    }
}

/// The names of all fields that a value has according to `Debug`.
fn fields(value: &impl fmt::Debug) -> BTreeSet<String> {
    let text = format!("{value:#?}");
    let names = text.lines().filter_map(|line| {
        let (name, _) = line.trim().split_once(": ")?;
        Some(name.to_owned())
    });
    names.collect()
}

/// A field that serde leaves out is not in reports, and would not be in a line either.
#[test]
fn serde_leaves_no_field_of_the_settings_out() {
    let mut seen = BTreeSet::new();
    for prior in PriorConfig::each() {
        let whole = full(prior);
        let json = serde_json::to_value(&whole).unwrap();
        let mut paths = Vec::new();
        leaves(&json, "", &mut paths);
        let told: BTreeSet<_> = paths.iter().flat_map(|p| p.split('/')).collect();
        for field in fields(&whole) {
            assert!(told.contains(field.as_str()), "{field} is in no line");
            seen.insert(field);
        }
        // And all of those that can be off are on in these settings.
        assert!(!format!("{whole:?}").contains("None"), "{whole:?}");
    }
    assert!(seen.len() > 25 && seen.contains("variance_floor") && seen.contains("shown"));
}

/// A kind of kernel, or a group that can be off, that the keys do not know of.
#[test]
fn the_keys_know_every_kernel_and_are_told_apart() {
    let unknown = serde_json::from_value::<PriorConfig>(json!({"kind": "?"}));
    let told = unknown.unwrap_err().to_string();
    let kinds: Vec<_> = told.split('`').skip(3).step_by(2).collect();
    assert_eq!(
        kinds,
        PriorConfig::each().map(|p| name(&serde_json::to_value(p).unwrap()["kind"]))
    );
    for prior in PriorConfig::each() {
        let mut names = keys::names(prior);
        // And what a line has besides.
        let others = "data images samples classes draw threads base sha256";
        names.extend(others.split(' ').map(str::to_owned));
        let apart: BTreeSet<_> = names.iter().collect();
        assert_eq!(apart.len(), names.len(), "{names:?}");
    }
}

#[test]
fn a_line_can_be_read_by_a_person() {
    let mut config = Preset::Quick.config();
    assert!(
        line(&config)
            .to_string()
            .starts_with("dkae1 preset=quick seed=0 data=mnist samples=6000 threads=2 base=")
    );
    config.seed = 3;
    config.training.lambda = 0.2;
    config.training.copies = None;
    config.network.hidden = vec![256, 512];
    config.prior = PriorConfig::Rbf { width: 2.0 };
    config.denoising.clip = true;
    let text = line(&config).to_string();
    let expected = "dkae1 preset=quick seed=3 lambda=0.2 denoising.clip=true hidden=[256,512] \
                    prior=rbf prior.width=2.0 copies=none data=mnist samples=6000 threads=2 base=";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with(" sha256=60be1f08bd8c8b94"), "{text}");
    // As a mail may break it.
    let broken = text.replace(' ', "\n  ");
    assert_eq!(broken.parse::<SettingsLine>(), text.parse());
}

/// The line of Quick with `from` in the place of `to`; the message of what is wrong with it.
#[track_caller]
fn told(from: &str, to: &str) -> String {
    let mut config = Preset::Balanced.config();
    config.training.lambda = 0.2;
    let text = line(&config).to_string();
    let changed = text.replacen(from, to, 1);
    assert_ne!(changed, text, "{from} is in {text}");
    match changed.parse::<SettingsLine>() {
        Ok(read) => panic!("{changed} was read as {read:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn whatever_is_wrong_is_named_with_what_helps() {
    for (from, to, parts) in [
        ("dkae1", "dkae2", &["dkae2", "dkae1", "version"][..]),
        ("dkae1", "hello", &["no settings line", "Copy settings"]),
        ("dkae1 ", "dkae1", &["no settings line"]),
        ("lambda=0.2", "lamda=0.2", &["lamda", "take it out"]),
        ("lambda=0.2", "training.lambda=0.2", &["training.lambda"]),
        ("lambda=0.2", "lambda=0.2 lambda=0.3", &["lambda", "twice"]),
        ("lambda=0.2", "lambda=much", &["lambda", "much", "a number"]),
        ("lambda=0.2", "lambda=nan", &["lambda", "nan", "a number"]),
        ("lambda=0.2", "lambda=inf", &["lambda", "inf"]),
        ("lambda=0.2", "lambda=1e999", &["lambda", "1e999"]),
        ("lambda=0.2", "lambda=", &["lambda", "a number"]),
        ("lambda=0.2", "lambda=none", &["lambda", "none"]),
        ("lambda=0.2", "lambda", &["“lambda”", "key=value"]),
        ("lambda=0.2", "=0.2", &["“=0.2”"]),
        ("lambda=0.2", "lambda=\"0.2", &["lambda", "cut short"]),
        ("lambda=0.2", "lambda=\"0.2\"x", &["lambda"]),
        ("seed=0", "seed=-1", &["seed", "-1", "whole number"]),
        ("seed=0", "seed=1.5", &["seed", "1.5", "whole number"]),
        ("seed=0", "seed=18446744073709551616", &["seed", "whole"]),
        ("lambda=0.2", "steps=1e3", &["steps", "1e3", "whole"]),
        ("lambda=0.2", "steps=+9", &["steps", "+9"]),
        ("lambda=0.2", "hidden=256", &["hidden", "[256,512]"]),
        ("lambda=0.2", "hidden=[1,,2]", &["hidden", "[1,,2]"]),
        (
            "lambda=0.2",
            "hidden_activation=cosh",
            &["hidden_activation", "cosh", "relu"],
        ),
        (
            "lambda=0.2",
            "denoising.clip=yes",
            &["denoising.clip", "true or false"],
        ),
        ("lambda=0.2", "prior=gauss", &["prior", "gauss", "pck, rbf"]),
        ("lambda=0.2", "prior=rbf", &["prior.width", "missing"]),
        ("lambda=0.2", "prior.width=2", &["prior.width", "pck"]),
        (
            "lambda=0.2",
            "prior=rbf prior.width=2 prior.degree=2",
            &["prior.degree", "rbf"],
        ),
        (
            "lambda=0.2",
            "prior=polynomial prior.degree=5000000000 prior.offset=1",
            &["prior.degree", "5000000000"],
        ),
        ("lambda=0.2", "copies.count=4", &["copies.", "missing"]),
        ("lambda=0.2", "copies=4", &["copies", "copies.count"]),
        (
            "lambda=0.2",
            "pretraining=none pretraining.steps_per_layer=3",
            &["pretraining=none", "pretraining.steps_per_layer"],
        ),
        (
            "preset=balanced",
            "preset=fast",
            &["preset", "fast", "quick, denoise"],
        ),
        (
            "preset=balanced",
            "preset=quick",
            &["preset quick", "version"],
        ),
        ("preset=balanced ", "", &["preset", "missing"]),
        ("threads=2", "threads=0", &["threads"]),
        ("threads=2", "threads=5000", &["threads", "1024"]),
        ("threads=2", "", &["threads", "missing"]),
        ("samples=6000", "samples=all", &["samples", "all"]),
        ("samples=6000", "", &["samples", "missing"]),
        (
            "samples=6000",
            "samples=6000 classes=5",
            &["classes", "[5,6]"],
        ),
        (
            "samples=6000",
            "samples=6000 classes=[256]",
            &["classes", "[256]"],
        ),
        (
            "data=mnist",
            "data=cifar",
            &["data", "cifar", "mnist or fashion"],
        ),
        ("data=mnist", "data=mnist images=x", &["images", "data"]),
        ("data=mnist", "images=\"\"", &["images", "path"]),
        (" sha256=60be1f08bd8c8b94", "", &["sha256", "cut short"]),
        (
            "60be1f08bd8c8b94",
            "60be1f08bd8c8b9",
            &["sha256", "16 hexadecimal"],
        ),
        (
            "60be1f08bd8c8b94",
            "60BE1F08BD8C8B94",
            &["sha256", "16 hexadecimal"],
        ),
    ] {
        let message = told(from, to);
        for part in parts {
            assert!(message.contains(part), "{to}: {part:?} in {message:?}");
        }
    }
    for text in ["", "  ", "dkae", "dkaex a=1", "λ = 0.1", "{\"preset\": 1}"] {
        assert_eq!(text.parse::<SettingsLine>(), Err(LineError::NotALine));
    }
    let long = format!("dkae1 x={}", "a".repeat(LONGEST));
    assert_eq!(long.parse::<SettingsLine>(), Err(LineError::TooLong));
}

/// Mixtures from a larger size on are said; the usual smallest ones are not, as in lines from before.
#[test]
fn the_smallest_mixtures_are_said_where_they_are_not_the_usual_ones() {
    let mut config = Preset::Quick.config();
    assert!(!line(&config).to_string().contains("min_components"));
    let changed = |least| PckConfig {
        min_components: least,
        ..PckConfig::default()
    };
    config.prior = PriorConfig::Pck(changed(7));
    let text = line(&config).to_string();
    assert!(text.contains(" prior.min_components=7"), "{text}");
    assert_eq!(back(&config), config);
    let usual = text.replace("min_components=7", "min_components=2");
    let read: SettingsLine = usual.parse().unwrap();
    assert_eq!(read.config, Preset::Quick.config());
}

/// Wherever a line is cut, it is not read.
#[test]
fn a_line_that_is_cut_short_is_refused() {
    let mut config = full(PriorConfig::Pck(PckConfig {
        covariance: Covariance::Spherical,
        ..PckConfig::default()
    }));
    config.network.code_activation = Activation::Tanh;
    let text = line(&config).to_string();
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        assert!(text[..end].parse::<SettingsLine>().is_err(), "{end}");
    }
}

#[test]
fn odd_paths_and_choices_come_back() {
    let config = Preset::Quick.config();
    for path in [
        "/data/train-images-idx3-ubyte.gz",
        "/with blanks/and  two/ and one at the end ",
        "/it's \"quoted\" \\ and $HOME `x` !!",
        "/λ/Ünïcode/数字/🦀",
        "/new\nline\tand\u{a0}tab\u{7f}",
        "C:\\Users\\me\\x.gz",
        "/a=b c=d sha256=0",
    ] {
        let mut record = record(&[path]);
        record.selection.classes = Some(vec![5, 6]);
        record.selection.seed = 11;
        let line = SettingsLine {
            config: config.clone(),
            data: LineData::of(&record, 70),
            threads: 1,
        };
        let text = line.to_string();
        assert!(!text.contains('\'') && !text.contains('\n'), "{text}");
        assert!(
            text.contains(" samples=70 classes=[5,6] draw=11 "),
            "{text}"
        );
        let read: SettingsLine = text.parse().unwrap();
        assert_eq!(read, line, "{text}");
        assert_eq!(read.data.place, Some(Place::File(path.into())));
    }
    // Data that came from no file have their checksum.
    let line = SettingsLine {
        config,
        data: LineData::unnamed(SUM, 300, 0),
        threads: 1,
    };
    assert_eq!(line.to_string().parse(), Ok(line.clone()));
    assert!(line.data.is_of(SUM) && !line.data.is_of(&SUM[1..]) && !line.data.is_of(""));
}

/// The line that the README shows is one of this version, of data that are there.
#[test]
fn the_line_in_the_readme_is_one() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let shown = readme.lines().find(|line| line.starts_with("    dkae1 "));
    let read: SettingsLine = shown.unwrap().parse().unwrap();
    assert_eq!(format!("    {read}"), shown.unwrap());
    let source = crate::data::Source::bundled().unwrap();
    let data = source.select(&read.data.selection).unwrap();
    assert!(read.data.is_of(data.checksum()), "{}", data.checksum());
}
