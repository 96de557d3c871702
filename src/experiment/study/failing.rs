//! A task that fails is noted with its reason, and so is what cannot be done without it; the rest of
//! the study goes on.

use std::sync::Arc;

use super::{Study, StudyAdvance};
use crate::experiment::findings::Failure;
use crate::experiment::plan::Task;
use crate::training::RunError;

impl Study {
    /// Notes that `task` failed, and with it what looks at its network.
    pub(super) fn give_up(&mut self, task: Task, reason: &dyn std::fmt::Display) -> StudyAdvance {
        let plan = Arc::clone(&self.plan);
        let network = task.describe();
        self.drop_tasks(|other| {
            if *other == task {
                Some(reason.to_string())
            } else {
                let looks = plan.needs(other).contains(&task);
                looks.then(|| format!("its network ({network}) failed"))
            }
        });
        StudyAdvance::Failed(task)
    }

    /// Notes that nothing of `seed` can be done, for want of its prior kernel.
    pub(super) fn give_up_seed(&mut self, seed: u64, reason: &RunError) -> StudyAdvance {
        self.prepared.push(seed);
        let task = self.queue.front().copied();
        self.drop_tasks(|task| (task.seed() == seed).then(|| format!("prior kernel: {reason}")));
        task.map_or(StudyAdvance::Working, StudyAdvance::Failed)
    }

    /// Takes the tasks that have a reason to fail out of the queue.
    fn drop_tasks(&mut self, reason: impl Fn(&Task) -> Option<String>) {
        let failures = &mut self.findings.failures;
        self.queue.retain(|&task| match reason(&task) {
            Some(reason) => {
                failures.push(Failure { task, reason });
                false
            }
            None => true,
        });
    }
}
