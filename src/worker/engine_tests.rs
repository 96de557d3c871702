//! What a panic does, which nothing outside can cause. The protocol itself is tested from
//! outside, in `tests/worker.rs`.

use std::time::Duration;

use super::super::WorkerHandle;
use super::*;
use crate::data::{DataSet, ImageShape};
use crate::service::Link;
use crate::training::RunConfig;
use crate::training::config::{NetworkConfig, PriorConfig};

fn request(run: u64, steps: usize) -> Command {
    let shape = ImageShape {
        height: 4,
        width: 4,
    };
    let pixels: Vec<u8> = (0..100 * 16_u32).map(|i| (i * i % 251) as u8).collect();
    let mut config = RunConfig {
        prior: PriorConfig::Linear,
        shown: 10,
        ..RunConfig::default()
    };
    config.network = NetworkConfig {
        hidden: vec![8],
        code: 3,
        ..config.network
    };
    (config.training.batch, config.training.steps) = (10, steps);
    Command::Start(Box::new(StartRequest {
        run: RunId(run),
        data: Arc::new(DataSet::new("noise", shape, pixels, None).unwrap()),
        config,
        from: None,
    }))
}

/// Waits for the event of `run` that `wanted` picks, and gives all messages up to it.
fn wait(worker: &WorkerHandle, run: u64, wanted: impl Fn(&Event) -> bool) -> Vec<Message> {
    let mut heard = Vec::new();
    for _ in 0..6_000 {
        for message in worker.messages() {
            let found = message.run == RunId(run) && wanted(&message.event);
            heard.push(message);
            if found {
                return heard;
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the worker did not say it; it said {heard:?}");
}

#[test]
fn a_panic_is_told_and_a_new_run_can_be_started() {
    let worker = WorkerHandle::spawn(1, Box::new(|| {})).unwrap();
    worker.send(request(1, 100_000_000)).unwrap();
    wait(&worker, 1, |event| matches!(event, Event::Losses(_)));
    worker.send(Command::Break).unwrap();
    let heard = wait(&worker, 1, |event| matches!(event, Event::Failed { .. }));
    let Some(Event::Failed { message }) = heard.last().map(|message| &message.event) else {
        panic!("a failure comes last")
    };
    assert!(message.contains("as it was told to"), "{message}");
    assert!(message.contains("a new run can be started"), "{message}");

    worker.send(Command::Pause(RunId(1))).unwrap();
    worker.send(request(2, 20)).unwrap();
    let after = wait(&worker, 2, |event| matches!(event, Event::Finished { .. }));
    assert!(after.iter().all(|message| message.run == RunId(2)));
    assert!(worker.is_alive());
}

#[test]
fn a_panic_without_a_run_leaves_the_worker_alive() {
    let worker = WorkerHandle::spawn(1, Box::new(|| {})).unwrap();
    worker.send(Command::Break).unwrap();
    worker.send(request(1, 20)).unwrap();
    let heard = wait(&worker, 1, |event| matches!(event, Event::Finished { .. }));
    assert!(matches!(heard[0].event, Event::Started(_)));
}
