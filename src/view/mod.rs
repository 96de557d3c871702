//! What the window shows, as plain data.
