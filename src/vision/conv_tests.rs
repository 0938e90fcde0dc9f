//! Our kernels against candle's convolution and pooling, over odd shapes and every set of instructions.

use std::cell::RefCell;

use candle_core::{DType, Device, Result, Tensor};

use super::Pooling;
use super::backbone::{self, MaxPool};
use super::conv::{KernelConv, MaxPoolOp, PoolOp, Residual, pitch};
use super::folded::FoldedConv;
use super::kernel::{Activation, Aligned, Instructions, Padding, Window};
use crate::base::Rng;

const ALL: [Instructions; 3] = [Instructions::Best, Instructions::Avx2, Instructions::Plain];
const ACTIVATIONS: [Activation; 3] = [Activation::None, Activation::Relu, Activation::Relu6];

fn random(rng: &mut Rng, shape: &[usize]) -> Tensor {
    let numbers: Vec<f32> = (0..shape.iter().product::<usize>()).map(|_| rng.normal() as f32).collect();
    Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap()
}

/// `[n, c, h, w]` to channels last with a gap of numbers that must not count.
fn channels_last(x: &Tensor, rng: &mut Rng) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let gap = random(rng, &[n, h, w, pitch(c) - c]);
    Tensor::cat(&[&x.permute((0, 2, 3, 1))?.contiguous()?, &(gap * 1e6)?], 3)
}

/// The first `channels` numbers of each pixel, as `[n, channels, h, w]`.
fn channels_first(y: &Tensor, channels: usize) -> Result<Tensor> {
    y.narrow(3, 0, channels)?.permute((0, 3, 1, 2))?.contiguous()
}

fn worst(a: &Tensor, b: &Tensor) -> f32 {
    (a - b).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar().unwrap()
}

struct Case {
    size: [usize; 4],
    outputs: usize,
    window: Window,
    activation: Activation,
    residual: usize,
    depthwise: bool,
}

fn check(case: &Case, instructions: Instructions, rng: &mut Rng) -> Result<()> {
    let [n, c, h, w] = case.size;
    let (window, outputs) = (case.window, case.outputs);
    let (tall, wide) = (window.positions(h), window.positions(w));
    let inputs = if case.depthwise { 1 } else { c };
    let weight = (random(rng, &[outputs, inputs, window.kernel, window.kernel]) * 0.1)?;
    let conv = FoldedConv { weight, bias: random(rng, &[outputs]), window, depthwise: case.depthwise };
    let x = random(rng, &case.size);
    let added = random(rng, &[n, outputs, tall, wide]);
    let expected = conv.forward(&x)?;
    let expected = if case.residual == 0 { expected } else { (expected + &added)? };
    let expected = backbone::activated(expected, case.activation)?;
    let other = channels_last(&added, rng)?;
    let y = channels_last(&added, rng)?;
    let residual = match case.residual {
        0 => Residual::None,
        1 => Residual::Own,
        _ => Residual::Other(&other),
    };
    let scratch = RefCell::<Aligned>::default();
    let gap = y.narrow(3, outputs, pitch(outputs) - outputs)?.copy()?;
    KernelConv::new(&conv, instructions)?.forward(&channels_last(&x, rng)?, &y, residual, case.activation, &scratch)?;
    let found = channels_first(&y, outputs)?;
    let size = expected.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?.max(1.0);
    let error = worst(&found, &expected) / size;
    let case_name = format!("{:?} to {outputs}, {window:?}, residual {}, {instructions:?}", case.size, case.residual);
    assert!(error < 2e-5, "{case_name}: {error}");
    let left = y.narrow(3, outputs, pitch(outputs) - outputs)?;
    assert_eq!(worst(&left, &gap), 0.0, "{case_name}: the padding between two pixels was written to");
    Ok(())
}

#[test]
fn convolutions_of_odd_shapes_agree_with_candles() {
    let mut rng = Rng::new(7);
    for round in 0..240 {
        let mut upto = |most: usize| 1 + (rng.uniform() * most as f64) as usize;
        let kernel = [1, 3, 7][upto(3) - 1];
        let size = [upto(3), upto(40), kernel + upto(12), kernel + upto(12)];
        let padding = [Padding::Even(kernel / 2), Padding::Even(0), Padding::Same][upto(3) - 1];
        let window = Window { kernel, stride: upto(2), padding };
        let (outputs, activation, residual) = (upto(70), ACTIVATIONS[upto(3) - 1], upto(3) - 1);
        let case = Case { size, outputs, window, activation, residual, depthwise: false };
        check(&case, ALL[round % 3], &mut rng).unwrap();
    }
}

#[test]
fn three_by_three_convolutions_by_winograd_agree_with_candles() {
    let mut rng = Rng::new(8);
    for round in 0..120 {
        let mut upto = |most: usize| 1 + (rng.uniform() * most as f64) as usize;
        let size = [upto(5), 16 * upto(4), upto(15), upto(15)];
        let window = Window { kernel: 3, stride: 1, padding: Padding::Even(1) };
        let (outputs, activation, residual) = (16 * upto(4), ACTIVATIONS[upto(3) - 1], upto(3) - 1);
        let case = Case { size, outputs, window, activation, residual, depthwise: false };
        check(&case, ALL[round % 3], &mut rng).unwrap();
    }
}

#[test]
fn rows_longer_than_a_block_and_more_of_them_than_a_block_agree_with_candles() {
    let mut rng = Rng::new(9);
    for instructions in ALL {
        for (size, outputs, kernel) in [([1, 600, 9, 23], 40, 1), ([2, 96, 11, 11], 33, 3), ([1, 3, 61, 45], 64, 7)] {
            let padding = Padding::Even(kernel / 2);
            let window = Window { kernel, stride: 1 + usize::from(kernel == 7), padding };
            let case = Case { size, outputs, window, activation: Activation::Relu, residual: 2, depthwise: false };
            check(&case, instructions, &mut rng).unwrap();
        }
    }
}

#[test]
fn depthwise_convolutions_of_odd_shapes_agree_with_candles() {
    let mut rng = Rng::new(12);
    for round in 0..180 {
        let mut upto = |most: usize| 1 + (rng.uniform() * most as f64) as usize;
        // Maps from a single pixel to several bands of rows.
        let size = [upto(2), upto(90), upto(if round % 9 == 0 { 150 } else { 12 }), upto(20)];
        let padding = [Padding::Same, Padding::Same, Padding::Even(2)][upto(3) - 1];
        let window = Window { kernel: [3, 5][upto(2) - 1], stride: upto(2), padding };
        let (outputs, activation) = (size[1], ACTIVATIONS[upto(3) - 1]);
        let case = Case { size, outputs, window, activation, residual: 0, depthwise: true };
        check(&case, ALL[round % 3], &mut rng).unwrap();
    }
}

/// A convolution by its definition, for TensorFlow's SAME: `⌈length / stride⌉` positions, the smaller half of the zeros
/// first.
fn by_definition(x: &Tensor, conv: &FoldedConv) -> Result<Tensor> {
    let Window { kernel, stride, .. } = conv.window;
    let (_, inputs, height, width) = x.dims4()?;
    let outputs = conv.weight.dim(0)?;
    let (x, bias) = (x.squeeze(0)?.to_vec3::<f32>()?, conv.bias.to_vec1::<f32>()?);
    let weight = conv.weight.flatten_all()?.to_vec1::<f32>()?;
    let before = |length: usize| ((length.div_ceil(stride) - 1) * stride + kernel).saturating_sub(length) / 2;
    let (tall, wide) = (height.div_ceil(stride), width.div_ceil(stride));
    let mut y = Vec::new();
    for (output, down, right) in
        (0..outputs * tall * wide).map(|index| (index / (tall * wide), index / wide % tall, index % wide))
    {
        let mut sum = f64::from(bias[output]);
        let seen = if conv.depthwise { output..output + 1 } else { 0..inputs };
        for (slot, input) in seen.enumerate() {
            for (i, j) in (0..kernel * kernel).map(|tap| (tap / kernel, tap % kernel)) {
                let row = (down * stride + i).wrapping_sub(before(height));
                let column = (right * stride + j).wrapping_sub(before(width));
                let pixel = x[input].get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0);
                let each = conv.weight.dim(1)?;
                sum += f64::from(pixel) * f64::from(weight[((output * each + slot) * kernel + i) * kernel + j]);
            }
        }
        y.push(sum as f32);
    }
    Tensor::from_vec(y, (1, outputs, tall, wide), &Device::Cpu)
}

#[test]
fn candles_operations_pad_unevenly_as_tensorflow_does() {
    let mut rng = Rng::new(13);
    for (kernel, stride, depthwise) in
        [(3, 2, false), (1, 1, false), (3, 1, true), (3, 2, true), (5, 1, true), (5, 2, true)]
    {
        for size in [[1, 4, 8, 7], [1, 3, 1, 2], [1, 6, 5, 10]] {
            let window = Window { kernel, stride, padding: Padding::Same };
            let inputs = if depthwise { 1 } else { size[1] };
            let outputs = if depthwise { size[1] } else { 5 };
            let weight = random(&mut rng, &[outputs, inputs, kernel, kernel]);
            let conv = FoldedConv { weight, bias: random(&mut rng, &[outputs]), window, depthwise };
            let x = random(&mut rng, &size);
            let error = worst(&conv.forward(&x).unwrap(), &by_definition(&x, &conv).unwrap());
            assert!(error < 1e-4, "{size:?}, {conv:?}: {error}");
        }
    }
}

#[test]
fn a_depthwise_convolution_without_a_kernel_or_with_a_residual_is_refused() {
    let mut rng = Rng::new(14);
    let depthwise = |kernel: usize, rng: &mut Rng| {
        let window = Window { kernel, stride: 1, padding: Padding::Same };
        let weight = random(rng, &[16, 1, kernel, kernel]);
        KernelConv::new(&FoldedConv { weight, bias: random(rng, &[16]), window, depthwise: true }, Instructions::Best)
    };
    assert!(depthwise(7, &mut rng).is_err());
    let x = channels_last(&random(&mut rng, &[1, 16, 5, 5]), &mut rng).unwrap();
    let y = x.zeros_like().unwrap();
    let conv = depthwise(3, &mut rng).unwrap();
    let scratch = RefCell::default();
    for (residual, is_refused) in [(Residual::None, false), (Residual::Own, true), (Residual::Other(&x), true)] {
        assert_eq!(conv.forward(&x, &y, residual, Activation::None, &scratch).is_err(), is_refused, "{residual:?}");
    }
}

#[test]
fn pictures_do_not_change_each_others_vectors_and_sizes_that_do_not_fit_are_refused() {
    let mut rng = Rng::new(10);
    let weight = random(&mut rng, &[32, 16, 3, 3]);
    let window = Window { kernel: 3, stride: 1, padding: Padding::Even(1) };
    let conv = FoldedConv { weight, bias: random(&mut rng, &[32]), window, depthwise: false };
    let conv = KernelConv::new(&conv, Instructions::Best).unwrap();
    let x = channels_last(&random(&mut rng, &[40, 16, 7, 7]), &mut rng).unwrap();
    let room = |count| Tensor::zeros((count, 7, 7, pitch(32)), DType::F32, &Device::Cpu).unwrap();
    let (scratch, all) = (RefCell::default(), room(40));
    conv.forward(&x, &all, Residual::None, Activation::Relu, &scratch).unwrap();
    let one = room(1);
    conv.forward(&x.narrow(0, 23, 1).unwrap(), &one, Residual::None, Activation::Relu, &scratch).unwrap();
    assert_eq!(worst(&all.narrow(0, 23, 1).unwrap(), &one), 0.0);
    let wrong = Tensor::zeros((40, 6, 7, pitch(32)), DType::F32, &Device::Cpu).unwrap();
    assert!(conv.forward(&x, &wrong, Residual::None, Activation::Relu, &scratch).is_err());
    assert!(conv.forward(&x, &all, Residual::Other(&one), Activation::Relu, &scratch).is_err());
}

#[test]
fn pooling_agrees_with_candles() {
    let mut rng = Rng::new(11);
    for (round, (c, h)) in [(5, 3), (16, 7), (33, 8), (64, 13)].into_iter().enumerate() {
        let x = random(&mut rng, &[2, c, h, h]).relu().unwrap();
        let maps = channels_last(&x, &mut rng).unwrap();
        for pool in [MaxPool::Padded, MaxPool::Hanging] {
            let positions = pool.positions(h);
            let y = Tensor::zeros((2, positions, positions, pitch(c)), DType::F32, &Device::Cpu).unwrap();
            y.inplace_op2(&maps, &MaxPoolOp { pool, channels: c, arch: ALL[round % 3].arch() }).unwrap();
            let expected = pool.forward(&x).unwrap();
            assert_eq!(worst(&channels_first(&y, c).unwrap(), &expected), 0.0, "{pool:?} of {c} × {h} × {h}");
        }
        for pooling in Pooling::ALL {
            let found = maps.apply_op1_no_bwd(&PoolOp { pooling, channels: c }).unwrap();
            assert!(worst(&found, &backbone::pooled(&x, pooling).unwrap()) < 1e-5, "{pooling} of {c} × {h} × {h}");
        }
    }
}
