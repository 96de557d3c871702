//! Files that are none, places that cannot be written, disks that are full: a line says what is the
//! matter, nothing is lost, nothing hangs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use dkae_explorer::data::{ImageShape, idx};
use serde_json::Value;

/// What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

const SHAPE: ImageShape = ImageShape {
    height: 8,
    width: 8,
};

/// A folder with small data and settings for it, and with everything that is no file.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write_data("t-images-idx3-ubyte", "t-labels-idx1-ubyte");
        let settings = serde_json::to_vec(&common::config(5)).unwrap();
        fs::write(folder.path("settings.json"), settings).unwrap();
        folder
    }

    fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.0.path().join(name.as_ref())
    }

    fn write_data(&self, images: impl AsRef<OsStr>, labels: impl AsRef<OsStr>) {
        let (pixels, classes) = common::pixels(300, SHAPE);
        fs::write(self.path(images), idx::encode_images(SHAPE, &pixels)).unwrap();
        fs::write(self.path(labels), idx::encode_labels(&classes)).unwrap();
    }

    /// What a name can lead to that is no file.
    fn oddities(&self) -> Vec<PathBuf> {
        let path = |name: &str| self.path(name);
        let made = Command::new("mkfifo").arg(path("fifo")).status().unwrap();
        assert!(made.success());
        symlink(path("loop"), path("loop")).unwrap();
        symlink(path("nowhere"), path("dangling")).unwrap();
        symlink(path("fifo"), path("to-fifo")).unwrap();
        drop(UnixListener::bind(path("socket")).unwrap());
        fs::create_dir(path("folder")).unwrap();
        fs::write(path("empty"), "").unwrap();
        // 2⁴² bytes that take no room on the disk, but would in memory.
        let sparse = fs::File::create(path("sparse")).unwrap();
        sparse.set_len(1 << 42).unwrap();
        let mut all: Vec<_> = [
            "fifo", "loop", "dangling", "to-fifo", "socket", "folder", "empty", "sparse", "missing",
        ]
        .map(path)
        .into();
        all.push(self.path(OsString::from_vec(b"gone-\xff\xfe".to_vec())));
        all.push(path("settings.json").join("below"));
        // Devices, and files of the kernel's that never end, fail or keep a reader waiting.
        let system = [
            "/dev/zero",
            "/dev/null",
            "/dev/full",
            "/proc/self/mem",
            "/proc/kmsg",
            "/proc/self/pagemap",
        ];
        all.extend(
            system
                .map(PathBuf::from)
                .into_iter()
                .filter(|path| path.exists()),
        );
        all
    }

    fn command(&self, command: &str, arguments: &[(&str, &Path)]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dkae-explorer"));
        program.arg(command).args(["--threads", "1"]);
        let images = self.path("t-images-idx3-ubyte");
        let settings = self.path("settings.json");
        let out = self.path("out");
        let mut all = vec![("--images", &*images), ("--out", &*out)];
        if command == "train" {
            all.push(("--settings", &settings));
        } else {
            program.args(["--only", "table1", "--seeds", "1"]);
            program.args(["--samples", "300", "--steps", "4"]);
        }
        all.retain(|(name, _)| arguments.iter().all(|(other, _)| name != other));
        for (name, value) in all.iter().chain(arguments) {
            program.arg(name).arg(value);
        }
        program
    }

    fn train(&self, arguments: &[(&str, &Path)]) -> Output {
        run(self.command("train", arguments))
    }

    fn reproduce(&self, arguments: &[(&str, &Path)]) -> Output {
        run(self.command("reproduce", arguments))
    }
}

/// Runs to the end, which has to come.
#[track_caller]
fn run(mut command: Command) -> Output {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    finish(command.spawn().unwrap())
}

#[track_caller]
fn finish(mut child: Child) -> Output {
    let end = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One line that names `path`, and an exit code that is not a panic's.
#[track_caller]
fn assert_told(output: &Output, path: &Path, codes: &[i32]) {
    let said = said(output);
    let code = output.status.code().unwrap_or(-1);
    assert!(codes.contains(&code), "{}: {code}, {said}", path.display());
    assert_eq!(said.lines().count(), 1, "{said}");
    let name = path.file_name().unwrap().to_string_lossy();
    assert!(said.contains(&*name), "{name} in {said}");
}

#[test]
fn what_is_no_file_is_named_and_nothing_waits_for_it() {
    let folder = Folder::new();
    for path in folder.oddities() {
        for option in ["--images", "--labels", "--settings"] {
            assert_told(&folder.train(&[(option, &path)]), &path, &[2]);
        }
        assert_told(&folder.reproduce(&[("--images", &path)]), &path, &[2]);
        assert!(!folder.path("out").exists(), "bad input leaves no trace");
    }
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let folder = Folder::new();
    for path in folder.oddities() {
        // A folder that is missing or empty is made, a sparse or empty file is in the way.
        let fine = ["missing", "folder"].map(|name| folder.path(name));
        let bytes = path.as_os_str().as_bytes();
        if fine.contains(&path) || bytes.ends_with(b"\xff\xfe") {
            continue;
        }
        assert_told(&folder.train(&[("--out", &path)]), &path, &[1, 2]);
        let output = folder.reproduce(&[("--out", &path)]);
        let said = said(&output);
        assert!([1, 2].contains(&output.status.code().unwrap()), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    for place in ["/proc/nothing-here", "/sys/nothing-here"].map(Path::new) {
        assert_told(&folder.train(&[("--out", place)]), place, &[1]);
    }
}

#[test]
fn a_folder_where_a_file_should_go_is_named() {
    let folder = Folder::new();
    for name in ["report.json", "prior.npy", "losses.png"] {
        let out = folder.path(format!("out-{name}"));
        let taken = out.join(name);
        fs::create_dir_all(&taken).unwrap();
        assert_told(&folder.train(&[("--out", &out)]), &taken, &[1]);
        assert!(taken.is_dir());
    }
    let out = folder.path("study");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("results"), "in the way").unwrap();
    let output = folder.reproduce(&[("--out", &out)]);
    assert_told(&output, &out.join("results"), &[2]);
    assert_eq!(
        fs::read_to_string(out.join("results")).unwrap(),
        "in the way"
    );
}

#[test]
fn pipes_and_links_in_a_study_are_set_aside() {
    let folder = Folder::new();
    let out = folder.path("out");
    let fifo = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let output = folder.reproduce(&[]);
    assert!(output.status.success(), "{}", said(&output));
    let results: Vec<_> = fs::read_dir(out.join("results")).unwrap().collect();
    let results: Vec<_> = results
        .into_iter()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(results.len() >= 5, "{results:?}");
    for (index, path) in results.iter().chain([&out.join("study.json")]).enumerate() {
        fs::remove_file(path).unwrap();
        match index % 3 {
            0 => fifo(path),
            1 => symlink(path, path).unwrap(),
            _ => symlink("/dev/zero", path).unwrap(),
        }
        let mut command = folder.command("reproduce", &[]);
        command.arg("--resume");
        let output = run(command);
        assert!(output.status.success(), "{}", said(&output));
        assert_told(&output, path, &[0]);
        assert!(fs::symlink_metadata(path).unwrap().is_file());
    }
}

#[test]
fn a_damaged_study_is_put_right_and_its_report_is_the_same() {
    let folder = Folder::new();
    let out = folder.path("out");
    assert!(folder.reproduce(&[]).status.success());
    let table = || -> Value {
        let text = fs::read_to_string(out.join("report.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["table1"].take()
    };
    let expected = table();
    let resume = || {
        let mut command = folder.command("reproduce", &[]);
        command.arg("--resume");
        run(command)
    };
    let mut files = vec![out.join("study.json")];
    for part in ["results", "networks"] {
        let entries = fs::read_dir(out.join(part)).unwrap();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    for path in &files {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, &bytes).unwrap();
        assert_told(&resume(), path, &[0]);
        assert_eq!(table(), expected);
    }
    // Nothing is left to say, and what was damaged is still there to look at.
    assert_eq!(said(&resume()), "");
    let aside = |path: &Path| {
        let mut name = path.file_name().unwrap().to_owned();
        name.push(".damaged");
        path.with_file_name(name)
    };
    assert!(files.iter().all(|path| aside(path).is_file()));
}

#[test]
fn names_need_not_be_text() {
    let folder = Folder::new();
    let name = |text: &[u8]| OsString::from_vec(text.to_vec());
    let images = folder.path(name(b"d\xffgits-images-idx3-ubyte"));
    let labels = name(b"d\xffgits-labels-idx1-ubyte");
    folder.write_data(images.file_name().unwrap(), &labels);
    let out = folder.path(name(b"o\xfeut"));
    let output = folder.train(&[("--images", &images), ("--out", &out)]);
    assert!(output.status.success(), "{}", said(&output));
    let text = fs::read_to_string(out.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert!(
        report["test"]["lc_p_ki"].is_number(),
        "the labels are found"
    );
    let out = folder.path(name(b"st\xfedy"));
    let output = folder.reproduce(&[("--images", &images), ("--out", &out)]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(out.join("report.md").is_file());
}

/// The command with files of at most `blocks` half-kilobytes, as if the disk were full then.
fn on_a_full_disk(command: &Command, blocks: usize) -> Command {
    let mut shell = Command::new("sh");
    // Without the signal that would end it, writing more fails as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    shell
        .args(["-c", &script, "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    shell
}

fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_is_said_and_costs_nothing_that_was_there() {
    let folder = Folder::new();
    let out = folder.path("out");
    let output = folder.train(&[]);
    assert!(output.status.success(), "{}", said(&output));
    let (before, report) = (names(&out), fs::read(out.join("report.json")).unwrap());
    let output = run(on_a_full_disk(&folder.command("train", &[]), 4));
    let told = said(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("could not be written"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    assert_eq!(names(&out), before, "no pieces are left");
    assert_eq!(fs::read(out.join("report.json")).unwrap(), report);

    // A study stops, and goes on when there is room.
    let study = folder.path("study");
    let arguments: &[(&str, &Path)] = &[("--out", &study)];
    let mut limit = 16;
    let output = loop {
        let mut command = folder.command("reproduce", arguments);
        command.arg("--resume");
        let output = run(on_a_full_disk(&command, limit));
        if output.status.success() {
            break output;
        }
        let told = said(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("could not be written"), "{told}");
        limit *= 4;
    };
    assert!(limit > 16, "the limit was felt");
    assert!(!said(&output).contains("damaged"), "{}", said(&output));
    let whole = folder.path("whole");
    assert!(folder.reproduce(&[("--out", &whole)]).status.success());
    let table = |out: &Path| -> Value {
        let text = fs::read_to_string(out.join("report.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["table1"].take()
    };
    assert_eq!(table(&study), table(&whole));
}

#[test]
fn a_terminal_that_takes_nothing_more_costs_no_results() {
    let folder = Folder::new();
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    for command in ["train", "reproduce"] {
        let out = folder.path(command);
        let mut program = folder.command(command, &[("--out", &out)]);
        program.stdout(full()).stderr(full());
        let output = finish(program.spawn().unwrap());
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert!(out.join("report.json").is_file());
    }
}

#[test]
fn files_that_vanish_meanwhile_are_named_or_not_needed() {
    let folder = Folder::new();
    // The folder goes while the study works.
    let out = folder.path("out");
    let mut command = folder.command("reproduce", &[]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let end = Instant::now() + PATIENCE;
    while !out.join("study.json").exists() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(1));
    }
    fs::remove_dir_all(&out).unwrap();
    let output = finish(child);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("folder does not exist"),
        "{}",
        said(&output)
    );
    // The data go: they were read.
    let mut command = folder.command("reproduce", &[]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while !out.join("study.json").exists() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(1));
    }
    fs::remove_file(folder.path("t-images-idx3-ubyte")).unwrap();
    let output = finish(child);
    assert!(output.status.success(), "{}", said(&output));
}
