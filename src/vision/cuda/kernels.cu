// What is no matrix product: rearranging, pooling and depthwise convolutions of feature maps. Compiled for the card at
// hand when a network is loaded.
//
// Maps are [count, height, width, channels] without gaps, in a type T of F32, F16 or BF16. Every thread handles a
// vector: 16 bytes, T::COUNT channels of one pixel. `width` and `channels` are counted in pixels and vectors.

typedef unsigned short u16;
typedef unsigned int u32;

struct F32 {
    typedef u32 Bits;
    static const int COUNT = 4;
    static __device__ float read(Bits bits) { return __uint_as_float(bits); }
    static __device__ Bits write(float x) { return __float_as_uint(x); }
};

struct F16 {
    typedef u16 Bits;
    static const int COUNT = 8;
    static __device__ float read(Bits bits) {
        float x;
        asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
        return x;
    }
    static __device__ Bits write(float x) {
        Bits bits;
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
        return bits;
    }
};

struct BF16 {
    typedef u16 Bits;
    static const int COUNT = 8;
    static __device__ float read(Bits bits) { return __uint_as_float((u32)bits << 16); }
    static __device__ Bits write(float x) {
        u32 bits = __float_as_uint(x);
        return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    }
};

template <class T>
union Vector {
    uint4 all;
    typename T::Bits each[T::COUNT];
};

// A square window sliding over maps.
struct Window {
    int height, width, channels;
    int kernel, stride, above, left;
    int out_height, out_width;
};

// The patch of every output position, one after the other: [count, out_height, out_width, kernel, kernel, channels].
// Blocks of row y make those of output row y.
extern "C" __global__ void patches(const uint4 *x, uint4 *y, Window at) {
    int row_length = at.out_width * at.kernel * at.kernel * at.channels;
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= row_length) return;
    int channel = index % at.channels, rest = index / at.channels;
    int right = rest % at.kernel;
    rest /= at.kernel;
    int down = rest % at.kernel, column = rest / at.kernel;
    int map = blockIdx.y / at.out_height, row = blockIdx.y % at.out_height;
    int from_row = row * at.stride + down - at.above, from_column = column * at.stride + right - at.left;
    bool inside = from_row >= 0 && from_row < at.height && from_column >= 0 && from_column < at.width;
    uint4 value = make_uint4(0, 0, 0, 0);
    if (inside) value = x[((size_t)(map * at.height + from_row) * at.width + from_column) * at.channels + channel];
    y[(size_t)blockIdx.y * row_length + index] = value;
}

// The patches of pictures [count, 3, height, width] of f32; each is kernel · kernel · 3 numbers and zeros up to
// `at.channels` vectors.
template <class T>
__device__ void picture_patches(const float *x, uint4 *y, Window at) {
    int row_length = at.out_width * at.channels;
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= row_length) return;
    int first = index % at.channels * T::COUNT, column = index / at.channels;
    int map = blockIdx.y / at.out_height, row = blockIdx.y % at.out_height;
    Vector<T> out;
    for (int i = 0; i < T::COUNT; i++) {
        int place = (first + i) / 3, colour = (first + i) % 3;
        int from_row = row * at.stride + place / at.kernel - at.above;
        int from_column = column * at.stride + place % at.kernel - at.left;
        bool inside = place < at.kernel * at.kernel && from_row >= 0 && from_row < at.height && from_column >= 0 &&
                      from_column < at.width;
        size_t from = ((size_t)(map * 3 + colour) * at.height + from_row) * at.width + from_column;
        out.each[i] = T::write(inside ? x[from] : 0.0f);
    }
    y[(size_t)blockIdx.y * row_length + index] = out.all;
}

// The greatest number in each window; what lies outside does not count.
template <class T>
__device__ void max_pool(const uint4 *x, uint4 *y, Window at) {
    int row_length = at.out_width * at.channels;
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= row_length) return;
    int channel = index % at.channels, column = index / at.channels;
    int map = blockIdx.y / at.out_height, row = blockIdx.y % at.out_height;
    float best[T::COUNT];
    for (int i = 0; i < T::COUNT; i++) best[i] = -__int_as_float(0x7f800000);
    for (int down = 0; down < at.kernel; down++) {
        int from_row = row * at.stride + down - at.above;
        if (from_row < 0 || from_row >= at.height) continue;
        for (int right = 0; right < at.kernel; right++) {
            int from_column = column * at.stride + right - at.left;
            if (from_column < 0 || from_column >= at.width) continue;
            Vector<T> in;
            in.all = x[((size_t)(map * at.height + from_row) * at.width + from_column) * at.channels + channel];
            for (int i = 0; i < T::COUNT; i++) best[i] = fmaxf(best[i], T::read(in.each[i]));
        }
    }
    Vector<T> out;
    for (int i = 0; i < T::COUNT; i++) out.each[i] = T::write(best[i]);
    y[(size_t)blockIdx.y * row_length + index] = out.all;
}

// A convolution whose channels each have a window of their own: weights [kernel, kernel, channels] and bias [channels]
// of f32. Inputs above `limit` count as it, results lie between `low` and `high`.
template <class T>
__device__ void depthwise(const uint4 *x, uint4 *y, const float *weights, const float *bias, Window at, float limit,
                          float low, float high) {
    int row_length = at.out_width * at.channels;
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= row_length) return;
    int channel = index % at.channels, column = index / at.channels;
    int map = blockIdx.y / at.out_height, row = blockIdx.y % at.out_height;
    float sum[T::COUNT];
    for (int i = 0; i < T::COUNT; i++) sum[i] = bias[channel * T::COUNT + i];
    for (int down = 0; down < at.kernel; down++) {
        int from_row = row * at.stride + down - at.above;
        if (from_row < 0 || from_row >= at.height) continue;
        for (int right = 0; right < at.kernel; right++) {
            int from_column = column * at.stride + right - at.left;
            if (from_column < 0 || from_column >= at.width) continue;
            Vector<T> in;
            in.all = x[((size_t)(map * at.height + from_row) * at.width + from_column) * at.channels + channel];
            const float *weight = weights + ((down * at.kernel + right) * at.channels + channel) * T::COUNT;
            for (int i = 0; i < T::COUNT; i++) sum[i] += weight[i] * fminf(T::read(in.each[i]), limit);
        }
    }
    Vector<T> out;
    for (int i = 0; i < T::COUNT; i++) out.each[i] = T::write(fminf(fmaxf(sum[i], low), high));
    y[(size_t)blockIdx.y * row_length + index] = out.all;
}

// Numbers above `limit` become it.
template <class T>
__device__ void limited(uint4 *x, size_t length, float limit) {
    size_t index = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= length) return;
    Vector<T> both;
    both.all = x[index];
    for (int i = 0; i < T::COUNT; i++) both.each[i] = T::write(fminf(T::read(both.each[i]), limit));
    x[index] = both.all;
}

// Each map to one number a channel, of f32: the mean, or the generalised mean of exponent 3. A block a map, a thread a
// vector at a time.
template <class T>
__device__ void pooled(const uint4 *x, float *y, int pixels, int channels, float limit, int generalised) {
    int channel = blockIdx.x * blockDim.x + threadIdx.x;
    if (channel >= channels) return;
    const uint4 *from = x + (size_t)blockIdx.y * pixels * channels + channel;
    float sum[T::COUNT];
    for (int i = 0; i < T::COUNT; i++) sum[i] = 0.0f;
    for (int pixel = 0; pixel < pixels; pixel++) {
        Vector<T> in;
        in.all = from[(size_t)pixel * channels];
        for (int i = 0; i < T::COUNT; i++) {
            float value = fminf(T::read(in.each[i]), limit);
            if (generalised) value = fmaxf(value, 1e-6f);
            sum[i] += generalised ? value * value * value : value;
        }
    }
    float *to = y + ((size_t)blockIdx.y * channels + channel) * T::COUNT;
    for (int i = 0; i < T::COUNT; i++) to[i] = generalised ? cbrtf(sum[i] / pixels) : sum[i] / pixels;
}

#define FOR_TYPE(T, name)                                                                                             \
    extern "C" __global__ void picture_patches_##name(const float *x, uint4 *y, Window at) {                          \
        picture_patches<T>(x, y, at);                                                                                 \
    }                                                                                                                 \
    extern "C" __global__ void max_pool_##name(const uint4 *x, uint4 *y, Window at) { max_pool<T>(x, y, at); }        \
    extern "C" __global__ void depthwise_##name(const uint4 *x, uint4 *y, const float *weights, const float *bias,    \
                                                Window at, float limit, float low, float high) {                      \
        depthwise<T>(x, y, weights, bias, at, limit, low, high);                                                      \
    }                                                                                                                 \
    extern "C" __global__ void limited_##name(uint4 *x, size_t length, float limit) { limited<T>(x, length, limit); } \
    extern "C" __global__ void pooled_##name(const uint4 *x, float *y, int pixels, int channels, float limit,         \
                                             int generalised) {                                                       \
        pooled<T>(x, y, pixels, channels, limit, generalised);                                                        \
    }

FOR_TYPE(F32, f32)
FOR_TYPE(F16, f16)
FOR_TYPE(BF16, bf16)
