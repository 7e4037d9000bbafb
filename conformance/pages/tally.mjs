// One line per check and a closing line that is counted by `cargo xtask test`.

let passed = 0;
let failed = 0;

export function expect(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

/** Runs one check; the next starts whatever happened. */
export async function check(name, run) {
  try {
    await run();
    passed += 1;
    console.log(`ok ${name}`);
  } catch (fault) {
    failed += 1;
    console.log(`FAILED ${name}: ${fault?.stack ?? fault}`);
  }
}

/** Several checks with something set up around them: where that fails, it is a failed check of this name. */
export async function group(name, run) {
  try {
    await run();
  } catch (fault) {
    await check(name, () => Promise.reject(fault));
  }
}

/** Prints the closing line; gives the exit code. */
export function close() {
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
