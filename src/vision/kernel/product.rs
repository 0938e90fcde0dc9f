//! Products of matrices, `C = f(A · Wᵀ + b + R)`, with packed weights.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::tile::{VECTORS, columns, fetch, most_rows, sums};
use super::{Activation, Aligned};

/// Depth of a block (k): a panel's part (32 KB) then stays in the L1 cache.
const DEPTH: usize = 256;
/// Rows of a block: with [`DEPTH`] they stay in the L2 cache.
const BLOCK: usize = 98;

/// Weights `n × k` packed in the order in which tiles read them: panels of a few columns, each `k` rows long.
#[derive(Clone, Debug)]
pub(in crate::vision) struct Packed {
    numbers: Aligned,
    n: usize,
    k: usize,
}

/// Rows of numbers whose starts are `pitch` apart.
#[derive(Clone, Copy, Debug)]
pub(in crate::vision) struct Rows<'a> {
    pub(in crate::vision) numbers: &'a [f32],
    pub(in crate::vision) pitch: usize,
}

/// The term added to a product.
#[derive(Clone, Copy, Debug)]
pub(in crate::vision) enum Add<'a> {
    /// Nothing.
    Nothing,
    /// The previous content of the result.
    Own,
    /// The same positions of another matrix.
    Other(Rows<'a>),
}

/// The epilogue of a product, applied while its sums are still in registers.
#[derive(Clone, Copy, Debug)]
pub(in crate::vision) struct Finish<'a> {
    /// One number per column.
    pub(in crate::vision) bias: Option<&'a [f32]>,
    /// A matrix of the result's size.
    pub(in crate::vision) add: Add<'a>,
    /// Applied at the end.
    pub(in crate::vision) activation: Activation,
}

impl Finish<'_> {
    /// The bare product.
    pub(in crate::vision) const NOTHING: Finish<'static> =
        Finish { bias: None, add: Add::Nothing, activation: Activation::None };

    /// The same for the result's rows from `row` on.
    pub(super) fn starting_at(self, row: usize) -> Self {
        match self.add {
            Add::Other(Rows { numbers, pitch }) => {
                Self { add: Add::Other(Rows { numbers: &numbers[row * pitch..], pitch }), ..self }
            }
            _ => self,
        }
    }
}

/// Columns of a panel with these instructions.
pub(super) fn panel_columns(arch: pulp::Arch) -> usize {
    struct Columns;
    impl WithSimd for Columns {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            columns::<S>()
        }
    }
    arch.dispatch(Columns)
}

impl Packed {
    /// Packs weights, `weight(column, row)` for `n` columns of `k` rows. The last panel is padded with 0.
    pub(in crate::vision) fn new(
        arch: pulp::Arch,
        n: usize,
        k: usize,
        weight: impl Fn(usize, usize) -> f32 + Sync,
    ) -> Self {
        let width = panel_columns(arch);
        let mut numbers = Aligned::zeros(n.div_ceil(width) * width * k);
        numbers.par_chunks_exact_mut(width * k).enumerate().for_each(|(index, panel)| {
            for (row, line) in panel.chunks_exact_mut(width).enumerate() {
                for (column, number) in line.iter_mut().enumerate().take(n - index * width) {
                    *number = weight(index * width + column, row);
                }
            }
        });
        Self { numbers, n, k }
    }

    /// Columns and rows.
    pub(in crate::vision) fn size(&self) -> (usize, usize) {
        (self.n, self.k)
    }

    /// The panels, each `k` rows of a tile's columns.
    ///
    /// # Panics
    /// If the weights were packed for other instructions.
    #[inline(always)]
    pub(super) fn panels<S: Simd>(&self) -> std::slice::ChunksExact<'_, f32> {
        let width = columns::<S>();
        let fits = self.k > 0 && self.numbers.len() == self.n.div_ceil(width) * width * self.k;
        assert!(fits, "weights packed for other instructions");
        self.numbers.chunks_exact(width * self.k)
    }
}

/// `c = finish(a · weightsᵀ)` for the first `m` rows of `a`.
///
/// # Shapes
/// `a`: `m × k`; `c`: `m` rows of `n` numbers, `pitch` apart. The gaps between rows are left unchanged.
///
/// # Panics
/// If a matrix is too small, or the weights were packed for other instructions.
#[inline(always)]
pub(in crate::vision) fn multiply<S: Simd>(
    simd: S,
    m: usize,
    a: Rows<'_>,
    weights: &Packed,
    c: &mut [f32],
    pitch: usize,
    finish: Finish<'_>,
) {
    let (width, tallest) = (columns::<S>(), most_rows::<S>());
    let (n, k) = weights.size();
    for block in (0..m).step_by(BLOCK / tallest * tallest) {
        let height = (m - block).min(BLOCK / tallest * tallest);
        let tiles = height.div_ceil(tallest);
        for (index, panel) in weights.panels::<S>().enumerate() {
            for from in (0..k).step_by(DEPTH) {
                let end = (from + DEPTH).min(k);
                let part = &panel[from * width..end * width];
                let (first, last) = (from == 0, end == k);
                for tile in 0..tiles {
                    // Tiles of nearly equal height: a last one of a single row would leave registers idle.
                    let (row, end) = (block + tile * height / tiles, block + (tile + 1) * height / tiles);
                    let target = Target { row, rows: end - row, column: index * width, n, first, last };
                    let a = Rows { numbers: &a.numbers[row * a.pitch + from..], pitch: a.pitch };
                    any_tile(simd, a, part, target, c, pitch, finish);
                }
            }
        }
    }
}

/// Where a tile's sums are written.
#[derive(Clone, Copy)]
struct Target {
    row: usize,
    rows: usize,
    column: usize,
    /// Columns of the whole result.
    n: usize,
    /// Whether this is the first part of the sum.
    first: bool,
    /// Whether it is the last.
    last: bool,
}

/// One tile of the product: its sums over one block of k, and the epilogue.
struct Tile<'a, 'b, const ROWS: usize> {
    a: Rows<'a>,
    /// `part × columns` weights.
    panel: &'a [f32],
    target: Target,
    c: &'b mut [f32],
    pitch: usize,
    finish: Finish<'a>,
}

/// Picks the tile of the right height.
#[inline(always)]
fn any_tile<S: Simd>(
    simd: S,
    a: Rows<'_>,
    panel: &[f32],
    target: Target,
    c: &mut [f32],
    pitch: usize,
    finish: Finish<'_>,
) {
    // `vectorize` compiles each height as a separate function. In one large function some loops spilled registers and
    // ran at half the speed.
    macro_rules! heights {
        ($($few:literal)*; $($many:literal)*) => {
            match target.rows {
                $($few => simd.vectorize(Tile::<$few> { a, panel, target, c, pitch, finish }),)*
                // Only where there are enough registers; elsewhere nothing is compiled.
                $($many if most_rows::<S>() >= $many => {
                    simd.vectorize(Tile::<$many> { a, panel, target, c, pitch, finish });
                })*
                rows => unreachable!("a tile of {rows} rows"),
            }
        };
    }
    heights!(1 2 3 4 5 6; 7 8 9 10 11 12 13 14)
}

impl<const ROWS: usize> WithSimd for Tile<'_, '_, ROWS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { a, panel, target, c, pitch, finish } = self;
        let (panel, _) = S::as_simd_f32s(panel).0.as_chunks::<VECTORS>();
        let width = columns::<S>().min(target.n - target.column);
        for row in target.row..target.row + ROWS {
            if target.first {
                fetch(&c[row * pitch + target.column..][..width]);
            }
            if let (Add::Other(rows), true) = (finish.add, target.last) {
                fetch(&rows.numbers[row * rows.pitch + target.column..][..width]);
            }
        }
        let sums = sums::<S, ROWS>(simd, a.numbers, a.pitch, panel);
        let limits = if target.last { finish.activation } else { Activation::None }.limits();
        let add_own = !target.first || matches!(finish.add, Add::Own);
        for (index, sums) in sums.into_iter().enumerate() {
            let row = target.row + index;
            let c = &mut c[row * pitch + target.column..][..width];
            let bias = finish.bias.filter(|_| target.first).map(|bias| &bias[target.column..][..width]);
            let other = match finish.add {
                Add::Other(rows) if target.last => Some(&rows.numbers[row * rows.pitch + target.column..][..width]),
                _ => None,
            };
            if width == columns::<S>() {
                store(simd, sums, c, bias, other, add_own, limits);
                continue;
            }
            let sums: &[f32] = pulp::bytemuck::cast_slice(&sums);
            for (column, c) in c.iter_mut().enumerate() {
                let own = if add_own { *c } else { 0.0 };
                let more = bias.map_or(0.0, |bias| bias[column]) + other.map_or(0.0, |other| other[column]);
                *c = (sums[column] + own + more).max(limits[0]).min(limits[1]);
            }
        }
    }
}

/// A full row of a tile.
#[inline(always)]
fn store<S: Simd>(
    simd: S,
    mut sums: [S::f32s; VECTORS],
    c: &mut [f32],
    bias: Option<&[f32]>,
    other: Option<&[f32]>,
    add_own: bool,
    limits: [f32; 2],
) {
    let (c, _) = S::as_mut_simd_f32s(c);
    if add_own {
        add(simd, &mut sums, c);
    }
    if let Some(bias) = bias {
        add(simd, &mut sums, S::as_simd_f32s(bias).0);
    }
    if let Some(other) = other {
        add(simd, &mut sums, S::as_simd_f32s(other).0);
    }
    // No closure: anything not inlined is compiled without the vector instructions.
    let limits = [simd.splat_f32s(limits[0]), simd.splat_f32s(limits[1])];
    for (c, sum) in c.iter_mut().zip(sums) {
        *c = within(simd, sum, limits);
    }
}

/// A vector with its numbers clamped.
#[inline(always)]
pub(super) fn within<S: Simd>(simd: S, numbers: S::f32s, [least, most]: [S::f32s; 2]) -> S::f32s {
    let numbers = simd.select_f32s(simd.less_than_f32s(numbers, least), least, numbers);
    simd.select_f32s(simd.less_than_f32s(most, numbers), most, numbers)
}

#[inline(always)]
fn add<S: Simd>(simd: S, sums: &mut [S::f32s; VECTORS], numbers: &[S::f32s]) {
    for (sum, &number) in sums.iter_mut().zip(numbers) {
        *sum = simd.add_f32s(*sum, number);
    }
}
