//! What plotters leaves out of an SVG: its size on a page, a title, what it shows, and images.

use std::fmt::Write;

/// An image, in the lengths of the `viewBox`.
pub(super) struct Image {
    /// The left upper corner.
    pub at: [usize; 2],
    /// Width and height.
    pub size: [usize; 2],
    /// A PNG file's bytes.
    pub png: Vec<u8>,
}

/// Completes the SVG `text` of plotters: it is shown `size` units large and tells what it is;
/// `images` lie on top, their pixels not blurred. `None` if `text` is no SVG.
pub(super) fn finish(
    text: &str,
    size: [u32; 2],
    title: &str,
    description: &str,
    images: &[Image],
) -> Option<String> {
    let (head, body) = text.split_once('>')?;
    let view = head.split_once("viewBox=")?.1;
    let body = body.trim_end().strip_suffix("</svg>")?;
    let [width, height] = size;
    let mut out = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox={view} role=\"img\">\n\
         <title>{}</title>\n<desc>{}</desc>",
        escaped(title),
        escaped(description)
    );
    out.push_str(body);
    // Two words for pixels that stay squares: browsers know the style, older programs the attribute.
    for image in images {
        let ([x, y], [width, height]) = (image.at, image.size);
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             preserveAspectRatio=\"none\" \
             image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\" \
             href=\"data:image/png;base64,{}\"/>",
            base64(&image.png)
        );
    }
    out.push_str("</svg>\n");
    Some(out)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Bytes as text, six bits a letter (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for letter in 0..4 {
            let value = bits >> (18 - 6 * letter) & 63;
            // The letters that hold none of the bytes' bits.
            let filler = letter > three.len();
            out.push(if filler {
                '='
            } else {
                char::from(LETTERS[value as usize])
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 4648, Section 10.
    #[test]
    fn base64_is_that_of_the_standard() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        assert!(finish("nothing", [1, 1], "", "", &[]).is_none());
    }
}
