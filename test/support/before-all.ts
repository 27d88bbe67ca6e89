// Loaded before all tests.

// In Node-RED a rejection that nobody handles ends the process. Mocha only passes it on to whoever listens on the process, so
// without this it would go unseen.
process.on("unhandledRejection", (reason) => {
  throw reason;
});
