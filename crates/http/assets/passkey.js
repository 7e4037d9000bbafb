// Passkeys (WebAuthn): the one thing that a page cannot do without script. The server asks, the browser answers, the form carries it.

const bytes = (/** @type {string} */ text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (/** @type {ArrayBuffer} */ buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (/** @type {string[]} */ ids) => ids.map((id) => ({ type: /** @type {const} */ ("public-key"), id: bytes(id) }));

/** Shows a passkey. */
const get = async (/** @type {any} */ asked) => {
  const { challenge, rpId, allow, timeout } = asked;
  const shown = /** @type {any} */ (await navigator.credentials.get({
    publicKey: { challenge: bytes(challenge), rpId, timeout, allowCredentials: listed(allow), userVerification: "required" },
  }));
  return {
    credentialId: text(shown.rawId),
    clientDataJson: text(shown.response.clientDataJSON),
    authenticatorData: text(shown.response.authenticatorData),
    signature: text(shown.response.signature),
  };
};

/** Makes a passkey: ES256 or Ed25519. */
const create = async (/** @type {any} */ asked) => {
  const { challenge, rpId, rpName, userId, userName, exclude, timeout } = asked;
  const made = /** @type {any} */ (await navigator.credentials.create({
    publicKey: {
      challenge: bytes(challenge),
      rp: { id: rpId, name: rpName },
      user: { id: bytes(userId), name: userName, displayName: userName },
      pubKeyCredParams: [-7, -8].map((alg) => ({ type: /** @type {const} */ ("public-key"), alg })),
      timeout,
      excludeCredentials: listed(exclude),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    },
  }));
  return { clientDataJson: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) };
};

const ask = async (/** @type {string} */ address, /** @type {HTMLFormElement} */ form) => {
  const token = new URLSearchParams({ form: String(new FormData(form).get("form")) });
  const answer = await fetch(address, { method: "POST", body: token, cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.json();
};

const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-passkey]"));
if ("credentials" in navigator && window.PublicKeyCredential) {
  for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.setAttribute("hidden", "");
  for (const button of buttons) {
    const form = /** @type {HTMLFormElement} */ (button.form);
    const into = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.into ?? ""));
    const fault = /** @type {HTMLElement} */ (document.getElementById(button.dataset.fault ?? ""));
    button.hidden = false;
    button.addEventListener("click", async () => {
      fault.hidden = true;
      button.disabled = true;
      try {
        const asked = await ask(button.dataset.question ?? "", form);
        into.value = JSON.stringify(await (button.dataset.passkey === "create" ? create(asked) : get(asked)));
        form.requestSubmit();
      } catch {
        fault.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
}
