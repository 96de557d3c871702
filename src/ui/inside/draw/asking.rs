//! Two threads beside the window: one answers for the newest drawing at once, one learns what answers take.
//!
//! What is learned is used as soon as it is there. Of a network that trains, PCA of the codes is learned now and
//! then, so that it takes a small share of a core; what it made says of which step it is.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use egui::{Context, Ui};

use crate::exhibit::sketch::{Answer, Aside, Cleaners, Drawing, Piece, Question, Reader, Subject};
use crate::service::Maker;

/// For each second that it took to learn of a network's codes, so many pass before it is done again.
const PATIENCE: f64 = 4.0;
/// The least time between the two, in seconds.
const LEAST: f64 = 0.5;

/// What is to be learned next.
struct Lesson {
    cleaners: Cleaners,
    subject: Subject,
    piece: Piece,
    /// Gone as soon as nobody wants it any more.
    wanted: Weak<()>,
}

/// What came of it, and how long it took.
struct Learned {
    /// `None`: it was given up.
    cleaners: Option<Cleaners>,
    spent: Duration,
}

/// What is asked and answered.
#[derive(Default)]
pub struct Asking {
    /// The lesson at hand; stands above the threads, which wait for its end when they are dropped.
    lesson: Option<(Arc<()>, Subject, Piece)>,
    reader: Option<Maker<Question, Answer>>,
    teacher: Option<Maker<Lesson, Learned>>,
    cleaners: Cleaners,
    /// Of what the last question was, and how much had been learned by then.
    asked: Option<(Arc<Drawing>, Subject, u64)>,
    answer: Option<Arc<Answer>>,
    /// Lessons so far.
    lessons: u64,
    /// When codes may be learned of again, in the window's seconds.
    codes_after: f64,
}

impl Asking {
    /// The newest answer, if something is drawn.
    #[must_use]
    pub fn answer(&self) -> Option<&Arc<Answer>> {
        self.answer.as_ref()
    }

    /// Takes what has been answered and learned, and asks for what is not known of `drawing` yet.
    pub fn follow(&mut self, ui: &Ui, subject: &Subject, drawing: &Arc<Drawing>) {
        if let Some(answer) = self.reader.as_ref().and_then(Maker::take) {
            self.answer = Some(Arc::new(answer));
        }
        let now = ui.input(|input| input.time);
        if let Some(learned) = self.teacher.as_ref().and_then(Maker::take) {
            self.take(learned, now);
        }
        if drawing.is_blank() {
            (self.answer, self.asked) = (None, None);
            return;
        }
        self.learn(ui.ctx(), subject, now);
        let asked = self.asked.as_ref();
        let is_asked = asked.is_some_and(|(of, against, lessons)| {
            Arc::ptr_eq(of, drawing) && against.is(subject) && *lessons == self.lessons
        });
        if !is_asked {
            self.asked = Some((Arc::clone(drawing), subject.clone(), self.lessons));
            self.ask(ui.ctx(), subject, drawing);
        }
    }

    fn take(&mut self, learned: Learned, now: f64) {
        let Some((_, _, piece)) = self.lesson.take() else {
            return;
        };
        if let Some(cleaners) = learned.cleaners {
            self.cleaners = cleaners;
            self.lessons += 1;
        }
        if piece == Piece::Codes {
            let pause = PATIENCE * learned.spent.as_secs_f64();
            self.codes_after = now + pause.max(LEAST);
        }
    }

    /// Has the next thing learned, one after the other.
    fn learn(&mut self, ctx: &Context, subject: &Subject, now: f64) {
        if let Some((_, of, piece)) = &self.lesson {
            if !Cleaners::serves(*piece, of, subject) {
                // Its thread sees that nobody wants it, and says so.
                let piece = *piece;
                self.lesson = Some((Arc::new(()), subject.clone(), piece));
            }
            return;
        }
        let due = now >= self.codes_after;
        let Some(piece) = self.cleaners.missing(subject, due) else {
            if !due && self.cleaners.codes_are_old(subject) && subject.ground.is_some() {
                ctx.request_repaint_after(Duration::from_secs_f64(self.codes_after - now));
            }
            return;
        };
        if self.teacher.is_none() {
            self.teacher = Maker::spawn("dkae-sketch-teacher", teach(), waker(ctx))
                .inspect_err(|error| tracing::error!("no thread to learn on: {error}"))
                .ok();
        }
        if let Some(teacher) = &self.teacher {
            let token = Arc::new(());
            teacher.ask(Lesson {
                cleaners: self.cleaners.clone(),
                subject: subject.clone(),
                piece,
                wanted: Arc::downgrade(&token),
            });
            self.lesson = Some((token, subject.clone(), piece));
        }
    }

    fn ask(&mut self, ctx: &Context, subject: &Subject, drawing: &Arc<Drawing>) {
        if self.reader.is_none() {
            let mut reader = Reader::default();
            let make = move |question: Question| reader.answer(&question);
            self.reader = Maker::spawn("dkae-sketch", make, waker(ctx))
                .inspect_err(|error| tracing::error!("no thread for drawings: {error}"))
                .ok();
        }
        if let Some(reader) = &self.reader {
            reader.ask(Question {
                drawing: Arc::clone(drawing),
                subject: subject.clone(),
                cleaners: self.cleaners.clone(),
            });
        }
    }
}

fn waker(ctx: &Context) -> Arc<dyn Fn() + Send + Sync> {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)))
}

/// Learns a lesson until nobody wants it any more.
fn teach() -> impl FnMut(Lesson) -> Learned + Send + 'static {
    let mut aside = Aside::default();
    move |lesson: Lesson| {
        let began = Instant::now();
        let given_up = || lesson.wanted.strong_count() == 0;
        let cleaners = aside.learn(&lesson.cleaners, &lesson.subject, lesson.piece, &given_up);
        Learned {
            cleaners,
            spent: began.elapsed(),
        }
    }
}
