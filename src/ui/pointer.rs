//! Where a click was.

use egui::{Event, Pos2, Response, Ui};

/// Where `response` was clicked in this frame; `None` if it was not, or by a key.
///
/// That is where the button was let go. The toolkit's own position is where the pointer stands at the end of
/// the frame, which is elsewhere when a frame is long and the hand quick.
pub fn clicked_at(ui: &Ui, response: &Response) -> Option<Pos2> {
    if response.clicked() {
        let_go_at(ui)
    } else {
        None
    }
}

/// Where a button was let go in this frame, the last time that one was.
pub fn let_go_at(ui: &Ui) -> Option<Pos2> {
    ui.input(|input| {
        let mut events = input.events.iter().rev();
        events.find_map(|event| match event {
            Event::PointerButton {
                pos,
                pressed: false,
                ..
            } => Some(*pos),
            _ => None,
        })
    })
}
