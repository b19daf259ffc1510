//! The strongest directions of a large, sparse, symmetric matrix, by a randomised method (Halko, Martinsson, Tropp 2011).

/// A symmetric matrix, row by row.
pub(crate) struct Sparse {
    /// Where each row begins in `entries`; one more than there are rows.
    pub(crate) starts: Vec<usize>,
    /// Column and value.
    pub(crate) entries: Vec<(u32, f32)>,
}

impl Sparse {
    fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// This times a dense matrix of `width` columns, row-major.
    fn times(&self, dense: &[f32], width: usize) -> Vec<f32> {
        let mut out = vec![0.0; self.rows() * width];
        for (row, sum) in out.chunks_exact_mut(width).enumerate() {
            for &(column, value) in &self.entries[self.starts[row]..self.starts[row + 1]] {
                let from = column as usize * width;
                sum.iter_mut().zip(&dense[from..from + width]).for_each(|(s, d)| *s += value * d);
            }
        }
        out
    }
}

/// Columns beyond those asked for, which make the asked ones exact.
const SPARE: usize = 8;
/// How often the matrix is applied to sharpen the directions.
const ROUNDS: usize = 2;

/// A vector of `rank` numbers for each row: eigenvectors times the square root of the size of their eigenvalues. Row-major.
pub(crate) fn embed(matrix: &Sparse, rank: usize) -> Vec<f32> {
    let rows = matrix.rows();
    let width = (rank + SPARE).min(rows);
    let rank = rank.min(width);
    if rank == 0 {
        return Vec::new();
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut basis: Vec<f32> = (0..rows * width).map(|_| noise(&mut state)).collect();
    for _ in 0..=ROUNDS {
        basis = matrix.times(&basis, width);
        orthonormal(&mut basis, width);
    }
    let image = matrix.times(&basis, width);
    let mut small = vec![0.0_f64; width * width];
    for (b, i) in basis.chunks_exact(width).zip(image.chunks_exact(width)) {
        for (x, row) in b.iter().zip(small.chunks_exact_mut(width)) {
            row.iter_mut().zip(i).for_each(|(s, y)| *s += f64::from(x * y));
        }
    }
    let (values, directions) = eigen(small, width);
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&a, &b| values[b].abs().total_cmp(&values[a].abs()).then(a.cmp(&b)));
    let mut out = Vec::with_capacity(rows * rank);
    for row in basis.chunks_exact(width) {
        for &n in order.iter().take(rank) {
            let along: f64 = row.iter().enumerate().map(|(k, &x)| f64::from(x) * directions[k * width + n]).sum();
            out.push((along * values[n].abs().sqrt()) as f32);
        }
    }
    out
}

/// Evenly spread over -1 to 1 (xorshift).
fn noise(state: &mut u64) -> f32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
}

/// Makes the columns orthonormal (Gram-Schmidt, twice for exactness). A column that depends on others becomes zero.
fn orthonormal(matrix: &mut [f32], width: usize) {
    let rows = matrix.len() / width;
    let mut columns: Vec<Vec<f32>> = (0..width).map(|c| (0..rows).map(|r| matrix[r * width + c]).collect()).collect();
    for at in 0..width {
        let (done, rest) = columns.split_at_mut(at);
        let column = &mut rest[0];
        let before = dot(column, column).sqrt();
        for _ in 0..2 {
            for other in done.iter() {
                let along = dot(other, column);
                column.iter_mut().zip(other).for_each(|(c, o)| *c -= along * o);
            }
        }
        let length = dot(column, column).sqrt();
        let scale = if length > before * 1e-5 && length > 0.0 { 1.0 / length } else { 0.0 };
        column.iter_mut().for_each(|c| *c *= scale);
    }
    for (c, column) in columns.iter().enumerate() {
        column.iter().enumerate().for_each(|(r, &x)| matrix[r * width + c] = x);
    }
}

/// The sum of products.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Eight sums side by side, so that the compiler may use wide registers.
    let mut sums = [0.0_f32; 8];
    let (a8, b8) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a8.remainder().iter().zip(b8.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a8.zip(b8) {
        for k in 0..8 {
            sums[k] += x[k] * y[k];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Eigenvalues and eigenvectors (in columns) of a small symmetric matrix, by Jacobi rotations.
fn eigen(mut m: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut v = vec![0.0; n * n];
    (0..n).for_each(|k| v[k * n + k] = 1.0);
    for _ in 0..30 {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| m[i * n + j].powi(2)).sum();
        let all: f64 = m.iter().map(|x| x * x).sum();
        if off <= all * 1e-18 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut m, &mut v, n, p, q);
            }
        }
    }
    ((0..n).map(|k| m[k * n + k]).collect(), v)
}

fn rotate(m: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let x = m[p * n + q];
    if x == 0.0 {
        return;
    }
    let theta = (m[q * n + q] - m[p * n + p]) / (2.0 * x);
    let t = if theta >= 0.0 { 1.0 } else { -1.0 } / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..n {
        let (a, b) = (m[k * n + p], m[k * n + q]);
        (m[k * n + p], m[k * n + q]) = (c * a - s * b, s * a + c * b);
    }
    for k in 0..n {
        let (a, b) = (m[p * n + k], m[q * n + k]);
        (m[p * n + k], m[q * n + k]) = (c * a - s * b, s * a + c * b);
        let (a, b) = (v[k * n + p], v[k * n + q]);
        (v[k * n + p], v[k * n + q]) = (c * a - s * b, s * a + c * b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_products_rebuild_a_matrix_of_low_rank() {
        // Two blocks of ones: rank two.
        let rows = 12;
        let entries: Vec<(u32, f32)> = (0..rows).flat_map(|r| (0..rows as u32).filter(move |c| (*c as usize) / 6 == r / 6).map(|c| (c, 1.0))).collect();
        let starts = (0..=rows).map(|r| r * 6).collect();
        let vectors = embed(&Sparse { starts, entries }, 2);
        let of = |n: usize| &vectors[n * 2..n * 2 + 2];
        for a in 0..rows {
            for b in 0..rows {
                let expected = if a / 6 == b / 6 { 1.0 } else { 0.0 };
                assert!((dot(of(a), of(b)) - expected).abs() < 1e-3, "{a} {b}");
            }
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(embed(&Sparse { starts: vec![0], entries: Vec::new() }, 10).is_empty());
    }
}
