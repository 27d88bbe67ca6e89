import Mocha from "mocha";

/** Tells a test's end as mocha does, and why one that may be tried twice (`.ci/run`) was: nobody is to overlook that. */
class SpecReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(
      Mocha.Runner.constants.EVENT_TEST_RETRY,
      (test: Mocha.Test, error: Error) => {
        const words = `${test.fullTitle()}: ${error.message}`;
        const line = words.replace(/\s+/g, " ").slice(0, 400);
        process.stdout.write(`tried again: ${line}\n`);
      },
    );
  }
}

export = SpecReporter;
