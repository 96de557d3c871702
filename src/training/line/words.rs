//! The words of a line: `key=value`, the value in quotation marks where it has to be.

use super::{LineError, VERSION};

/// Keys and values in their order.
#[derive(Debug)]
pub(super) struct Words(Vec<(String, String)>);

impl Words {
    /// The words after the version.
    pub fn read(text: &str) -> Result<Self, LineError> {
        let text = text.trim();
        let (version, mut rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if version != VERSION {
            let number = version.strip_prefix("dkae").unwrap_or("");
            let is_version = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
            return Err(if is_version {
                LineError::Version(version.to_owned())
            } else {
                LineError::NotALine
            });
        }
        let mut words: Vec<(String, String)> = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return Ok(Self(words));
            }
            let (key, value, after) = word(rest)?;
            if words.iter().any(|(other, _)| other == key) {
                return Err(LineError::Twice(key.to_owned()));
            }
            words.push((key.to_owned(), value));
            rest = after;
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == key);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a key, which is taken out.
    pub fn take(&mut self, key: &str) -> Option<String> {
        let at = self.0.iter().position(|(other, _)| other == key)?;
        Some(self.0.remove(at).1)
    }

    /// A key that nobody took.
    pub fn left(&self) -> Option<&str> {
        self.0.first().map(|(key, _)| key.as_str())
    }
}

/// The word that `text` begins with: its key, its value, and what follows.
fn word(text: &str) -> Result<(&str, String, &str), LineError> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let no_word = || LineError::Word(text[..end].chars().take(40).collect());
    let (key, value) = text.split_once('=').ok_or_else(no_word)?;
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    if key.is_empty() || !key.chars().all(is_key) {
        return Err(no_word());
    }
    let Some(inside) = value.strip_prefix('"') else {
        let end = value.find(char::is_whitespace).unwrap_or(value.len());
        let (value, after) = value.split_at(end);
        if value.contains('"') {
            return Err(LineError::Quote(key.to_owned()));
        }
        return Ok((key, value.to_owned(), after));
    };
    let (value, after) = unquoted(inside).ok_or_else(|| LineError::Quote(key.to_owned()))?;
    Ok((key, value, after))
}

/// The text up to the closing quotation mark, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let after = &text[at + 1..];
                let ends = after.is_empty() || after.starts_with(char::is_whitespace);
                return ends.then_some((value, after));
            }
            '\\' => match letters.next()?.1 {
                marked @ ('"' | '\\') => value.push(marked),
                'u' => {
                    let code = letters.as_str().strip_prefix('{')?.split_once('}')?.0;
                    let sound = code.len() <= 6 && code.chars().all(|c| c.is_ascii_hexdigit());
                    let number = sound.then(|| u32::from_str_radix(code, 16).ok())??;
                    value.push(char::from_u32(number)?);
                    // The braces and what is between them.
                    letters.nth(code.len() + 1)?;
                }
                _ => return None,
            },
            // Such as the end of a line, where a mail was broken.
            other if other.is_control() => return None,
            other => value.push(other),
        }
    }
    None
}

/// A value as it stands in a line: in quotation marks where it would not be read as one otherwise.
/// Of what a shell or a mail could change, nothing stays: no apostrophe, no line break.
pub(super) fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-+./:,[]~@%".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    let letters: Vec<char> = value.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let blank = |at: Option<usize>| {
            let beside = at.and_then(|at| letters.get(at));
            beside.is_none_or(|letter| letter.is_whitespace())
        };
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            // Blanks at an end, or two in a row, are easily lost.
            ' ' if !blank(at.checked_sub(1)) && !blank(Some(at + 1)) => text.push(' '),
            '\'' | '`' | '$' | '!' => text += &marked(letter),
            other if other.is_control() || other.is_whitespace() => text += &marked(other),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// A letter by its number.
fn marked(letter: char) -> String {
    format!("\\u{{{:x}}}", u32::from(letter))
}
