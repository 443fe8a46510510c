/** The store's thread on a Node that lacks a module of its own, as one before 22.5 lacks node:sqlite. */
const missing: string = 'node:none';
await import(missing);
