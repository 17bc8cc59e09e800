/** The server says "No space left on device" of it, too, and no disk is full. */
export const SHORT_OF_SHARED_MEMORY = /could not resize shared memory segment/;

export const SHARED_MEMORY_HINT =
  "Give the server more shared memory (in Compose: `shm_size: 1gb` for its service; Docker gives 64 MB), or set max_parallel_maintenance_workers and max_parallel_workers_per_gather to 0 for the environment's user.";
