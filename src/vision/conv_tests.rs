//! Our kernels against candle's convolution and pooling, over odd shapes and every set of instructions.

use std::cell::RefCell;

use candle_core::{DType, Device, Result, Tensor};

use super::Pooling;
use super::conv::{KernelConv, MaxPoolOp, PoolOp, Residual, pitch};
use super::folded::FoldedConv;
use super::kernel::{Aligned, Instructions, Window};
use super::resnet::MaxPool;
use crate::base::Rng;

const ALL: [Instructions; 3] = [Instructions::Best, Instructions::Avx2, Instructions::Plain];

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
    relu: bool,
    residual: usize,
}

fn check(case: &Case, instructions: Instructions, rng: &mut Rng) -> Result<()> {
    let [n, c, h, w] = case.size;
    let (window, outputs) = (case.window, case.outputs);
    let (tall, wide) = (window.positions(h), window.positions(w));
    let weight = (random(rng, &[outputs, c, window.kernel, window.kernel]) * 0.1)?;
    let conv = FoldedConv { weight, bias: random(rng, &[outputs]), window };
    let x = random(rng, &case.size);
    let added = random(rng, &[n, outputs, tall, wide]);
    let expected = conv.forward(&x)?;
    let expected = if case.residual == 0 { expected } else { (expected + &added)? };
    let expected = if case.relu { expected.relu()? } else { expected };
    let other = channels_last(&added, rng)?;
    let y = channels_last(&added, rng)?;
    let residual = match case.residual {
        0 => Residual::None,
        1 => Residual::Own,
        _ => Residual::Other(&other),
    };
    let scratch = RefCell::<Aligned>::default();
    let gap = y.narrow(3, outputs, pitch(outputs) - outputs)?.copy()?;
    KernelConv::new(&conv, instructions)?.forward(&channels_last(&x, rng)?, &y, residual, case.relu, &scratch)?;
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
        let window = Window { kernel, stride: upto(2), padding: if upto(2) == 1 { kernel / 2 } else { 0 } };
        let case = Case { size, outputs: upto(70), window, relu: upto(2) == 1, residual: upto(3) - 1 };
        check(&case, ALL[round % 3], &mut rng).unwrap();
    }
}

#[test]
fn three_by_three_convolutions_by_winograd_agree_with_candles() {
    let mut rng = Rng::new(8);
    for round in 0..120 {
        let mut upto = |most: usize| 1 + (rng.uniform() * most as f64) as usize;
        let size = [upto(5), 16 * upto(4), upto(15), upto(15)];
        let window = Window { kernel: 3, stride: 1, padding: 1 };
        let case = Case { size, outputs: 16 * upto(4), window, relu: upto(2) == 1, residual: upto(3) - 1 };
        check(&case, ALL[round % 3], &mut rng).unwrap();
    }
}

#[test]
fn rows_longer_than_a_block_and_more_of_them_than_a_block_agree_with_candles() {
    let mut rng = Rng::new(9);
    for instructions in ALL {
        for (size, outputs, kernel) in [([1, 600, 9, 23], 40, 1), ([2, 96, 11, 11], 33, 3), ([1, 3, 61, 45], 64, 7)] {
            let window = Window { kernel, stride: 1 + usize::from(kernel == 7), padding: kernel / 2 };
            check(&Case { size, outputs, window, relu: true, residual: 2 }, instructions, &mut rng).unwrap();
        }
    }
}

#[test]
fn pictures_do_not_change_each_others_vectors_and_sizes_that_do_not_fit_are_refused() {
    let mut rng = Rng::new(10);
    let weight = random(&mut rng, &[32, 16, 3, 3]);
    let window = Window { kernel: 3, stride: 1, padding: 1 };
    let conv = FoldedConv { weight, bias: random(&mut rng, &[32]), window };
    let conv = KernelConv::new(&conv, Instructions::Best).unwrap();
    let x = channels_last(&random(&mut rng, &[40, 16, 7, 7]), &mut rng).unwrap();
    let room = |count| Tensor::zeros((count, 7, 7, pitch(32)), DType::F32, &Device::Cpu).unwrap();
    let (scratch, all) = (RefCell::default(), room(40));
    conv.forward(&x, &all, Residual::None, true, &scratch).unwrap();
    let one = room(1);
    conv.forward(&x.narrow(0, 23, 1).unwrap(), &one, Residual::None, true, &scratch).unwrap();
    assert_eq!(worst(&all.narrow(0, 23, 1).unwrap(), &one), 0.0);
    let wrong = Tensor::zeros((40, 6, 7, pitch(32)), DType::F32, &Device::Cpu).unwrap();
    assert!(conv.forward(&x, &wrong, Residual::None, true, &scratch).is_err());
    assert!(conv.forward(&x, &all, Residual::Other(&one), true, &scratch).is_err());
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
            assert!(worst(&found, &super::resnet::pooled(&x, pooling).unwrap()) < 1e-5, "{pooling} of {c} × {h} × {h}");
        }
    }
}
