//! What a run touches: no socket, and no file but its results.

use std::fs;
use std::process::Command;

use super::{Folder, IMAGES, said};

/// A call that opens a file to write, makes, renames or removes one: the path in it.
fn written(line: &str) -> Option<&str> {
    let makes = [
        "O_WRONLY", "O_RDWR", "O_CREAT", "creat(", "mkdir", "rename", "unlink", "link",
    ];
    if line.ends_with("ENOENT (No such file or directory)")
        || !makes.iter().any(|m| line.contains(m))
    {
        return None;
    }
    // The last path of a line is the one that is there afterwards.
    line.rsplit('"').nth(1)
}

#[test]
fn a_headless_run_opens_no_socket_and_writes_nowhere_else() {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: strace is not installed");
        return;
    }
    let folder = Folder::new();
    let home = folder.path("home");
    fs::create_dir(&home).unwrap();
    let log = folder.path("calls");
    let mut command = Command::new("strace");
    let calls = "trace=socket,connect,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,\
                 unlink,unlinkat,link,linkat,symlink,symlinkat";
    command
        .args(["-f", "-qq", "-s", "4096", "-e", calls, "-o"])
        .arg(&log);
    command.arg(env!("CARGO_BIN_EXE_dkae-explorer"));
    command.args(["train", "--images", IMAGES, "--settings", "settings.json"]);
    command.args(["--out", "out"]).current_dir(folder.path("."));
    command.env("HOME", &home).env_remove("XDG_RUNTIME_DIR");
    let output = command.output().unwrap();
    if said(&output).contains("PTRACE") || said(&output).contains("ptrace") {
        println!("skipped: strace is not allowed to look here");
        return;
    }
    assert!(output.status.success(), "{}", said(&output));
    let calls = fs::read_to_string(&log).unwrap();
    assert!(calls.contains("report.json"), "the run was followed");
    let temporary = std::env::temp_dir();
    for line in calls.lines() {
        assert!(!line.contains("socket("), "{line}");
        assert!(!line.contains("connect("), "{line}");
        let Some(path) = written(line) else { continue };
        let path = std::path::Path::new(path);
        let own = path.starts_with("out") || path.starts_with(folder.path("out"));
        // `/dev` and `/proc` hold no files; the test's folder itself is a temporary one.
        let none = path.starts_with("/dev") || path.starts_with("/proc");
        let elsewhere = path.starts_with(&temporary) && !path.starts_with(folder.path("."));
        assert!(own || none || elsewhere, "{line}");
    }
    assert_eq!(
        fs::read_dir(&home).unwrap().count(),
        0,
        "nothing is remembered"
    );
}
