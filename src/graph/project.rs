//! Visual vectors as they are or projected, before anything is learned with labels.

use super::{GraphError, VisualSettings, Whitening, unit_rows};
use crate::base::At;
use crate::dataset::VectorTable;
use std::ops::ControlFlow;
use std::path::Path;

/// Images that are projected together.
const CHUNK: usize = 256;

/// What is done to visual vectors once they are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Projection {
    /// Whether vectors are divided by their length, before and after whitening.
    pub l2: bool,
    /// Principal components that whitening leaves, each of variance 1, learned on all the vectors without labels (Jégou
    /// and Chum, ECCV 2012); `None` for no whitening.
    pub whiten: Option<usize>,
}

impl Projection {
    /// What follows the name of projected vectors: `, whitened to 64, L2`; nothing where vectors stay as they are.
    pub fn suffix(self) -> String {
        let whitened = self.whiten.map_or_else(String::new, |components| format!(", whitened to {components}"));
        format!("{whitened}{}", if self.l2 { ", L2" } else { "" })
    }

    fn is_identity(self) -> bool {
        self == Self::default()
    }
}

/// The vectors of a table after the projection, which their name then tells of. `proceed` is asked while the whitening is
/// learned whether to go on.
///
/// # Shapes
/// n vectors of d numbers → n vectors of d or, whitened, at most `whiten` numbers.
///
/// # Errors
/// [`GraphError::TooFewVectors`], [`GraphError::Scratch`] where a large table cannot be written, and those of
/// [`Whitening::learn`].
pub fn project(
    table: VectorTable,
    projection: Projection,
    proceed: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<VectorTable, GraphError> {
    if projection.is_identity() {
        return Ok(table);
    }
    let images: Vec<usize> = (0..table.row_of_image.len()).filter(|&i| table.row_of_image[i].is_some()).collect();
    let rows = |images: &[usize]| -> Vec<f32> {
        let rows: Vec<f32> = images.iter().filter_map(|&image| table.get(image)).flat_map(|row| row.to_vec()).collect();
        if projection.l2 { unit_rows(&rows, table.dim) } else { rows }
    };
    let learn = |_| {
        let settings = VisualSettings { whiten: true, power: 1.0, shrinkage: 0.0, components: 0, spectrum: 0.0 };
        Whitening::learn(&images, |image| Some(rows(&[image]).into()), table.dim, settings, proceed)
    };
    let whitening = projection.whiten.map(learn).transpose()?;
    let dim = match (&whitening, projection.whiten) {
        (Some(whitening), Some(components)) => components.min(whitening.dim()),
        _ => table.dim,
    };
    if dim == 0 {
        return Err(GraphError::TooFewVectors);
    }
    let name = format!("{}{}", table.name, projection.suffix());
    let mut projected = VectorTable::new(name, dim, table.row_of_image.len());
    for images in images.chunks(CHUNK) {
        let mut out = rows(images);
        if let Some(whitening) = &whitening {
            out = whitening.leading(&whitening.project(&out), dim);
            out = if projection.l2 { unit_rows(&out, dim) } else { out };
        }
        for (&image, row) in images.iter().zip(out.chunks_exact(dim)) {
            projected.set(image, row).at(Path::new("scratch file of visual vectors"))?;
        }
    }
    Ok(projected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rng;

    fn projected(table: VectorTable, projection: Projection) -> Result<VectorTable, GraphError> {
        project(table, projection, &mut || ControlFlow::Continue(()))
    }

    /// 40 vectors of six numbers that are correlated, and an image without one.
    fn table() -> VectorTable {
        let (mut rng, mut table) = (Rng::new(1), VectorTable::new("t", 6, 41));
        for image in 0..40 {
            let x = [0; 3].map(|_| rng.normal());
            let row = [x[0], 3.0 * x[1], x[2] + 2.0, x[0] + x[1], x[1] - x[2], 0.5 * x[0]].map(|x| x as f32);
            table.set(image, &row).expect("set");
        }
        table
    }

    #[test]
    fn without_a_projection_vectors_stay_as_they_are() {
        assert_eq!(projected(table(), Projection::default()).expect("a projection"), table());
    }

    #[test]
    fn whitened_components_have_variance_one_and_do_not_correlate() {
        let projected = projected(table(), Projection { l2: false, whiten: Some(2) }).expect("a projection");
        assert_eq!((projected.dim, projected.count(), projected.name.as_str()), (2, 40, "t, whitened to 2"));
        let rows: Vec<Vec<f32>> = (0..40).filter_map(|image| projected.get(image)).map(|row| row.to_vec()).collect();
        for (a, b, expected) in [(0, 0, 1.0), (0, 1, 0.0), (1, 1, 1.0)] {
            let mean = rows.iter().map(|row| row[a] * row[b]).sum::<f32>() / 40.0;
            assert!((mean - expected).abs() < 1e-3, "{a} {b}: {mean}");
        }
        assert_eq!(projected.get(40), None);
    }

    #[test]
    fn l2_gives_rows_of_length_one_before_and_after_whitening() {
        for whiten in [None, Some(3)] {
            let projected = projected(table(), Projection { l2: true, whiten }).expect("a projection");
            for row in (0..40).filter_map(|image| projected.get(image)) {
                let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
                assert!((length - 1.0).abs() < 1e-3, "{whiten:?}: {length}");
            }
        }
    }

    #[test]
    fn one_vector_is_too_little_to_whiten() {
        let mut one = VectorTable::new("t", 2, 1);
        one.set(0, &[1.0, 2.0]).expect("set");
        let projected = projected(one, Projection { l2: false, whiten: Some(2) });
        assert!(matches!(projected, Err(GraphError::TooFewVectors)));
    }
}
