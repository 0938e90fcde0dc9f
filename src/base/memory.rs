//! Free memory, given back to the system.
//!
//! The C library of Linux keeps a pool of free memory for each of many threads, and gives back only what lies at a pool's
//! end: without this, a session of hundreds of trainings takes twice the memory it needs.

/// Limits the number of pools; to be called before other threads are started. More pools than this do not make training
/// faster, which allocates in few large pieces.
pub fn limit_memory_pools() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const POOLS: libc::c_int = 2;
        // SAFETY: it sets a number. Where it is refused, there are as many pools as before.
        #[allow(unsafe_code)]
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, POOLS);
        }
    }
}

/// Gives free memory back to the system; takes milliseconds.
pub fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: only memory that nobody uses is given back.
        #[allow(unsafe_code)]
        unsafe {
            libc::malloc_trim(0);
        }
    }
}
