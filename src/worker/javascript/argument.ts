/** The one argument by which the program of the worker becomes the sandbox. */
export const SANDBOX_ARGUMENT = 'javascript-sandbox'
