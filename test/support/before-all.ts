// Loaded before all tests.

// In Node-RED a rejection that nobody handles ends the process. Mocha only passes it on to whoever listens on the process, so
// without this it would go unseen.
process.on("unhandledRejection", (reason) => {
  throw reason;
});

/** Where tests may be tried twice (`.ci/run`), nobody is to overlook which needed it. */
export const mochaHooks: Mocha.RootHookObject = {
  afterEach(this: Mocha.Context) {
    const { currentTest: test } = this;
    const tries = (
      test as unknown as { currentRetry(): number }
    ).currentRetry();
    if (test?.state === "passed" && tries > 0)
      process.stdout.write(`tried again: ${test.fullTitle()}\n`);
  },
};
