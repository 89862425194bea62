/** What the worker tells a parent that started it with an IPC channel: the node has refused it, and starting it again would not help. */
export const REFUSED = 'refused'
