//! A network on an NVIDIA card.
//!
//! Maps are channels last, so a 1×1 convolution is a matrix product as it stands, and any other one a product of its
//! patches. cuBLASLt adds bias, residual and ReLU in the product itself, so that maps are written once and read once.
//! ReLU6's upper bound is left to whatever reads the maps.
//!
//! Only this module talks to the card directly, which the compiler cannot check.
#![allow(unsafe_code)]

mod arena;
mod card;
mod element;
mod kernels;
mod maps;
mod memory;
mod network;
mod products;
#[cfg(test)]
mod tests;

pub(super) use element::Element;
pub(super) use network::CardNetwork;
