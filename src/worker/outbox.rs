//! Messages on their way out: none is lost, and the worker never waits for room.
//!
//! While the receiver does not read, losses are gathered into one message (and thinned when they
//! become very many) and a newer progress replaces an older one, so that what waits stays small.

use std::collections::VecDeque;

use crossbeam_channel::{Sender, TrySendError};

use super::protocol::{Event, Message, RunId};

/// Losses that wait at the most; beyond, every second one is dropped.
const MOST_LOSSES: usize = 20_000;

/// Messages in order, and the channel they go to.
pub(super) struct Outbox {
    waiting: VecDeque<Message>,
    channel: Sender<Message>,
}

impl Outbox {
    pub fn new(channel: Sender<Message>) -> Self {
        Self {
            waiting: VecDeque::new(),
            channel,
        }
    }

    /// Adds a message behind those that wait.
    pub fn say(&mut self, run: RunId, event: Event) {
        if let Event::Progress(_) = &event {
            self.waiting
                .retain(|old| !(old.run == run && matches!(old.event, Event::Progress(_))));
        }
        if let (
            Some(Message {
                run: last,
                event: Event::Losses(old),
            }),
            Event::Losses(new),
        ) = (self.waiting.back_mut(), &event)
            && *last == run
        {
            old.extend_from_slice(new);
            if old.len() > MOST_LOSSES {
                let mut keep = false;
                old.retain(|_| {
                    keep = !keep;
                    keep
                });
            }
            return;
        }
        self.waiting.push_back(Message { run, event });
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Hands over as many as there is room for; says whether any went.
    pub fn flush(&mut self) -> bool {
        let mut sent = false;
        while let Some(message) = self.waiting.pop_front() {
            match self.channel.try_send(message) {
                Ok(()) => sent = true,
                Err(TrySendError::Full(message)) => {
                    self.waiting.push_front(message);
                    break;
                }
                // Nobody listens any more; the handle is about to end the thread.
                Err(TrySendError::Disconnected(_)) => break,
            }
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;
    use crate::training::LossPoint;

    fn losses(range: std::ops::Range<u64>) -> Event {
        Event::Losses(
            range
                .map(|step| LossPoint {
                    step,
                    layer: None,
                    lambda: 0.1,
                    lr: 0.0,
                    lc: 0.0,
                    total: 0.0,
                })
                .collect(),
        )
    }

    #[test]
    fn what_does_not_fit_waits_in_order_and_is_gathered() {
        let (sender, receiver) = bounded(1);
        let mut outbox = Outbox::new(sender);
        let run = RunId(1);
        outbox.say(run, Event::Paused(true));
        for i in 0..5 {
            outbox.say(run, losses(i * 10..(i + 1) * 10));
        }
        outbox.say(run, Event::Paused(false));
        let mut received = Vec::new();
        while outbox.flush() {
            received.push(receiver.recv().unwrap().event);
        }
        assert_eq!(received.len(), 3);
        assert!(matches!(received[0], Event::Paused(true)));
        let Event::Losses(points) = &received[1] else {
            panic!("losses come second")
        };
        assert_eq!(
            points.iter().map(|p| p.step).collect::<Vec<_>>(),
            (0..50).collect::<Vec<_>>()
        );
        assert!(matches!(received[2], Event::Paused(false)));
    }

    #[test]
    fn waiting_losses_stay_bounded() {
        let (sender, _receiver) = bounded(0);
        let mut outbox = Outbox::new(sender);
        for i in 0..100 {
            outbox.say(RunId(1), losses(i * 1000..(i + 1) * 1000));
        }
        let Event::Losses(points) = &outbox.waiting[0].event else {
            panic!("losses wait")
        };
        assert!(points.len() <= MOST_LOSSES);
        assert!(points.is_sorted_by_key(|p| p.step));
    }
}
