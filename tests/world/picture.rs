//! Small PNGs: a screenshot of a page needs no more than 256 colours.

use std::collections::{HashMap, HashSet};

type Colour = [u8; 3];

/// What a palette holds.
const MOST_COLOURS: usize = 256;
/// How many of the most frequent colours are kept as they are.
const EXACT_COLOURS: usize = 32;
/// Colours that agree in their upper five bits look alike.
const LOST_BITS: u32 = 3;

/// The picture again with a palette: of the colours that look alike, the most frequent stands for the others.
pub fn smaller(picture: &[u8]) -> Vec<u8> {
    let (width, height, pixels) = read(picture);
    let palette = palette(&pixels);
    let mut known = HashMap::new();
    let indices: Vec<u8> =
        pixels.iter().map(|pixel| *known.entry(*pixel).or_insert_with(|| nearest(&palette, *pixel))).collect();

    let mut small = Vec::new();
    let mut encoder = png::Encoder::new(&mut small, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    // Neighbours in a palette have nothing to do with each other.
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header().unwrap().write_image_data(&indices).unwrap();
    small
}

fn read(picture: &[u8]) -> (u32, u32, Vec<Colour>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().expect("it is a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("it fits into memory")];
    let info = reader.next_frame(&mut bytes).expect("it is whole");
    let samples = info.color_type.samples();
    assert!(samples >= 3, "the browser draws in colours");
    let pixels = bytes.chunks_exact(samples).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    (info.width, info.height, pixels)
}

/// The colours of surfaces and texts as they are, then one of each group that looks alike.
fn palette(pixels: &[Colour]) -> Vec<Colour> {
    let mut counts: HashMap<Colour, usize> = HashMap::new();
    for pixel in pixels {
        *counts.entry(*pixel).or_default() += 1;
    }
    let mut colours: Vec<_> = counts.into_iter().collect();
    colours.sort_unstable_by(|(a, m), (b, n)| (n, b).cmp(&(m, a)));
    let mut palette: Vec<Colour> = colours.iter().take(EXACT_COLOURS).map(|(colour, _)| *colour).collect();
    let mut alike = HashSet::new();
    for (colour, _) in colours {
        if palette.len() < MOST_COLOURS && alike.insert(colour.map(|part| part >> LOST_BITS)) {
            palette.push(colour);
        }
    }
    palette
}

fn nearest(palette: &[Colour], colour: Colour) -> u8 {
    let distance =
        |other: &Colour| -> u32 { other.iter().zip(colour).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    let (at, _) = palette.iter().enumerate().min_by_key(|(_, other)| distance(other)).expect("there is a colour");
    u8::try_from(at).expect("a palette has 256 colours at most")
}
