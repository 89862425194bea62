/** The one argument by which the program of the worker becomes the benchmark. */
export const BENCHMARK_ARGUMENT = 'speed-benchmark'
