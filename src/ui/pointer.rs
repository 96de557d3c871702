//! Where a click was, and where a knob is wanted.

use egui::{Event, PointerButton, Pos2, Response, Ui};

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

/// Where the knob is wanted: under the pointer while it is down, and where it was let go in the
/// frame in which it was. The pointer may have gone on since.
pub fn held_at(ui: &Ui, response: &Response) -> Option<Pos2> {
    if response.drag_stopped() || response.clicked() {
        return ui.input(|input| {
            input.events.iter().find_map(|event| match *event {
                Event::PointerButton {
                    pos,
                    button: PointerButton::Primary,
                    pressed: false,
                    ..
                } => Some(pos),
                _ => None,
            })
        });
    }
    let down = response.is_pointer_button_down_on();
    response.interact_pointer_pos().filter(|_| down)
}
