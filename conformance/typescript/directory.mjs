// Asks the demo's directory itself which password works, with OpenLDAP's client over LDAPS.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

import { expect, setting } from "./tally.mjs";

const INVALID_CREDENTIALS = 49;

export class Directory {
  #url = setting("PASSWRIGHT_DEMO_LDAP_URL");
  #ca = setting("PASSWRIGHT_DEMO_CA_FILE");
  #proved = null;

  get hasProved() {
    return this.#proved !== null;
  }

  /** The new password signs `name` in; the one proved before is refused as wrong, not for another reason. */
  prove(name, password) {
    const now = this.#whoami(name, password);
    expect(now.code === 0, `ldapwhoami with the new password answers ${now.code}: ${now.said}`);
    if (this.#proved !== null) {
      const before = this.#whoami(name, this.#proved);
      expect(before.code === INVALID_CREDENTIALS, `ldapwhoami with the old password answers ${before.code}: ${before.said}`);
    }
    this.#proved = password;
  }

  #whoami(name, password) {
    const folder = mkdtempSync(join(tmpdir(), "proof-"));
    try {
      // A file, since arguments are seen by every process; without a newline, which would count as password.
      const secret = join(folder, "secret");
      writeFileSync(secret, password, { mode: 0o600 });
      const asked = ["-x", "-H", this.#url, "-D", name, "-y", secret, "-o", "nettimeout=10"];
      const ran = spawnSync("ldapwhoami", asked, {
        env: { PATH: process.env.PATH, HOME: folder, LDAPCONF: devNull, LDAPTLS_CACERT: this.#ca, LDAPTLS_REQCERT: "demand" },
        encoding: "utf8",
        timeout: 30_000,
      });
      return { code: ran.status, said: `${ran.stdout}${ran.stderr}`.trim() };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
