//! Whitenings of small sets of vectors.

use super::*;
use crate::base::Rng;

const DIM: usize = 5;

/// Correlated numbers: the last two depend on the first.
fn rows(count: usize) -> Vec<f32> {
    let mut rng = Rng::new(3);
    let row = |rng: &mut Rng| {
        let x = [0; 3].map(|_| rng.normal());
        [x[0], 2.0 * x[1], x[2] + 1.0, 3.0 * x[0] + 0.1 * x[1], x[0] - x[2]].map(|x| x as f32)
    };
    (0..count).flat_map(|_| row(&mut rng)).collect()
}

fn learn<'a>(
    images: usize,
    row: impl Fn(usize) -> Option<Cow<'a, [f32]>>,
    dim: usize,
    settings: VisualSettings,
) -> Result<Whitening, GraphError> {
    let images: Vec<usize> = (0..images).collect();
    Whitening::learn(&images, row, dim, settings, &mut || ControlFlow::Continue(()))
}

fn learned(shrinkage: f64) -> (Vec<f32>, Whitening) {
    let rows = rows(400);
    let settings = VisualSettings { whiten: true, power: 1.0, shrinkage, components: 2, spectrum: 0.0 };
    let row = |i: usize| Some(Cow::Borrowed(&rows[i * DIM..(i + 1) * DIM]));
    let whitening = learn(400, row, DIM, settings).unwrap();
    (rows, whitening)
}

#[test]
fn components_have_the_variance_of_their_eigenvalue_and_do_not_correlate() {
    let (rows, whitening) = learned(0.0);
    assert!(whitening.dim() <= 4, "five numbers that depend on three");
    let projected = whitening.project(&rows);
    let r = whitening.dim();
    for a in 0..r {
        for b in 0..r {
            let products = projected.chunks(r).map(|row| f64::from(row[a] * row[b]));
            let mean = products.sum::<f64>() / 400.0;
            let expected = if a == b { f64::from(whitening.variance[a]) } else { 0.0 };
            assert!((mean - expected).abs() < 1e-3, "{a} {b}: {mean} {expected}");
        }
    }
    assert!(whitening.variance.windows(2).all(|pair| pair[0] >= pair[1]));
}

#[test]
fn whitened_rows_have_length_one_and_an_image_without_a_vector_has_none() {
    let (mut rows, whitening) = learned(1.0);
    rows[..DIM].fill(0.0);
    let whitened = whitening.whitened(&whitening.project(&rows));
    let length = |row: &[f32]| row.iter().map(|x| x * x).sum::<f32>();
    assert_eq!(length(&whitened[..whitening.dim()]), 0.0);
    assert!(whitened.chunks(whitening.dim()).skip(1).all(|row| (length(row) - 1.0).abs() < 1e-4));
}

#[test]
fn vectors_of_many_numbers_are_learned_from_few_images() {
    let dim = 20_000;
    let mut rng = Rng::new(9);
    let data: Vec<f32> = (0..40 * dim).map(|_| rng.normal() as f32).collect();
    let settings = VisualSettings { whiten: true, power: 1.0, shrinkage: 1.0, components: 8, spectrum: 0.0 };
    let row = |i: usize| Some(Cow::Borrowed(&data[i * dim..(i + 1) * dim]));
    let whitening = learn(40, row, dim, settings).unwrap();
    // Standardised rows sum to zero, which takes one direction.
    assert_eq!((whitening.dim(), whitening.components()), (39, 8));
    let whitened = whitening.whitened(&whitening.project(&data[..dim]));
    assert!((whitened.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-4);
}

#[test]
fn inputs_are_standard_over_the_query() {
    let (rows, whitening) = learned(1.0);
    let inputs = whitening.inputs(&whitening.project(&rows[..20 * DIM]));
    assert_eq!(inputs.len(), 20 * 2);
    for column in 0..2 {
        let values: Vec<f32> = inputs.chunks(2).map(|row| row[column]).collect();
        let (mean, squares) = (values.iter().sum::<f32>() / 20.0, values.iter().map(|x| x * x).sum::<f32>());
        assert!(mean.abs() < 1e-5 && (squares / 19.0 - 1.0).abs() < 1e-4, "{mean} {squares}");
    }
}

#[test]
fn an_image_without_a_vector_has_mean_components_and_changes_no_other_row() {
    let (mut rows, whitening) = learned(1.0);
    // Off the mean of the training images, so that zero is not the query's mean.
    rows[..20 * DIM].iter_mut().for_each(|x| *x += 5.0);
    let complete = whitening.inputs(&whitening.project(&rows[DIM..20 * DIM]));
    rows[..DIM].fill(0.0);
    let inputs = whitening.inputs(&whitening.project(&rows[..20 * DIM]));
    assert_eq!(inputs[..2], [0.0, 0.0]);
    assert_eq!(inputs[2..], complete);
}

#[test]
fn it_reads_back_what_it_wrote_and_refuses_what_is_damaged() {
    let (_, whitening) = learned(0.5);
    let bytes = whitening.to_bytes().unwrap();
    assert_eq!(Whitening::from_bytes(&bytes).unwrap(), whitening);
    assert!(Whitening::from_bytes(&bytes[..bytes.len() - 9]).is_err());
    assert!(Whitening::from_bytes(b"nonsense").is_err());
}

#[test]
fn too_few_or_equal_vectors_leave_nothing_to_learn() {
    let settings = VisualSettings { whiten: true, components: 3, ..VisualSettings::default() };
    let one = [1.0_f32; DIM];
    for images in [0, 1, 6] {
        let row = |_| Some(Cow::Borrowed(&one[..]));
        let whitening = learn(images, row, DIM, settings).unwrap();
        assert_eq!((whitening.dim(), whitening.components()), (0, 0));
        assert!(whitening.whitened(&whitening.project(&one)).is_empty());
    }
}

#[test]
fn learning_stops_when_asked_to() {
    let data = vec![1.0_f32; 3000];
    let row = |i: usize| Some(Cow::Borrowed(&data[i..i + 3]));
    let images: Vec<usize> = (0..2000).collect();
    for most in [0, 3, 32] {
        let mut asked = 0;
        let stopped = Whitening::learn(&images, row, 3, VisualSettings::default(), &mut || {
            asked += 1;
            if asked > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(stopped, Err(GraphError::Cancelled)), "{most}");
        assert_eq!(asked, most + 1, "it stops at once");
    }
}

#[test]
fn sizes_that_overflow_are_errors() {
    for dim in [1 << 40, usize::MAX] {
        let learned = learn(2, |_| None, dim, VisualSettings::default());
        assert!(matches!(learned, Err(GraphError::TooWide { dim: found, .. }) if found == dim));
    }
    assert!(check_size(10_000, 2048).is_ok() && check_size(2048, 100_000).is_ok());
}
