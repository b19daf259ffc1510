//! Learning the vectors: only the rows that a batch touched are moved.

use nlu_models::{rng::Rng, table::Table};

/// A table of vectors with Adam's moments for each value.
pub struct LearntTable {
    pub table: Table,
    first: Vec<f32>,
    second: Vec<f32>,
    /// Gradient of the running batch; zero outside the touched rows.
    gradient: Vec<f32>,
    touched: Vec<usize>,
    is_touched: Vec<bool>,
    steps: i32,
}

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.98;

impl LearntTable {
    pub fn new(rows: usize, width: usize, deviation: f32, rng: &mut Rng) -> LearntTable {
        let values = (0..rows * width).map(|_| rng.normal() * deviation).collect();
        LearntTable {
            table: Table { width, values },
            first: vec![0.0; rows * width],
            second: vec![0.0; rows * width],
            gradient: vec![0.0; rows * width],
            touched: Vec::new(),
            is_touched: vec![false; rows],
            steps: 0,
        }
    }

    /// Adds `weight * gradient` to what row `row` has to answer for.
    pub fn blame(&mut self, row: usize, weight: f32, gradient: &[f32]) {
        let width = self.table.width;
        if !self.is_touched[row] {
            self.is_touched[row] = true;
            self.touched.push(row);
        }
        for (sum, g) in self.gradient[row * width..(row + 1) * width].iter_mut().zip(gradient) {
            *sum += weight * g;
        }
    }

    /// One step of Adam on the touched rows (their moments rest while they are not touched).
    pub fn step(&mut self, rate: f32) {
        self.steps += 1;
        let correct1 = 1.0 - BETA1.powi(self.steps);
        let correct2 = 1.0 - BETA2.powi(self.steps);
        let width = self.table.width;
        for row in self.touched.drain(..) {
            self.is_touched[row] = false;
            for at in row * width..(row + 1) * width {
                let g = std::mem::take(&mut self.gradient[at]);
                self.first[at] = BETA1 * self.first[at] + (1.0 - BETA1) * g;
                self.second[at] = BETA2 * self.second[at] + (1.0 - BETA2) * g * g;
                let move_by = (self.first[at] / correct1) / ((self.second[at] / correct2).sqrt() + 1e-8);
                self.table.values[at] -= rate * move_by;
            }
        }
    }
}
