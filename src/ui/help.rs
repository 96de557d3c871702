//! How to read the window, for a researcher with five minutes.

use egui::{Id, Modal, RichText, ScrollArea, Ui};

use super::theme::{self, UNIT};

/// Each part of the window and what it says.
const PARTS: [(&str, &str); 10] = [
    (
        "In one paragraph",
        "An autoencoder squeezes each digit into a code and rebuilds the digit from it. A deep kernelized autoencoder also asks that the inner products of the codes look like a kernel that was given beforehand. The loss is (1 − λ) Lr + λ Lc (Eq. 5 and 8): Lr is how badly digits are rebuilt, Lc how far the codes' kernel is from the given one. λ chooses between the two.",
    ),
    (
        "P, C and C − P",
        "Each picture is a matrix over the same test digits in the same order, sorted by class: the entry in row i and column j says how alike digits i and j are. P is the prior kernel. C holds the inner products of the codes. If C learns P, bright blocks appear along C's diagonal, one for each class, and C − P fades into the background. Both are divided by their root mean square entry, as Eq. 6 compares them, and share one colour scale. Scroll to zoom, drag to move, double-click to see everything; the three move together. Point at a cell to see its value in all three and the two digits it compares.",
    ),
    (
        "The prior kernel",
        "The probabilistic cluster kernel (Eq. 4) fits many Gaussian mixtures of 2, 3, … components from random starts. Two digits are alike if many mixtures put them into the same component. It needs no labels and no width. P is shown growing while the mixtures are fitted.",
    ),
    (
        "Scores",
        "Lc(C, P) falls as the codes align with the prior. Lc(P, Kᵢ) and Lc(C, Kᵢ) compare prior and codes with the ideal kernel, which knows the classes. If Lc(C, Kᵢ) is the smaller one, the codes separate the classes better than the prior they learned from; the difference is often a per cent, so compare several seeds. Lc lies between 0 and √2, for it is a distance between matrices of norm one without negative eigenvalues.",
    ),
    (
        "λ",
        "At 0 the network is a plain autoencoder: sharp digits, and a C of its own. At 1 it only aligns: C looks like P, and the digits are lost. Most happens below 0.05, so the slider is stretched there. Move it while the run trains: it takes effect with the next minibatch, and the loss curves mark the place.",
    ),
    (
        "Nc",
        "The number of code units. More of them rebuild and align better, with less and less gain. A change keeps the lower layers, begins the code layer anew and trains on.",
    ),
    (
        "Reconstructions and denoising",
        "The upper rows show test digits and what the network makes of them. Below, Gaussian noise is added to the same digits, and three methods take it away, each with m principal components: kernel PCA under P with Bakır's pre-image, PCA of the codes followed by the decoder (the paper's comparison, Table 2), and linear PCA of the pixels. The number under a digit is its mean squared error to the clean one; the number beside a row is the mean over all test digits it was taken on.",
    ),
    (
        "Loss curves",
        "Faint lines are single minibatches of training digits, strong lines validation digits. Vertical marks are changes of λ. The total's height depends on λ; compare Lr and Lc instead.",
    ),
    (
        "Experiments",
        "The other page of the window repeats the paper's figures and tables, over as many seeds as you like. Points come in as they are computed; a bar is one standard deviation over the seeds. Click a point to see that run's C and digits. A study can be stopped and goes on where it was, also after the program was closed. Beside each of the paper's claims stands whether it held. Export writes the report with its pictures.",
    ),
    (
        "Keys",
        "Space pauses and goes on, → takes one step of a paused run, F1 opens this page, F12 shows how long the window's own work for a frame takes.",
    ),
];

/// Shows the page while `open`; closes by its button, by Escape, or by a click beside it.
pub fn show(ctx: &egui::Context, open: &mut bool) {
    if !*open {
        return;
    }
    let room = ctx.content_rect().size();
    let modal = Modal::new(Id::unique("help")).show(ctx, |ui| {
        ui.set_width((room.x - 12.0 * UNIT).min(85.0 * UNIT));
        ui.horizontal(|ui| {
            ui.heading("How to read this window");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui
                    .button("Close")
                    .on_hover_text("Back to the window (Escape).")
                    .clicked()
                {
                    ui.close();
                }
            });
        });
        ui.add_space(UNIT);
        ScrollArea::vertical()
            .max_height(room.y - 12.0 * UNIT)
            .min_scrolled_height(room.y - 12.0 * UNIT)
            .show(ui, text);
    });
    if modal.should_close() {
        *open = false;
    }
}

fn text(ui: &mut Ui) {
    let palette = theme::of(ui);
    for (title, body) in PARTS {
        ui.label(RichText::new(title).strong());
        ui.label(body);
        ui.add_space(UNIT);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.label("Two colours run through the window: ");
        ui.label(RichText::new("Lr, reconstruction").color(palette.lr));
        ui.label(" and ");
        ui.label(RichText::new("Lc, alignment").color(palette.lc));
        ui.label(
            ". Keys: Space pauses and goes on, → takes a step of a paused run, F1 opens this page, F12 shows how quick the window is.",
        );
    });
    ui.add_space(UNIT);
    let source = "M. Kampffmeyer, S. Løkse, F. M. Bianchi, R. Jenssen, L. Livi: Deep Kernelized Autoencoders. SCIA 2017. Numbers of equations, tables and sections are that paper's.";
    ui.label(RichText::new(source).small().weak());
}
