/** The store's thread on a Node that lacks a module of its own, as one before 22.5 lacks node:sqlite. */
const missing = ['node', 'none'].join(':');
await import(missing);
