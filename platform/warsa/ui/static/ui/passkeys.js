// Passkeys: a button with data-passkey sends what its form says to a place that answers with a question for the device, lets
// the device answer, and sends the form with the answer in it. Without a script, or without a device, the PIN does the same.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ways = {
    async get(asked) {
      const made = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) } });
      const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
      return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: {
        clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
        ...(userHandle ? { userHandle: text(userHandle) } : {}) } };
    },
    async create(asked) {
      const made = await navigator.credentials.create({ publicKey: {
        ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials) } });
      const { clientDataJSON, attestationObject } = made.response;
      return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: {
        clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
    },
  };

  for (const button of document.querySelectorAll("[data-passkey]")) {
    const form = button.form, told = button.parentElement.querySelector("[data-passkey-told]");
    const tell = (words) => { told.textContent = words; told.hidden = !words; };
    if (!window.PublicKeyCredential) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      tell("");
      form.elements.passkey.value = "";
      const pin = form.elements.pin;
      if (pin) pin.required = false;
      if (!form.reportValidity()) return;
      button.disabled = true;
      try {
        const answer = await fetch(button.dataset.ask, {
          method: "POST", body: new URLSearchParams(new FormData(form)), cache: "no-store", redirect: "error" });
        const asked = await answer.json();
        if (!answer.ok) return tell(asked.reason);
        form.elements.passkey.value = JSON.stringify(await ways[button.dataset.passkey](asked));
        for (const name of ["pin", "password"]) if (form.elements[name]) form.elements[name].value = "";
        form.submit();
      } catch {
        tell(button.dataset.failed);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
