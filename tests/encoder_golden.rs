//! Preprocessing and ResNet against torchvision's and onnxruntime's figures.
