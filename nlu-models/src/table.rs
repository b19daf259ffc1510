//! One vector for each n-gram: in full while it is learnt, in eighths of the space when it is shipped.

use crate::vocabulary::Feature;

/// Rows of equal width.
#[derive(Clone, Debug)]
pub struct Table {
    pub width: usize,
    /// Row after row.
    pub values: Vec<f32>,
}

impl Table {
    #[must_use]
    pub fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.width..(at + 1) * self.width]
    }

    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// The weighted sum of rows; rows that do not exist count as zero.
    #[must_use]
    pub fn mix(&self, features: &[Feature]) -> Vec<f32> {
        let mut out = vec![0.0; self.width];
        for &(row, weight) in features.iter().filter(|(row, _)| *row < self.rows()) {
            for (sum, value) in out.iter_mut().zip(self.row(row)) {
                *sum += weight * value;
            }
        }
        out
    }
}

/// Byte 128 stands for 0; a value is (byte - 128) * scale of its row.
const ZERO: i16 = 128;

/// A [`Table`] with one byte for each value and one scale for each row: a quarter of the memory, the same answers.
#[derive(Clone, Debug)]
pub struct SmallTable {
    width: usize,
    bytes: Vec<u8>,
    scales: Vec<f32>,
}

impl SmallTable {
    /// `None` when the parts do not fit together.
    #[must_use]
    pub fn from_parts(width: usize, bytes: Vec<u8>, scales: Vec<f32>) -> Option<SmallTable> {
        (width > 0 && bytes.len() == width * scales.len()).then_some(SmallTable { width, bytes, scales })
    }

    /// The nearest bytes for each row.
    #[must_use]
    pub fn shrink(table: &Table) -> SmallTable {
        let mut bytes = Vec::with_capacity(table.values.len());
        let mut scales = Vec::with_capacity(table.rows());
        for row in table.values.chunks(table.width.max(1)) {
            let most = row.iter().fold(0.0f32, |most, value| most.max(value.abs()));
            let scale = if most > 0.0 { most / 127.0 } else { 1.0 };
            bytes.extend(row.iter().map(|value| ((value / scale).round() as i16 + ZERO).clamp(0, 255) as u8));
            scales.push(scale);
        }
        SmallTable { width: table.width, bytes, scales }
    }

    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[must_use]
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// As [`Table::mix`].
    #[must_use]
    pub fn mix(&self, features: &[Feature]) -> Vec<f32> {
        let mut out = vec![0.0; self.width];
        for &(row, weight) in features {
            let Some(&scale) = self.scales.get(row) else { continue };
            let weight = weight * scale;
            for (sum, &byte) in out.iter_mut().zip(&self.bytes[row * self.width..(row + 1) * self.width]) {
                *sum += weight * f32::from(i16::from(byte) - ZERO);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_table_answers_nearly_the_same() {
        let table = Table { width: 3, values: vec![0.5, -1.0, 0.25, 0.0, 0.0, 0.0, 7.0, 0.1, -3.0] };
        let small = SmallTable::shrink(&table);
        let features = [(0, 0.5), (1, 1.0), (2, -0.25), (99, 5.0)];
        for (a, b) in table.mix(&features).iter().zip(small.mix(&features)) {
            assert!((a - b).abs() < 0.02, "{a} {b}");
        }
        assert!(SmallTable::from_parts(3, vec![0; 5], vec![1.0; 2]).is_none());
    }
}
