//! Streamed bodies: however they are cut, their frames are the same, and are the body.

use sandgate_wire::{Frame, FrameError, Framer, Framing};

use super::cut::Cut;

/// Frames the body that `data` holds after `whole`, `sse`, `lines`, `array` or `aws`.
///
/// # Panics
/// Where a cut changes what is read, or bytes are lost.
pub fn run(data: &[u8]) {
    let Some(cut) = Cut::new(data) else { return };
    let framing = match cut.words.first() {
        Some(&"whole") => Framing::Whole,
        Some(&"sse") => Framing::Sse,
        Some(&"lines") => Framing::Lines,
        Some(&"array") => Framing::Array,
        Some(&"aws") => Framing::EventStream,
        _ => return,
    };
    let found = frames(framing, &cut.chunks);
    assert_eq!(found, frames(framing, &[cut.body]), "a cut changes what is read");
    let Ok(frames) = found else { return };
    let raw: Vec<u8> = frames.iter().flat_map(|frame| frame.raw().to_vec()).collect();
    assert_eq!(raw, cut.body, "bytes are lost");
    for frame in &frames {
        let Some(data) = frame.data() else { continue };
        if !data.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            assert_eq!(frame.with_data(data), frame.raw(), "the same data makes another frame");
        }
    }
}

fn frames(framing: Framing, chunks: &[&[u8]]) -> Result<Vec<Frame>, FrameError> {
    let mut framer = Framer::new(framing, 1 << 20);
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk, &mut frames)?;
    }
    framer.end(&mut frames)?;
    Ok(frames)
}
