//! DCMM against PyTorch's float64 figures.
