//! The parts of the window and what is to be said of them.

use egui::{Pos2, Rect, RichText, Ui, vec2};

use super::super::theme;

/// A part of the window, in the order in which they are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Data and preset.
    Data,
    /// The run's buttons.
    Run,
    /// What goes on.
    Status,
    /// λ.
    Lambda,
    /// Nc.
    CodeSize,
    /// The choice of P.
    PriorChoice,
    /// The button for a new run.
    NewRun,
    /// P.
    Prior,
    /// C.
    Codes,
    /// C − P.
    Difference,
    /// The scoreboard.
    Scores,
    /// Digits and denoising.
    Digits,
    /// Loss curves.
    Curves,
    /// The save menu.
    Save,
    /// The other page.
    Experiments,
}

impl Part {
    /// All of them, as they are numbered.
    pub const ALL: [Self; 15] = [
        Self::Data,
        Self::Run,
        Self::Status,
        Self::Lambda,
        Self::CodeSize,
        Self::PriorChoice,
        Self::NewRun,
        Self::Prior,
        Self::Codes,
        Self::Difference,
        Self::Scores,
        Self::Digits,
        Self::Curves,
        Self::Save,
        Self::Experiments,
    ];

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Data => "Data and preset",
            Self::Run => "Run",
            Self::Status => "What goes on",
            Self::Lambda => "Trade-off λ",
            Self::CodeSize => "Code size Nc",
            Self::PriorChoice => "Prior kernel",
            Self::NewRun => "Start a new run",
            Self::Prior => "P, the prior kernel",
            Self::Codes => "C, the code kernel",
            Self::Difference => "C − P",
            Self::Scores => "Scores",
            Self::Digits => "Images and denoising",
            Self::Curves => "Loss curves",
            Self::Save => "Save",
            Self::Experiments => "Experiments",
        }
    }

    /// Where its number stands: where the part itself has nothing to read.
    #[must_use]
    pub fn spot(self, place: Rect) -> Pos2 {
        match self {
            Self::Data | Self::Run | Self::Save | Self::Experiments => {
                place.center_bottom() + vec2(0.0, 5.0)
            }
            Self::Status => place.left_bottom() + vec2(60.0, -2.0),
            Self::NewRun => place.right_center() - vec2(12.0, 0.0),
            Self::Digits | Self::Curves => place.right_bottom() - vec2(12.0, 12.0),
            _ => place.center_top() + vec2(0.0, 4.0),
        }
    }

    /// Plain words about it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Data => {
                "What the network learns on, and a named set of settings. Choosing another one of either starts a new run; the menu of presets says what it will change. A file of images can be dropped on the window, too."
            }
            Self::Run => {
                "Pause and go on (Space), take a single step of a paused run (→), start anew under the same seed, stop. A run that was stopped or has finished can go on."
            }
            Self::Status => {
                "The phase, how far it is, the time left and the pace. First the prior is fitted, then the network trains. Point at it for the data's split, the layers and the seed."
            }
            Self::Lambda => {
                "At 0 the network is a plain autoencoder: sharp images, and a C of its own. At 1 it only aligns: C looks like P, and the images are lost. Most happens below 0.05, so the slider is stretched there. Move it while the run trains: it takes effect with the next minibatch, and the loss curves mark the place. A run that is paused, was stopped or has finished wakes and trains on under it until its loss has settled. Compare, below it, goes through the ladder instead: finished networks, each trained from the same start under its own λ. The pin in the toolbar keeps what is on show in sight."
            }
            Self::CodeSize => {
                "The number of code units. More of them rebuild and align better, with less and less gain. A change keeps the lower layers, begins the code layer anew and trains on."
            }
            Self::PriorChoice => {
                "What the codes should look alike by. The cluster kernel (Eq. 4) fits many Gaussian mixtures of 2, 3, … components from random starts; two images are alike if many mixtures put them into the same component. It needs no labels and no width. Other kernels are there to compare; each has its settings in the line below."
            }
            Self::NewRun => {
                "Most settings act at once. Those with the mark ⟲ shape a run from its beginning: the mark is coloured where the run on show has another value, and this button then stands out. Above it, changes of the settings are taken back and made again (Ctrl+Z, Ctrl+Shift+Z), and settings go out and come in as a line of text: whoever pastes it (Ctrl+V), here or on another machine, gets the same run."
            }
            Self::Prior => {
                "The entry in row i and column j says how alike validation images i and j are before any training; the images are sorted by class, so each class is a block on the diagonal. P is shown growing while the mixtures are fitted. A click on a row's strip shows the nearest images in P and in C; a click on the strip above, that class alone. The menu over P sorts the images by clusters of P or C, or shows means over pairs of classes."
            }
            Self::Codes => {
                "The same images in the same order: the inner products of their codes. If C learns P, the same blocks appear. Both are divided by their root mean square entry, as Eq. 6 compares them, and share one scale of colours. Scroll to zoom, drag to move, double-click to see everything; the three pictures move together. Point at a cell for its values and the two images; click it to keep it, with the place of one among the neighbours of the other and, for a PCK, how often the two share a component of its mixtures."
            }
            Self::Difference => {
                "Warm where the codes find two images more alike than the prior does, cold where less. It fades into the background as C learns P."
            }
            Self::Scores => {
                "Lc(C, P) falls as the codes align with the prior. Lc(P, K_I) and Lc(C, K_I) compare prior and codes with the ideal kernel, which knows the classes: if the second is the smaller one, the codes separate the classes better than the prior they learned from. The difference is often a per cent, so compare several seeds. Lc lies between 0 and √2."
            }
            Self::Digits => {
                "Validation images and what the network makes of them. Below, noise is added to the same images, and it is taken away with m principal components: by kernel PCA under P with Bakır's pre-image, by PCA of the codes followed by the decoder (the paper's comparison, Table 2), and by linear PCA of the pixels; and without components, by the decoder straight from the codes. What comes out is cut to [0, 1]. The number under a digit is its mean squared error to the clean one; the number beside a row is the mean over all validation images it was taken on. Rows of an earlier step are dimmed and say so."
            }
            Self::Curves => {
                "Faint lines are single minibatches of training images, strong lines validation images. Vertical marks are changes of λ and Nc. The total's height depends on λ; compare Lr and Lc instead."
            }
            Self::Save => {
                "Every picture as it is or as a figure with labels and scale, every matrix as numbers, the window as it stands. What a picture was made with stands in its text fields. A session (Ctrl+S) is all of it in one file, which Ctrl+O or a drop opens again, and which goes on from where it was."
            }
            Self::Experiments => {
                "The paper's figures and tables, over as many seeds as you like. Points come in as they are computed; a bar is one standard deviation over the seeds. A study can be stopped and goes on where it was, also after the program was closed. Beside each of the paper's claims stands whether it held, did not, or is undecided."
            }
        }
    }
}

/// What holds for the whole window.
pub(super) fn general(ui: &mut Ui) {
    let palette = theme::of(ui);
    ui.label(RichText::new("In one paragraph").strong());
    ui.label(
        "An autoencoder squeezes each image into a code and rebuilds the image from it. A deep kernelized autoencoder also asks that the inner products of the codes look like a kernel that was given beforehand. λ chooses between the two.",
    );
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.label("Loss = (1 − λ) ");
        ui.label(RichText::new("Lr").color(palette.lr).strong());
        ui.label(" + λ ");
        ui.label(RichText::new("Lc").color(palette.lc).strong());
        ui.label(" (Eq. 5 and 8):  ");
        ui.label(RichText::new("Lr, reconstruction,").color(palette.lr));
        ui.label(" is how badly images are rebuilt; ");
        ui.label(RichText::new("Lc, alignment,").color(palette.lc));
        ui.label(" how far C is from P. Both keep their colours in the whole window.");
    });
    ui.label(
        RichText::new("Keys: Space pauses the run and lets it go on, F1 opens this page, and ? lists all of them.")
            .small()
            .weak(),
    );
}

/// Whose numbers of equations these are.
pub(super) fn source(ui: &mut Ui) {
    let source = "M. Kampffmeyer, S. Løkse, F. M. Bianchi, R. Jenssen, L. Livi: Deep Kernelized Autoencoders. SCIA 2017. Numbers of equations, tables and sections are that paper's.";
    ui.label(RichText::new(source).small().weak());
}
