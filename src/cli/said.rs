//! What is said on the terminal. A pipe that was closed or a disk that is full there is no reason to
//! lose a run: unlike `println!`, these go on.

/// A line on the standard output, if it takes one.
macro_rules! say {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($what)*);
    }};
}

/// A line on the standard error, if it takes one.
macro_rules! warn_of {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($what)*);
    }};
}
