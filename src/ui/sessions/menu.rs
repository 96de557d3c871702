//! The entries of the save menu that are about sessions.

use std::path::{Path, PathBuf};

use egui::{RichText, Ui};

use super::SessionIntent;
use crate::ui::intent::Intent;
use crate::ui::theme::UNIT;

/// Shows them. `recent` are files that were saved or opened, `ended` what windows kept before this one.
pub fn entries(
    ui: &mut Ui,
    there: bool,
    (recent, ended): (&[PathBuf], &[PathBuf]),
    intents: &mut Vec<Intent>,
) {
    let mut wish = None;
    ui.horizontal(|ui| {
        let save = egui::Button::new("Session (.dkae)");
        let hover = "Everything: settings, seed, network, losses, ladder. It goes on from there to the bit. Ctrl+S";
        if ui.add_enabled(there, save).on_hover_text(hover).clicked() {
            wish = Some(SessionIntent::Save);
        }
        let hover = "Opens a session by a dialog; a drop on the window does, too. Ctrl+O";
        if ui.button("Open…").on_hover_text(hover).clicked() {
            wish = Some(SessionIntent::Browse);
        }
        ui.add_enabled_ui(!recent.is_empty() || !ended.is_empty(), |ui| {
            ui.menu_button("Recent", |ui| {
                ui.set_min_width(28.0 * UNIT);
                for path in recent {
                    let hover = path.display().to_string();
                    if ui.button(name(path)).on_hover_text(hover).clicked() {
                        wish = Some(SessionIntent::Open(path.clone()));
                    }
                }
                if !ended.is_empty() {
                    ui.label(RichText::new("Kept when the window ended").small().weak());
                }
                for (before, path) in ended.iter().enumerate() {
                    let label = match before {
                        0 => "The last time".to_owned(),
                        before => format!("{} times ago", before + 1),
                    };
                    if ui.button(label).clicked() {
                        wish = Some(SessionIntent::Open(path.clone()));
                    }
                }
            });
        });
    });
    if let Some(wish) = wish {
        intents.push(Intent::Session(wish));
        ui.close();
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
