/** The one argument by which the program of the worker becomes the process of a task type of its owner's own. */
export const CUSTOM_TYPES_ARGUMENT = 'custom-task-types'
