//! Matrix products with what follows them, by cuBLASLt.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::c_void;
use std::sync::Arc;

use candle_core::cuda_backend::cudarc::cublaslt::{result, sys};
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, CudaStream, DevicePtr};
use candle_core::{Error, Result};

use super::Element;

/// Scratch memory for the library, in bytes: what NVIDIA recommends for Hopper.
const WORKSPACE: usize = 32 << 20;

/// `CUBLAS_OP_T`, which the bindings lack.
const TRANSPOSED: i32 = 1;

/// What decides how a product is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ProductShape {
    /// Rows of `x` and `y`.
    pub(super) rows: usize,
    /// Columns of `x`.
    pub(super) inputs: usize,
    /// Columns of `y`.
    pub(super) outputs: usize,
    /// Whether something is added.
    pub(super) adds: bool,
    /// Whether negative results become 0.
    pub(super) relu: bool,
}

/// Where a product's numbers are on the card, each row after row.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProductMemory {
    /// `[rows, inputs]`.
    pub(super) x: u64,
    /// `[outputs, inputs]`.
    pub(super) weights: u64,
    /// `[outputs]`.
    pub(super) bias: u64,
    /// `[rows, outputs]`, may be the same as `y`.
    pub(super) added: Option<u64>,
    /// `[rows, outputs]`.
    pub(super) y: u64,
}

/// Computes `y = relu(x · weightsᵀ + bias + added)`.
pub(super) struct Products {
    handle: sys::cublasLtHandle_t,
    preference: sys::cublasLtMatmulPreference_t,
    workspace: CudaSlice<u8>,
    stream: Arc<CudaStream>,
    element: Element,
    plans: RefCell<HashMap<ProductShape, Plan>>,
}

// SAFETY: the handles are bound to no thread, and the library may be called from any.
unsafe impl Send for Products {}

struct Plan {
    product: sys::cublasLtMatmulDesc_t,
    layouts: [sys::cublasLtMatrixLayout_t; 3],
    algorithm: sys::cublasLtMatmulAlgo_t,
}

impl Drop for Plan {
    fn drop(&mut self) {
        // SAFETY: both kinds are owned and destroyed once. Nothing can be done about an error.
        unsafe {
            let _ = result::destroy_matmul_desc(self.product);
            for layout in self.layouts {
                let _ = result::destroy_matrix_layout(layout);
            }
        }
    }
}

impl Drop for Products {
    fn drop(&mut self) {
        self.plans.borrow_mut().clear();
        // SAFETY: as for a plan.
        unsafe {
            let _ = result::destroy_matmul_pref(self.preference);
            let _ = result::destroy_handle(self.handle);
        }
    }
}

impl Products {
    pub(super) fn new(stream: Arc<CudaStream>, element: Element) -> Result<Self> {
        let handle = result::create_handle().map_err(Error::wrap)?;
        let preference = result::create_matmul_pref().map_err(Error::wrap)?;
        let size = WORKSPACE;
        let attribute = sys::cublasLtMatmulPreferenceAttributes_t::CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
        // SAFETY: the attribute is a size; the library only writes to the workspace.
        let workspace = unsafe {
            result::set_matmul_pref_attribute(preference, attribute, (&raw const size).cast(), size_of::<usize>())
                .map_err(Error::wrap)?;
            stream.alloc::<u8>(WORKSPACE).map_err(Error::wrap)?
        };
        Ok(Self { handle, preference, workspace, stream, element, plans: RefCell::default() })
    }

    /// Computes a product, as soon as the stream comes to it.
    ///
    /// # Safety
    /// The memory must hold as many numbers of the element's type as the shape says.
    ///
    /// # Errors
    /// If the library has no way to compute it, or fails.
    pub(super) unsafe fn compute(&self, shape: ProductShape, memory: ProductMemory) -> Result<()> {
        let mut plans = self.plans.borrow_mut();
        let plan = match plans.entry(shape) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.plan(shape, memory.bias)?),
        };
        let [weights, x, y] = plan.layouts;
        let (alpha, beta) = (1.0f32, if shape.adds { 1.0f32 } else { 0.0 });
        let (workspace, _guard) = self.workspace.device_ptr(&self.stream);
        // SAFETY: the caller's word for the memory; layouts and workspace live as long as `self`.
        unsafe {
            set_bias(plan.product, memory.bias)?;
            result::matmul(
                self.handle,
                plan.product,
                (&raw const alpha).cast(),
                (&raw const beta).cast(),
                memory.weights as *const c_void,
                weights,
                memory.x as *const c_void,
                x,
                memory.added.unwrap_or(memory.y) as *const c_void,
                y,
                memory.y as *mut c_void,
                y,
                &raw const plan.algorithm,
                workspace as *mut c_void,
                WORKSPACE,
                self.stream.cu_stream().cast(),
            )
            .map_err(Error::wrap)
        }
    }

    /// The library counts columns first, so its product is `yᵀ = weights · xᵀ`.
    fn plan(&self, shape: ProductShape, bias: u64) -> Result<Plan> {
        let ProductShape { rows, inputs, outputs, relu, .. } = shape;
        let (kind, compute) = self.element.of_library();
        let layout = |height: usize, width: usize| {
            result::create_matrix_layout(kind, height as u64, width as u64, height as i64).map_err(Error::wrap)
        };
        let product = result::create_matmul_desc(compute, sys::cudaDataType::CUDA_R_32F).map_err(Error::wrap)?;
        let layouts = [layout(inputs, outputs)?, layout(inputs, rows)?, layout(outputs, rows)?];
        let transposed = TRANSPOSED;
        let epilogue = match relu {
            true => sys::cublasLtEpilogue_t::CUBLASLT_EPILOGUE_RELU_BIAS,
            false => sys::cublasLtEpilogue_t::CUBLASLT_EPILOGUE_BIAS,
        };
        use sys::cublasLtMatmulDescAttributes_t as Attribute;
        let mut plan = Plan { product, layouts, algorithm: sys::cublasLtMatmulAlgo_t { data: [0; 8] } };
        // SAFETY: each attribute is of the type that the library's manual gives.
        unsafe {
            set(product, Attribute::CUBLASLT_MATMUL_DESC_TRANSA, &transposed)?;
            set(product, Attribute::CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue)?;
            set_bias(product, bias)?;
            let [weights, x, y] = layouts;
            let found = result::get_matmul_algo_heuristic(self.handle, product, weights, x, y, y, self.preference);
            plan.algorithm = found.map_err(Error::wrap)?.algo;
        }
        Ok(plan)
    }
}

unsafe fn set<T>(
    product: sys::cublasLtMatmulDesc_t,
    name: sys::cublasLtMatmulDescAttributes_t,
    value: &T,
) -> Result<()> {
    // SAFETY: the caller's word for the type.
    unsafe {
        result::set_matmul_desc_attribute(product, name, (&raw const *value).cast(), size_of::<T>())
            .map_err(Error::wrap)
    }
}

unsafe fn set_bias(product: sys::cublasLtMatmulDesc_t, bias: u64) -> Result<()> {
    // SAFETY: the attribute is an address.
    unsafe { set(product, sys::cublasLtMatmulDescAttributes_t::CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias) }
}
