// A form whose answer a passkey gives: form[data-passkey="make"|"use"][data-passkey-from="address of what is asked"].
// The form is sent once its hidden field `answer` holds what the authenticator said. Without passkeys it is not shown,
// or says so in [data-passkey-none].
(() => {
  const toBytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), one => one.charCodeAt(0));
  const toText = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const known = list => (list || []).map(one => ({ ...one, id: toBytes(one.id) }));
  const answerOf = made => {
    const response = {};
    for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'])
      if (made.response[name]) response[name] = toText(made.response[name]);
    return JSON.stringify({ id: made.id, rawId: toText(made.rawId), type: made.type, response, clientExtensionResults: {} });
  };
  async function ask(form) {
    const headers = { 'X-CSRFToken': form.elements.csrfmiddlewaretoken.value };
    const reply = await fetch(form.dataset.passkeyFrom, { method: 'POST', headers, credentials: 'same-origin' });
    if (!reply.ok) throw new Error(reply.status);
    const { publicKey } = await reply.json();
    publicKey.challenge = toBytes(publicKey.challenge);
    if (form.dataset.passkey === 'make') {
      publicKey.user.id = toBytes(publicKey.user.id);
      publicKey.excludeCredentials = known(publicKey.excludeCredentials);
      return navigator.credentials.create({ publicKey });
    }
    publicKey.allowCredentials = known(publicKey.allowCredentials);
    return navigator.credentials.get({ publicKey });
  }
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const button = form.querySelector('[type=submit]');
    if (!window.PublicKeyCredential || !navigator.credentials) {
      const none = form.querySelector('[data-passkey-none]');
      if (none) none.hidden = false;
      button.disabled = true;
      continue;
    }
    form.hidden = false;
    form.addEventListener('submit', async event => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!form.reportValidity()) return;
      const failed = form.querySelector('[data-passkey-failed]');
      failed.hidden = true;
      button.disabled = true;
      try {
        form.elements.answer.value = answerOf(await ask(form));
        HTMLFormElement.prototype.submit.call(form);
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    }, true);
  }
})();
