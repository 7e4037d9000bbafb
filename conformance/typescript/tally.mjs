// One line per check and a closing line that is counted by `cargo xtask test`.

/** A variable of demo.env; ends the program with a plain sentence when it is not set. */
export function setting(name) {
  const value = process.env[name];
  if (!value) {
    console.log(`FAILED settings: ${name} is not set; run \`. DIR/demo.env\` of a running demo first`);
    console.log("0 passed, 1 failed");
    process.exit(1);
  }
  return value;
}

export function expect(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

/** What the server said, where the SDK kept it. */
function describe(fault) {
  const answer = fault?.response;
  return answer ? `HTTP ${answer.status}; ${JSON.stringify(answer.data)}` : String(fault);
}

export class Tally {
  #passed = 0;
  #failed = 0;

  /** Runs one operation and gives its result; throws when it fails. */
  async check(name, operation) {
    try {
      const result = await operation();
      this.#passed += 1;
      console.log(`ok ${name}`);
      return result;
    } catch (fault) {
      this.#failed += 1;
      console.log(`FAILED ${name}: ${describe(fault)}`);
      throw fault;
    }
  }

  /** Runs the checks of one family; the next family starts whatever happened. */
  async family(name, run) {
    try {
      await run();
    } catch {
      if (this.#failed === 0) this.#failed = 1;
      console.log(`the other checks of ${name} were not run`);
    }
  }

  /** Prints the closing line; gives the exit code. */
  close() {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed > 0 || this.#passed === 0 ? 1 : 0;
  }
}
